/**
 * The parts of a multipart (RFC 2046, 5.1), found by reading over it once: where they begin and end, to the byte. The CR LF
 * before a delimiter belongs to the delimiter (5.1.1); what stands before the first and after the last is ignored, except
 * that no delimiter may stand there.
 */
import { randomUUID } from 'node:crypto';
import type { Piece } from './as2.ts';
import { MimeError } from './mime.ts';
import type { Parameterised } from './parameters.ts';
import { partOf } from './piece.ts';

/** Blanks that may follow a delimiter on its line. */
const mostPadding = 64;
/**
 * Printable, no blank at the end. RFC 2046, 5.1.1 has fewer characters and at most 70; who writes others means them all the
 * same, and the boundary is found letter for letter.
 */
const boundaryForm = /^[\x20-\x7e]{0,199}[\x21-\x7e]$/;

/** A boundary that occurs nowhere else, but for one chance in 2^122. */
export function newBoundary(): string {
  return `----=_${randomUUID()}`;
}

/** The boundary of a multipart type. @throws MimeError when there is none, or one that cannot stand on a line */
export function boundaryOf(type: Parameterised): string {
  const boundary = type.parameters.get('boundary');
  if (boundary === undefined) throw new MimeError('The multipart names no boundary');
  if (!boundaryForm.test(boundary))
    throw new MimeError('The boundary of the multipart has a form that cannot be');
  return boundary;
}

/**
 * Finds the parts, each with its own header.
 * @param most how many there may be
 * @throws MimeError when there are none or more, or the closing delimiter is missing or not the last
 */
export async function partsOf(body: Piece, boundary: string, most: number): Promise<Piece[]> {
  const parts: Piece[] = [];
  let open: number | null = null;
  let closed = false;
  for await (const delimiter of delimitersIn(body, boundary)) {
    if (closed) throw new MimeError('A part follows the closing delimiter');
    if (open !== null) parts.push(partOf(body, open, Math.max(open, delimiter.from)));
    if (parts.length > most) throw new MimeError(`The multipart has more than ${most} parts`);
    closed = delimiter.closes;
    open = delimiter.to;
  }
  if (!closed) throw new MimeError('The closing delimiter of the multipart is missing');
  if (parts.length === 0) throw new MimeError('The multipart has no parts');
  return parts;
}

/** Where the first part begins, or null; reads no further. */
export async function firstPartIn(body: Piece, boundary: string): Promise<number | null> {
  for await (const delimiter of delimitersIn(body, boundary)) return delimiter.to;
  return null;
}

interface Delimiter {
  /** Where its CR LF begins. */
  readonly from: number;
  /** Where the next part begins. */
  readonly to: number;
  readonly closes: boolean;
}

/**
 * Every line that is a delimiter. A line that only begins like one is content: parts may hold a multipart whose boundary
 * goes on from this one. The bytes are read once; what is kept from one chunk to the next is shorter than a line may be.
 */
async function* delimitersIn(body: Piece, boundary: string): AsyncGenerator<Delimiter> {
  const needle = Buffer.from(`\r\n--${boundary}`, 'latin1');
  // The line may also begin the body: then the CR LF before it is only thought.
  let window = Buffer.from('\r\n');
  let at = -2;
  const reach = needle.length + 2 + mostPadding + 2;
  for await (const chunk of body.read()) {
    window = Buffer.concat([window, chunk]);
    let from = 0;
    const last = window.length - reach;
    for (let hit = window.indexOf(needle); hit >= 0 && hit <= last; hit = window.indexOf(needle, from)) {
      const found = delimiterAt(window, hit, needle.length);
      if (found !== null) yield { from: at + hit, to: at + found.to, closes: found.closes };
      from = hit + needle.length;
    }
    const keep = Math.max(from, last + 1, 0);
    window = window.subarray(keep);
    at += keep;
  }
  for (let hit = window.indexOf(needle); hit >= 0; hit = window.indexOf(needle, hit + needle.length)) {
    const found = delimiterAt(window, hit, needle.length, true);
    if (found !== null) yield { from: at + hit, to: at + found.to, closes: found.closes };
  }
}

/** What follows the boundary on its line: nothing, or two hyphens; then blanks; then CR LF, or the end of a closing one. */
function delimiterAt(
  window: Buffer,
  hit: number,
  length: number,
  end = false,
): { to: number; closes: boolean } | null {
  let at = hit + length;
  const closes = window[at] === 0x2d && window[at + 1] === 0x2d;
  if (closes) at += 2;
  const padded = at + mostPadding;
  while (at < padded && (window[at] === 0x20 || window[at] === 0x09)) at += 1;
  if (window[at] === 0x0d && window[at + 1] === 0x0a) return { to: at + 2, closes };
  return closes && end && at >= window.length ? { to: at, closes } : null;
}
