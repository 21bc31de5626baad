/** Codecs: one value between the characters of a message and the canon. Made once for each line of a guide. */
import type { FaultCode } from '../fault.ts';
import { readDecimal, writeImplied, writePlaces } from './convert.ts';
import type { CodeLine } from './notation.ts';

export interface Codec {
  /**
   * @param format the code of the layout that stands beside the value, '' for none
   * @returns undefined: unreadable
   */
  readonly decode: (raw: string, format: string) => string | undefined;
  /** undefined: cannot be written. */
  readonly encode: (value: string) => string | undefined;
  /** What should stand there, for faults. */
  readonly expected: string;
  readonly unreadable: FaultCode;
  readonly unwritable: FaultCode;
  /** More for the sentences of those two faults. */
  readonly unreadableDetails?: Readonly<Record<string, string>>;
  readonly unwritableDetails?: Readonly<Record<string, string>>;
  /** The layout's code that is written beside the value; null: none. */
  readonly format: string | null;
  /** Whether a value that was read says more than the canon takes: a day's time. */
  readonly leaves?: (raw: string, format: string) => boolean;
  /** Most values need no decoding: any text; a number that is canonical as it came; a code, whose meaning is in the table. */
  readonly plain: 'text' | 'decimal' | 'code' | null;
  readonly meanings?: ReadonlyMap<string, string>;
}

/** The text as it is: what other codecs begin with. */
export const plainCodec: Codec = {
  decode: (raw) => raw,
  encode: (value) => value,
  expected: 'text',
  unreadable: 'value-unreadable',
  unwritable: 'value-unwritable',
  format: null,
  plain: null,
};

export const textCodec: Codec = { ...plainCodec, plain: 'text' };

/** How a line of a guide writes a number. */
export interface DecimalStyle {
  /** Places behind a point that is not written; null: the point is. */
  readonly implied: number | null;
  /** Places that are always written; null: those that the value has. */
  readonly places: number | null;
}

/** A number. Zeros stay as they came: '1250' with two implied places is 12.50. */
export function decimalCodec({ implied, places }: DecimalStyle): Codec {
  const codec: Codec = { ...plainCodec, expected: 'a number', plain: 'decimal' };
  if (implied !== null)
    return {
      ...codec,
      plain: null,
      expected: implied === 0 ? 'a whole number' : `a number with ${implied} implied decimals`,
      decode: (raw) => readDecimal(raw, implied),
      encode: (value) => writeImplied(value, implied),
    };
  const decode = (raw: string) => readDecimal(raw, 0);
  if (places === null) return { ...codec, decode };
  return {
    ...codec,
    expected: `a number with ${places} decimals`,
    decode,
    encode: (value) => writePlaces(value, places),
  };
}

/** The same number with the other sign. */
export function negatedCodec(codec: Codec): Codec {
  return {
    ...codec,
    plain: null,
    decode: (raw, format) => {
      const value = codec.decode(raw, format);
      return value === undefined ? undefined : negative(value);
    },
    encode: (value) => codec.encode(negative(value)),
  };
}

function negative(value: string): string {
  if (value.startsWith('-')) return value.slice(1);
  return /[1-9]/.test(value) ? `-${value}` : value;
}

/**
 * A code table. The first line that has a value writes it; the line '*' reads every code that is not listed, and writes none.
 * The line `"*": "*"` passes codes that are not listed through as they are, both ways.
 */
export function tableCodec(table: readonly CodeLine[]): Codec {
  const known = tableCodecs.get(table);
  if (known !== undefined) return known;
  const made = makeTableCodec(table);
  tableCodecs.set(table, made);
  return made;
}

/** A table of hundreds of codes is used in many places. */
const tableCodecs = new WeakMap<readonly CodeLine[], Codec>();

function makeTableCodec(table: readonly CodeLine[]): Codec {
  const meanings = new Map<string, string>();
  const codes = new Map<string, string>();
  for (const { code, values } of table) {
    if (!meanings.has(code)) meanings.set(code, values[0] ?? '');
    for (const value of values) if (code !== '*' && !codes.has(value)) codes.set(value, code);
  }
  const others = meanings.get('*');
  meanings.delete('*');
  const passed = others === '*';
  return {
    decode: (raw) => meanings.get(raw) ?? (passed ? raw : others),
    encode: (value) => codes.get(value) ?? (passed ? value : undefined),
    expected: 'a known code',
    unreadable: 'code-unmapped',
    unwritable: 'code-not-allowed',
    format: null,
    plain: 'code',
    meanings,
  };
}
