/**
 * A layout such as 'yymmddHHMM' compiled into a reader and a writer of moments. Letters: yyyy yy year, mm month, nnn month's
 * name, dd day, jjj day of the year, ww u week and weekday (ISO 8601), HH MM SS time, Z zone (three letters, or + and - with
 * hours), O offset (+HHMM), h half-year, t third of a year, q quarter, b half of a month, a ten days, T itself.
 */
import { dayNumber, dayText, isDay, type Said, sayDay, type Unit, units } from './calendar.ts';
import { offsetText, readOffset, readZone, zoneText } from './zone.ts';

/** A day or an instant as it stands on a wall, with the offset of its zone where that is told. */
export interface Moment {
  /** 'YYYY-MM-DD': of a week, month, quarter or year its first day. */
  readonly first: string;
  /** Its last day; the same as `first` unless it is longer than a day. */
  readonly last: string;
  /** 'HH:MM:SS' */
  readonly time: string;
  /** Minutes east of UTC; null: not told. */
  readonly offset: number | null;
}

export const midnight = '00:00:00';

/** What a layout can do. */
export interface Layout {
  readonly unit: Unit;
  readonly timed: boolean;
  readonly seconds: boolean;
  /** It says its own zone. */
  readonly zoned: boolean;
  /** undefined: wrong characters, or no such day or time. */
  readonly read: (text: string) => Moment | undefined;
  /**
   * Writes the moment whose `first` (or, at the end of a period, `last`) day it is.
   * @param loose the week, month, … that holds the day will do, and the day that holds the time. Seconds are left out where
   *   the layout has none
   * @returns undefined when the layout cannot say it exactly
   */
  readonly write: (
    day: string,
    time: string,
    offset: number,
    end: boolean,
    loose: boolean,
  ) => string | undefined;
}

interface Piece {
  readonly letter: string;
  readonly at: number;
  readonly length: number;
}

/** Compiles a layout. */
export function layoutOf(layout: string): Layout {
  const pieces = [...layout.matchAll(/(.)\1*/g)].map(({ 0: run, index }): Piece => {
    return { letter: run === 'yy' ? 'Y' : run.charAt(0), at: index, length: run.length };
  });
  const unit = unitOf(layout);
  const timed = layout.includes('HH');
  const seconds = layout.includes('SS');
  const plain = layout === 'yyyymmdd';
  return {
    unit,
    timed,
    seconds,
    zoned: /[ZO]$/.test(layout),
    read: plain ? readPlainDay : (text) => readPieces(pieces, unit, layout, text),
    write: (day, time, offset, end, loose) => {
      if (!loose && !timed && time !== midnight) return undefined;
      return plain ? plainDay(day) : writePieces(pieces, unit, day, time, offset, end, loose);
    },
  };
}

function unitOf(layout: string): Unit {
  if (layout.includes('u')) return 'day of a week';
  if (layout.includes('j')) return 'day of the year';
  if (layout.includes('d')) return 'day';
  if (layout.includes('w')) return 'week';
  if (layout.includes('a')) return 'ten days';
  if (layout.includes('b')) return 'half-month';
  if (/m|n/.test(layout)) return 'month';
  if (layout.includes('q')) return 'quarter';
  if (layout.includes('t')) return 'third of a year';
  return layout.includes('h') ? 'half-year' : 'year';
}

/** CCYYMMDD, of which there are more than of all others together. */
function readPlainDay(text: string): Moment | undefined {
  if (text.length !== 8 || !isDay(digits(text, 0, 4), digits(text, 4, 2), digits(text, 6, 2)))
    return undefined;
  const day = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
  return { first: day, last: day, time: midnight, offset: null };
}

function plainDay(day: string): string {
  return day.slice(0, 4) + day.slice(5, 7) + day.slice(8, 10);
}

/** -1: not all of them are digits. */
function digits(text: string, at: number, length: number): number {
  let value = 0;
  for (let index = at; index < at + length; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

interface Found extends Said {
  hour: number;
  minute: number;
  second: number;
  offset: number | null;
}

function readPieces(pieces: readonly Piece[], unit: Unit, layout: string, text: string): Moment | undefined {
  const open = layout.endsWith('Z');
  if (open ? text.length < layout.length : text.length !== lengthOf(layout)) return undefined;
  const found: Found = {
    year: 0,
    month: 1,
    day: 1,
    part: 0,
    weekday: 1,
    hour: 0,
    minute: 0,
    second: 0,
    offset: null,
  };
  for (const piece of pieces) if (!take(piece, text, found)) return undefined;
  const span = units[unit].span(found);
  const time = clockText(found.hour, found.minute, found.second);
  if (span === undefined || time === undefined) return undefined;
  const first = dayText(span[0]);
  return { first, last: span[1] === span[0] ? first : dayText(span[1]), time, offset: found.offset };
}

/** An offset is written with five characters where the layout has one letter. */
function lengthOf(layout: string): number {
  return layout.length + (layout.endsWith('O') ? 4 : 0);
}

function take({ letter, at, length }: Piece, text: string, found: Found): boolean {
  if (letter === 'T') return text.charAt(at) === 'T';
  if (letter === 'Z' || letter === 'O') {
    found.offset = (letter === 'Z' ? readZone(text.slice(at)) : readOffset(text.slice(at))) ?? null;
    return found.offset !== null;
  }
  const value =
    letter === 'n'
      ? monthNames.indexOf(text.slice(at, at + length).toUpperCase()) + 1
      : digits(text, at, length);
  if (letter === 'Y') found.year = value + (value < 70 ? 2000 : 1900);
  else found[fieldOf[letter] ?? 'part'] = value;
  return value >= 0;
}

const fieldOf: Readonly<Record<string, Exclude<keyof Found, 'offset'>>> = {
  y: 'year',
  m: 'month',
  n: 'month',
  d: 'day',
  u: 'weekday',
  H: 'hour',
  M: 'minute',
  S: 'second',
};

/** 'HH:MM:SS'; undefined: no such time. */
export function clockText(hour: number, minute: number, second: number): string | undefined {
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined;
  return `${two(hour)}:${two(minute)}:${two(second)}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

function writePieces(
  pieces: readonly Piece[],
  unit: Unit,
  day: string,
  time: string,
  offset: number,
  end: boolean,
  loose: boolean,
): string | undefined {
  const number = dayNumber(Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10)));
  const said = sayDay(number, unit);
  const span = units[unit].span(said);
  if (span === undefined || (!loose && span[end ? 1 : 0] !== number)) return undefined;
  let text = '';
  for (const { letter, length } of pieces) {
    const piece = pieceText(letter, length, said, time, offset);
    if (piece === undefined) return undefined;
    text += piece;
  }
  return text;
}

function pieceText(
  letter: string,
  length: number,
  said: Said,
  time: string,
  offset: number,
): string | undefined {
  switch (letter) {
    case 'T':
      return 'T';
    case 'Z':
      return zoneText(offset);
    case 'O':
      return offsetText(offset);
    case 'H':
      return time.slice(0, 2);
    case 'M':
      return time.slice(3, 5);
    case 'S':
      return time.slice(6, 8);
    case 'Y':
      return said.year < 1970 || said.year > 2069 ? undefined : two(said.year % 100);
    case 'n':
      return monthNames[said.month - 1];
    default:
      return String(said[(fieldOf[letter] ?? 'part') as keyof Said]).padStart(length, '0');
  }
}
