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
  const values: Value[] = [];
  let repeats: Record<number, Value[]> | null = null;
  const last = firstMark(tape, index + 1) - 1;
  let mark = firstMark(tape, index);
  let from = ((marks[mark] as number) >>> 2) + 1 - base;
  while (mark < last) {
    mark += 1;
    const first = mark;
    while (((marks[mark] as number) & 3) !== elementMark) mark += 1;
    const to = ((marks[mark] as number) >>> 2) - base;
    if (first === mark) values.push(text.slice(from, to));
    else {
      const use = rule?.elements[values.length];
      const composite = standard === 'edifact' || (use !== undefined && use.composite !== null);
      const repeating = standard === 'edifact' || (use !== undefined && use.repeat > 1);
      const all = divide(text, from, base, marks, first, mark, composite, repeating);
      if (all.length > 1) {
        repeats ??= {};
        repeats[values.length] = all;
      }
      values.push(all[0] ?? '');
    }
    from = to + 1;
  }
  const place = { offset: offsetOf(tape, index), line: lineOf(tape, index), ordinal };
  return repeats === null ? { tag, values, ...place } : { tag, values, repeats, ...place };
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
