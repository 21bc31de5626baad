/** The two folders as partners see them: paths, attributes, and lines as ls prints them. No path of ours is among them. */
import { posix } from 'node:path';
import type { Attributes, FileEntry } from 'ssh2';
import type { HostedFile, HostedFolder } from './sftp-server-desk.ts';

/** What a path names. elsewhere: nothing of ours, whatever may be there. */
export type Place =
  | { readonly kind: 'root' }
  | { readonly kind: 'folder'; readonly folder: HostedFolder }
  | { readonly kind: 'file'; readonly folder: HostedFolder; readonly name: string }
  | { readonly kind: 'elsewhere' };

/** Longest path looked at, in characters. */
export const longestPath = 4_096;

/** What a client's path names; `..` does not lead out of the root, as at the root of any system. */
export function placeOf(path: string, folders: readonly HostedFolder[]): Place {
  if (path.length > longestPath) return { kind: 'elsewhere' };
  const [first, name, ...rest] = parts(path);
  if (first === undefined) return { kind: 'root' };
  const folder = folders.find((one) => one === first);
  if (folder === undefined || rest.length > 0) return { kind: 'elsewhere' };
  return name === undefined ? { kind: 'folder', folder } : { kind: 'file', folder, name };
}

/** The path as REALPATH gives it. */
export function canonicalPath(path: string): string {
  return `/${parts(path).join('/')}`;
}

function parts(path: string): string[] {
  return posix
    .join('/', path)
    .split('/')
    .filter((part) => part !== '');
}

const folderMode = { in: 0o040_730, out: 0o040_750 } as const;
const fileMode = { in: 0o100_200, out: 0o100_600 } as const;

export function folderAttributes(folder: HostedFolder | null, now: Date): Attributes {
  return attributes(folder === null ? 0o040_550 : folderMode[folder], 0, now);
}

export function fileAttributes({ folder, size, at }: Pick<HostedFile, 'folder' | 'size' | 'at'>): Attributes {
  return attributes(fileMode[folder], size, at);
}

/** A line for a file in a listing. */
export function fileEntry(file: HostedFile, now: Date): FileEntry {
  return entry(file.name, fileAttributes(file), now);
}

/** What every listing of a folder begins with, and all of the root's. */
export function folderEntries(folders: readonly HostedFolder[] | null, now: Date): FileEntry[] {
  const dots = ['.', '..'].map((name) => entry(name, folderAttributes(null, now), now));
  return [...dots, ...(folders ?? []).map((folder) => entry(folder, folderAttributes(folder, now), now))];
}

function attributes(mode: number, size: number, at: Date): Attributes {
  const seconds = Math.floor(at.getTime() / 1000);
  return { mode, size, uid: 0, gid: 0, atime: seconds, mtime: seconds };
}

function entry(filename: string, attrs: Attributes, now: Date): FileEntry {
  const size = String(attrs.size).padStart(10);
  const kind = (attrs.mode & 0o040_000) !== 0 ? 'd' : '-';
  const longname = `${kind}${rights(attrs.mode)} 1 portolan partner ${size} ${lsDate(attrs.mtime, now)} ${filename}`;
  return { filename, longname, attrs };
}

function rights(mode: number): string {
  return [6, 3, 0]
    .map((shift) => {
      const bits = (mode >> shift) & 7;
      return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`;
    })
    .join('');
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** ls shows the year of what is older than that, in seconds. */
const halfYear = 182 * 24 * 3600;

function lsDate(seconds: number, now: Date): string {
  const at = new Date(seconds * 1000);
  const day = `${months[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)}`;
  const isOld = now.getTime() / 1000 - seconds > halfYear;
  return `${day} ${isOld ? String(at.getUTCFullYear()).padStart(5) : at.toISOString().slice(11, 16)}`;
}
