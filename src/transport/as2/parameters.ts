/**
 * Values with parameters: Content-Type and Content-Disposition (RFC 2045, 5.1; RFC 2183), with the continuations and
 * character sets of RFC 2231, which HTTP has from RFC 8187.
 */
import { type Fields, MimeError } from './mime.ts';

/** 'multipart/signed', and what follows it; names in small letters, values as bytes in characters (latin1). */
export interface Parameterised {
  /** In small letters. */
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
}

export const parameterLimits = { parameters: 32, filenameCharacters: 255 } as const;

/** May be there plainly too, for those who cannot read the other form. */
const textual = ['filename', 'name'];
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** One parameter with what parts it from the next: its name, then the value in quotes or bare. */
const parameter = /[ \t]*([^\s=;"]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"[ \t]*|([^";]*))(;|$)/y;
/** Blanks and a semicolon too many harm nobody. */
const nothing = /[ \t]*(;|$)/y;

/**
 * Reads a value with parameters.
 * @throws MimeError when it is malformed, or names a parameter twice
 */
export function readParameterised(text: string): Parameterised {
  const semicolon = text.indexOf(';');
  const value = (semicolon < 0 ? text : text.slice(0, semicolon)).trim().toLowerCase();
  if (!/^[^\s"/;]+(\/[^\s"/;]+)?$/.test(value)) throw new MimeError('A header value is malformed');
  const raw = semicolon < 0 ? new Map<string, string>() : readParameters(text.slice(semicolon + 1));
  return { value, parameters: joined(raw) };
}

/** A media type, as Content-Type has it; without one it is text/plain (RFC 2045, 5.2). @throws MimeError */
export function mediaTypeOf(fields: Fields): Parameterised {
  const type = readParameterised(fields.get('content-type') ?? 'text/plain');
  if (!type.value.includes('/')) throw new MimeError('Content-Type names no type');
  return type;
}

/**
 * What the sender calls the file: the filename of Content-Disposition, else the name of Content-Type. It is data and never a
 * path: control characters and what turns the direction of writing are dropped, slashes are not. A disposition that cannot
 * be read names nothing: no message is lost for the name of its file.
 * @returns null when there is none
 */
export function filenameOf(fields: Fields): string | null {
  const named =
    leniently(fields.get('content-disposition'), 'filename') ?? leniently(fields.get('content-type'), 'name');
  if (named === null) return null;
  const characters = [...decodedText(named).replace(/[\p{Cc}\p{Bidi_Control}\p{Cs}]/gu, '')];
  return characters.slice(0, parameterLimits.filenameCharacters).join('').trim() || null;
}

/**
 * Writes a parameter with the semicolon before it.
 * @param always quote even what needs no quotes
 */
export function writeParameter(name: string, value: string, always = true): string {
  if (!always && token.test(value)) return `; ${name}=${value}`;
  return `; ${name}="${value.replace(/["\\]/g, '\\$&')}"`;
}

/**
 * Writes a filename: as it is when it is ASCII, else once in ASCII and once in UTF-8 (RFC 8187, 4.3 in HTTP; RFC 2231).
 * @param always quote even what needs no quotes
 */
export function writeFilename(filename: string, always: boolean): string {
  const clean = filename.replace(/\p{Cc}/gu, '');
  if (/^[\x20-\x7e]*$/.test(clean)) return writeParameter('filename', clean, always);
  const ascii = clean.replace(/[^\x20-\x7e]/gu, '_');
  const utf8 = Buffer.from(clean)
    .toString('latin1')
    .replace(/[^!#$&+\-.^_`|~0-9A-Za-z]/g, percent);
  return `${writeParameter('filename', ascii, always)}; filename*=UTF-8''${utf8}`;
}

function readParameters(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (let at = 0; at < text.length; ) {
    nothing.lastIndex = at;
    if (nothing.test(text)) {
      at = Math.max(nothing.lastIndex, at + 1);
      continue;
    }
    parameter.lastIndex = at;
    const match = parameter.exec(text);
    if (match === null) throw new MimeError('A parameter is malformed');
    const name = (match[1] as string).toLowerCase();
    if (found.has(name)) throw new MimeError(`The parameter ${shown(name)} is there twice`);
    if (found.size >= parameterLimits.parameters) throw new MimeError('There are too many parameters');
    found.set(name, match[2] === undefined ? (match[3] ?? '').trim() : match[2].replace(/\\(.)/g, '$1'));
    at = parameter.lastIndex;
  }
  return found;
}

/** Puts continuations together (RFC 2231, 3 and 4): name*0, name*1*, and name*. */
function joined(raw: ReadonlyMap<string, string>): Map<string, string> {
  const whole = new Map<string, string>();
  for (const [name, value] of raw) if (!name.includes('*')) whole.set(name, value);
  for (const name of raw.keys()) {
    const base = /^([^*]+)\*0?\*?$/.exec(name)?.[1];
    if (base === undefined) continue;
    if (whole.has(base) && !textual.includes(base))
      throw new MimeError(`The parameter ${shown(base)} is there twice`);
    whole.set(base, extended(raw, base));
  }
  return whole;
}

function extended(raw: ReadonlyMap<string, string>, base: string): string {
  const single = raw.get(`${base}*`);
  if (single !== undefined) return unpercent(single, true);
  let text = '';
  for (let index = 0; ; index += 1) {
    const plain = raw.get(`${base}*${index}`);
    const coded = raw.get(`${base}*${index}*`);
    if (plain !== undefined && coded !== undefined) throw new MimeError(`${shown(base)} is there twice`);
    if (plain === undefined && coded === undefined) return text;
    text += plain ?? unpercent(coded as string, index === 0);
  }
}

/** Bytes behind %XX; what stands first is charset'language'. Texts of other sets than UTF-8 and latin1 stay as bytes. */
function unpercent(text: string, first: boolean): string {
  const from = first ? text.indexOf("'", text.indexOf("'") + 1) + 1 : 0;
  if (first && from === 0) throw new MimeError('A parameter names no character set');
  return text
    .slice(from)
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function leniently(text: string | undefined, name: string): string | null {
  if (text === undefined) return null;
  try {
    return readParameterised(text).parameters.get(name) || null;
  } catch (error) {
    if (error instanceof MimeError) return null;
    throw error;
  }
}

/** UTF-8 where the bytes are, else latin1. */
function decodedText(bytes: string): string {
  if (/[^\0-\xff]/.test(bytes)) return bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return bytes;
  }
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function shown(name: string): string {
  return name.replace(/[^!-~]/g, '?').slice(0, 40);
}
