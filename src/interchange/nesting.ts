/**
 * Explicit indication of nesting (ISO 9735): the tag is a composite, and its components count the groups around the
 * segment: LIN:1+1'. The order of the segments says the same, so the counters are dropped.
 */
import type { Input } from './input.ts';
import { elementMark, type TapeWriter } from './tape.ts';

/** Whether the tag of the segment whose marks end the tape has components. */
export function isNested(tape: TapeWriter, marksEnd: number): boolean {
  return marksEnd > tape.markCount && ((tape.marks[tape.markCount] as number) & 3) !== elementMark;
}

/**
 * Moves the tag to the end of its composite and drops the marks of the counters.
 * @returns where the segment starts and its marks end now
 */
export function withoutNesting(
  input: Input,
  tape: TapeWriter,
  start: number,
  marksEnd: number,
): { start: number; marksEnd: number } {
  const { marks, markCount } = tape;
  let first = markCount;
  while (((marks[first] as number) & 3) !== elementMark) first += 1;
  const length = ((marks[markCount] as number) >>> 2) - start;
  const moved = ((marks[first] as number) >>> 2) - length;
  input.bytes.copyWithin(input.keep + moved, input.keep + start, input.keep + start + length);
  marks.copyWithin(markCount, first, marksEnd);
  const text = tape.decoded.get(tape.count);
  if (text !== undefined) tape.setText(text.slice(0, length) + text.slice(moved - start + length));
  return { start: moved, marksEnd: marksEnd - (first - markCount) };
}
