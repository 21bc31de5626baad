/**
 * Writing: segments without envelopes in, the bytes of interchanges out. Counts, message numbers, trailers, trailing empties,
 * HL and CPS ids and parents are made here, never by the caller. docs/writing.md says it all.
 */
import type { Fault } from '../fault.ts';
import type { Party, Separators, Standard, Value } from './event.ts';
import { PartWriter } from './write-parts.ts';

/** The bytes of one interchange; empty when there are faults, so that nothing half right can leave. */
export interface Written {
  readonly bytes: Buffer;
  readonly faults: readonly Fault[];
}

/** Thrown while interchanges are streamed: what comes next cannot be written. What has left is to be thrown away. */
export class NotWritable extends Error {
  /** Everything that is wrong with the part that could not be written. */
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map(({ message }) => message).join(' '));
    this.name = 'NotWritable';
    this.faults = faults;
  }
}

/**
 * Writes one interchange that is all at hand.
 * @returns its bytes, or the faults that keep it from being written: a delimiter in X12 data, a character outside the
 *   character set, envelope values that do not fit (X12.5, X12.6; ISO 9735 parts 1 and 2)
 */
export function writeInterchange(interchange: OutInterchange): Written {
  const writer = new PartWriter();
  for (const part of partsOf(interchange)) writer.put(part);
  writer.end();
  const faults = writer.faults();
  return { bytes: faults.length > 0 ? Buffer.alloc(0) : writer.takeAll(), faults };
}

/**
 * Writes interchanges of any number and size in the memory of one message and some pages of 64 KB. A page is made only
 * when the consumer asks for it, and the next part is asked for only then.
 * @param parts in the order of the file: an interchange, its groups (EDIFACT may do without), their messages; what
 *   follows closes what is open
 * @throws NotWritable before any byte of a part that cannot be written has been yielded; what `parts` throws; Error for
 *   parts out of order
 */
export async function* writeInterchanges(
  parts: AsyncIterable<OutPart> | Iterable<OutPart>,
): AsyncGenerator<Buffer> {
  const writer = new PartWriter();
  for await (const part of parts) {
    writer.put(part);
    const faults = writer.faults();
    if (faults.length > 0) throw new NotWritable(faults);
    yield* writer.takeFull();
  }
  writer.end();
  const rest = writer.takeAll();
  if (rest.length > 0) yield rest;
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

/** A segment to be written. Absent elements are ''; trailing empty ones are cut by the writer. */
export interface OutSegment {
  readonly tag: string;
  readonly values: readonly Value[];
  /** Repetitions of an element beyond the first, by index into `values`. */
  readonly repeats?: Readonly<Record<number, readonly Value[]>>;
  /**
   * HL and CPS, and needed there: how deep this level stands (1 = outermost). The writer gives the id (HL01, CPS 7164),
   * the parent (HL02, CPS 7166: the last level one less deep) and HL04 (1 when a deeper level follows, else 0).
   */
  readonly depth?: number;
  /** X12's BIN, and needed there: BIN02, any bytes. The writer gives the length (BIN01); `values` are not looked at. */
  readonly binary?: Uint8Array;
}

/** One message without ST/SE or UNH/UNT. */
export interface OutMessage {
  /** '855' or 'ORDRSP'. */
  readonly type: string;
  /** X12: null, the group's version holds. EDIFACT: UNH S009 from 0052 on: 'D:96A:UN:EAN005'. */
  readonly version: string | null;
  /** ST02 or UNH 0062. null: its ordinal, in its group for X12, in its interchange for EDIFACT. */
  readonly control: string | null;
  /** Elements of the header behind those: ST03, or UNH 0068 and S010. */
  readonly more?: readonly Value[];
  readonly segments: readonly OutSegment[];
}

export interface OutGroupHeader {
  /** GS01 ('PR'); EDIFACT groups are written only when `ung` is asked for, else null. */
  readonly type: string | null;
  readonly control: string | null;
  readonly version: string | null;
  readonly sender: string | null;
  readonly receiver: string | null;
}

export interface OutGroup extends OutGroupHeader {
  readonly messages: readonly OutMessage[];
}

/** Everything the envelope needs. Numbers come from the caller's control-number table, time from its clock. */
export interface OutHeader {
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
  /** EDIFACT: writes UNA even where the service characters are the standard's own. */
  readonly una?: boolean;
  /** The character set where another was agreed than the version says, as `charsetNamed` knows it: 'UTF-8', 'X12-BASIC'. */
  readonly charset?: string;
  /** Preparation time, written in UTC unless the caller shifted it. */
  readonly at: Date;
  /** X12: TA1 segments, written between ISA and the first GS; an interchange may hold nothing else. */
  readonly ta1?: readonly OutSegment[];
}

export interface OutInterchange extends OutHeader {
  readonly groups: readonly OutGroup[];
}

/** One part of what is streamed. */
export type OutPart =
  | ({ readonly kind: 'interchange' } & OutHeader)
  | ({ readonly kind: 'group' } & OutGroupHeader)
  | ({ readonly kind: 'message' } & OutMessage);

const controlDigits: Readonly<Record<ControlElement, { least: number; most: number }>> = {
  ISA13: { least: 9, most: 9 },
  GS06: { least: 1, most: 9 },
  ST02: { least: 4, most: 9 },
  '0020': { least: 1, most: 14 },
  '0048': { least: 1, most: 14 },
  '0062': { least: 1, most: 14 },
};

function* partsOf({ groups, ...header }: OutInterchange): Generator<OutPart> {
  yield { kind: 'interchange', ...header };
  for (const { messages, ...group } of groups) {
    yield { kind: 'group', ...group };
    for (const message of messages) yield { kind: 'message', ...message };
  }
}
