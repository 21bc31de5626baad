/** Cuts the bytes of one interchange into segments and marks their parts on the tape, wherever the blocks of the file end. */
import { classesOf, ofHigh, ofNewline, ofRelease, ofReturn, ofTerminator } from './byte-class.ts';
import type { Separators } from './event.ts';
import { type Input, isBlank } from './input.ts';
import type { Limits } from './limits.ts';
import { isNested, withoutNesting } from './nesting.ts';
import { type Normalised, normalise, unrelease } from './normalise.ts';
import { type RunRules, scanRun } from './scan-run.ts';
import {
  cutParts,
  cutShort,
  elementMark,
  flagsOf,
  keyOf,
  lyingLength,
  plain,
  type TapeWriter,
} from './tape.ts';

/**
 * segment: one was added to the tape. header: the next bytes may be the header of another interchange. more: bytes are
 * missing. end: the file has ended and nothing is left.
 */
export type Scanned = 'segment' | 'header' | 'more' | 'end';

/** The characters of an interchange, for segments with bytes above 7F. */
export interface Characters {
  /** Whether the bytes between two indexes stand for the characters of the same numbers (ISO 8859-1). */
  areBytes(bytes: Buffer, from: number, to: number): boolean;
  /** The text of a segment, given one character per byte; null when it is not decoded. */
  decode(text: string, offset: number, line: number): string | null;
}

/** Files are wrapped at the width of a punched card; other widths are learned from the interchange's header. */
const usualWidth = 80;
const keptOfLongSegment = 200;

export class SegmentScanner {
  /** The segment added last had line ends inside, at the file's fixed width, which were taken out. */
  wrapped = false;
  /** The file ended inside the segment added last. */
  ended = false;
  /** Where the segment added last ends, in the file. */
  end = { offset: 0, line: 1 };
  readonly #limits: Limits;
  readonly #width: number;
  readonly #characters: Characters;
  readonly #release: number;
  /** Keys of the segments that are not a message's own. */
  readonly #service: ReadonlySet<number>;
  readonly #classes: Uint8Array;
  readonly #rules: RunRules;
  /** EDIFACT: the components of a tag say where its group is nested. */
  readonly #nests: boolean;
  readonly #lineTerminated: boolean;
  /** A line end is one of the separators. */
  readonly #countsLines: boolean;
  readonly #separators: Separators;
  #skipping = false;
  /** Bytes of a BIN segment still to pass over. */
  #binaryLeft = 0;

