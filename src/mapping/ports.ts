/**
 * A port is where one canonical value passes between a message and a document: it takes the raw text of a position into
 * the frame, and gives the text to be written from the frame. Ports know forms, code tables and lengths; cells.ts knows
 * where in the segment the text stands.
 */
import type { Segment } from '../interchange/interchange.ts';
import {
  readDay,
  readDecimal,
  readInstant,
  readPeriod,
  writeDay,
  writeDecimal,
  writeInstant,
} from './convert.ts';
import type { CodeLine, FieldBinding } from './notation.ts';
import type { Slot } from './path.ts';
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

/** Where a port's text stands, and what the dictionary says of the place. */
export interface Spot {
  readonly tag: string;
  readonly element: number;
  readonly component: number | null;
  /** Greatest length; decimals do not count sign and point. */
  readonly max: number;
  /** X12 N elements: digits after the implied point; null: the value has its own point. */
  readonly implied: number | null;
  /** Component (EDIFACT) or none that names the date format: 2379 beside 2380. */
  readonly formatComponent: number | null;
}

export interface Port {
  /** Takes a value that is not empty. `format`: the date format beside it, '' for none. */
  read(raw: string, segment: Segment, frame: Frame, context: ReadContext, format: string): void;
  /** Gives the text to write; '' when there is nothing to say. */
  write(frame: Frame, context: WriteContext): string;
  /** The date format that the written text has; null when the spot has none. */
  readonly format: string | null;
}

interface Codec {
  /** undefined: unreadable. */
  readonly decode: (raw: string, format: string) => string | undefined;
  /** undefined: cannot be written. */
  readonly encode: (value: string) => string | undefined;
  readonly expected: string;
  readonly unreadable: 'value-unreadable' | 'code-unmapped';
  readonly format: string | null;
}

export function fieldPort(
  binding: FieldBinding,
  slot: Slot,
  spot: Spot,
  place: Place,
  table: readonly CodeLine[] | null,
): Port {
  const codec = codecOf(binding, slot, spot, table);
  const { prefix, length, required, cut } = binding;
  return {
    format: codec.format,
    read(raw, segment, frame, context, format) {
      const text = prefix !== '' && raw.startsWith(prefix) ? raw.slice(prefix.length) : raw;
      const value = codec.decode(text, format);
      if (value === undefined) {
        readFault(context, codec.unreadable, segment, spot, { value: raw, expected: codec.expected });
        leaveTrace(slot, segment, frame, context, spot, place, true);
      } else store(value, raw, slot, segment, frame, context, spot, place);
    },
    write(frame, context) {
      const value = slot.get(frame);
      if (typeof value !== 'string' || value === '' || (length !== null && value.length !== length)) {
        if (required && length === null)
          writeFault(context, 'value-missing', spot.tag, spot, { name: slot.name });
        return '';
      }
      const text = codec.encode(value);
      if (text === undefined) {
        writeFault(context, 'code-not-allowed', spot.tag, spot, { value });
        return '';
      }
      return fitted(prefix + text, spot, cut, context);
    },
  };
}

/** `shipNotBefore to shipNotAfter`: one value that holds two days. */
export function periodPort(from: Slot, to: Slot, spot: Spot, place: Place): Port {
  return {
    format: spot.formatComponent === null ? null : '718',
    read(raw, segment, frame, context) {
      const period = readPeriod(raw);
      if (period === undefined) {
        readFault(context, 'value-unreadable', segment, spot, {
          value: raw,
          expected: 'two dates, CCYYMMDDCCYYMMDD',
        });
        return;
      }
      store(period[0], raw, from, segment, frame, context, spot, place);
      store(period[1], raw, to, segment, frame, context, spot, place);
    },
    write(frame) {
      const [first, last] = [from.get(frame), to.get(frame)];
      return typeof first === 'string' && typeof last === 'string' ? writeDay(first) + writeDay(last) : '';
    },
  };
}

