/** The calendar in whole numbers: what days there are, and which of them begin and end a week, a month, a quarter or a year. */

const dayMs = 86_400_000;

/** A day as it is said: by year, month and day, or by a part of the year or the month. */
export interface Said {
  year: number;
  month: number;
  day: number;
  /** Day of the year, ISO week, or the number of a ten days, half-month, quarter, third or half of a year; all from 1. */
  part: number;
  /** 1 is Monday. */
  weekday: number;
}

/** The first and last day of something, in days since 1970-01-01. */
export type Span = readonly [first: number, last: number];

/** What a date may name. Weeks are those of ISO 8601. */
export const units = {
  day: {
    span: ({ year, month, day }: Said) =>
      isDay(year, month, day) ? dayOnly(dayNumber(year, month, day)) : undefined,
    part: () => 0,
  },
  'day of the year': {
    span: ({ year, part }: Said) =>
      part >= 1 && part <= (isLeap(year) ? 366 : 365) ? dayOnly(dayNumber(year, 1, part)) : undefined,
    part: (at: Said) => dayNumber(at.year, at.month, at.day) - dayNumber(at.year, 1, 1) + 1,
  },
  'day of a week': {
    span: ({ year, part, weekday }: Said) => {
      const monday = mondayOf(year, part);
      return monday === undefined || weekday < 1 || weekday > 7 ? undefined : dayOnly(monday + weekday - 1);
    },
    part: () => 0,
  },
  week: {
    span: ({ year, part }: Said) => {
      const monday = mondayOf(year, part);
      return monday === undefined ? undefined : ([monday, monday + 6] as const);
    },
    part: () => 0,
  },
  'ten days': {
    span: ({ year, month, part }: Said) => inMonth(year, month, part, 10, 3),
    part: ({ day }: Said) => Math.min(3, Math.ceil(day / 10)),
  },
  'half-month': {
    span: ({ year, month, part }: Said) => inMonth(year, month, part, 15, 2),
    part: ({ day }: Said) => Math.min(2, Math.ceil(day / 15)),
  },
  month: { span: ({ year, month }: Said) => months(year, month, 1, 12), part: () => 0 },
  quarter: monthUnit(3),
  'third of a year': monthUnit(4),
  'half-year': monthUnit(6),
  year: { span: ({ year }: Said) => months(year, 1, 12, 1), part: () => 0 },
} as const satisfies Record<string, UnitRule>;

export type Unit = keyof typeof units;

interface UnitRule {
  /** undefined: there is no such day, week, … */
  readonly span: (said: Said) => Span | undefined;
  /** Which of its kind holds the day. */
  readonly part: (at: Said) => number;
}

function dayOnly(number: number): Span {
  return [number, number];
}

function inMonth(year: number, month: number, part: number, length: number, parts: number): Span | undefined {
  if (part < 1 || part > parts || !isDay(year, month, 1)) return undefined;
  const first = dayNumber(year, month, (part - 1) * length + 1);
  return [first, part === parts ? dayNumber(year, month, daysIn(year, month)) : first + length - 1];
}

function monthUnit(length: number): UnitRule {
  return {
    span: ({ year, part }) => months(year, part, length, 12 / length),
    part: ({ month }) => Math.ceil(month / length),
  };
}

function months(year: number, part: number, length: number, parts: number): Span | undefined {
  if (year < 1 || part < 1 || part > parts) return undefined;
  const last = part * length;
  return [dayNumber(year, last - length + 1, 1), dayNumber(year, last, daysIn(year, last))];
}

/** Says a day in all ways that the unit needs: a week has its own year. */
export function sayDay(number: number, unit: Unit): Said {
  if (unit === 'week' || unit === 'day of a week') {
    const { year, week, weekday } = weekOf(number);
    return { year, month: 1, day: 1, part: week, weekday };
  }
  const text = dayText(number);
  const said = {
    year: Number(text.slice(0, 4)),
    month: Number(text.slice(5, 7)),
    day: Number(text.slice(8, 10)),
  };
  const at = { ...said, part: 0, weekday: 1 };
  return { ...at, part: units[unit].part(at) };
}

/** Whether there is such a day in the Gregorian calendar; years from 1. */
export function isDay(year: number, month: number, day: number): boolean {
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** Days since 1970-01-01. */
export function dayNumber(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.round(date.getTime() / dayMs);
}

/** 'YYYY-MM-DD' of days since 1970-01-01. */
export function dayText(number: number): string {
  return new Date(number * dayMs).toISOString().slice(0, 10);
}

/** undefined: the year has no such week. */
function mondayOf(year: number, week: number): number | undefined {
  const monday = firstMonday(year) + (week - 1) * 7;
  return week >= 1 && year >= 1 && weekOf(monday).year === year ? monday : undefined;
}

/** Week 1 has the year's first Thursday, and so January the fourth. */
function firstMonday(year: number): number {
  const fourth = dayNumber(year, 1, 4);
  return fourth - weekdayOf(fourth) + 1;
}

function weekOf(number: number): { readonly year: number; readonly week: number; readonly weekday: number } {
  const weekday = weekdayOf(number);
  const year = Number(dayText(number - weekday + 4).slice(0, 4));
  return { year, week: Math.floor((number - firstMonday(year)) / 7) + 1, weekday };
}

/** 1970-01-01 was a Thursday. */
function weekdayOf(number: number): number {
  return ((((number + 3) % 7) + 7) % 7) + 1;
}
