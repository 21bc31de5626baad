/**
 * The tape: a message as its bytes and the places of what separates them. Checks run along it; strings are made only of
 * what somebody asks for. Making a string of every element would cost several times what all checks cost together.
 */
import type { Input } from './input.ts';

/** What a mark stands for; it is the end of the element, component or repetition before it. */
export const elementMark = 0;
export const componentMark = 1;
export const repetitionMark = 2;

/** Flags of a segment. */
export const plain = 0;
/** It holds a control character, DEL, or a line end that is data. */
export const peculiar = 1;
/** It is longer than the limit; only its beginning is kept. */
export const cutShort = 2;
/** It has more elements, components and repetitions than the limit; the rest is not kept. */
export const cutParts = 4;
/** X12 BIN: its data does not end where its length says. */
export const lyingLength = 8;

/** The segments of one message, or a single one outside of messages. Positions count from the message's first byte. */
export interface Tape {
  readonly bytes: Buffer;
  /** Index in `bytes` of position 0. */
  readonly origin: number;
  /** Position * 4 + what is there. */
  readonly marks: Int32Array;
  readonly count: number;
  /** Of each segment: position of its tag, index of its first mark (which ends the tag), key of its tag, line, flags. */
  readonly places: Int32Array;
  /** Offset in the file of position 0. */
  readonly offset: number;
  /** Where bytes were passed over: from this segment on, offsets in the file are larger by so many bytes. */
  readonly shifts: readonly Shift[];
  /** Text of the segments that one byte per character cannot hold, by index; in `bytes`, such characters are FF. */
  readonly decoded: ReadonlyMap<number, string>;
}

export interface Shift {
  readonly segment: number;
  readonly bytes: number;
}

/** Numbers that `places` has for each segment. */
export const perSegment = 5;

/** Position of a segment's tag. */
export function startOf(tape: Tape, segment: number): number {
  return tape.places[segment * perSegment] as number;
}

/** Index of the mark that ends a segment's tag; for the number of segments, the number of marks. */
export function firstMark(tape: Tape, segment: number): number {
  return tape.places[segment * perSegment + 1] as number;
}

/** Key of a segment's tag (`keyOfTag`). */
export function keyOf(tape: Tape, segment: number): number {
  return tape.places[segment * perSegment + 2] as number;
}

export function lineOf(tape: Tape, segment: number): number {
  return tape.places[segment * perSegment + 3] as number;
}

export function flagsOf(tape: Tape, segment: number): number {
  return tape.places[segment * perSegment + 4] as number;
}

/** Offset of a segment in the file. */
export function offsetOf(tape: Tape, segment: number): number {
  const offset = tape.offset + startOf(tape, segment);
  if (tape.shifts.length === 0) return offset;
  return offset + (tape.shifts.findLast((shift) => shift.segment <= segment)?.bytes ?? 0);
}

/** A tape with nothing on it. */
export const noTape: Tape = {
  bytes: Buffer.alloc(0),
  origin: 0,
  marks: new Int32Array(0),
  count: 0,
  places: new Int32Array(0),
  offset: 0,
  shifts: [],
  decoded: new Map(),
};

/** The tape being written: one for a reader, used again for each message. */
export class TapeWriter implements Tape {
  marks: Int32Array = new Int32Array(1_024);
  /** Marks of whole segments; the scanner writes behind them. */
  markCount = 0;
  count = 0;
  places: Int32Array = new Int32Array(64 * perSegment);
  offset = 0;
  shifts: Shift[] = noShifts;
  decoded: Map<number, string> = noText;
  readonly #input: Input;

  constructor(input: Input) {
    this.#input = input;
  }

  get bytes(): Buffer {
    return this.#input.bytes;
  }

  get origin(): number {
    return this.#input.keep;
  }

  /** Begins anew with the next byte of the input. */
  clear(): void {
    this.markCount = 0;
    this.count = 0;
    this.decoded = noText;
    this.shifts = noShifts;
    this.offset = this.#input.offset;
    this.#input.keep = this.#input.at;
  }

  /** Makes room for more marks. */
  growMarks(): Int32Array {
    this.marks = larger(this.marks, new Int32Array(2 * this.marks.length));
    return this.marks;
  }

  /** Makes room for more segments. */
  growPlaces(): Int32Array {
    this.places = larger(this.places, new Int32Array(2 * this.places.length));
    return this.places;
  }

  /** Ends a segment whose marks lie between `markCount` and `marksEnd`. */
  add(start: number, marksEnd: number, line: number, offset: number, flags: number): void {
    const { count } = this;
    const at = count * perSegment;
    const places = at + 2 * perSegment > this.places.length ? this.growPlaces() : this.places;
    places[at] = start;
    places[at + 1] = this.markCount;
    const { bytes, keep } = this.#input;
    places[at + 2] = keyBetween(bytes, keep + start, keep + ((this.marks[this.markCount] as number) >>> 2));
    places[at + 3] = line;
    places[at + 4] = flags;
    places[at + perSegment + 1] = marksEnd;
    const shift = offset - this.offset - start;
    if (shift !== 0 || this.shifts.length > 0) this.#shift(count, shift);
    this.markCount = marksEnd;
    this.count = count + 1;
  }

