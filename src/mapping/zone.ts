/**
 * Time zones: names of the IANA list by the rules that Node carries, the zone letters of EDIFACT's 2380, and X12's time codes
 * (element 623). Offsets are minutes east of UTC.
 *
 * Where a clock was put back, a time that comes twice is the earlier one; where it was put forward, a time that does not exist is
 * taken as the clock stood before (02:30 is then 03:30 of summer).
 */

/** A zone's offset at an instant, and the instant of a local time. */
export interface Zone {
  readonly name: string;
  /** @param utcMs milliseconds since 1970 */
  readonly offsetAt: (utcMs: number) => number;
  /** @param localMs the local time as if it were UTC, in milliseconds since 1970; gives the instant's */
  readonly toUtc: (localMs: number) => number;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
const zones = new Map<string, Zone | null>();

/** A zone by its IANA name ('Europe/Berlin'); null when Node knows none of the name. */
export function zoneNamed(name: string): Zone | null {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = makeZone(name);
  zones.set(name, zone);
  return zone;
}

/** Names for suggestions. */
export function zoneNames(): readonly string[] {
  return [...Intl.supportedValuesOf('timeZone'), 'UTC'];
}

function makeZone(name: string): Zone | null {
  if (!/^[A-Za-z][\w+-]*(\/[\w+-]+)*$/.test(name)) return null;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      timeZoneName: 'longOffset',
      year: 'numeric',
    });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
  const offsetAt = rememberingYears((utcMs) => offsetIn(format.format(utcMs)));
  return { name, offsetAt, toUtc: (localMs) => instantOf(localMs, offsetAt) };
}

/** '2026, GMT+01:00' is 60; seconds, which no zone has had since 1972, are left out. */
function offsetIn(text: string): number {
  const match = /GMT([+-])(\d\d):(\d\d)/.exec(text);
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}

interface Year {
  /** Instants at which the offset changes, the first being the year's beginning. */
  readonly from: number[];
  readonly offsets: number[];
}

/** Asking Node for an offset is slow: the changes of a year are found once. Years far away are not kept. */
function rememberingYears(ask: (utcMs: number) => number): (utcMs: number) => number {
  const years = new Map<number, Year>();
  const earliest = Date.UTC(1970, 0);
  const latest = Date.UTC(2100, 0);
  return (utcMs) => {
    if (!(utcMs >= earliest && utcMs < latest)) return ask(utcMs);
    const number = new Date(utcMs).getUTCFullYear();
    let year = years.get(number);
    if (year === undefined) {
      year = changesIn(number, ask);
      years.set(number, year);
    }
    let index = year.from.length - 1;
    while (index > 0 && (year.from[index] ?? 0) > utcMs) index--;
    return year.offsets[index] ?? 0;
  };
}

function changesIn(number: number, ask: (utcMs: number) => number): Year {
  const end = Date.UTC(number + 1, 0);
  let at = Date.UTC(number, 0);
  const year: Year = { from: [at], offsets: [ask(at)] };
  while (at < end) {
    const next = Math.min(at + 8 * dayMs, end);
    const before = ask(at);
    if (ask(next) !== before) {
      let [low, high] = [at, next];
      while (high - low > 1000) {
        const middle = Math.floor((low + high) / 2000) * 1000;
        if (ask(middle) === before) low = middle;
        else high = middle;
      }
      year.from.push(high);
      year.offsets.push(ask(high));
    }
    at = next;
  }
  return year;
}

function instantOf(localMs: number, offsetAt: (utcMs: number) => number): number {
  const before = offsetAt(localMs - dayMs);
  const early = localMs - before * minuteMs;
  if (offsetAt(early) === before) return early;
  const after = offsetAt(localMs + dayMs);
  const late = localMs - after * minuteMs;
  return offsetAt(late) === after ? late : early;
}

/** Letters that stand for one offset wherever they are used. */
const zoneLetters: Readonly<Record<string, number>> = {
  UTC: 0,
  GMT: 0,
  WET: 0,
  BST: 60,
  CET: 60,
  MET: 60,
  MEZ: 60,
  EET: 120,
  AST: -240,
  ADT: -180,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};

/** EDIFACT's Z: three letters, or hours (and minutes) with their sign; undefined for others. */
export function readZone(text: string): number | undefined {
  if (Object.hasOwn(zoneLetters, text)) return zoneLetters[text];
  return readOffset(text.length === 3 ? `${text}00` : text);
}

/** '+0530' is 330. */
export function readOffset(text: string): number | undefined {
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(text);
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  if (Number(match[3]) > 59 || minutes > 14 * 60) return undefined;
  return match[1] === '-' ? -minutes : minutes;
}

/** Three characters where they can say it: 'UTC', '+01', else '+0530'. */
export function zoneText(offset: number): string {
  if (offset === 0) return 'UTC';
  return offset % 60 === 0 ? offsetText(offset).slice(0, 3) : offsetText(offset);
}

export function offsetText(offset: number): string {
  const minutes = Math.abs(offset);
  const text = String(Math.floor(minutes / 60) * 100 + (minutes % 60)).padStart(4, '0');
  return `${offset < 0 ? '-' : '+'}${text}`;
}

/** X12's element 623: zones whose clocks change, by name, and the letters of their winter and summer. */
const regions: Readonly<Record<string, readonly [zone: string, winter: string, summer: string]>> = {
  AT: ['America/Anchorage', 'AS', 'AD'],
  CT: ['America/Chicago', 'CS', 'CD'],
  ET: ['America/New_York', 'ES', 'ED'],
  HT: ['Pacific/Honolulu', 'HS', 'HD'],
  MT: ['America/Denver', 'MS', 'MD'],
  NT: ['America/St_Johns', 'NS', 'ND'],
  PT: ['America/Los_Angeles', 'PS', 'PD'],
  TT: ['America/Halifax', 'TS', 'TD'],
};

const fixed: Readonly<Record<string, number>> = {
  UT: 0,
  GM: 0,
  AS: -540,
  AD: -480,
  CS: -360,
  CD: -300,
  ES: -300,
  ED: -240,
  HS: -600,
  HD: -540,
  MS: -420,
  MD: -360,
  NS: -210,
  ND: -150,
  PS: -480,
  PD: -420,
  TS: -240,
  TD: -180,
};

/**
 * What X12's time code (element 623) says of a time: an offset, a zone, or 'local' (LT: the partner's own).
 * 01 to 12 are hours east of UTC, 13 to 24 from 12 hours west of it to 1.
 */
export function readTimeCode(code: string): number | Zone | 'local' | undefined {
  if (code === 'LT' || code === '') return 'local';
  if (Object.hasOwn(fixed, code)) return fixed[code];
  if (Object.hasOwn(regions, code)) return zoneNamed(regions[code]?.[0] ?? '') ?? undefined;
  const hours = /^\d\d$/.test(code) ? Number(code) : 0;
  if (hours < 1 || hours > 24) return undefined;
  return (hours <= 12 ? hours : hours - 25) * 60;
}

/** The time code of a zone at an offset; null when there is none, and the time must be said in UTC. */
export function timeCodeOf(zone: Zone, offset: number): string | null {
  const region = Object.values(regions).find(([name]) => name === zone.name);
  if (region !== undefined) {
    const letters = region.slice(1).find((code) => fixed[code] === offset);
    if (letters !== undefined) return letters;
  }
  if (offset === 0) return 'UT';
  if (offset % 60 !== 0 || Math.abs(offset) > 12 * 60) return null;
  const hours = offset / 60;
  return String(hours > 0 ? hours : hours + 25).padStart(2, '0');
}