/** `{ per: action, of: { … } }`: the value of another field decides which field stands here. */
export function perPort(decider: Slot, arms: ReadonlyMap<string, Port>, spot: Spot): Port {
  const armOf = (frame: Frame) => arms.get(String(decider.get(frame))) ?? arms.get('*');
  const [first] = arms.values();
  return {
    format: first?.format ?? null,
    read(raw, segment, frame, context, format) {
      const arm = armOf(frame);
      if (arm === undefined) reportUnmapped(context, segment, spot.element, spot.component, raw);
      else arm.read(raw, segment, frame, context, format);
    },
    write(frame, context) {
      return armOf(frame)?.write(frame, context) ?? '';
    },
  };
}

/** Keeps the first value: a second, different one is reported as unmapped rather than silently taking its place. */
function store(
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

function leaveTrace(
  slot: Slot,
  segment: Segment,
  frame: Frame,
  context: ReadContext,
  spot: Spot,
  place: Place,
  failed: boolean,
): void {
  context.trace?.push({
    frame: frameOf(frame, slot.up),
    keys: slot.keys.join('.'),
    at: positionOf(context, segment, spot.element, spot.component),
    guide: place,
    ...(failed ? { failed } : {}),
  });
}

function frameOf(frame: Frame, up: number): Frame {
  let found = frame;
  for (let left = up; left > 0 && found.parent !== null; left--) found = found.parent;
  return found;
}

/** Refuses what is too long, unless the guide says to cut it. */
export function fitted(text: string, spot: Spot, cut: boolean, context: WriteContext): string {
  if (text.length <= spot.max) return text;
  if (cut) return text.slice(0, spot.max).trimEnd();
  const counted =
    spot.implied === null && /^-?\d+(\.\d+)?$/.test(text) ? text.replace(/[-.]/g, '').length : text.length;
  if (counted <= spot.max) return text;
  writeFault(context, 'value-too-long', spot.tag, spot, { value: text, max: spot.max });
  return text;
}

function codecOf(binding: FieldBinding, slot: Slot, spot: Spot, table: readonly CodeLine[] | null): Codec {
  if (table !== null) return tableCodec(table);
  const form = binding.form === 'infer' ? slot.type.kind : binding.form;
  if (form === 'decimal') return decimalCodec(spot.implied);
  if (form === 'date') return dateCodec(spot);
  if (form === 'datetime') return instantCodec(spot);
  return textCodec;
}

const textCodec: Codec = {
  decode: (raw) => raw,
  encode: (value) => value,
  expected: 'text',
  unreadable: 'value-unreadable',
  format: null,
};

function decimalCodec(implied: number | null): Codec {
  return {
    decode: (raw) => readDecimal(raw, implied ?? 0),
    encode: (value) => writeDecimal(value, implied ?? 0, implied !== null),
    expected: 'a number',
    unreadable: 'value-unreadable',
    format: null,
  };
}

function dateCodec(spot: Spot): Codec {
  return {
    decode: readDay,
    encode: writeDay,
    expected: 'a date',
    unreadable: 'value-unreadable',
    format: spot.formatComponent === null ? null : '102',
  };
}

function instantCodec(spot: Spot): Codec {
  return {
    decode: (raw, format) => readInstant(raw, format),
    encode: (value) => writeInstant(value).join(''),
    expected: 'a date and time',
    unreadable: 'value-unreadable',
    format: spot.formatComponent === null ? null : '203',
  };
}

/** The first line that has a value writes it; the line '*' reads every code that is not listed, and writes none. */
function tableCodec(table: readonly CodeLine[]): Codec {
  const meanings = new Map<string, string>();
  const codes = new Map<string, string>();
  for (const { code, values } of table) {
    if (!meanings.has(code)) meanings.set(code, values[0] ?? '');
    for (const value of values) if (code !== '*' && !codes.has(value)) codes.set(value, code);
  }
  return {
    decode: (raw) => meanings.get(raw) ?? meanings.get('*'),
    encode: (value) => codes.get(value),
    expected: 'a known code',
    unreadable: 'code-unmapped',
    format: null,
  };
}
