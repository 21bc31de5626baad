/**
 * Character sets of what we write. A set names the characters that it refuses, so that nothing is ever written as '?'.
 * Control characters are in none of them: a newline or tab inside data would be read as something else.
 */
import { isUtf8 } from 'node:buffer';
import type { Standard } from './event.ts';
import type { OutSegment } from './write.ts';

export interface Charset {
  /** As people call it, for the fault's sentence. */
  readonly name: string;
  /** Matches the first character that cannot be written. */
  readonly refused: RegExp;
  /** The bytes of a text that holds nothing refused. */
  readonly encode: (text: string) => Buffer;
  /** The set of one segment, where it depends on what the segment holds. */
  readonly of?: (segment: OutSegment) => Charset;
}

/**
 * The set that an interchange is written in where nothing else was agreed. Levels A and B are as narrow as the standard
 * makes them (ISO 9735, Annex A): A has no small letters, neither has @, #, $, brackets or the underscore.
 * @param version ISA12, or S001 as 'UNOC:3'; data element 0001 names the set
 * @returns null for an EDIFACT syntax identifier that we cannot write
 */
export function charsetOf(standard: Standard, version: string): Charset | null {
  return standard === 'x12' ? latin1 : charsetNamed(version.slice(0, 4));
}

/**
 * A set by its name: 'US-ASCII', 'ISO-8859-1' and its other parts, 'UTF-8', 'X12-BASIC' (X12.6: capitals, digits and some
 * marks), or EDIFACT's own names 'UNOA' to 'UNOL', 'UNOW', 'UNOX', 'UNOY'.
 * @returns null when there is no such set
 */
export function charsetNamed(name: string): Charset | null {
  const known = sets.get(name);
  if (known !== undefined) return known;
  const part = isoParts[name] ?? Number(/^ISO-8859-(\d{1,2})$/.exec(name)?.[1]);
  if (!Object.values(isoParts).includes(part)) return null;
  const made = makeIsoSet(part);
  sets.set(name, made);
  return made;
}

/** What an envelope and a CONTRL are written in: they repeat what others chose, so levels A and B are as wide as ASCII. */
export function widened(charset: Charset): Charset {
  return charset === levelA || charset === levelB ? ascii : charset;
}

/**
 * What was read, as the reader reads it again: segment by segment in the set that the header names, or in UTF-8 where that
 * set does not have the characters or its bytes would be taken for UTF-8. Control characters stay as they are.
 * @param declared null: a set that we do not know, whose bytes were read as ISO 8859-1
 */
export function asRead(declared: Charset | null): Charset {
  const narrow = declared === null || declared.encode === encodeLatin1 ? rawLatin1 : declared;
  return {
    ...rawUtf8,
    of: (segment) => {
      if (narrow.encode === encodeUtf8) return rawUtf8;
      const text = [segment.values, Object.values(segment.repeats ?? {})].flat(3).join('+');
      if (narrow.refused.test(text.replace(/[\0-\x7f]/g, ''))) return rawUtf8;
      return isUtf8(narrow.encode(text)) ? rawUtf8 : { ...narrow, refused: rawUtf8.refused };
    },
  };
}

/** One byte for each character: for what the reader does not decode, ISA and data between separators beyond ASCII. */
export function asBytes(): Charset {
  return rawLatin1;
}

const encodeLatin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const encodeUtf8 = (text: string): Buffer => Buffer.from(text, 'utf8');

const ascii: Charset = { name: 'ASCII', refused: /[^\x20-\x7e]/u, encode: encodeLatin1 };
const levelA: Charset = {
  name: 'level A (UNOA)',
  refused: /[^A-Z0-9 .,\-()/=!"%&*;<>'+:?]/u,
  encode: encodeLatin1,
};
const levelB: Charset = {
  name: 'level B (UNOB)',
  refused: /[^A-Za-z0-9 .,\-()/=!"%&*;<>'+:?]/u,
  encode: encodeLatin1,
};
const latin1: Charset = {
  name: 'ISO 8859-1',
  refused: /[^\x20-\x7e\xa0-\xff]/u,
  encode: encodeLatin1,
};
const utf8: Charset = {
  name: 'UTF-8',
  refused: /[^\x20-\x7e\xa0-\u{10ffff}]|\p{Cs}/u,
  encode: encodeUtf8,
};
const rawLatin1: Charset = {
  name: 'ISO 8859-1',
  refused: /[^\0-\xff]/u,
  encode: encodeLatin1,
};
const rawUtf8: Charset = { name: 'UTF-8', refused: /\p{Cs}/u, encode: encodeUtf8 };
const x12Basic: Charset = {
  name: 'the basic character set of X12',
  refused: /[^A-Z0-9 !"&'()*+,\-./:;?=]/u,
  encode: encodeLatin1,
};

/**
 * UNOX announces other sets by escape sequences (ISO 2022), which nobody we know of sends: what is written under it is
 * ASCII, until UTF-8 was agreed. UNOY has no sequences and is sent as UTF-8.
 */
const sets = new Map<string, Charset>([
  ['UNOA', levelA],
  ['UNOB', levelB],
  ['UNOC', latin1],
  ['UNOW', utf8],
  ['UNOX', ascii],
  ['UNOY', utf8],
  ['US-ASCII', ascii],
  ['ISO-8859-1', latin1],
  ['UTF-8', utf8],
  ['X12-BASIC', x12Basic],
]);

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
    refused: new RegExp(`[^\\x20-\\x7e${[...byteOf.keys()].join('')}]`, 'u'),
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