  /** Keeps only the segment added last, as the first one. */
  keepLast(): void {
    const last = this.count - 1;
    const start = startOf(this, last);
    const first = firstMark(this, last);
    const text = this.decoded.get(last);
    this.offset = offsetOf(this, last);
    this.shifts = noShifts;
    this.#input.keep += start;
    for (let mark = first; mark < this.markCount; mark += 1) {
      this.marks[mark - first] = (this.marks[mark] as number) - (start << 2);
    }
    this.places.copyWithin(0, last * perSegment, this.count * perSegment);
    this.markCount -= first;
    this.places[0] = 0;
    this.places[1] = 0;
    this.places[perSegment + 1] = this.markCount;
    this.count = 1;
    this.decoded = text === undefined ? noText : new Map([[0, text]]);
  }

  /** Keeps no more than so many bytes of the segment added last; what is longer is marked as cut. */
  cutLast(bytes: number): void {
    const last = this.count - 1;
    const start = startOf(this, last);
    if (((this.marks[this.markCount - 1] as number) >>> 2) - start <= bytes) return;
    let mark = firstMark(this, last);
    while ((this.marks[mark] as number) >>> 2 < start + bytes) mark += 1;
    this.marks[mark] = (start + bytes) << 2;
    this.markCount = mark + 1;
    this.places[this.count * perSegment + 1] = this.markCount;
    const text = this.decoded.get(last);
    if (text !== undefined) this.decoded.set(last, text.slice(0, bytes));
    this.flag(cutShort);
  }

  /** Adds flags to the segment added last. */
  flag(flags: number): void {
    const at = (this.count - 1) * perSegment + 4;
    this.places[at] = (this.places[at] as number) | flags;
  }

  setText(text: string): void {
    if (this.decoded === noText) this.decoded = new Map();
    this.decoded.set(this.count, text);
  }

  /** A copy of the first `count` segments that does not change when reading goes on. */
  copy(count = this.count): Tape {
    const marks = count === 0 ? 0 : firstMark(this, count);
    const { origin } = this;
    const end = count === 0 ? 0 : ((this.marks[marks - 1] as number) >>> 2) + 1;
    const bytes = takeBytes(end);
    this.bytes.copy(bytes, 0, origin, origin + end);
    const places = (count + 1) * perSegment;
    const numbers = takeNumbers(marks + places);
    numbers.set(this.marks.subarray(0, marks));
    numbers.set(this.places.subarray(0, places), marks);
    return {
      bytes,
      origin: 0,
      marks: numbers.subarray(0, marks),
      count,
      places: numbers.subarray(marks),
      offset: this.offset,
      shifts: this.shifts,
      decoded: this.decoded,
    };
  }

  #shift(segment: number, bytes: number): void {
    if ((this.shifts.at(-1)?.bytes ?? 0) === bytes) return;
    this.shifts = [...this.shifts, { segment, bytes }];
  }
}

const noShifts: Shift[] = [];

/** Copies of small messages share buffers: making a buffer costs more than filling it. */
const slabBytes = 131_072;
const slabNumbers = 65_536;
const shared = { bytes: Buffer.alloc(0), numbers: new Int32Array(0), bytesAt: 0, numbersAt: 0 };

function takeBytes(length: number): Buffer {
  if (length > slabBytes / 4) return Buffer.allocUnsafeSlow(length);
  if (shared.bytesAt + length > shared.bytes.length) {
    shared.bytes = Buffer.allocUnsafeSlow(slabBytes);
    shared.bytesAt = 0;
  }
  shared.bytesAt += length;
  return shared.bytes.subarray(shared.bytesAt - length, shared.bytesAt);
}

function takeNumbers(length: number): Int32Array {
  if (length > slabNumbers / 4) return new Int32Array(length);
  if (shared.numbersAt + length > shared.numbers.length) {
    shared.numbers = new Int32Array(slabNumbers);
    shared.numbersAt = 0;
  }
  shared.numbersAt += length;
  return shared.numbers.subarray(shared.numbersAt - length, shared.numbersAt);
}
const noText: Map<number, string> = new Map();

function larger(from: Int32Array, to: Int32Array): Int32Array {
  to.set(from);
  return to;
}

/** The key of the tag between two indexes; 0 unless it has two or three bytes. */
export function keyBetween(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length !== 3 && length !== 2) return 0;
  const key = (bytes[from] as number) | ((bytes[from + 1] as number) << 8);
  return length === 2 ? key : key | ((bytes[from + 2] as number) << 16);
}

/** The key of a tag of two or three characters; 0 for any other. */
export function keyOfTag(tag: string): number {
  if (tag.length !== 2 && tag.length !== 3) return 0;
  const third = tag.length === 3 ? tag.charCodeAt(2) << 16 : 0;
  return tag.charCodeAt(0) | (tag.charCodeAt(1) << 8) | third;
}

const tags = new Map<number, string>();
const mostTags = 5_000;

/** The tag of a segment; one string for each, however often it comes. */
export function tagOf(tape: Tape, segment: number): string {
  const key = keyOf(tape, segment);
  const known = key === 0 ? undefined : tags.get(key);
  if (known !== undefined) return known;
  const start = startOf(tape, segment);
  const tag = textOf(tape, segment, start, (tape.marks[firstMark(tape, segment)] as number) >>> 2);
  const ascii = key !== 0 && (key & 0x808080) === 0;
  if (ascii && tags.size < mostTags) tags.set(key, tag);
  return tag;
}

/** The text of a segment between two positions. */
export function textOf(tape: Tape, segment: number, from: number, to: number): string {
  const text = tape.decoded.size === 0 ? undefined : tape.decoded.get(segment);
  if (text === undefined) return tape.bytes.toString('latin1', tape.origin + from, tape.origin + to);
  const start = startOf(tape, segment);
  return text.slice(from - start, to - start);
}
