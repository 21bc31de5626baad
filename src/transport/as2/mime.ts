/**
 * MIME header blocks (RFC 5322, 2.2; RFC 2045, 3), read strictly: what two readers could understand in two ways is refused,
 * because a signature proves bytes and not what somebody else makes of them.
 */
import type { Piece } from './as2.ts';
import { collect, partOf } from './piece.ts';

/** What came is no MIME, or more of it than we read. Its sentence is for people on both sides. */
export class MimeError extends Error {
  override readonly name = 'MimeError';
}

/** Header fields: names in small letters, values unfolded, one character for each byte (as node's HTTP gives them). */
export type Fields = ReadonlyMap<string, string>;

/** A header and the body below it. */
export interface Entity {
  readonly fields: Fields;
  readonly body: Piece;
}

export const mimeLimits = {
  /** Bytes of a header block with the blank line that ends it. One line may be as long: some write long filenames. */
  headerBytes: 16 * 1024,
  fields: 64,
} as const;

const blankLine = Buffer.from('\r\n\r\n');
const fieldName = /^[!-9;-~]{1,128}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
const control = /[\0-\x08\x0a-\x1f\x7f]/;

/**
 * Parts a piece into header and body at the first blank line.
 * @throws MimeError when there is no blank line within the limits, or the header is malformed
 */
export async function readEntity(whole: Piece): Promise<Entity> {
  const start = await collect(whole.read(0, Math.min(whole.size, mimeLimits.headerBytes)));
  if (start[0] === 0x0d && start[1] === 0x0a)
    return { fields: new Map(), body: partOf(whole, 2, whole.size) };
  const end = start.indexOf(blankLine);
  if (end < 0) throw new MimeError(noBlankLine(whole.size));
  return {
    fields: readFields(start.subarray(0, end + 2)),
    body: partOf(whole, end + blankLine.length, whole.size),
  };
}

/**
 * Reads a header block.
 * @param block lines that each end with CR LF, without the blank line
 * @param once names of fields that must not be there twice: those that say how bytes are to be understood. Of others, the
 * first counts.
 * @throws MimeError for a line end that is not CR LF, control characters, a line without a name, or too much of anything
 */
export function readFields(block: Buffer, once: (name: string) => boolean = isOfMime): Fields {
  if (block.length > mimeLimits.headerBytes) throw new MimeError('The MIME header is too long');
  const fields = new Map<string, string>();
  for (const line of unfold(block.toString('latin1'))) {
    if (fields.size >= mimeLimits.fields) throw new MimeError('The MIME header has too many fields');
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trimEnd().toLowerCase();
    if (!fieldName.test(name)) throw new MimeError('A line of the MIME header is no field');
    if (!fields.has(name)) fields.set(name, line.slice(colon + 1).trim());
    else if (once(name)) throw new MimeError(`The MIME header has ${name} twice`);
  }
  return fields;
}

/** The header fields of an HTTP message as fields. */
export function fieldsOf(headers: Readonly<Record<string, string>>): Fields {
  return new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.trim()]));
}

function isOfMime(name: string): boolean {
  return name.startsWith('content-') || name === 'mime-version';
}

/** Lines, those that begin with a blank joined to the one above (RFC 5322, 2.2.3). */
function unfold(text: string): string[] {
  if (text === '') return [];
  if (!text.endsWith('\r\n')) throw new MimeError('A line of the MIME header does not end with CR LF');
  const lines: string[] = [];
  for (const line of text.slice(0, -2).split('\r\n')) {
    if (control.test(line)) throw new MimeError('The MIME header has control characters');
    if (!/^[ \t]/.test(line)) lines.push(line);
    else if (lines.length === 0) throw new MimeError('The MIME header begins with a blank');
    else lines[lines.length - 1] += line;
  }
  return lines;
}

function noBlankLine(size: number): string {
  return size > mimeLimits.headerBytes ? 'The MIME header is too long' : 'No blank line ends the MIME header';
}
