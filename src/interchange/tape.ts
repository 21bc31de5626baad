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

/** The segments of one message, or a single one outside of messages. Positions count from the message's first byte. */
export interface Tape {
  readonly bytes: Buffer;
  /** Index in `bytes` of position 0. */
  readonly origin: number;
  /** Position * 4 + what is there. */
  readonly marks: Int32Array;
  readonly count: number;
  /** Position of each segment's tag. */
  readonly starts: Int32Array;
  /** Index of each segment's first mark, which ends its tag; one more than there are segments. */
  readonly firsts: Int32Array;
  readonly keys: Int32Array;
  readonly lines: Int32Array;
  /** Offset in the file of each segment. */
  readonly offsets: Float64Array;
  readonly flags: Uint8Array;
  /** Text of the segments that one byte per character cannot hold, by index; in `bytes`, such characters are FF. */
  readonly decoded: ReadonlyMap<number, string>;
}

/** The tape being written: one for a reader, used again for each message. */
export class TapeWriter implements Tape {
  marks: Int32Array = new Int32Array(1_024);
  /** Marks of whole segments; the scanner writes behind them. */
  markCount = 0;
  count = 0;
  starts = new Int32Array(64);
  firsts = new Int32Array(65);
  keys = new Int32Array(64);
  lines = new Int32Array(64);
  offsets = new Float64Array(64);
  flags = new Uint8Array(64);
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
    this.#input.keep = this.#input.at;
  }

  /** Makes room for more marks. */
  growMarks(): Int32Array {
    this.marks = larger(this.marks, new Int32Array(2 * this.marks.length));
    return this.marks;
  }

  /** Ends a segment whose marks lie between `markCount` and `marksEnd`. */
  add(start: number, marksEnd: number, line: number, offset: number, flags: number): void {
    const { count } = this;
    if (count === this.starts.length) this.#grow();
    this.starts[count] = start;
    this.firsts[count] = this.markCount;
    this.keys[count] = this.#keyOf(start, (this.marks[this.markCount] as number) >>> 2);
    this.lines[count] = line;
    this.offsets[count] = offset;
    this.flags[count] = flags;
    this.markCount = marksEnd;
    this.count = count + 1;
    this.firsts[count + 1] = marksEnd;
  }

  /** Keeps only the segment added last, as the first one. */
  keepLast(): void {
    const last = this.count - 1;
    const start = this.starts[last] as number;
    const first = this.firsts[last] as number;
    const text = this.decoded.get(last);
    this.#input.keep += start;
    for (let mark = first; mark < this.markCount; mark += 1) {
      this.marks[mark - first] = (this.marks[mark] as number) - (start << 2);
    }
    this.starts[0] = 0;
    this.keys[0] = this.keys[last] as number;
    this.lines[0] = this.lines[last] as number;
    this.offsets[0] = this.offsets[last] as number;
    this.flags[0] = this.flags[last] as number;
    this.markCount -= first;
    this.firsts[0] = 0;
    this.firsts[1] = this.markCount;
    this.count = 1;
    this.decoded = text === undefined ? noText : new Map([[0, text]]);
  }

  setText(text: string): void {
    if (this.decoded === noText) this.decoded = new Map();
    this.decoded.set(this.count, text);
  }

  /** A copy of the first `count` segments that does not change when reading goes on. */
  copy(count = this.count): Tape {
    const marks = this.firsts[count] as number;
    const { origin } = this;
    const end = count === 0 ? 0 : ((this.marks[marks - 1] as number) >>> 2) + 1;
    return {
      bytes: Buffer.from(this.bytes.subarray(origin, origin + end)),
      origin: 0,
      marks: this.marks.slice(0, marks),
      count,
      starts: this.starts.slice(0, count),
      firsts: this.firsts.slice(0, count + 1),
      keys: this.keys.slice(0, count),
      lines: this.lines.slice(0, count),
      offsets: this.offsets.slice(0, count),
      flags: this.flags.slice(0, count),
      decoded: this.decoded,
    };
  }

  #keyOf(start: number, end: number): number {
    const length = end - start;
    if (length !== 3 && length !== 2) return 0;
    const at = this.#input.keep + start;
    const { bytes } = this.#input;
    const key = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    return length === 2 ? key : key | ((bytes[at + 2] as number) << 16);
  }

  #grow(): void {
    const size = 2 * this.starts.length;
    this.starts = larger(this.starts, new Int32Array(size));
    this.firsts = larger(this.firsts, new Int32Array(size + 1));
    this.keys = larger(this.keys, new Int32Array(size));
    this.lines = larger(this.lines, new Int32Array(size));
    this.offsets = larger(this.offsets, new Float64Array(size));
    this.flags = larger(this.flags, new Uint8Array(size));
  }
}

const noText: Map<number, string> = new Map();

function larger<T extends Int32Array | Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
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
  const key = tape.keys[segment] as number;
  const known = key === 0 ? undefined : tags.get(key);
  if (known !== undefined) return known;
  const start = tape.starts[segment] as number;
  const tag = textOf(tape, segment, start, (tape.marks[tape.firsts[segment] as number] as number) >>> 2);
  const ascii = key !== 0 && (key & 0x808080) === 0;
  if (ascii && tags.size < mostTags) tags.set(key, tag);
  return tag;
}

/** The text of a segment between two positions. */
export function textOf(tape: Tape, segment: number, from: number, to: number): string {
  const text = tape.decoded.size === 0 ? undefined : tape.decoded.get(segment);
  if (text === undefined) return tape.bytes.toString('latin1', tape.origin + from, tape.origin + to);
  const start = tape.starts[segment] as number;
  return text.slice(from - start, to - start);
}
