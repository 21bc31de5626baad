/** What the headers of a POST /edi say: the key, the file's name, its identity; and what can be refused by them alone. */
import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';
import { limits } from './transport.ts';

/** The API key, as bearer token or in X-API-Key; null: there is none. */
export function readKey(request: IncomingMessage): string | null {
  const bearer = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? header(request, 'x-api-key');
}

/**
 * Refuses a body by its headers, before a byte of it is read. Its media type is the sender's affair, and a charset says
 * nothing: the file is taken as it is.
 * @throws Problem 415 or 413
 */
export function checkBody(request: IncomingMessage, maxBytes: number): void {
  const coding = header(request, 'content-encoding') ?? 'identity';
  if (coding.trim().toLowerCase() !== 'identity') {
    throw new Problem(415, 'Unsupported media type', 'Send the file as it is, without Content-Encoding', {
      'accept-encoding': 'identity',
    });
  }
  if (/^multipart\//i.test(header(request, 'content-type') ?? '')) {
    throw new Problem(
      415,
      'Unsupported media type',
      'Send the file itself as the body, not a multipart form',
    );
  }
  if (Number(header(request, 'content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
}

export function tooLarge(maxBytes: number): Problem {
  return new Problem(413, 'Content too large', `A file may have ${maxBytes} bytes`);
}

/**
 * The Idempotency-Key, as a source: the same key again is the same file again. The header's draft has a quoted string; most
 * senders leave the quotes away, and both are the same key.
 * @throws Problem 400
 */
export function readSource(request: IncomingMessage): string | null {
  const given = request.headersDistinct['idempotency-key'];
  if (given === undefined) return null;
  const [text = ''] = given;
  const key = /^"((?:[^"\\]|\\["\\])*)"$/.exec(text)?.[1]?.replace(/\\(.)/g, '$1') ?? text;
  if (given.length === 1 && /^[\x20-\x7e]{1,255}$/.test(key)) return `idempotency:${key}`;
  throw new Problem(400, 'Bad request', 'One Idempotency-Key of 1 to 255 printable ASCII characters');
}

/** The sender's name for the file (RFC 6266, or X-Filename): data, never a path. */
export function readName(request: IncomingMessage): string {
  const disposition = header(request, 'content-disposition') ?? '';
  const quoted = /;\s*filename\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(disposition)?.[1]?.replace(/\\(.)/g, '$1');
  const plain = /;\s*filename\s*=\s*([^\s;"]+)/i.exec(disposition)?.[1];
  const name = quoted ?? plain ?? header(request, 'x-filename') ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  const shown = name.replace(/[\x00-\x1f\x7f]/g, '').slice(0, limits.nameLength);
  return shown === '' ? 'edi' : shown;
}

function header(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
