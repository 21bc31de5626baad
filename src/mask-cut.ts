/**
 * The bytes of one interchange cut into segments and values where they stand in the file, without changing anything: line
 * ends at which a file is wrapped and release characters stay part of a value's place, and are no part of its text.
 */
import type { Separators } from './interchange/interchange.ts';

/** A stretch of the file, [from, to). */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A component of one repetition of an element. */
export interface Part extends Span {
  readonly element: number;
  readonly repetition: number;
  readonly component: number;
}

export interface RawSegment extends Span {
  readonly tag: string;
  readonly tagSpan: Span;
  readonly parts: readonly Part[];
  /** X12 BIN: its data, which may hold any byte. */
  readonly binary: Span | null;
}

/**
 * Cuts an interchange into segments.
 * @param text the file, one character a byte
 * @param within the interchange; an UNA at its start is passed over
 */
export function* cutSegments(text: string, within: Span, separators: Separators): Generator<RawSegment> {
  const { release } = separators;
  let at = within.from;
  if (text.startsWith('UNA', at)) at += unaLength;
  while (at < within.to) {
    while (at < within.to && isBlank(text, at, separators)) at += 1;
    if (at >= within.to) return;
    const binary = binaryAt(text, at, within.to, separators);
    const isHeader = at === within.from && release === null;
    const from = isHeader ? headerEnd(text, within, separators) : (binary?.to ?? at);
    const to = segmentEnd(text, from, within.to, separators);
    yield binary === null
      ? cutParts(
          text,
          { from: at, to },
          isHeader ? { ...separators, component: '', repetition: null } : separators,
        )
      : { from: at, to, tag: 'BIN', tagSpan: { from: at, to: at + 3 }, parts: [], binary };
    at = to + 1;
  }
}

const unaLength = 9;

function isBlank(text: string, at: number, { segment }: Separators): boolean {
  const char = text[at] as string;
  return char <= ' ' && char !== segment;
}

/** ISA has sixteen elements, whatever stands in them. */
function headerEnd(text: string, { from, to }: Span, { element }: Separators): number {
  let at = from;
  for (let count = 0; count < isaElements && at >= 0; count += 1) at = text.indexOf(element, at + 1);
  return at < 0 || at + 2 > to ? from : at + 2;
}

const isaElements = 16;

/** Where the terminator is, or the interchange ends. */
function segmentEnd(text: string, from: number, end: number, { segment, release }: Separators): number {
  for (let at = from; at < end; at += 1) {
    if (text[at] === release) at += 1;
    else if (text[at] === segment) return at;
  }
  return end;
}

/** The data of a BIN that ends where its length says. */
function binaryAt(
  text: string,
  at: number,
  end: number,
  { element, segment, release }: Separators,
): Span | null {
  if (release !== null || !text.startsWith(`BIN${element}`, at)) return null;
  const second = text.indexOf(element, at + 4);
  const length = text.slice(at + 4, Math.max(at + 4, second));
  if (!/^\d{1,15}$/.test(length)) return null;
  const to = second + 1 + Number(length);
  return to === end || (to < end && text[to] === segment) ? { from: second + 1, to } : null;
}

function cutParts(text: string, { from, to }: Span, separators: Separators): RawSegment {
  const { element, component, repetition, release } = separators;
  const parts: Part[] = [];
  let place = { element: 0, repetition: 1, component: 1 };
  let start = from;
  let tagEnd = to;
  for (let at = from; at <= to; at += 1) {
    const char = at === to ? element : text[at];
    if (char === release && at < to) at += 1;
    else if (char === element || char === component || char === repetition) {
      if (place.element > 0) parts.push({ from: start, to: at, ...place });
      else if (tagEnd === to) tagEnd = at;
      if (char === element) place = { element: place.element + 1, repetition: 1, component: 1 };
      else if (char === component) place = { ...place, component: place.component + 1 };
      else place = { ...place, repetition: place.repetition + 1, component: 1 };
      start = at + 1;
    }
  }
  const tagSpan = { from, to: tagEnd };
  return { from, to, tag: logicalText(text, tagSpan, separators), tagSpan, parts, binary: null };
}

/** A value as its reader understands it: without release characters and without the line ends of a wrapped file. */
export function logicalText(text: string, { from, to }: Span, separators: Separators): string {
  let logical = '';
  for (const at of places(text, { from, to }, separators)) logical += text[at];
  return logical;
}

/** Writes another text of the same length over a value, character by character, where they stand. */
export function overlaid(text: string, span: Span, separators: Separators, logical: string): string {
  const chars = Array.from(text.slice(span.from, span.to));
  let next = 0;
  for (const at of places(text, span, separators)) chars[at - span.from] = logical[next++] as string;
  return chars.join('');
}

/** Where the characters of a value stand. */
function* places(text: string, { from, to }: Span, { release, segment }: Separators): Generator<number> {
  const wraps = segment !== '\n' && segment !== '\r';
  for (let at = from; at < to; at += 1) {
    let escaped = false;
    if (text[at] === release && at + 1 < to) {
      at += 1;
      escaped = true;
    }
    const isLineEnd = text[at] === '\n' || text[at] === '\r';
    if (!(wraps && isLineEnd && !escaped)) yield at;
  }
}
