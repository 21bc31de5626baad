/**
 * How much one caller may ask for, in memory of one process: a token bucket (so many in a row, so many per second in the long
 * run), and places (so many under way at once).
 */

export interface BucketTerms {
  /** Requests that may come in a row. */
  readonly burst: number;
  /** Requests per second that are earned back. */
  readonly perSecond: number;
  /** Callers remembered; those who have been silent longest are forgotten first. */
  readonly callers: number;
}

/**
 * Makes the buckets.
 * @returns a function that takes a token: 0 when there was one, else in how many seconds there will be
 */
export function createBuckets(terms: BucketTerms, now: () => number): (caller: string) => number {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return (caller) => {
    const atMs = now();
    const known = buckets.get(caller) ?? { tokens: terms.burst, atMs };
    const earned = ((atMs - known.atMs) / 1000) * terms.perSecond;
    const tokens = Math.min(terms.burst, known.tokens + earned);
    const isGiven = tokens >= 1;
    // Set anew, so that the map's order is that of last use.
    buckets.delete(caller);
    buckets.set(caller, { tokens: isGiven ? tokens - 1 : tokens, atMs });
    if (buckets.size > terms.callers) buckets.delete(buckets.keys().next().value ?? '');
    return isGiven ? 0 : Math.ceil((1 - tokens) / terms.perSecond);
  };
}

/**
 * Makes the places.
 * @param most requests of one caller under way at once
 * @returns a function that takes a place: what gives it back, or null when all are taken
 */
export function createPlaces(most: number): (caller: string) => (() => void) | null {
  const taken = new Map<string, number>();
  const leave = (caller: string) => {
    const left = (taken.get(caller) ?? 1) - 1;
    if (left === 0) taken.delete(caller);
    else taken.set(caller, left);
  };
  return (caller) => {
    const here = taken.get(caller) ?? 0;
    if (here >= most) return null;
    taken.set(caller, here + 1);
    return () => leave(caller);
  };
}
