/**
 * Slows down who guesses: each failure makes an address, and an account, wait twice as long as the one before. Kept in this
 * process's memory; several processes slow down each for itself.
 */

export interface ThrottleTerms {
  /** Failures that cost nothing: people mistype. */
  readonly free: number;
  /** Wait after the first failure that costs, in milliseconds; it doubles with every further one. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** How long after its last failure somebody is forgotten, in milliseconds. */
  readonly forgetMs: number;
  /** Most that are remembered; past it those that failed longest ago are forgotten. */
  readonly most: number;
}

/** An address has nobody behind it who must get in just now. */
export const addressThrottle: ThrottleTerms = {
  free: 5,
  firstMs: 1_000,
  longestMs: 15 * 60_000,
  forgetMs: 60 * 60_000,
  most: 20_000,
};
/** An account has: others who guess must not lock its owner out for long. */
export const accountThrottle: ThrottleTerms = {
  free: 5,
  firstMs: 1_000,
  longestMs: 30_000,
  forgetMs: 15 * 60_000,
  most: 5_000,
};

export interface Throttle {
  /** Whether a try counts now; one that comes too early is refused without being looked at. */
  isOpen(key: string): boolean;
  failed(key: string): void;
  succeeded(key: string): void;
}

interface Record {
  readonly failures: number;
  readonly atMs: number;
  readonly untilMs: number;
}

/** @param now a clock that only goes forward, in milliseconds */
export function createThrottle(terms: ThrottleTerms, now: () => number = () => performance.now()): Throttle {
  /** Those that failed last come last. */
  const records = new Map<string, Record>();
  const recent = (key: string): Record | null => {
    const record = records.get(key);
    return record === undefined || now() - record.atMs > terms.forgetMs ? null : record;
  };
  return {
    isOpen: (key) => (recent(key)?.untilMs ?? 0) <= now(),
    failed(key) {
      const failures = (recent(key)?.failures ?? 0) + 1;
      const doublings = Math.min(failures - terms.free - 1, 30);
      const waitMs = doublings < 0 ? 0 : Math.min(terms.firstMs * 2 ** doublings, terms.longestMs);
      records.delete(key);
      records.set(key, { failures, atMs: now(), untilMs: now() + waitMs });
      if (records.size > terms.most) records.delete(records.keys().next().value as string);
    },
    succeeded: (key) => void records.delete(key),
  };
}
