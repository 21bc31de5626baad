/**
 * When to try again: exponential back-off with jitter. Pure: the caller keeps the state and says what time it is.
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

/** Failures in a row after which an endpoint is left alone, longer each time, and then tried once. */
export const failuresToOpen = 3;
