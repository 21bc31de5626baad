/** Files of the demo that are made once and stay: passwords and keys, readable by their owner alone. */
import { readFile, writeFile } from 'node:fs/promises';

/** What the file holds; made when it is not there, or `anew` is asked for. */
export async function kept(file: string, make: () => string, { anew = false } = {}): Promise<string> {
  const before = anew ? null : await readIfThere(file);
  if (before !== null) return before;
  const made = make();
  await writeFile(file, made, { mode: 0o600 });
  return made;
}

export async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
