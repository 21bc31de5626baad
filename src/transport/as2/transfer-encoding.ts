/** Content-Transfer-Encoding (RFC 2045, 6), streamed in both directions. */
import type { Bytes } from './as2.ts';
import { type Fields, MimeError } from './mime.ts';

export type TransferEncoding = 'identity' | 'base64' | 'quoted-printable';

/** Bytes of one line of quoted-printable: RFC 2045 has 76, what is written wrongly has more. */
const lineBytes = 4096;
/** Bytes that fill one line of 76 characters in base64. */
const perLine = 57;

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
  return Buffer.from(bytes.toString('base64').replace(/.{1,76}/g, '$&\r\n'), 'latin1');
}

async function* fromBase64(body: Bytes): Bytes {
  let left = '';
  let ended = false;
  for await (const chunk of body) {
    const text = left + chunk.toString('latin1').replace(/[\r\n\t ]+/g, '');
    if (ended && text !== '') throw new MimeError('Base64 goes on after its end');
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text))
      throw new MimeError('Base64 has characters that are none of it');
    const whole = text.length - (text.length % 4);
    left = text.slice(whole);
    ended = whole > 0 && text[whole - 1] === '=';
    if (ended && left !== '') throw new MimeError('Base64 goes on after its end');
    if (whole > 0) yield Buffer.from(text.slice(0, whole), 'base64');
  }
  if (left !== '') throw new MimeError('Base64 ends within four characters');
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
