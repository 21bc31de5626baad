/** AS2 names and Message-IDs as header fields carry them (RFC 4130, 6.2; RFC 5322, 3.6.4). */
import { randomUUID } from 'node:crypto';

/** Longest AS2 name, without quotes (RFC 4130, 6.2). */
const nameLength = 128;
/** Longest Message-ID that is taken: a line of RFC 5322. */
const messageIdLength = 998;

/** A name as AS2-From and AS2-To carry it: in quotes where it has blanks, quotes or backslashes. */
export function quoteName(name: string): string {
  return /^[!#-[\]-~]+$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;
}

/**
 * The name that AS2-From or AS2-To carries, to be compared letter for letter. Blanks without quotes are taken as they are:
 * several products send them so, and they can mean nothing else.
 * @returns null: this is no AS2 name
 */
export function readName(field: string): string | null {
  const quoted = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/.exec(field)?.[1];
  const name = quoted === undefined ? field : quoted.replace(/\\(["\\])/g, '$1');
  if (quoted === undefined && !/^[ !#-[\]-~]*$/.test(name)) return null;
  return name.length >= 1 && name.length <= nameLength ? name : null;
}

/** A name without the second pair of quotes that some put around the names that they answer to. */
export function innerName(name: string): string {
  return name.startsWith('"') ? (readName(name) ?? name) : name;
}

/** A Message-ID of our own, unlike every other: `<time.random@name>`. */
export function newMessageId(us: string, at: Date): string {
  const time = at.toISOString().replace(/\D/g, '').slice(0, 14);
  const place = us
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return `<${time}.${randomUUID().replaceAll('-', '')}@${place === '' ? 'as2' : place}>`;
}

/**
 * A Message-ID as it came; several products make them of names with blanks, without a domain, or leave the brackets out.
 * @returns null: it is empty, too long, or holds what no header field may
 */
export function readMessageId(field: string): string | null {
  const id = field.trim();
  if (id === '' || id === '<>' || id.length > messageIdLength) return null;
  return /^[ -~]+$/.test(id) && !/[<>]/.test(id.replace(/^<|>$/g, '')) ? id : null;
}

/** A Message-ID with brackets, which some leave out where they repeat ours. */
export function inBrackets(id: string): string {
  return id.startsWith('<') ? id : `<${id}>`;
}
