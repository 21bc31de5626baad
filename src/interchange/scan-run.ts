/**
 * The short way through a message: nearly all segments are plain, and these are marked in one loop without leaving it. It
 * stops before whatever needs care; scan.ts takes that.
 */
import type { Input } from './input.ts';
import { elementMark, keyBetween, perSegment, plain, type TapeWriter } from './tape.ts';

/** What the loop needs to know of an interchange. */
export interface RunRules {
  /** What each byte means: 0 data, up to `terminator` the separators, beyond it what needs care. */
  readonly classes: Uint8Array;
  readonly terminator: number;
  /** Keys of the segments that are not a message's own. */
  readonly service: ReadonlySet<number>;
  /** X12: BIN holds any byte. */
  readonly binary: boolean;
  readonly mostParts: number;
  readonly mostBytes: number;
  readonly mostHeaderBytes: number;
}

/**
 * Adds plain segments to the tape, up to a service segment, which is added as well, or up to one that needs care.
 * @returns whether the last one added is a service segment
 */
export function scanRun(input: Input, tape: TapeWriter, rules: RunRules): boolean {
  const { bytes, end, keep } = input;
  const { classes, terminator, service, binary, mostParts, mostBytes, mostHeaderBytes } = rules;
  let { marks, places, markCount, count } = tape;
  let { at, line } = input;
  let lineStart = -1;
  let served = false;
  while (!served) {
    let start = at;
    let lines = 0;
    let newline = lineStart;
    for (; start < end && (bytes[start] === 13 || bytes[start] === 10); start += 1) {
      if (bytes[start] !== 10) continue;
      lines += 1;
      newline = start + 1;
    }
    if (start + 3 > end || needsCare(bytes, start, binary)) break;
    let marksEnd = markCount;
    let index = start;
    let kind = 0;
    for (;;) {
      kind = 0;
      while (index < end) {
        kind = classes[bytes[index] as number] as number;
        if (kind !== 0) break;
        index += 1;
      }
      if (kind === 0 || kind >= terminator) break;
      if (marksEnd + 1 >= marks.length) marks = tape.growMarks();
      marks[marksEnd] = ((index - keep) << 2) | (kind - 1);
      marksEnd += 1;
      index += 1;
    }
    const parts = marksEnd - markCount;
    if (kind !== terminator || parts >= mostParts || index - start > mostBytes) break;
    if (parts > 0 && ((marks[markCount] as number) & 3) !== elementMark) break;
    if (marksEnd === marks.length) marks = tape.growMarks();
    marks[marksEnd] = (index - keep) << 2;
    if ((count + 2) * perSegment > places.length) places = tape.growPlaces();
    const key = keyBetween(bytes, start, ((marks[markCount] as number) >>> 2) + keep);
    served = service.has(key);
    if (served && index - start > mostHeaderBytes) {
      served = false;
      break;
    }
    line += lines;
    lineStart = newline;
    const place = count * perSegment;
    places[place] = start - keep;
    places[place + 1] = markCount;
    places[place + 2] = key;
    places[place + 3] = line;
    places[place + 4] = plain;
    markCount = marksEnd + 1;
    places[place + perSegment + 1] = markCount;
    count += 1;
    at = index + 1;
  }
  if (lineStart >= 0) input.lineStart = input.offsetAt(lineStart);
  input.line = line;
  input.at = at;
  tape.markCount = markCount;
  tape.count = count;
  return served;
}

/** A blank, or what may be the header of an interchange (ISA, UNA, UNB), or BIN. */
function needsCare(bytes: Uint8Array, at: number, binary: boolean): boolean {
  const first = bytes[at] as number;
  if (first <= 32) return true;
  const second = bytes[at + 1];
  if (first === 73) return second === 83;
  if (first === 85) return second === 78 && (bytes[at + 2] === 65 || bytes[at + 2] === 66);
  return binary && first === 66 && second === 73;
}
