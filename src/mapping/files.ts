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
  /** Files of other names, by path. */
  readonly others: readonly string[];
  /** Links to folders, by path: nobody follows them, so nothing outside is read, and nothing without an end. */
  readonly links: readonly string[];
}

export const noFiles: Files = { marks: new Map(), closed: new Map(), others: [], links: [] };

/**
 * Looks at names, sizes and times, without reading any file. Hidden files and folders are nobody's.
 * @throws Error when the directory itself cannot be read
 */
export async function filesOf(directory: string): Promise<Files> {
  const [paths, others, links]: [string[], string[], string[]] = [[], [], []];
  const closed = new Map<string, Unreadable>();
  let folders = [''];
  while (folders.length > 0) {
    const below: string[] = [];
    const list = (folder: string) => listed(directory, folder);
    for await (const [folder, entries] of inTurns(folders, list)) {
      if ('why' in entries) closed.set(folder, entries);
      else
        for (const { path, kind } of entries) {
          if (/\.(yaml|csv)$/.test(path)) paths.push(path);
          else if (kind === 'file') others.push(path);
          if (kind === 'folder') below.push(path);
          if (kind === 'link') links.push(path);
        }
    }
    folders = below;
  }
  const marks = new Map<string, string>();
  for await (const [path, mark] of inTurns(paths.sort(), (path) => markOf(join(directory, path))))
    marks.set(path, mark);
  return { marks, closed, others: others.sort(), links: links.sort() };
}

/** A text that differs when a file was added, removed or written, or a folder was closed or opened. */
export function fingerprint({ marks, closed }: Files): string {
  const folders = [...closed].map(([folder, { why }]) => `${folder} ${why}`);
  return [...folders, ...[...marks].map(([path, mark]) => `${path} ${mark}`)].join('\n');
}

interface Listed {
  readonly path: string;
  /** link: to a folder. */
  readonly kind: 'folder' | 'link' | 'file';
}

async function listed(directory: string, folder: string): Promise<readonly Listed[] | Unreadable> {
  try {
    const entries = await readdir(join(directory, folder), { withFileTypes: true });
    const shown = entries.filter(({ name }) => !name.startsWith('.'));
    return await Promise.all(
      shown.map(async (entry) => {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        return { path, kind: await kindOf(join(directory, path), entry) };
      }),
    );
  } catch (error) {
    if (folder === '') throw error;
    return unreadable(error);
  }
}

async function kindOf(path: string, entry: Dirent): Promise<Listed['kind']> {
  if (!entry.isSymbolicLink()) return entry.isDirectory() ? 'folder' : 'file';
  const there = await stat(path).catch(() => null);
  return there?.isDirectory() === true ? 'link' : 'file';
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
