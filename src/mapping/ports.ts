/**
 * A port is where one canonical value passes between a message and a document: it takes the raw text of a position into
 * the frame, and gives the text to be written from the frame. Ports know codecs, limits and lengths; cells.ts knows where in
 * the segment the text stands.
 */
import type { Segment } from '../interchange/interchange.ts';
import { lineOf } from './cite.ts';
import type { Codec } from './codec.ts';
import { type PeriodStyle, readPeriod, writePeriod } from './dates.ts';
import type { FieldBinding } from './notation.ts';
import { climb, type Slot } from './path.ts';
import {
  type Frame,
  positionOf,
  type ReadContext,
  readFault,
  reportUnmapped,
  type WriteContext,
  writeFault,
} from './plan.ts';
import type { Place } from './problem.ts';
import { type Quick, quickWay, takeQuickly } from './quick.ts';

/** Where a port's text stands, and what the dictionary says of the place. */
export interface Spot {
  readonly tag: string;
  readonly element: number;
  readonly component: number | null;
  /** Greatest length. */
  readonly max: number;
  /** The length does not count sign and point. */
  readonly numeric: boolean;
  /** X12 N elements: digits after the implied point; null: the value has its own point. */
  readonly implied: number | null;
  /** Where the layout of a date is named (2379 beside 2380, 1250 before 1251); null: nowhere. */
  readonly layoutAt: { readonly element: number; readonly component: number | null } | null;
}

export interface Port {
  /**
   * Takes a value that is not empty.
   * @param format the code of the layout beside it, '' for none
   * @param spot where it stands; one port may serve several places of the same kind
   */
  read(raw: string, segment: Segment, frame: Frame, context: ReadContext, format: string, spot: Spot): void;
  /** Gives the text to write; '' when there is nothing to say. */
  write(frame: Frame, context: WriteContext, spot: Spot): string;
  /** The code of the layout that the written text has; null when the spot names none. */
  readonly format: string | null;
  /** null: every value takes the long way. */
  readonly quick: Quick | null;
}

/** Takes a value by the short way where there is one, and nobody asks where it came from. */
export function readPort(
  port: Port,
  raw: string,
  segment: Segment,
  frame: Frame,
  context: ReadContext,
  format: string,
  spot: Spot,
): void {
  const { quick } = port;
  if (quick === null || context.trace !== null || !takeQuickly(quick, raw, format, frame))
    port.read(raw, segment, frame, context, format, spot);
}

export function fieldPort(binding: FieldBinding, slot: Slot, place: Place, codec: Codec): Port {
  const { prefix, length, required, cut, onlyRead } = binding;
  const whole = length === null ? null : prefix.length + length;
  const { leaves } = codec;
  return {
    format: codec.format,
    quick: prefix === '' ? quickWay(codec, slot) : null,
    read(raw, segment, frame, context, format, spot) {
      const prefixed = prefix !== '' && raw.startsWith(prefix) && (whole === null || raw.length === whole);
      const text = prefixed ? raw.slice(prefix.length) : raw;
      const value = codec.decode(text, format);
      if (value === undefined) {
        const guide = lineOf(place);
        const details = { value: raw, expected: codec.expected, guide, ...codec.unreadableDetails };
        readFault(context, codec.unreadable, segment, spot, details);
        if (context.trace !== null) leaveTrace(slot, segment, frame, context, spot, place, true);
        return;
      }
      store(value, raw, slot, segment, frame, context, spot, place);
      if (leaves?.(text, format) === true)
        reportUnmapped(context, segment, spot.element, spot.component, raw);
    },
    write(frame, context, spot) {
      if (onlyRead) return '';
      const value = slot.get(frame);
      if (typeof value !== 'string' || value === '' || (length !== null && value.length !== length)) {
        if (required && length === null)
          writeFault(context, 'value-missing', spot.tag, spot, {
            name: slot.name,
            guide: lineOf(place),
            says: '',
          });
        return '';
      }
      const text = codec.encode(value);
      if (text !== undefined) return fitted(prefix + text, spot, cut, context);
      const details = { value, expected: codec.expected, ...codec.unwritableDetails };
      writeFault(context, codec.unwritable, spot.tag, spot, details);
      return '';
    },
  };
}

/** `shipNotBefore to shipNotAfter`: one value that holds two days, or two instants. */
export function periodPort(from: Slot, to: Slot, place: Place, style: PeriodStyle): Port {
  const expected = `a period as ${style.layout.shown}`;
  return {
    format: style.coded ? style.layout.code : null,
    quick: null,
    read(raw, segment, frame, context, format, spot) {
      const period = readPeriod(raw, format, style);
      if (period === undefined) {
        readFault(context, 'value-unreadable', segment, spot, { value: raw, expected });
        return;
      }
      store(period[0], raw, from, segment, frame, context, spot, place);
      store(period[1], raw, to, segment, frame, context, spot, place);
    },
    write(frame, context, spot) {
      const [first, last] = [from.get(frame), to.get(frame)];
      if (typeof first !== 'string' || typeof last !== 'string') return '';
      const text = writePeriod(first, last, style);
      if (text !== undefined) return fitted(text, spot, false, context);
      writeFault(context, 'value-unwritable', spot.tag, spot, { value: `${first} to ${last}`, expected });
      return '';
    },
  };
}

/** `{ per: action, of: { … } }`: the value of another field decides which field stands here. */
export function perPort(decider: Slot, arms: ReadonlyMap<string, Port>): Port {
  const armOf = (frame: Frame) => arms.get(String(decider.get(frame))) ?? arms.get('*');
  const [first] = arms.values();
  return {
    format: first?.format ?? null,
    quick: null,
    read(raw, segment, frame, context, format, spot) {
      const arm = armOf(frame);
      if (arm === undefined) reportUnmapped(context, segment, spot.element, spot.component, raw);
      else arm.read(raw, segment, frame, context, format, spot);
    },
    write(frame, context, spot) {
      return armOf(frame)?.write(frame, context, spot) ?? '';
    },
  };
}

/** Keeps the first value: a second, different one is reported as unmapped rather than silently taking its place. */
export function store(
  value: string,
  raw: string,
  slot: Slot,
  segment: Segment,
  frame: Frame,
  context: ReadContext,
  spot: Spot,
  place: Place,
): void {
  const old = slot.get(frame);
  if (old !== undefined && old !== value) {
    reportUnmapped(context, segment, spot.element, spot.component, raw);
    return;
  }
  slot.set(frame, value);
  if (context.trace !== null) leaveTrace(slot, segment, frame, context, spot, place, false);
}

export function leaveTrace(
  slot: Slot,
  segment: Segment,
  frame: Frame,
  context: ReadContext,
  spot: Pick<Spot, 'element' | 'component'>,
  place: Place,
  failed: boolean,
): void {
  context.trace?.push({
    frame: climb(frame, slot.up),
    keys: slot.keys.join('.'),
    at: positionOf(context, segment, spot.element, spot.component),
    guide: place,
    ...(failed ? { failed } : {}),
  });
}

/** Refuses what is too long, unless the guide says to cut it. */
export function fitted(text: string, spot: Spot, cut: boolean, context: WriteContext): string {
  if (text.length <= spot.max) return text;
  if (spot.numeric && text.replace(/[-.]/g, '').length <= spot.max) return text;
  if (cut && !spot.numeric) return text.slice(0, spot.max).trimEnd();
  writeFault(context, 'value-too-long', spot.tag, spot, { value: text, max: spot.max });
  return text;
}
