/** Content-Transfer-Encoding (RFC 2045, 6), streamed in both directions. */
import type { Bytes } from './as2.ts';
import { type Fields, MimeError } from './mime.ts';

export type TransferEncoding = 'identity' | 'base64' | 'quoted-printable';

/** Bytes of one line of quoted-printable: RFC 2045 has 76, what is written wrongly has more. */
const lineBytes = 4096;
/** Bytes that fill one line of 76 characters in base64. */
const perLine = 57;
const perLineCoded = 76;

/** How a body is coded; 7bit, 8bit and binary are no coding. @throws MimeError for one that nobody knows */
export function transferEncodingOf(fields: Fields): TransferEncoding {
  const name = (fields.get('content-transfer-encoding') ?? 'binary').toLowerCase();
  if (['', '7bit', '8bit', 'binary'].includes(name)) return 'identity';
  if (name === 'base64' || name === 'quoted-printable') return name;
  throw new MimeError('The Content-Transfer-Encoding is unknown');
}

/** A body without its coding. @throws MimeError, while it is read, for what the coding cannot mean */
export function decoded(body: Bytes, encoding: TransferEncoding): Bytes {
  if (encoding === 'identity') return body;
  return encoding === 'base64' ? fromBase64(body) : fromQuotedPrintable(body);
}

/** Bytes in lines of base64, each with CR LF; streamed. */
export async function* toBase64(bytes: Bytes): Bytes {
  let left = Buffer.alloc(0);
  for await (const chunk of bytes) {
    const all = left.length === 0 ? chunk : Buffer.concat([left, chunk]);
    const whole = all.length - (all.length % perLine);
    left = Buffer.from(all.subarray(whole));
    if (whole > 0) yield linesOf(all.subarray(0, whole));
  }
  if (left.length > 0) yield linesOf(left);
}

/** Bytes in lines of base64, each with CR LF. */
export function linesOf(bytes: Buffer): Buffer {
  const coded = Buffer.from(bytes.toString('base64'), 'latin1');
  const lines = Buffer.allocUnsafe(coded.length + 2 * Math.ceil(coded.length / perLineCoded));
  for (let from = 0, at = 0; from < coded.length; from += perLineCoded) {
    at += coded.copy(lines, at, from, from + perLineCoded);
    lines[at] = 0x0d;
    lines[at + 1] = 0x0a;
    at += 2;
  }
  return lines;
}

/** What a byte is in base64: 1 a character, 2 a blank, 3 padding, 0 nothing. */
const meanings = new Uint8Array(256);
for (const byte of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'))
  meanings[byte] = 1;
for (const byte of Buffer.from(' \t\r\n')) meanings[byte] = 2;
meanings[0x3d] = 3;

async function* fromBase64(body: Bytes): Bytes {
  const reader = { left: Buffer.alloc(0), padding: 0 };
  for await (const chunk of body) {
    const packed = Buffer.allocUnsafe(reader.left.length + chunk.length);
    const length = packInto(packed, reader.left.copy(packed), chunk, reader);
    const whole = length - (length % 4);
    if (whole > 0) yield Buffer.from(packed.toString('latin1', 0, whole), 'base64');
    reader.left = Buffer.from(packed.subarray(whole, length));
  }
  const { left, padding } = reader;
  if (padding > 2 || (left.length + padding) % 4 !== 0) throw new MimeError('Base64 does not end as it must');
  if (left.length > 0) yield Buffer.from(left.toString('latin1'), 'base64');
}

/** Adds the characters of a chunk, without blanks and padding; says how long it is then. */
function packInto(packed: Buffer, from: number, chunk: Buffer, reader: { padding: number }): number {
  let length = from;
  // By index: iterating over a Buffer is several times slower.
  for (let at = 0; at < chunk.length; at += 1) {
    const byte = chunk[at] as number;
    const meaning = meanings[byte];
    if (meaning === 1 && reader.padding === 0) packed[length++] = byte;
    else if (meaning === 1) throw new MimeError('Base64 goes on after its end');
    else if (meaning === 3) reader.padding += 1;
    else if (meaning === 0) throw new MimeError('Base64 has characters that are none of it');
  }
  return length;
}

async function* fromQuotedPrintable(body: Bytes): Bytes {
  let left = '';
  for await (const chunk of body) {
    const text = left + chunk.toString('latin1');
    const whole = text.lastIndexOf('\r\n') + 2;
    left = whole < 2 ? text : text.slice(whole);
    if (left.length > lineBytes) throw new MimeError('A line of quoted-printable is too long');
    if (whole >= 2)
      yield Buffer.from(text.slice(0, whole).split('\r\n').slice(0, -1).map(lineWithEnd).join(''), 'latin1');
  }
  const rest = withoutBlanksAtEnd(left);
  if (rest !== '') yield Buffer.from(fromLine(rest.endsWith('=') ? rest.slice(0, -1) : rest), 'latin1');
}

/** A line with its end; `=` at its end says that there is none. */
function lineWithEnd(line: string): string {
  const text = withoutBlanksAtEnd(line);
  return text.endsWith('=') ? fromLine(text.slice(0, -1)) : `${fromLine(text)}\r\n`;
}

/** Blanks at the end of a line were added on the way (RFC 2045, 6.7, rule 3). */
function withoutBlanksAtEnd(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end -= 1;
  return line.slice(0, end);
}

function fromLine(line: string): string {
  if (line.length > lineBytes) throw new MimeError('A line of quoted-printable is too long');
  if (!/^(?:[\t\x20-\x3c\x3e-\x7e]|=[0-9A-Fa-f]{2})*$/.test(line)) {
    throw new MimeError('Quoted-printable has characters that are none of it');
  }
  return line.replace(/=(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
