/** The text of a file that people write. */
import { readFile, stat } from 'node:fs/promises';

/** A guide or a partner.yaml may have so many bytes: far more than any needs, and little enough to be checked at once. */
export const maxYamlBytes = 256_000;

/**
 * Reads a file within a limit. What cannot be read says why, and is nobody else's trouble: a pipe is not waited for.
 * @param most bytes
 */
export async function fileText(path: string, most: number): Promise<string | { readonly why: string }> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return { why: found.isDirectory() ? 'it is a directory' : 'it is no file' };
    if (found.size > most) return { why: `it has ${found.size} bytes, and at most ${most} are read` };
    return await readFile(path, 'utf8');
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return { why: error.message };
  }
}

/** The same for text in YAML, which is UTF-8. */
export async function yamlText(path: string): Promise<string | { readonly why: string }> {
  const text = await fileText(path, maxYamlBytes);
  return typeof text === 'string' && text.includes('\uFFFD') ? { why: 'it is not UTF-8' } : text;
}
