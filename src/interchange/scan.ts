/** Cuts the text of one interchange into segments, wherever the chunks of the file end. */
import type { Separators } from './event.ts';
import type { Input } from './input.ts';
import type { Limits } from './limits.ts';

export interface RawSegment {
  /** The segment is `text` from `from` up to `to`, without its terminator. Of one too long only the beginning. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly offset: number;
  readonly line: number;
  /** ended: the file ends inside it. long: longer than the limit. */
  readonly state: 'whole' | 'ended' | 'long';
  /** Line ends stood inside it, at the file's fixed width, and were taken out. */
  readonly wrapped: boolean;
  /** It may hold control characters. */
  readonly suspicious: boolean;
}

/** Files are wrapped at the width of a punched card; other widths are learned from the interchange's header. */
const usualWidth = 80;
const keptOfLongSegment = 200;

export class SegmentScanner {
  readonly #separators: Separators;
  readonly #limits: Limits;
  readonly #width: number;
  /** How far behind `input.at` was searched already. */
  #searched = 0;
  #skipping = false;

  constructor(separators: Separators, limits: Limits, width: number | null) {
    this.#separators = separators;
    this.#limits = limits;
    this.#width = width ?? usualWidth;
  }

  /** True while the rest of a segment beyond the limit is passed over. */
  get skipping(): boolean {
    return this.#skipping;
  }

  /** The next segment; null when more bytes are needed, or when the file has ended and nothing is left. */
  next(input: Input): RawSegment | null {
    if (this.#skipping && !this.#skip(input)) return null;
    this.#skipBlanks(input);
    const end = this.#findEnd(input);
    if (end < 0) return this.#unfinished(input);
    const length = end - input.at;
    if (length > this.#limits.segmentBytes) {
      const raw = this.#raw(input, input.at + keptOfLongSegment, 'long');
      this.#move(input, end + 1);
      return raw;
    }
    const raw = this.#raw(input, end, 'whole');
    this.#move(input, end + 1);
    return raw;
  }

  #skipBlanks(input: Input): void {
    if (this.#searched > 0) return;
    if (this.#separators.segment === '\n' || this.#separators.segment === '\r') {
      while (input.text[input.at] === '\n' || input.text[input.at] === '\r' || input.text[input.at] === ' ') {
        input.advance(input.at + 1);
      }
    } else input.skipBlanks();
  }

  #move(input: Input, to: number): void {
    input.advance(to);
    this.#searched = 0;
  }

  #unfinished(input: Input): RawSegment | null {
    const left = input.text.length - input.at;
    if (left > this.#limits.segmentBytes) {
      const raw = this.#raw(input, input.at + keptOfLongSegment, 'long');
      this.#skipping = true;
      return raw;
    }
    if (!input.ended || left === 0) return null;
    const raw = this.#raw(input, input.text.length, 'ended');
    this.#move(input, input.text.length);
    return raw;
  }

  #findEnd(input: Input): number {
    const { text, at } = input;
    const { segment, release } = this.#separators;
    const binary = release === null ? binaryEnd(text, at, this.#separators.element) : -1;
    const from = binary > at ? binary : at + this.#searched;
    let end = text.indexOf(segment, from);
    while (end >= 0 && release !== null && isReleased(text, at, end, release))
      end = text.indexOf(segment, end + 1);
    if (end < 0 && binary < 0) this.#searched = Math.max(0, text.length - at);
    return end;
  }

  #raw(input: Input, end: number, state: RawSegment['state']): RawSegment {
    const { text, at, offset, line } = input;
    const cut = text.charCodeAt(end - 1) === 13 && this.#separators.segment === '\n' ? end - 1 : end;
    if (input.newline >= cut || state === 'long') {
      return { text, from: at, to: cut, offset, line, state, wrapped: false, suspicious: !input.plain };
    }
    const flat = unwrap(text.slice(at, cut), offset - input.lineStart, this.#width);
    const wrapped = flat.length < cut - at;
    const suspicious = !input.plain || flat.includes('\n');
    return { text: flat, from: 0, to: flat.length, offset, line, state, wrapped, suspicious };
  }

  /** Passes over the rest of a segment beyond the limit; false when its end has not come yet. */
  #skip(input: Input): boolean {
    const end = this.#findEnd(input);
    if (end >= 0) {
      this.#skipping = false;
      this.#move(input, end + 1);
      return true;
    }
    const { text, at } = input;
    const { release } = this.#separators;
    // A release character at the end of the block may belong to the next one; pairs of them are data.
    const half = release !== null && isReleased(text, at, text.length, release);
    const keep = half ? text.length - 1 : text.length;
    this.#move(input, input.ended ? text.length : keep);
    return false;
  }
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

/** An odd run of release characters before `end` makes the character at `end` data. */
function isReleased(text: string, start: number, end: number, release: string): boolean {
  let run = end - 1;
  while (run >= start && text[run] === release) run -= 1;
  return (end - 1 - run) % 2 === 1;
}

/** X12 BIN: its first element is the length of its second, which may hold any byte. -1: no BIN. */
function binaryEnd(text: string, at: number, element: string): number {
  if (text.charCodeAt(at) !== 66 || !text.startsWith(`BIN${element}`, at)) return -1;
  const second = text.indexOf(element, at + 4);
  const length = second < 0 ? '' : text.slice(at + 4, second);
  return /^\d{1,15}$/.test(length) ? second + 1 + Number(length) : -1;
}
