/**
 * Places for the messages that are received at once. AS2 names are no secret, and nothing is proved before a body is whole: so
 * whoever knows a pair of them could hold every place with a byte now and then. When none is free, the slowest body that is
 * slower than any real line gives its place up.
 */
import type { As2Limits } from './limits.ts';

/** A place that a message has. */
export interface Place {
  /** Counts bytes that came. */
  count(bytes: number): void;
  /** The body is whole: from now on the place is kept until it is left. */
  arrived(): void;
  /** Gives the place back; twice is once. */
  leave(): void;
}

export interface Places {
  /**
   * Takes a place.
   * @param cut called when the place is given to another, before the body is whole
   * @returns null: there is none
   */
  enter(cut: () => void): Place | null;
}

interface Sitting {
  readonly since: number;
  readonly cut: () => void;
  bytes: number;
  isWhole: boolean;
}

/** @param nowMs a clock that only goes on */
export function createPlaces({ places, slow }: As2Limits, nowMs: () => number): Places {
  const taken = new Set<Sitting>();
  const paceOf = ({ bytes, since }: Sitting) => (bytes * 1000) / (nowMs() - since);
  const makeRoom = () => {
    const old = [...taken].filter(({ isWhole, since }) => !isWhole && nowMs() - since >= slow.afterMs);
    const [slowest] = old.sort((one, other) => paceOf(one) - paceOf(other));
    if (slowest === undefined || paceOf(slowest) >= slow.bytesPerSecond) return;
    taken.delete(slowest);
    slowest.cut();
  };
  return {
    enter: (cut) => {
      if (taken.size >= places) makeRoom();
      if (taken.size >= places) return null;
      const sitting: Sitting = { since: nowMs(), cut, bytes: 0, isWhole: false };
      taken.add(sitting);
      return {
        count: (bytes) => {
          sitting.bytes += bytes;
        },
        arrived: () => {
          sitting.isWhole = true;
        },
        leave: () => {
          taken.delete(sitting);
        },
      };
    },
  };
}
