/** Whether a directory has changed: names, sizes and times of its files, without reading them. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files looked at together. */
const together = 64;

/**
 * A text that differs when a file was added, removed or written.
 * @throws Error when the directory cannot be read
 */
export async function fingerprint(directory: string): Promise<string> {
  const entries = (await readdir(directory, { recursive: true })).filter(isMapping).sort();
  const parts: string[] = [];
  for (let from = 0; from < entries.length; from += together)
    parts.push(
      ...(await Promise.all(entries.slice(from, from + together).map((entry) => mark(directory, entry)))),
    );
  return parts.join('\n');
}

function isMapping(path: string): boolean {
  return path.endsWith('.yaml') || path.endsWith('.csv');
}

async function mark(directory: string, entry: string): Promise<string> {
  try {
    const { mtimeMs, ctimeMs, size, ino } = await stat(join(directory, entry));
    return `${entry} ${mtimeMs} ${ctimeMs} ${size} ${ino}`;
  } catch (error) {
    // Gone between the listing and the look, as an editor's file is, or nothing that can be looked at: one file is not all of them.
    return `${entry} ${(error as NodeJS.ErrnoException).code}`;
  }
}
