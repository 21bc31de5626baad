/** A segment as people see it: one line of text, and a line of carets under the place of a fault. */
import type { Position } from './fault.ts';
import type { Segment, Separators, Value } from './interchange/interchange.ts';

/** `text` and the span of it, [from, to), that is meant. */
interface Span {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

interface Piece {
  readonly separator: string;
  readonly text: string;
  readonly element: number;
  readonly repetition: number;
  readonly component: number;
}

const mostColumns = 110;
const columnsBefore = 40;
const mostOfValue = 200;

/**
 * Writes a segment with its interchange's separators and marks what a position means: a component, an element, or the tag.
 * A long segment is cut to 110 columns around the mark; control characters are shown as dots.
 * @returns two lines of the same columns
 */
export function pointAt(segment: Segment, at: Position, separators: Separators): readonly [string, string] {
  const { text, from, to } = windowOf(spanOf(pieces(segment, separators), at));
  return [text, ' '.repeat(from) + '^'.repeat(Math.max(1, to - from))];
}

/** Replaces what a terminal would obey instead of showing. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '·');
}

function pieces(segment: Segment, separators: Separators): Piece[] {
  const tag = { separator: '', text: segment.tag, element: 0, repetition: 1, component: 0 };
  const elements = segment.values.flatMap((value, index) =>
    (segment.repeats?.[index] ?? [value]).flatMap((one, repeat) =>
      elementPieces(one, index + 1, repeat + 1, separators),
    ),
  );
  return [tag, ...elements];
}

function elementPieces(value: Value, element: number, repetition: number, separators: Separators): Piece[] {
  const before = repetition === 1 ? separators.element : (separators.repetition ?? '');
  return (typeof value === 'string' ? [value] : value).map((text, index) => ({
    separator: index === 0 ? before : separators.component,
    text: released(text.slice(0, mostOfValue), separators),
    element,
    repetition,
    component: index + 1,
  }));
}

/** EDIFACT data with the release character before every service character in it. */
function released(text: string, { element, component, repetition, segment, release }: Separators): string {
  if (release === null) return text;
  const special = [element, component, repetition, segment, release];
  return [...text].map((one) => (special.includes(one) ? release + one : one)).join('');
}

/** Joins the pieces; what is missing is marked where it would stand. */
function spanOf(all: readonly Piece[], { element = 0, repetition = 1, component }: Position): Span {
  let text = '';
  let from = -1;
  let to = -1;
  for (const piece of all) {
    text += piece.separator;
    const start = text.length;
    text += printable(piece.text);
    if (piece.element !== element || piece.repetition !== repetition) continue;
    if (from < 0) from = start;
    if (component !== undefined && piece.component < component) from = text.length;
    if (component === undefined || piece.component <= component) to = text.length;
    if (piece.component === component) from = start;
  }
  return from < 0 ? { text, from: text.length, to: text.length } : { text, from, to };
}

function windowOf({ text, from, to }: Span): Span {
  if (text.length <= mostColumns) return { text, from, to };
  const begin = Math.max(0, Math.min(from - columnsBefore, text.length - mostColumns));
  const end = begin + mostColumns;
  const cut = `${begin > 0 ? '…' : ''}${text.slice(begin + (begin > 0 ? 1 : 0), end - 1)}${end < text.length ? '…' : text.slice(end - 1, end)}`;
  return { text: cut, from: from - begin, to: Math.min(to, end) - begin };
}
