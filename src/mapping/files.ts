/** The files of a mappings directory: which there are, and whether one has changed. */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Unreadable, unreadable } from './file-text.ts';

/** Guides, partner files and tables, by path in the directory ('acme/850.yaml'), in the order of the alphabet. */
export interface Files {
  /** Differs when the file was written or replaced: its size, times and inode. */
  readonly marks: ReadonlyMap<string, string>;
  /** Folders that cannot be looked into, by path. */
  readonly closed: ReadonlyMap<string, Unreadable>;
}

export const noFiles: Files = { marks: new Map(), closed: new Map() };

/** Folders nest at most so deep: a link to a folder above has no end. */
const mostDepth = 8;

/**
 * Looks at names, sizes and times, without reading any file.
 * @throws Error when the directory itself cannot be read
 */
export async function filesOf(directory: string): Promise<Files> {
  const paths: string[] = [];
  const closed = new Map<string, Unreadable>();
  let folders = [''];
  for (let depth = 0; folders.length > 0; depth++) {
    const below: string[] = [];
    const list = (folder: string) => listed(join(directory, folder), depth);
    for await (const [folder, entries] of inTurns(folders, list)) {
      if ('why' in entries) closed.set(folder, entries);
      else
        for (const { name, isFolder } of entries) {
          const path = folder === '' ? name : `${folder}/${name}`;
          if (name.endsWith('.yaml') || name.endsWith('.csv')) paths.push(path);
          if (isFolder) below.push(path);
        }
    }
    folders = below;
  }
  const marks = new Map<string, string>();
  for await (const [path, mark] of inTurns(paths.sort(), (path) => markOf(join(directory, path))))
    marks.set(path, mark);
  return { marks, closed };
}

/** A text that differs when a file was added, removed or written, or a folder was closed or opened. */
export function fingerprint({ marks, closed }: Files): string {
  const folders = [...closed].map(([folder, { why }]) => `${folder} ${why}`);
  return [...folders, ...[...marks].map(([path, mark]) => `${path} ${mark}`)].join('\n');
}

interface Listed {
  readonly name: string;
  readonly isFolder: boolean;
}

async function listed(folder: string, depth: number): Promise<readonly Listed[] | Unreadable> {
  if (depth > mostDepth) return { why: `folders nest at most ${mostDepth} deep` };
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return await Promise.all(
      entries.map(async (entry) => ({ name: entry.name, isFolder: await isFolder(folder, entry) })),
    );
  } catch (error) {
    if (depth === 0) throw error;
    return unreadable(error);
  }
}

async function isFolder(folder: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const there = await stat(join(folder, entry.name)).catch(() => null);
  return there?.isDirectory() === true;
}

async function markOf(path: string): Promise<string> {
  try {
    const { mtimeMs, ctimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
  } catch (error) {
    // Gone between the listing and the look, as an editor's file is, or nothing that can be looked at: one file is not all of them.
    return unreadable(error).why;
  }
}

/** Files looked at, or read, together. */
const together = 64;

/** Does some work for each item, many at a time, and gives what came of it in the order of the items. */
export async function* inTurns<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): AsyncGenerator<readonly [T, R]> {
  for (let from = 0; from < items.length; from += together) {
    const some = items.slice(from, from + together);
    const done = await Promise.all(some.map(work));
    for (const [index, item] of some.entries()) yield [item, done[index] as R];
  }
}
