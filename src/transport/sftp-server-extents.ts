/** Which bytes of a file have come, or have gone: writes and reads may have any order, and leave no hole unseen. */

interface Run {
  readonly from: number;
  readonly to: number;
}

export interface Extents {
  /** Adds the bytes from `from` to `to` (without it). Returns false, and adds nothing, when there are too many runs. */
  add(from: number, to: number): boolean;
  /** Takes away all from `size` on. */
  cut(size: number): void;
  /** Whether every byte before `size` is there. */
  covers(size: number): boolean;
  /** Where the last run ends; 0: there is none. */
  end(): number;
}

/** Most runs that do not touch: clients keep some 64 requests under way. */
export const mostRuns = 1_024;

export function createExtents(most = mostRuns): Extents {
  let runs: Run[] = [];
  return {
    add(from, to) {
      const last = runs.at(-1);
      if (to <= from) return true;
      // As nearly always: it goes on where the last one ended.
      if (last !== undefined && last.to === from) {
        runs[runs.length - 1] = { from: last.from, to };
        return true;
      }
      const next = merged(runs, { from, to });
      if (next.length > most) return false;
      runs = next;
      return true;
    },
    cut(size) {
      runs = runs.filter((run) => run.from < size).map(({ from, to }) => ({ from, to: Math.min(to, size) }));
    },
    covers: (size) => size === 0 || (runs[0] !== undefined && runs[0].from === 0 && runs[0].to >= size),
    end: () => runs.at(-1)?.to ?? 0,
  };
}

function merged(runs: readonly Run[], added: Run): Run[] {
  const before = runs.filter((run) => run.to < added.from);
  const after = runs.filter((run) => run.from > added.to);
  const touching = runs.filter((run) => run.to >= added.from && run.from <= added.to);
  const from = Math.min(added.from, ...touching.map((run) => run.from));
  const to = Math.max(added.to, ...touching.map((run) => run.to));
  return [...before, { from, to }, ...after];
}