  constructor(
    separators: Separators,
    limits: Limits,
    service: ReadonlySet<number>,
    width: number | null,
    characters: Characters,
    nests: boolean,
  ) {
    this.#service = service;
    this.#separators = separators;
    this.#limits = limits;
    this.#width = width ?? usualWidth;
    this.#characters = characters;
    this.#nests = nests;
    this.#release = separators.release?.charCodeAt(0) ?? -1;
    this.#classes = classesOf(separators);
    this.#rules = {
      classes: this.#classes,
      terminator: ofTerminator,
      service,
      binary: separators.release === null,
      mostParts: Math.min(limits.elementsPerSegment, limits.partsPerSegment),
      mostBytes: limits.segmentBytes,
      mostHeaderBytes: limits.headerBytes,
    };
    this.#lineTerminated = separators.segment === '\n' || separators.segment === '\r';
    this.#countsLines = Object.values(separators).some((one) => one === '\n' || one === '\r');
  }

  /**
   * Adds the next segment to the tape; within a message, all segments up to the next that asks for attention: one of the
   * service segments, one that is not plain, or what may be a header.
   * @param seekHeader tells of what looks like a header instead of reading it as a segment
   * @param within a message is open whose segments are kept
   */
  next(input: Input, tape: TapeWriter, seekHeader: boolean, within: boolean): Scanned {
    if (this.#skipping && !this.#skip(input)) return input.ended ? 'end' : 'more';
    for (let seek = seekHeader; ; seek = true) {
      if (within && seek && this.#run(input, tape)) return 'segment';
      const scanned = this.#one(input, tape, seek);
      if (scanned !== 'segment') return scanned;
      const last = tape.count - 1;
      const served = this.#service.has(keyOf(tape, last));
      if (served || !within) {
        tape.cutLast(this.#limits.headerBytes);
        return scanned;
      }
      if (flagsOf(tape, last) !== plain || this.wrapped || this.ended || this.#skipping) return scanned;
    }
  }

  /** Goes the short way as far as it leads; true when a service segment was added last. */
  #run(input: Input, tape: TapeWriter): boolean {
    // Where bytes were passed over, offsets do not follow from places; where separators are line ends, lines do not.
    if (this.#countsLines || tape.shifts.length > 0 || input.offset - tape.offset !== input.at - input.keep)
      return false;
    const before = tape.count;
    const served = scanRun(input, tape, this.#rules);
    if (tape.count === before) return false;
    this.end.offset = input.offset;
    this.end.line = input.line;
    this.wrapped = false;
    this.ended = false;
    return served;
  }

  #one(input: Input, tape: TapeWriter, seekHeader: boolean): Scanned {
    const { bytes } = input;
    if (input.at >= input.end || (bytes[input.at] as number) <= 32) this.#skipBlanks(input);
    const { at } = input;
    const first = at < input.end ? (bytes[at] as number) : 0;
    if (seekHeader && (first === 73 || first === 85)) {
      const start = input.text(at, at + 3);
      if (start.length < 3 && !input.ended) return 'more';
      if (start === 'ISA' || start === 'UNA' || start === 'UNB') return 'header';
    }
    if (first === 66 && this.#separators.release === null) {
      const scanned = this.#scanBinary(input, tape);
      if (scanned !== null) return scanned;
    }
    return this.#scan(input, tape, at, tape.markCount);
  }

  /** Scans from `from` to the end of the segment that starts at `input.at`; marks before `from` are there already. */
  #scan(input: Input, tape: TapeWriter, from: number, marksEnd: number): Scanned {
    const { bytes, end, at } = input;
    const origin = input.keep;
    const classes = this.#classes;
    let marks: Int32Array = tape.marks;
    let count = marksEnd;
    let seen = 0;
    let lineFrom = at - (input.offset - input.lineStart);
    for (let index = from; index < end; index += 1) {
      const kind = classes[bytes[index] as number] as number;
      if (kind === 0) continue;
      if (kind < ofTerminator) {
        if (count === marks.length) marks = tape.growMarks();
        marks[count] = ((index - origin) << 2) | (kind - 1);
        count += 1;
      } else if (kind === ofTerminator) {
        if (index - at > this.#limits.segmentBytes) return this.#addLong(input, tape);
        return this.#add(input, tape, index, count, seen);
      } else if (kind === ofRelease) {
        const released = this.#released(input, index, lineFrom);
        if (released >= end && !input.ended) return this.#unfinished(input, tape, count, seen);
        seen |= 1 << kind;
        if (released > index + 1) {
          seen |= 1 << ofNewline;
          lineFrom = released;
        }
        index = released;
      } else if (kind !== ofReturn || !this.#endsLine(bytes, index, end)) {
        seen |= 1 << kind;
        if (kind === ofNewline) lineFrom = index + 1;
      }
    }
    return this.#unfinished(input, tape, count, seen);
  }

  /** Index of the character that a release character stands for: behind the line end where the file is wrapped. */
  #released({ bytes, end }: Input, index: number, lineFrom: number): number {
    const next = index + 1;
    const newline = bytes[next] === 13 ? next + 1 : next;
    if (next >= end || (bytes[next] !== 13 && bytes[next] !== 10) || next - lineFrom !== this.#width)
      return next;
    if (newline >= end) return end;
    return bytes[newline] === 10 ? newline + 1 : next;
  }

  /** A carriage return that belongs to the line end by which segments end. */
  #endsLine(bytes: Buffer, index: number, end: number): boolean {
    return this.#lineTerminated && (index + 1 >= end || bytes[index + 1] === 10);
  }

  #unfinished(input: Input, tape: TapeWriter, count: number, seen: number): Scanned {
    const length = input.end - input.at;
    if (length > this.#limits.segmentBytes) return this.#addLong(input, tape);
    if (!input.ended) return 'more';
    if (length === 0) return 'end';
    return this.#add(input, tape, input.end, count, seen, true);
  }

  /** Adds the segment from `input.at` up to `to`, where its terminator is, or the end of the file. */
  #add(input: Input, tape: TapeWriter, to: number, count: number, seen: number, ended = false): Scanned {
    const { at, keep, line } = input;
    const offset = input.offset;
    const column = offset - input.lineStart;
    const next = ended ? to : to + 1;
    // Lines are counted before a segment is rewritten in place.
    if ((seen & ofAnyNewline) !== 0 || this.#countsLines) input.advance(next);
    else input.at = next;
    this.end.offset = offset + next - at;
    this.end.line = input.line;
    this.ended = ended;
    this.wrapped = false;
    let flags = plain;
    let marksEnd = count;
    const left =
      (seen & ofAnyHigh) !== 0 && this.#characters.areBytes(input.bytes, at, to) ? seen & ~ofAnyHigh : seen;
    if (left === 0 || left === binary) {
      const cut = this.#lineTerminated && to > at && input.bytes[to - 1] === 13 ? to - 1 : to;
      marksEnd = endWith(tape, count, (cut - keep) << 2);
    } else if (left === ofOnlyReleases && !this.#lineTerminated) {
      marksEnd = unrelease(input, tape, { from: at, to, release: this.#release, count });
    } else {
      const normalised = this.#normalise(input, tape, { from: at, to, column }, offset, line);
      ({ flags, marksEnd } = normalised);
      this.wrapped = normalised.wrapped;
    }
    let start = at - keep;
    if (this.#nests && isNested(tape, marksEnd))
      ({ start, marksEnd } = withoutNesting(input, tape, start, marksEnd));
    const { partsPerSegment, elementsPerSegment } = this.#limits;
    if (marksEnd - tape.markCount > Math.min(partsPerSegment, elementsPerSegment)) {
      const kept = this.#marksKept(tape, marksEnd);
      if (kept < marksEnd) flags |= cutParts;
      marksEnd = kept;
    }
    tape.add(start, marksEnd, line, offset, flags);
    return 'segment';
  }

  #normalise(
    input: Input,
    tape: TapeWriter,
    place: { from: number; to: number; column: number },
    offset: number,
    line: number,
  ): Normalised {
    const decode = (text: string) => this.#characters.decode(text, offset, line);
    return normalise(input, tape, { ...place, width: this.#width, separators: this.#separators, decode });
  }

  /** Adds the beginning of a segment beyond the limit; the rest is passed over. */
  #addLong(input: Input, tape: TapeWriter): Scanned {
    const { at, keep, line, offset } = input;
    let to = at + Math.min(keptOfLongSegment, input.end - at);
    while (to > at && this.#classes[input.bytes[to - 1] as number] === ofRelease) to -= 1;
    const column = offset - input.lineStart;
    input.advance(to);
    const { marksEnd, flags } = this.#normalise(input, tape, { from: at, to, column }, offset, line);
    this.ended = false;
    this.wrapped = false;
    tape.add(at - keep, marksEnd, line, offset, flags | cutShort);
    this.end = { offset: input.offset, line: input.line };
    this.#skipping = true;
    return 'segment';
  }

  /** Passes over the rest of a segment beyond the limit; false when its end has not come yet. */
  #skip(input: Input): boolean {
    const { bytes, end, at } = input;
    let index = at + Math.min(this.#binaryLeft, end - at);
    this.#binaryLeft -= index - at;
    for (; index < end; index += 1) {
      const kind = this.#classes[bytes[index] as number] as number;
      if (kind === ofTerminator) {
        this.#skipping = false;
        index += 1;
        break;
      }
      if (kind !== ofRelease) continue;
      // A release character at the end of the block may belong to the next one; pairs of them are data.
      if (index + 1 === end && !input.ended) break;
      index += 1;
    }
    input.advance(Math.min(index, end));
    this.end = { offset: input.offset, line: input.line };
    input.discard(at);
    return !this.#skipping;
  }

  #skipBlanks(input: Input): void {
    const { bytes, end } = input;
    let to = input.at;
    if (!this.#lineTerminated) {
      while (to < end && isBlank(bytes[to] as number) && this.#classes[bytes[to] as number] !== ofTerminator)
        to += 1;
    } else while (to < end && (bytes[to] === 10 || bytes[to] === 13 || bytes[to] === 32)) to += 1;
    input.advance(to);
  }

  /** How many marks are kept of a segment with too many: whole elements. */
  #marksKept(tape: TapeWriter, marksEnd: number): number {
    const { elementsPerSegment, partsPerSegment } = this.#limits;
    let elements = 0;
    for (let mark = tape.markCount + 1; mark < marksEnd; mark += 1) {
      if (((tape.marks[mark] as number) & 3) === elementMark) elements += 1;
      const full = elements === elementsPerSegment || mark - tape.markCount === partsPerSegment;
      if (!full || mark === marksEnd - 1) continue;
      tape.marks[mark] = (tape.marks[mark] as number) & ~3;
      return mark + 1;
    }
    return marksEnd;
  }

  /** X12 BIN: its first element is the length of its second, which may hold any byte. Null: this is no BIN. */
  #scanBinary(input: Input, tape: TapeWriter): Scanned | null {
    const { at, keep } = input;
    const head = input.text(at, at + maxBinaryHead);
    if (head.length < maxBinaryHead && !input.ended)
      return 'BIN'.startsWith(head.slice(0, 3)) ? 'more' : null;
    const { element } = this.#separators;
    const second = head.indexOf(element, 4);
    if (!head.startsWith(`BIN${element}`) || !/^\d{1,15}$/.test(head.slice(4, Math.max(4, second))))
      return null;
    const from = at + second + 1 + Number(head.slice(4, second));
    if (from - at > this.#limits.segmentBytes) {
      this.#binaryLeft = Math.max(0, from - at - keptOfLongSegment);
      return input.end - at < keptOfLongSegment && !input.ended ? 'more' : this.#addLong(input, tape);
    }
    if (from >= input.end && !input.ended) return 'more';
    if (from > input.end || (from < input.end && !this.#endsAt(input, from)))
      return this.#scanLying(input, tape);
    const count = endWith(tape, tape.markCount, (at + 3 - keep) << 2);
    const marksEnd = endWith(tape, count, (at + second - keep) << 2);
    return this.#add(input, tape, from, marksEnd, binary, from === input.end);
  }

  /** Whether the terminator stands at an index; a carriage return before a line end belongs to it. */
  #endsAt({ bytes, end }: Input, index: number): boolean {
    if (this.#classes[bytes[index] as number] === ofTerminator) return true;
    return bytes[index] === 13 && this.#endsLine(bytes, index, end);
  }

  /** A BIN that does not end where its length says is read as any other segment. */
  #scanLying(input: Input, tape: TapeWriter): Scanned {
    const scanned = this.#scan(input, tape, input.at, tape.markCount);
    if (scanned === 'segment') tape.flag(lyingLength);
    return scanned;
  }
}

/** BIN, two separators and a length of at most 15 digits. */
const maxBinaryHead = 20;
/** Seen: bytes that may be anything, line ends among them. */
const binary = 1 << 10;
const ofAnyHigh = 1 << ofHigh;
const ofOnlyReleases = 1 << ofRelease;
const ofAnyNewline = (1 << ofNewline) | (1 << ofReturn) | (1 << ofRelease) | binary;

/** Writes a mark at an index and gives the index behind it. */
function endWith(tape: TapeWriter, index: number, mark: number): number {
  if (index === tape.marks.length) tape.growMarks();
  tape.marks[index] = mark;
  return index + 1;
}
