/** Calendar days as 'YYYY-MM-DD': they compare as text. No clock here: 'today' is always given. */

const dayMs = 86_400_000;

/** The day `days` calendar days after `day`. */
export function addDays(day: string, days: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, date) + days * dayMs).toISOString().slice(0, 10);
}

/** The latest of the days that are given. */
export function latest(first: string, ...others: readonly (string | undefined)[]): string {
  return others.reduce<string>(
    (found, other) => (other !== undefined && other > found ? other : found),
    first,
  );
}

/** The earliest of the days that are given, or undefined when none is. */
export function earliest(...days: readonly (string | undefined)[]): string | undefined {
  return days.reduce(
    (found, other) => (other !== undefined && (found === undefined || other < found) ? other : found),
    undefined,
  );
}
