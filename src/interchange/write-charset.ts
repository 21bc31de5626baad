/**
 * Character sets of what we write. A set names the characters that it refuses, so that nothing is ever written as '?'.
 * Control characters are in none of them: a newline or tab inside data would be read as something else.
 */
import type { Standard } from './interchange.ts';

export interface Charset {
  /** As people call it, for the fault's sentence. */
  readonly name: string;
  /** Source of a regular expression (flag u) that matches each character which cannot be written. */
  readonly refused: string;
  readonly encode: (text: string) => Buffer;
}

/**
 * The set that an interchange is written in.
 * @param version ISA12, or S001 as 'UNOC:3'; data element 0001 names the set (ISO 9735, Annex A)
 * @returns null for an EDIFACT syntax identifier that we cannot write
 */
export function charsetOf(standard: Standard, version: string): Charset | null {
  if (standard === 'x12') return latin1;
  return byIdentifier[version.slice(0, 4)] ?? isoSet(version.slice(0, 4));
}

const encodeLatin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

const ascii: Charset = { name: 'ASCII', refused: '[^\\x20-\\x7e]', encode: encodeLatin1 };
const latin1: Charset = {
  name: 'ISO 8859-1',
  refused: '[^\\x20-\\x7e\\xa0-\\xff]',
  encode: encodeLatin1,
};
const utf8: Charset = {
  name: 'UTF-8',
  refused: '[^\\x20-\\x7e\\xa0-\\u{10ffff}]|\\p{Cs}',
  encode: (text) => Buffer.from(text, 'utf8'),
};

/** Levels A and B are narrower than ASCII (A has no small letters), but no receiver was seen that holds us to it. */
const byIdentifier: Readonly<Record<string, Charset>> = {
  UNOA: ascii,
  UNOB: ascii,
  UNOC: latin1,
  UNOW: utf8,
  UNOY: utf8,
};

/** Data element 0001 to the part of ISO 8859. */
const isoParts: Readonly<Record<string, number>> = {
  UNOD: 2,
  UNOE: 5,
  UNOF: 7,
  UNOG: 3,
  UNOH: 4,
  UNOI: 6,
  UNOJ: 8,
  UNOK: 9,
  UNOL: 15,
};
const isoSets = new Map<string, Charset>();

function isoSet(identifier: string): Charset | null {
  const part = isoParts[identifier];
  if (part === undefined) return null;
  const known = isoSets.get(identifier);
  if (known !== undefined) return known;
  const made = makeIsoSet(part);
  isoSets.set(identifier, made);
  return made;
}

/** Node decodes every part of ISO 8859 but encodes only the first, so the table is made by decoding each byte. */
function makeIsoSet(part: number): Charset {
  const decoder = new TextDecoder(`iso-8859-${part}`);
  const byteOf = new Map<string, number>();
  for (let byte = 0xa0; byte <= 0xff; byte++) {
    const character = decoder.decode(Uint8Array.of(byte));
    if (character !== '\ufffd') byteOf.set(character, byte);
  }
  return {
    name: `ISO 8859-${part}`,
    refused: `[^\\x20-\\x7e${[...byteOf.keys()].join('')}]`,
    encode: (text) => encodeBy(byteOf, text),
  };
}

function encodeBy(byteOf: ReadonlyMap<string, number>, text: string): Buffer {
  const bytes = Buffer.alloc(text.length);
  for (let index = 0; index < text.length; index++) {
    bytes[index] = byteOf.get(text.charAt(index)) ?? text.charCodeAt(index);
  }
  return bytes;
}
