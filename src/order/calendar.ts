/** The days on which goods ship to a partner: part of partner.yaml. Pure: 'today' is always given. */
import { z } from 'zod';
import { addDays } from './day.ts';

/** In the order of Date.getUTCDay. */
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

export const calendar = z.strictObject({
  workdays: z
    .array(z.enum(weekdays))
    .min(1)
    .default([...weekdays]),
  /** Days without work, 'YYYY-MM-DD'. */
  holidays: z
    .array(z.iso.date("a day such as '2026-12-25'"))
    .max(5000)
    .default([])
    .superRefine(reportRepeats),
  /** Local time; what is decided later counts as of the next day. Unset: midnight. */
  cutoff: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time such as '14:00', in quotes")
    .optional(),
});

export type Calendar = z.infer<typeof calendar>;

/** The calendar of a partner that has none. */
export const everyDay: Calendar = calendar.parse({});

function reportRepeats(days: readonly string[], context: z.RefinementCtx): void {
  for (const [index, day] of days.entries())
    if (days.indexOf(day) < index)
      context.addIssue({ code: 'custom', path: [index], message: `${day} stands here twice` });
}

export function isWorkday({ workdays, holidays }: Calendar, day: string): boolean {
  const weekday = weekdays[new Date(`${day}T00:00:00Z`).getUTCDay()] as (typeof weekdays)[number];
  return workdays.includes(weekday) && !holidays.includes(day);
}

/** The day itself when it is a working day, else the first one after it. */
export function nextWorkday(days: Calendar, day: string): string {
  let found = day;
  while (!isWorkday(days, found)) found = addDays(found, 1);
  return found;
}

/** The last working day up to `day` that is not before `floor`; null when there is none. */
export function workdayBetween(days: Calendar, floor: string, day: string): string | null {
  for (let found = day; found >= floor; found = addDays(found, -1)) if (isWorkday(days, found)) return found;
  return null;
}

/** So many working days after `day`, which counts as the next working day when it is none itself. */
export function addWorkdays(days: Calendar, day: string, count: number): string {
  let found = nextWorkday(days, day);
  for (let left = count; left > 0; left--) found = nextWorkday(days, addDays(found, 1));
  return found;
}
