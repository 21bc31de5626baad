/**
 * Days, instants and periods between messages and the canon, where a day is 'YYYY-MM-DD' and an instant ISO 8601 in UTC. The
 * layout is the one whose code stands beside the value, else the one that the guide names, else the one of its length.
 */
import { type Codec, plainCodec } from './codec.ts';
import { layoutByLength, layouts, type NamedLayout, type PeriodLayout, periodLayouts } from './layouts.ts';
import { clockText, type Moment, midnight } from './moment.ts';
import type { Zone } from './zone.ts';

/** How a line of a guide writes a date. */
export interface DateStyle {
  /** The layout that is written, and read where the message names none. */
  readonly layout: NamedLayout;
  /** The guide names it: it is not merely what is usual. */
  readonly named: boolean;
  /** The code of the layout is written beside the value. */
  readonly coded: boolean;
  /** Local times are of this zone; null: UTC. */
  readonly zone: Zone | null;
  /** The week that holds the day, the day that holds the time will do. */
  readonly loose: boolean;
}

function layoutFor(raw: string, format: string, style: DateStyle): NamedLayout | undefined {
  if (format !== '') return layouts.get(format);
  return style.named ? style.layout : layoutByLength(raw.length);
}

/** A day. A time that comes with it is left over, and so is the rest of a week or month. */
export function dayCodec(style: DateStyle): Codec {
  const { layout, named, coded, loose } = style;
  return {
    ...plainCodec,
    decode: (raw, format) => layoutFor(raw, format, style)?.read(raw)?.first,
    encode: (value) => layout.write(value, midnight, 0, false, loose),
    expected: named ? `a date as ${layout.shown.toUpperCase()}` : 'a date',
    format: coded ? layout.code : null,
    leaves: (raw, format) =>
      raw.length > 8 && (layoutFor(raw, format, style)?.read(raw)?.time ?? midnight) !== midnight,
  };
}

/** An instant. Seconds are written where the layout has them. */
export function instantCodec(style: DateStyle): Codec {
  const { layout, named, coded, zone } = style;
  return {
    ...plainCodec,
    decode: (raw, format) => {
      const moment = layoutFor(raw, format, style)?.read(raw);
      return moment === undefined ? undefined : instantText(moment, moment.first, zone);
    },
    encode: (value) => writeInstant(value, layout, style, false),
    expected: named ? `a date and time as ${layout.shown}` : 'a date and time',
    format: coded ? layout.code : null,
  };
}

function writeInstant(
  value: string,
  layout: Pick<NamedLayout, 'write'>,
  { zone, loose }: DateStyle,
  end: boolean,
): string | undefined {
  const { day, time, offset } = wallClock(value, zone);
  return layout.write(day, time, offset, end, loose);
}

/** What the clocks of a zone (null: UTC) show at an instant. */
export function wallClock(value: string, zone: Zone | null): { day: string; time: string; offset: number } {
  if (zone === null && value.endsWith('Z'))
    return { day: value.slice(0, 10), time: value.slice(11, 19), offset: 0 };
  const utcMs = Date.parse(value);
  const offset = zone === null ? 0 : zone.offsetAt(utcMs);
  const text = new Date(utcMs + offset * 60_000).toISOString();
  return { day: text.slice(0, 10), time: text.slice(11, 19), offset };
}

/** A local time as an instant in UTC: by its own offset, else by the zone's. */
export function instantText(
  { time, offset }: Pick<Moment, 'time' | 'offset'>,
  day: string,
  zone: Zone | null,
  fraction = '',
): string {
  if (offset === 0 || (offset === null && zone === null)) return `${day}T${time}${fraction}Z`;
  const localMs = Date.parse(`${day}T${time}Z`);
  const utcMs = offset === null && zone !== null ? zone.toUtc(localMs) : localMs - (offset ?? 0) * 60_000;
  return `${new Date(utcMs).toISOString().slice(0, 19)}${fraction}Z`;
}

/** X12's TM: HHMM, HHMMSS, HHMMSSD or HHMMSSDD; the last as a fraction of a second. */
export function readTime(raw: string): { readonly time: string; readonly fraction: string } | undefined {
  const match = /^(\d\d)(\d\d)(?:(\d\d)(\d{0,2}))?$/.exec(raw);
  if (match === null) return undefined;
  const time = clockText(Number(match[1]), Number(match[2]), Number(match[3] ?? 0));
  const fraction = (match[4] ?? '').replace(/0+$/, '');
  return time === undefined ? undefined : { time, fraction: fraction === '' ? '' : `.${fraction}` };
}

/** Two days or two instants in one text. */
export interface PeriodStyle extends Omit<DateStyle, 'layout'> {
  readonly layout: PeriodLayout;
  /** The canon holds instants, not days. */
  readonly timed: boolean;
}

/** From the first day of what is named first to the last day of what is named last; undefined: unreadable. */
export function readPeriod(
  raw: string,
  format: string,
  style: PeriodStyle,
): readonly [string, string] | undefined {
  const layout = format === '' ? periodFor(raw, style) : periodLayouts.get(format);
  if (layout === undefined) return undefined;
  const half = raw.length >> 1;
  const apart = raw.length % 2 === 1 && raw.charAt(half) === '-';
  if (!apart && raw.length % 2 === 1) return undefined;
  const from = layout.side.read(raw.slice(0, half));
  const to = layout.side.read(raw.slice(apart ? half + 1 : half));
  if (from === undefined || to === undefined) return undefined;
  if (!style.timed) return [from.first, to.last];
  return [instantText(from, from.first, style.zone), instantText(to, to.last, style.zone)];
}

/** Without a code, two days of eight digits are meant, or two instants of twelve. */
function periodFor(raw: string, { layout, named }: PeriodStyle): PeriodLayout | undefined {
  if (named) return layout;
  return periodLayouts.get(raw.length < 20 ? '718' : '719');
}

/** undefined: the layout cannot say it. */
export function writePeriod(from: string, to: string, style: PeriodStyle): string | undefined {
  const { side, between } = style.layout;
  const { zone, loose, timed } = style;
  const one = (value: string, end: boolean) => {
    if (!timed) return side.write(value, midnight, 0, end, loose);
    const { day, time, offset } = wallClock(value, zone);
    return side.write(day, time, offset, end, loose);
  };
  const [first, last] = [one(from, false), one(to, true)];
  return first === undefined || last === undefined ? undefined : `${first}${between}${last}`;
}
