/**
 * The careful way for the few segments that need one: takes out line ends where a file is wrapped, decodes bytes above 7F,
 * resolves release characters, and writes the result over the segment's bytes, which it never outgrows.
 */
import { hasHighByte } from './decode.ts';
import type { Separators } from './event.ts';
import type { Input } from './input.ts';
import { componentMark, elementMark, peculiar, plain, repetitionMark, type TapeWriter } from './tape.ts';

export interface Normalised {
  /** Index behind the segment's last mark. */
  readonly marksEnd: number;
  readonly flags: number;
  readonly wrapped: boolean;
}

export interface RawSegment {
  /** Indexes in the input. */
  readonly from: number;
  readonly to: number;
  /** Of its first byte in its line. */
  readonly column: number;
  /** Columns of a wrapped file. */
  readonly width: number;
  readonly separators: Separators;
  /** Decodes bytes above 7F, given as one character each; null leaves them. */
  readonly decode: (text: string) => string | null;
}

/** Rewrites one segment in place and marks its parts behind the marks of the tape. */
export function normalise(input: Input, tape: TapeWriter, raw: RawSegment): Normalised {
  const { from, to, separators } = raw;
  const received = withoutLineEnd(input.text(from, to), separators.segment);
  const flat = received.includes('\n') ? unwrap(received, raw.column, raw.width) : received;
  const decoded = hasHighByte(flat) ? raw.decode(flat) : null;
  const { text, marksEnd } = resolve(decoded ?? flat, from - input.keep, separators, tape);
  if (overwrite(input.bytes, from, text)) tape.setText(text);
  const flags = hasControl(text, separators) ? peculiar : plain;
  return { marksEnd, flags, wrapped: flat.length < received.length };
}

/**
 * The same for a segment with nothing but release characters to resolve: they are taken out in place, and the marks that
 * the scanner has made move with the bytes.
 * @param count index behind the segment's marks so far
 * @returns index behind its last mark
 */
export function unrelease(
  input: Input,
  tape: TapeWriter,
  { from, to, release, count }: { from: number; to: number; release: number; count: number },
): number {
  const { bytes, keep } = input;
  let written = from;
  let mark = tape.markCount;
  let next = mark < count ? ((tape.marks[mark] as number) >>> 2) + keep : -1;
  for (let index = from; index < to; index += 1) {
    if (bytes[index] === release) {
      index += 1;
      if (index === to) break;
    } else if (index === next) {
      tape.marks[mark] = ((written - keep) << 2) | ((tape.marks[mark] as number) & 3);
      mark += 1;
      next = mark < count ? ((tape.marks[mark] as number) >>> 2) + keep : -1;
    }
    bytes[written] = bytes[index] as number;
    written += 1;
  }
  if (count === tape.marks.length) tape.growMarks();
  tape.marks[count] = (written - keep) << 2;
  return count + 1;
}

function withoutLineEnd(text: string, terminator: string): string {
  return terminator === '\n' && text.endsWith('\r') ? text.slice(0, -1) : text;
}

/** Takes out line ends that stand where a file of `width` columns is wrapped; others are data and stay. */
function unwrap(text: string, column: number, width: number): string {
  let from = column;
  const lines = text.split('\n');
  return lines.reduce((joined, part, index) => {
    const bare = part.endsWith('\r') ? part.slice(0, -1) : part;
    const isWrap = index < lines.length - 1 && bare.length + from === width;
    from = 0;
    return joined + (isWrap ? bare : index < lines.length - 1 ? `${part}\n` : part);
  }, '');
}

/** Takes out release characters and marks what separates; gives the text that is left. */
function resolve(
  text: string,
  start: number,
  { element, component, repetition, release }: Separators,
  tape: TapeWriter,
): { text: string; marksEnd: number } {
  let count = tape.markCount;
  let kept = '';
  let from = 0;
  const mark = (at: number, kind: number) => {
    if (count === tape.marks.length) tape.growMarks();
    tape.marks[count] = ((start + kept.length + at - from) << 2) | kind;
    count += 1;
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === release) {
      kept += text.slice(from, at);
      from = at + 1;
      at += 1;
    } else if (char === element) mark(at, elementMark);
    else if (char === component) mark(at, componentMark);
    else if (char === repetition) mark(at, repetitionMark);
  }
  mark(text.length, elementMark);
  return { text: kept + text.slice(from), marksEnd: count };
}

/** Writes one byte per character; true when some character does not fit into one, and is FF there. */
function overwrite(bytes: Buffer, at: number, text: string): boolean {
  let wide = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 255) wide = true;
    bytes[at + index] = code > 255 ? 255 : code;
  }
  return wide;
}

/** A control character that is not one of the separators, which are marked and no data. */
function hasControl(text: string, { element, component, repetition }: Separators): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if ((code > 31 && code !== 127) || text[index] === element || text[index] === component) continue;
    if (text[index] !== repetition) return true;
  }
  return false;
}
