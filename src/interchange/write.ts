/**
 * Writing: segments without envelopes in, the bytes of one interchange out. Counts, control numbers, trailing empties, HL
 * and CPS ids and parents are made here, never by the caller.
 */
import { type Fault, fault } from '../fault.ts';
import type { Party, Separators, Standard, Value } from './interchange.ts';
import { charsetOf } from './write-charset.ts';
import { writeEdifact } from './write-edifact.ts';
import { writeX12 } from './write-x12.ts';

/** The bytes of one interchange; empty when there are faults, so that nothing half right can leave. */
export interface Written {
  readonly bytes: Buffer;
  readonly faults: readonly Fault[];
}

/**
 * Writes one interchange.
 * @returns its bytes, or the faults that keep it from being written: a delimiter in X12 data, a character outside the
 *   character set, envelope values that do not fit (X12.5, X12.6; ISO 9735 parts 1 and 2)
 */
export function writeInterchange(interchange: OutInterchange): Written {
  const refusal = separatorsRule(interchange.standard, interchange.separators);
  if (refusal !== null) return refused('separators-not-writable', shown(interchange.separators), refusal);
  const charset = charsetOf(interchange.standard, interchange.version);
  if (charset === null) {
    return refused('envelope-not-writable', interchange.version, 'a syntax that we can write', 'UNB', 1);
  }
  const write = interchange.standard === 'x12' ? writeX12 : writeEdifact;
  const { lines, faults } = write(interchange, charset);
  return faults.length > 0
    ? { bytes: Buffer.alloc(0), faults }
    : { bytes: charset.encode(lines.join('')), faults: [] };
}

/** The elements that hold a control number. */
export type ControlElement = 'ISA13' | 'GS06' | 'ST02' | '0020' | '0048' | '0062';

/**
 * A control number as its element wants it: ISA13 nine digits, ST02 at least four, the others without leading zeros.
 * @throws RangeError when the number has more digits than the element
 */
export function formatControl(element: ControlElement, number: number): string {
  const { least, most } = controlDigits[element];
  const text = String(number).padStart(least, '0');
  if (!Number.isSafeInteger(number) || number < 0 || text.length > most) {
    throw new RangeError(`${number} does not fit ${element}, which has ${most} digits`);
  }
  return text;
}

/**
 * Picks delimiters that the data does not hold, for callers whose agreement leaves the choice to us. Those wanted are kept
 * where they can be. EDIFACT keeps all: it releases.
 * @returns null when no choice is free of conflict
 */
export function chooseSeparators(messages: readonly OutMessage[], wanted: Separators): Separators | null {
  if (wanted.release !== null) return wanted;
  const data = dataOf(messages);
  const asked = [wanted.element, wanted.segment, wanted.component, wanted.repetition].filter(
    (each) => each !== null,
  );
  const kept = new Set(asked.filter((each) => !data.includes(each)));
  const free = candidates.filter((each) => !kept.has(each) && !data.includes(each));
  const pick = (each: string): string => (kept.delete(each) ? each : (free.shift() ?? ''));
  const element = pick(wanted.element);
  const segment = pick(wanted.segment);
  const component = pick(wanted.component);
  const repetition = wanted.repetition === null ? null : pick(wanted.repetition);
  if ([element, segment, component, repetition].includes('')) return null;
  return { ...wanted, element, segment, component, repetition };
}

/** A segment to be written. Absent elements are ''; trailing empty ones are cut by the writer. */
export interface OutSegment {
  readonly tag: string;
  readonly values: readonly Value[];
  /** Repetitions of an element beyond the first, by index into `values`. */
  readonly repeats?: Readonly<Record<number, readonly Value[]>>;
  /**
   * HL and CPS only: how deep this level stands (1 = outermost). The writer gives the id (HL01, CPS 7164), the parent
   * (HL02, CPS 7166: the last level one less deep) and HL04 (1 when a deeper level follows, else 0).
   */
  readonly depth?: number;
}

/** One message without ST/SE or UNH/UNT. */
export interface OutMessage {
  /** '855' or 'ORDRSP'. */
  readonly type: string;
  /** X12: null, the group's version holds. EDIFACT: UNH S009 from 0052 on: 'D:96A:UN:EAN005'. */
  readonly version: string | null;
  /** ST02 or UNH 0062. */
  readonly control: string;
  readonly segments: readonly OutSegment[];
}

export interface OutGroup {
  /** GS01 ('PR'); EDIFACT groups are written only when `ung` is asked for, else null. */
  readonly type: string | null;
  readonly control: string | null;
  readonly version: string | null;
  readonly sender: string | null;
  readonly receiver: string | null;
  readonly messages: readonly OutMessage[];
}

/** Everything the envelope needs. Numbers come from the caller's control-number table, time from its clock. */
export interface OutInterchange {
  readonly standard: Standard;
  readonly control: string;
  readonly sender: Party;
  readonly receiver: Party;
  /** '00401' or 'UNOC:3'. */
  readonly version: string;
  readonly test: boolean;
  /** '' , '1' (ask for TA1 / CONTRL), '2' (EDIFACT: receipt only). */
  readonly acknowledgmentRequested: string;
  readonly application?: string;
  readonly separators: Separators;
  /** Written after each segment terminator: '' or '\n' or '\r\n'. */
  readonly newline: string;
  /** Preparation time, written in UTC unless the caller shifted it. */
  readonly at: Date;
  /** X12: TA1 segments, written between ISA and the first GS; an interchange may hold nothing else. */
  readonly ta1?: readonly OutSegment[];
  readonly groups: readonly OutGroup[];
}

const controlDigits: Readonly<Record<ControlElement, { least: number; most: number }>> = {
  ISA13: { least: 9, most: 9 },
  GS06: { least: 1, most: 9 },
  ST02: { least: 4, most: 9 },
  '0020': { least: 1, most: 14 },
  '0048': { least: 1, most: 14 },
  '0062': { least: 1, most: 14 },
};

/** Usual delimiters first, then the control characters that X12.5 recommends. */
const candidates = ['*', '~', '>', '^', '|', '!', '<', '\u001d', '\u001c', '\u001f', '\u001e'];

function dataOf(messages: readonly OutMessage[]): string {
  const segments = messages.flatMap((message) => message.segments);
  const values = segments.flatMap(({ values, repeats }) => [
    ...values,
    ...Object.values(repeats ?? {}).flat(1),
  ]);
  return values.flat().join(' ');
}

/** Why these separators cannot be used, or null. */
function separatorsRule(standard: Standard, separators: Separators): string | null {
  const { element, component, repetition, segment, release } = separators;
  const released = standard === 'x12' ? null : release;
  const used = [element, component, segment, repetition, released].filter((each) => each !== null);
  const last = standard === 'x12' ? 0xff : 0x7f;
  if (used.some((each) => each.length !== 1 || each.charCodeAt(0) > last || /[0-9A-Za-z ]/.test(each))) {
    return 'each is one character that is no letter, digit or blank';
  }
  return new Set(used).size < used.length ? 'they must differ from each other' : null;
}

function shown({ element, component, repetition, segment, release }: Separators): string {
  return JSON.stringify([element, component, repetition, segment, release]);
}

function refused(
  code: 'separators-not-writable' | 'envelope-not-writable',
  value: string,
  rule: string,
  tag?: string,
  element?: number,
): Written {
  return { bytes: Buffer.alloc(0), faults: [fault(code, { value, rule, tag, element })] };
}
