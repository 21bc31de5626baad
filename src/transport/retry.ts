/**
 * When to try again: exponential back-off with jitter for one piece of work, and a circuit breaker for an endpoint that
 * fails whatever the work. Pure: the caller keeps the state and says what time it is.
 */

/** Wait before the second attempt, in milliseconds; it doubles with every further one. */
export const firstWaitMs = 5_000;
/** Longest wait, in milliseconds. */
export const longestWaitMs = 15 * 60_000;
/** A wait is spread by this part of itself to either side, so that what failed together does not return together. */
export const jitter = 0.2;

/**
 * When to try again.
 * @param attempts how many have failed, from 1
 * @param random from 0 to 1 (without 1)
 */
export function nextAttempt(attempts: number, now: Date, random: () => number = Math.random): Date {
  const doublings = Math.min(Math.max(attempts, 1) - 1, 30);
  const waitMs = Math.min(firstWaitMs * 2 ** doublings, longestWaitMs);
  return new Date(now.getTime() + Math.round(waitMs * (1 + jitter * (2 * random() - 1))));
}

/** An endpoint's recent luck. closed: it is used. open: it is left alone until `until`, then tried once. */
export interface Breaker {
  /** Failures since the last success. */
  readonly failures: number;
  readonly until: Date | null;
}

/** Failures in a row that open a breaker. */
export const failuresToOpen = 3;

export const closedBreaker: Breaker = { failures: 0, until: null };

/** Whether an endpoint may be used now. An open breaker whose time has come lets one through: failing, it opens longer. */
export function mayTry(breaker: Breaker, now: Date): boolean {
  return breaker.until === null || breaker.until <= now;
}

export function afterSuccess(): Breaker {
  return closedBreaker;
}

/** Counts a failure; from the third in a row the endpoint is left alone, longer each time. */
export function afterFailure(breaker: Breaker, now: Date, random: () => number = Math.random): Breaker {
  const failures = breaker.failures + 1;
  if (failures < failuresToOpen) return { failures, until: null };
  return { failures, until: nextAttempt(failures - failuresToOpen + 1, now, random) };
}
