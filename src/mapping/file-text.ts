/** The text of a file that people write. */
import { readFile, stat } from 'node:fs/promises';

/** A guide or a partner.yaml may have so many bytes: far more than any needs, and little enough to be checked at once. */
export const maxYamlBytes = 256_000;

/** Why something cannot be read, to stand behind 'cannot be read:', and what to do. */
export interface Unreadable {
  readonly why: string;
  readonly hint?: string;
  /** Nothing of this name is there. */
  readonly missing?: true;
}

/**
 * Reads a file within a limit. What cannot be read says why, and is nobody else's trouble: a pipe is not waited for.
 * @param most bytes
 */
export async function fileText(path: string, most: number): Promise<string | Unreadable> {
  try {
    const found = await stat(path);
    if (!found.isFile())
      return {
        why: found.isDirectory() ? 'it is a directory' : 'it is no file',
        hint: 'Put a file of this name in its place.',
      };
    if (found.size > most) return { why: `it has ${found.size} bytes, and at most ${most} are read` };
    return await readFile(path, 'utf8');
  } catch (error) {
    return unreadable(error);
  }
}

/** Says in plain words what the system says. @throws the error itself when it is none of the system's */
export function unreadable(error: unknown): Unreadable {
  if (!(error instanceof Error) || !('code' in error)) throw error;
  if (error.code === 'EACCES' || error.code === 'EPERM')
    return {
      why: 'the user that runs Portolan may not read it',
      hint: 'Give that user the right to read it (chmod, chown).',
    };
  return { why: error.message, ...(error.code === 'ENOENT' ? { missing: true } : {}) };
}

/** The same for text in YAML, which is UTF-8. */
export async function yamlText(path: string): Promise<string | Unreadable> {
  const text = await fileText(path, maxYamlBytes);
  return typeof text === 'string' && text.includes('\uFFFD')
    ? { why: 'it is not UTF-8', hint: 'Save it again as UTF-8.' }
    : text;
}
