/** Makes segments of strings from the tape, for whoever asks for them. */
import type { SegmentRule } from './dictionary/dictionary.ts';
import type { Segment, Standard, Value } from './event.ts';
import {
  componentMark,
  elementMark,
  firstMark,
  lineOf,
  offsetOf,
  repetitionMark,
  startOf,
  type Tape,
  tagOf,
  textOf,
} from './tape.ts';

/** Segments by tag: what the dictionary of the message knows. */
export type SegmentRules = ReadonlyMap<string, SegmentRule>;

const noRules: SegmentRules = new Map();

/**
 * All segments of a message. EDIFACT's components and repetitions are split where the data has them; X12's only where the
 * dictionary declares a composite or a repetition, because their separators also occur in text.
 * @param rules null when the message is not in the dictionary
 */
export function segmentsOf(tape: Tape, standard: Standard, rules: SegmentRules | null): Segment[] {
  const { marks, count, origin } = tape;
  const end = count === 0 ? 0 : (marks[firstMark(tape, count) - 1] as number) >>> 2;
  const text = tape.bytes.toString('latin1', origin, origin + end);
  const segments = new Array<Segment>(count);
  for (let index = 0; index < count; index += 1) {
    const own = tape.decoded.size === 0 ? undefined : tape.decoded.get(index);
    const base = own === undefined ? 0 : startOf(tape, index);
    segments[index] = segmentFrom(tape, index, own ?? text, base, standard, rules ?? noRules, index + 1);
  }
  return segments;
}

/**
 * One segment.
 * @param ordinal in its message, 0 outside messages
 */
export function segmentAt(
  tape: Tape,
  index: number,
  standard: Standard,
  rules: SegmentRules | null,
  ordinal: number,
): Segment {
  const start = startOf(tape, index);
  const end = (tape.marks[firstMark(tape, index + 1) - 1] as number) >>> 2;
  const text = textOf(tape, index, start, end);
  return segmentFrom(tape, index, text, start, standard, rules ?? noRules, ordinal);
}

/** @param base position of the first character of `text` */
function segmentFrom(
  tape: Tape,
  index: number,
  text: string,
  base: number,
  standard: Standard,
  rules: SegmentRules,
  ordinal: number,
): Segment {
  const { marks } = tape;
  const tag = tagOf(tape, index);
  const rule = standard === 'x12' ? rules.get(tag) : undefined;
  const end = firstMark(tape, index + 1) - 1;
  let mark = firstMark(tape, index);
  const values = new Array<Value>(elementsBetween(marks, mark, end));
  let repeats: Record<number, Value[]> | null = null;
  let from = ((marks[mark] as number) >>> 2) + 1 - base;
  for (let element = 0; element < values.length; element += 1) {
    mark += 1;
    const first = mark;
    while (((marks[mark] as number) & 3) !== elementMark) mark += 1;
    const to = ((marks[mark] as number) >>> 2) - base;
    if (first === mark) values[element] = text.slice(from, to);
    else {
      const use = rule?.elements[element];
      const composite = standard === 'edifact' || (use !== undefined && use.composite !== null);
      const repeating = standard === 'edifact' || (use !== undefined && use.repeat > 1);
      const all = divide(text, from, base, marks, first, mark, composite, repeating);
      values[element] = all[0] ?? '';
      if (all.length > 1) {
        repeats ??= {};
        repeats[element] = all;
      }
    }
    from = to + 1;
  }
  const offset = offsetOf(tape, index);
  const line = lineOf(tape, index);
  return repeats === null
    ? { tag, values, offset, line, ordinal }
    : { tag, values, repeats, offset, line, ordinal };
}

/** Arrays that are as long as they will be are much cheaper than those that grow. */
function elementsBetween(marks: Int32Array, first: number, end: number): number {
  let count = 0;
  for (let mark = first + 1; mark <= end; mark += 1)
    if (((marks[mark] as number) & 3) === elementMark) count += 1;
  return count;
}

/** The repetitions of one element, each a string or its components. */
function divide(
  text: string,
  start: number,
  base: number,
  marks: Int32Array,
  first: number,
  last: number,
  composite: boolean,
  repeating: boolean,
): Value[] {
  if (composite && isUnrepeated(marks, first, last))
    return [componentsOf(text, start, base, marks, first, last)];
  const all: Value[] = [];
  let parts: string[] = [];
  let from = start;
  for (let mark = first; mark <= last; mark += 1) {
    const kind = (marks[mark] as number) & 3;
    if ((kind === componentMark && !composite) || (kind === repetitionMark && !repeating)) continue;
    const to = ((marks[mark] as number) >>> 2) - base;
    parts.push(text.slice(from, to));
    from = to + 1;
    if (kind === componentMark) continue;
    all.push(parts.length === 1 ? (parts[0] as string) : parts);
    parts = [];
  }
  return all;
}

function isUnrepeated(marks: Int32Array, first: number, last: number): boolean {
  for (let mark = first; mark < last; mark += 1)
    if (((marks[mark] as number) & 3) === repetitionMark) return false;
  return true;
}

function componentsOf(
  text: string,
  start: number,
  base: number,
  marks: Int32Array,
  first: number,
  last: number,
): string[] {
  const parts = new Array<string>(last - first + 1);
  let from = start;
  for (let mark = first; mark <= last; mark += 1) {
    const to = ((marks[mark] as number) >>> 2) - base;
    parts[mark - first] = text.slice(from, to);
    from = to + 1;
  }
  return parts;
}
