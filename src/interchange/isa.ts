/** The ISA header of X12: fixed length by the standard, counted by separators where it is not. */
import type { FaultCode, FaultDetails } from '../fault.ts';
import { decode, detached, hasHighByte } from './decode.ts';
import type { Separators } from './event.ts';
import { type Input, isAlphanumeric } from './input.ts';

/** A finding of the header: a fault without its place. */
export type Finding = readonly [FaultCode, FaultDetails];

export interface IsaHeader {
  readonly values: readonly string[];
  readonly separators: Separators;
  /** Width at which the file is wrapped, when the header itself is. */
  readonly width: number | null;
  /** Bytes up to the end of the terminator. */
  readonly length: number;
  readonly findings: readonly Finding[];
}

const isaElements = 16;
const isaLength = 106;
/** An ISA that is not padded is shorter, one that is wrapped or padded too much a little longer. */
const maxIsaLength = 400;

/**
 * Reads an ISA at `input.at` (X12.5: separators at bytes 3, 82, 104 and 105). When it is not padded, 16 element
 * separators are counted instead.
 * @returns 'more' when bytes are missing, null when this is no ISA
 */
export function readIsa(input: Input): IsaHeader | 'more' | null {
  const { at, ended } = input;
  const text = input.text(at, at + maxIsaLength + 4);
  if (!'ISA'.startsWith(text.slice(0, 3))) return null;
  if (text.length < 4) return ended ? null : 'more';
  const element = text.charAt(3);
  if (isAlphanumeric(element.charCodeAt(0)) || element === ' ') return null;
  if (text.length < maxIsaLength + 4 && !ended) return 'more';
  const last = nthIndex(text, element, isaElements);
  if (last < 0 || last > maxIsaLength || last + 2 >= text.length) return null;
  // Where an element is missing, its separators were counted on into the next segment.
  const terminator = text.charAt(last + 2);
  if (isAlphanumeric(terminator.charCodeAt(0)) || terminator === ' ' || terminator === element) return null;
  return isaHeader(text, last, element);
}

function isaHeader(text: string, last: number, element: string): IsaHeader {
  const raw = text.slice(0, last);
  const flat = raw.replace(/[\r\n]/g, '');
  const wrap = raw.indexOf('\n') - (raw[raw.indexOf('\n') - 1] === '\r' ? 1 : 0);
  const component = text.charAt(last + 1);
  const crlf = text.charAt(last + 2) === '\r' && text.charAt(last + 3) === '\n';
  const segment = crlf ? '\n' : text.charAt(last + 2);
  const values = [...flat.split(element).slice(1), component].map(characters);
  const repeats = (values[11] ?? '') >= '00402' && !isAlphanumeric((values[10] ?? 'U').charCodeAt(0));
  const repetition = repeats ? (values[10] ?? '').slice(0, 1) : null;
  const separators = { element, component, repetition, segment, release: null, decimal: '.' };
  const findings: Finding[] = [];
  if (flat.length !== isaLength - 3) findings.push(['isa-length', {}]);
  if (segment === '\n' || segment === '\r') findings.push(['newline-terminator', {}]);
  if (flat.length < raw.length) findings.push(['line-wrapped', {}]);
  const clash = clashOf(separators);
  if (clash !== null) findings.push(['separators-clash', { value: clash }]);
  return { values, separators, width: wrap > 0 ? wrap : null, length: last + (crlf ? 4 : 3), findings };
}

function characters(value: string): string {
  return hasHighByte(value) ? decode(value, { level: 'X12', agreed: false }).text : detached(value);
}

/** Says which separators are unusable; null when all are fine. */
export function clashOf({ element, component, repetition, segment, release }: Separators): string | null {
  const used = `${element}${component}${segment}${repetition ?? ''}${release ?? ''}`;
  const wrong: string[] = [];
  for (let index = 0; index < used.length; index += 1) {
    const one = used.charAt(index);
    if (isAlphanumeric(one.charCodeAt(0)) || used.indexOf(one) !== index) wrong.push(JSON.stringify(one));
  }
  return wrong.length === 0 ? null : wrong.join(', ');
}

function nthIndex(text: string, what: string, count: number): number {
  let found = -1;
  for (let n = 0; n < count; n += 1) {
    found = text.indexOf(what, found + 1);
    if (found < 0 || found > maxIsaLength) return -1;
  }
  return found;
}
