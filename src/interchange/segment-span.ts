/** Finding the place that a position means in the text of a segment. */
import type { Position } from '../fault.ts';
import type { Separators } from './interchange.ts';

/** What is meant in a text: [from, to). */
export type Span = readonly [from: number, to: number];

/** Trailers are missing behind the last segment, everything else before the one that was found instead. */
const trailers: readonly (string | undefined)[] = ['SE', 'GE', 'IEA', 'UNT', 'UNE', 'UNZ'];

/**
 * The part of a segment that a position means: a component, an element, one repetition of it, or the tag. What is missing has
 * the empty span where it would stand.
 * @param text the segment as received or sent, decoded, with its release characters
 */
export function spanOf(
  text: string,
  { tag, element = 0, repetition, component }: Position,
  separators: Separators,
): Span {
  const found = part(text, [0, text.length], separators.element, 1, separators.release);
  const isOther = tag !== undefined && !text.slice(...found).startsWith(tag.slice(0, 3));
  if (isOther) return trailers.includes(tag) ? [text.length, text.length] : [0, 0];
  if (element === 0) return found;
  let span = part(text, [0, text.length], separators.element, element + 1, separators.release);
  const isDivided = separators.repetition !== null && (repetition !== undefined || component !== undefined);
  if (isDivided) span = part(text, span, separators.repetition ?? '', repetition ?? 1, separators.release);
  if (component === undefined) return span;
  return part(text, span, separators.component, component, separators.release);
}

/** The nth part of a span between separators; its end where it has fewer. */
function part(text: string, [from, to]: Span, separator: string, nth: number, release: string | null): Span {
  let start = from;
  for (let count = 1; ; count += 1) {
    const end = nextOf(text, start, to, separator, release);
    if (count === nth) return [start, end];
    if (end === to) return [to, to];
    start = end + 1;
  }
}

function nextOf(text: string, from: number, to: number, separator: string, release: string | null): number {
  if (release === null || text.indexOf(release, from) < 0) {
    const found = text.indexOf(separator, from);
    return found < 0 || found > to ? to : found;
  }
  for (let at = from; at < to; at += 1) {
    if (text[at] === release) at += 1;
    else if (text[at] === separator) return at;
  }
  return to;
}
