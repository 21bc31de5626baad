/** What the receiver of AS2 is given, and the state that it keeps in one process. */
import type { Logger } from '../../log.ts';
import { createBuckets } from '../bucket.ts';
import { Problem } from '../problem.ts';
import type { Workshop } from './as2.ts';
import type { As2Desk } from './desk.ts';
import { createPlaces, type Places } from './handler-places.ts';
import { judgeMdn } from './judge.ts';
import { type As2Limits, as2Limits } from './limits.ts';
import { unwrap } from './unwrap.ts';

export interface As2Terms {
  readonly desk: As2Desk;
  readonly workshop: Workshop;
  /** Where our own failures are told; the sender hears only that it should try again. */
  readonly log?: Logger;
  /** Told of each of them, before the sender is. Never throws. */
  readonly failed?: (error: unknown) => Promise<void>;
  readonly limits?: Partial<As2Limits>;
  readonly now?: () => Date;
  /** Opens and proves a message; default: `unwrap`. */
  readonly unwrap?: typeof unwrap;
  /** Judges an MDN; default: `judgeMdn`. */
  readonly judge?: typeof judgeMdn;
}

/** The terms whole, and what is counted. */
export interface House extends Required<Omit<As2Terms, 'limits' | 'log' | 'failed'>> {
  readonly log: Logger | undefined;
  readonly failed: (error: unknown) => Promise<void>;
  readonly limits: As2Limits;
  /** Each takes a token of a caller's; gives the seconds to wait. */
  readonly rates: Readonly<Record<'remote' | 'partner' | 'stranger', (caller: string) => number>>;
  readonly places: Places;
}

/** Fills in what the terms leave open. */
export function openHouse(terms: As2Terms): House {
  const limits = { ...as2Limits, ...terms.limits };
  const nowMs = () => performance.now();
  return {
    now: () => new Date(),
    unwrap,
    judge: judgeMdn,
    failed: async () => undefined,
    ...terms,
    log: terms.log,
    limits,
    rates: {
      remote: createBuckets(limits.remoteRate, nowMs),
      partner: createBuckets(limits.partnerRate, nowMs),
      stranger: createBuckets(limits.strangerRate, nowMs),
    },
    places: createPlaces(limits, nowMs),
  };
}

/**
 * Takes a token of a caller's.
 * @throws Problem 429 when there is none
 */
export function takeToken(house: House, rate: keyof House['rates'], caller: string): void {
  const seconds = house.rates[rate](caller);
  if (seconds === 0) return;
  const headers = { 'retry-after': String(seconds) };
  throw new Problem(429, 'Too many requests', `Try again in ${seconds} s`, headers);
}
