/** File names: which of a mailbox's names are files for us, and which names may become part of a path. */
import { randomBytes } from 'node:crypto';
import { limits } from './transport.ts';

/** Room for what `partName`, `asideName` and `archiveName` add, in bytes. */
const marksLength = 32;
const nameRule = `it takes UTF-8 of up to ${limits.nameLength - marksLength} bytes, without / and \\`;

/** A name that must not become part of a path. */
export class UnsafeName extends Error {
  override readonly name = 'UnsafeName';
  constructor(name: string) {
    super(`${JSON.stringify(name.slice(0, limits.nameLength))} cannot be used as a file name: ${nameRule}`);
  }
}

/** Endings of files that are still being written, as senders' programs name them. */
const unfinished = ['.tmp', '.part', '.filepart', '.writing'];

/**
 * Gives the name back if it may become part of a path: no separator of any system, no NUL, not '.' or '..', not longer
 * than limits.nameLength bytes with the marks of a part or an archived copy added.
 * @throws UnsafeName
 */
export function safeName(name: string): string {
  if (!isSafeName(name)) throw new UnsafeName(name);
  return name;
}

/** Whether `safeName` would give the name back. */
export function isSafeName(name: string): boolean {
  const tooLong = Buffer.byteLength(name) > limits.nameLength - marksLength;
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name) && !tooLong;
}

/** What a file is called until it is complete: hidden, and with an ending that pollers skip. */
export function partName(name: string): string {
  return `.${name}.part`;
}

/**
 * What a file is called while it is ours: received, and set aside so that nobody can put another file in its place before
 * it is archived or deleted. Hidden, and different each time.
 */
export function asideName(name: string): string {
  return `.${name}.${randomBytes(8).toString('hex')}.aside`;
}

/** The name that a file had before it was set aside; null when it was not. */
export function nameBeforeAside(name: string): string | null {
  return /^\.(.+)\.[0-9a-f]{16}\.aside$/s.exec(name)?.[1] ?? null;
}

/**
 * What a file is called in an archive that may have its name already.
 * @param mtimeMs when it was last written, in milliseconds
 * @param copy 0: its own name. 1: with its time. 2 and more: with its time and this number.
 */
export function archiveName(name: string, mtimeMs: number, copy: number): string {
  if (copy === 0) return name;
  const time = new Date(mtimeMs).toISOString().replace(/[-:]|\.\d+/g, '');
  return copy === 1 ? `${name}.${time}` : `${name}.${time}.${copy}`;
}

/** Names tried in an archive before giving up. */
export const archiveCopies = 1_000;

/** Whether a name is a finished file's: no dot-file, none of the endings of files being written. */
export function isFinishedName(name: string): boolean {
  const lower = name.toLowerCase();
  return !name.startsWith('.') && !unfinished.some((ending) => lower.endsWith(ending));
}

/**
 * Makes a matcher of whole names: `*` is any run of characters, `?` is one character, all else is itself. Linear in
 * pattern × name, so that no name can make it slow.
 */
export function matcher(pattern: string): (name: string) => boolean {
  const wanted = [...pattern];
  return (name) => matches(wanted, [...name]);
}

function matches(wanted: string[], name: string[]): boolean {
  let at = 0;
  let seen = 0;
  let star = -1;
  let starSeen = 0;
  while (seen < name.length) {
    if (wanted[at] === '*') {
      star = at;
      starSeen = seen;
      at += 1;
    } else if (wanted[at] === '?' || wanted[at] === name[seen]) {
      at += 1;
      seen += 1;
    } else if (star >= 0) {
      starSeen += 1;
      seen = starSeen;
      at = star + 1;
    } else {
      return false;
    }
  }
  return wanted.slice(at).every((mark) => mark === '*');
}
