/** Values as the standards write them and as the canon holds them. Each pair is exact in both directions, or undefined. */

const canonicalDecimal = /^-?\d{1,15}(\.\d{1,6})?$/;

/**
 * A number as received ('0012', '.5', '+3.50', EDIFACT '3,50') as a canonical decimal; the digits after the mark stay.
 * @param implied implied decimals of an X12 N element: '1234' with 2 is '12.34'
 */
export function readDecimal(raw: string, implied: number): string | undefined {
  const match = /^([+-]?)(\d*)(?:[.,](\d*))?$/.exec(raw.trim());
  if (match === null) return undefined;
  const [, sign, digits = '', given] = match;
  if (digits === '' && (given ?? '') === '') return undefined;
  const padded = implied > 0 && given === undefined ? digits.padStart(implied + 1, '0') : digits;
  const cut = implied > 0 && given === undefined ? padded.length - implied : padded.length;
  const whole = padded.slice(0, cut).replace(/^0+(?=\d)/, '') || '0';
  const fraction = given ?? padded.slice(cut);
  const text = `${sign === '-' ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
  return canonicalDecimal.test(text) ? text : undefined;
}

/** A canonical decimal as the standards write it; undefined when implied decimals cannot hold its fraction. */
export function writeDecimal(value: string, implied: number, whole: boolean): string | undefined {
  if (!whole) return value;
  const [digits = '', fraction = ''] = value.split('.');
  const kept = fraction.replace(/0+$/, '');
  if (kept.length > implied) return undefined;
  const text = `${digits}${kept.padEnd(implied, '0')}`;
  return implied > 0 ? text.replace(/^(-?)0+(?=\d)/, '$1') : text;
}

/** The date formats of X12 (element 373; also RD8's parts) and of EDIFACT's code list 2379, as far as orders use them. */
const shapes: Readonly<Record<string, RegExp>> = {
  '2': /^(?<d>\d\d)(?<m>\d\d)(?<y>\d\d)$/,
  '101': /^(?<y>\d\d)(?<m>\d\d)(?<d>\d\d)$/,
  '102': /^(?<y>\d{4})(?<m>\d\d)(?<d>\d\d)$/,
  '203': /^(?<y>\d{4})(?<m>\d\d)(?<d>\d\d)(?<H>\d\d)(?<M>\d\d)$/,
  '204': /^(?<y>\d{4})(?<m>\d\d)(?<d>\d\d)(?<H>\d\d)(?<M>\d\d)(?<S>\d\d)$/,
  '303': /^(?<y>\d{4})(?<m>\d\d)(?<d>\d\d)(?<H>\d\d)(?<M>\d\d)(?<Z>[A-Z]{3}|[+-]\d\d(?:\d\d)?)$/,
};

/** Lengths tell the format where the message does not: DTM without 2379. */
const shapeByLength: Readonly<Record<number, string>> = { 6: '101', 8: '102', 12: '203', 14: '204' };

/**
 * A date as a canonical day.
 * @param format a code of EDIFACT's list 2379; '' goes by the length, as does X12
 */
export function readDay(raw: string, format: string): string | undefined {
  return parts(raw, format)?.day;
}

/** A date and time as a canonical instant. Without a zone it is taken as UTC. */
export function readInstant(raw: string, format: string, time = ''): string | undefined {
  const found = parts(raw, format);
  if (found === undefined) return undefined;
  const clock = time === '' ? found.time : clockOf(time);
  if (clock === undefined) return undefined;
  return `${found.day}T${clock}${found.zone}`;
}

/** 718: two days as CCYYMMDDCCYYMMDD; X12 RD8 puts a hyphen between them. */
export function readPeriod(raw: string): readonly [string, string] | undefined {
  const match = /^(\d{8})-?(\d{8})$/.exec(raw);
  const from = readDay(match?.[1] ?? '', '102');
  const to = readDay(match?.[2] ?? '', '102');
  return from === undefined || to === undefined ? undefined : [from, to];
}

/** A canonical day as CCYYMMDD (X12 373, EDIFACT 102). */
export function writeDay(day: string): string {
  return day.slice(0, 4) + day.slice(5, 7) + day.slice(8, 10);
}

/** A canonical instant in UTC as [CCYYMMDD, HHMM] (EDIFACT 203 joins them). Seconds are left out: partners expect minutes. */
export function writeInstant(instant: string): readonly [string, string] {
  const utc = new Date(instant).toISOString();
  return [writeDay(utc), utc.slice(11, 13) + utc.slice(14, 16)];
}

interface Moment {
  readonly day: string;
  readonly time: string;
  readonly zone: string;
}

function parts(raw: string, format: string): Moment | undefined {
  const shape = shapes[format === '' ? (shapeByLength[raw.length] ?? '') : format];
  const found = shape?.exec(raw)?.groups;
  if (found === undefined) return undefined;
  const { y = '', m = '', d = '', H = '00', M = '00', S = '00', Z = '' } = found;
  const year = y.length === 2 ? `${Number(y) < 70 ? '20' : '19'}${y}` : y;
  const zone = zoneOf(Z);
  const time = clockOf(H + M + S);
  if (!isDay(Number(year), Number(m), Number(d)) || time === undefined || zone === undefined)
    return undefined;
  return { day: `${year}-${m}-${d}`, time, zone };
}

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day <= days;
}

/** HHMM, HHMMSS or X12's HHMMSSDD as HH:MM:SS. */
function clockOf(digits: string): string | undefined {
  const match = /^(\d\d)(\d\d)(\d\d)?\d{0,2}$/.exec(digits);
  if (match === null) return undefined;
  const [, hour = '', minute = '', second = '00'] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  return `${hour}:${minute}:${second}`;
}

function zoneOf(zone: string): string | undefined {
  if (zone === '' || zone === 'UTC' || zone === 'GMT') return 'Z';
  const match = /^([+-]\d\d)(\d\d)?$/.exec(zone);
  return match === null ? undefined : `${match[1]}:${match[2] ?? '00'}`;
}
