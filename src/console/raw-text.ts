/** The text of a file with the places of its faults marked, each a line break after its segment, so that it can be read. */
import { type Html, html, type Piece } from './html.ts';

export interface Mark {
  /** In bytes from the start of the file: where the faulty segment or element begins. */
  readonly offset: number;
  readonly message: string;
  readonly severity: string;
}

/**
 * Cuts the bytes at the marks. A mark covers from its place to the end of its segment.
 * @param from where the bytes begin in the file
 */
export function markedText(bytes: Buffer, from: number, marks: readonly Mark[]): Html {
  const terminator = terminatorOf(bytes);
  const places = [...new Set(marks.map((mark) => mark.offset - from))]
    .filter((place) => place >= 0 && place < bytes.length)
    .sort((a, b) => a - b);
  const pieces: Piece[] = [];
  let at = 0;
  for (const [index, place] of places.entries()) {
    const end = Math.min(segmentEnd(bytes, place, terminator), places[index + 1] ?? bytes.length);
    pieces.push(plain(bytes.subarray(at, place), terminator));
    pieces.push(marked(bytes.subarray(place, end), from + place, marks), broken(bytes, end, terminator));
    at = end;
  }
  pieces.push(plain(bytes.subarray(at), terminator));
  return html`${pieces}`;
}

function marked(bytes: Buffer, offset: number, marks: readonly Mark[]): Html {
  const here = marks.filter((mark) => mark.offset === offset);
  const severity = here.some((mark) => mark.severity === 'error') ? 'error' : (here[0]?.severity ?? 'info');
  const words = here.map((mark) => mark.message).join(' ');
  return html`<mark id="at-${offset}" class="${severity}" title="${words}">${bytes.toString('utf8')}</mark>`;
}

/** Files in one line are broken after each segment, for reading only: the raw file is behind its link. */
function plain(bytes: Buffer, terminator: string): string {
  const text = bytes.toString('utf8');
  return text.replaceAll(new RegExp(`${escapeSign(terminator)}(?![\\r\\n])`, 'g'), `${terminator}\n`);
}

/** After a marked segment the line ends, where the file itself does not end it. */
function broken(bytes: Buffer, end: number, terminator: string): string {
  const ended = bytes.toString('latin1', end - 1, end) === terminator;
  return ended && end < bytes.length && !/[\r\n]/.test(bytes.toString('latin1', end, end + 1)) ? '\n' : '';
}

function segmentEnd(bytes: Buffer, from: number, terminator: string): number {
  const end = bytes.indexOf(terminator, from, 'latin1');
  return end === -1 ? bytes.length : end + 1;
}

/** ISA has a fixed length, and the sign after it ends every segment; UNA names it; else it is the apostrophe. */
function terminatorOf(bytes: Buffer): string {
  const head = bytes.subarray(0, 200).toString('latin1');
  const isa = head.search(/ISA[^A-Za-z0-9\s]/);
  if (isa !== -1 && head.length > isa + 105) return head.charAt(isa + 105);
  const una = head.indexOf('UNA');
  if (una !== -1 && head.length > una + 8) return head.charAt(una + 8);
  return head.includes('UNB') || !/~/.test(bytes.toString('latin1')) ? "'" : '~';
}

function escapeSign(sign: string): string {
  return sign.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
