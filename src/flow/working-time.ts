/** Time that passes on working days alone. */
import { type Calendar, isWorkday } from '../order/calendar.ts';

/** How finely it is counted, in milliseconds. */
const stepMs = 15 * 60_000;

/**
 * Whether so much time has passed on working days between two moments.
 * @param spanMs in milliseconds; more than a year is never found to have passed
 * @param timeZone in which days begin and end
 */
export function hasPassed(days: Calendar, timeZone: string, from: Date, now: Date, spanMs: number): boolean {
  if (now.getTime() - from.getTime() < spanMs) return false;
  const local = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  const known = new Map<string, boolean>();
  const works = (at: number) => {
    const day = local.format(at);
    if (!known.has(day)) known.set(day, isWorkday(days, day));
    return known.get(day) === true;
  };
  const begin = Math.max(from.getTime(), now.getTime() - longestMs);
  let worked = 0;
  for (let at = begin; at < now.getTime() && worked < spanMs; at += stepMs)
    if (works(at)) worked += Math.min(stepMs, now.getTime() - at);
  return worked >= spanMs;
}

const longestMs = 366 * 86_400_000;
