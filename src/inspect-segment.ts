/** A segment as people see it: one line of what was received, and a line of carets under the place of a fault. */
import type { Position } from './fault.ts';
import { columnsOf, firstColumns, lastColumns, type Shown, visible } from './inspect-columns.ts';
import type { Separators } from './interchange/interchange.ts';
import { spanOf } from './interchange/segment-span.ts';

/** Columns left of the carets, where a segment is too long for the line. */
const columnsBefore = 0.4;

/**
 * Marks what a position means in a segment: a component, an element, one repetition of it, or the tag. What is missing
 * is marked where it would stand. A long segment is cut around the carets, … for what is left out; characters that a
 * terminal would obey or hide are shown as signs.
 * @param text the segment as received, decoded, with its release characters
 * @param most columns of the line
 * @returns two lines
 */
export function pointAt(
  text: string,
  at: Position,
  separators: Separators,
  most = 110,
): readonly [segment: string, carets: string] {
  const [from, to] = spanOf(text, at, separators);
  // What lies far away is not shown: no need to look at a megabyte of it.
  const before = visible(text.slice(Math.max(0, from - 4 * most), from));
  const within = visible(text.slice(from, Math.min(to, from + 4 * most)));
  const after = visible(text.slice(to, to + 4 * most));
  const total = columnsOf(before) + columnsOf(within) + columnsOf(after);
  const isCut = total > most || from > 4 * most || to - from > 4 * most || text.length - to > 4 * most;
  return isCut ? cutAround(before, within, after, most) : lines(before, whole(within), after);
}

function cutAround(
  before: string,
  within: string,
  after: string,
  most: number,
): readonly [segment: string, carets: string] {
  const right = columnsOf(after);
  const room = Math.max(Math.floor(most / 2), most - columnsOf(before) - right);
  const marked = shorten(within, room, firstColumns);
  const leastLeft = Math.floor(most * columnsBefore);
  const left = shorten(
    before,
    Math.max(Math.min(leastLeft, most - marked.columns), most - marked.columns - right),
    lastColumns,
  );
  const rest = most - left.columns - marked.columns;
  return lines(left.text, marked, shorten(after, rest, firstColumns).text);
}

/** Keeps one end of a text, and shows by … that there was more. */
function shorten(text: string, most: number, keep: (text: string, most: number) => Shown): Shown {
  const all = whole(text);
  if (all.columns <= most) return all;
  const kept = keep(text, Math.max(0, most - 1));
  const shown = keep === firstColumns ? `${kept.text}…` : `…${kept.text}`;
  return { text: shown, columns: kept.columns + 1 };
}

function whole(text: string): Shown {
  return { text, columns: columnsOf(text) };
}

function lines(before: string, marked: Shown, after: string): readonly [string, string] {
  const carets = '^'.repeat(Math.max(1, marked.columns));
  return [before + marked.text + after, ' '.repeat(columnsOf(before)) + carets];
}
