/** What of a mappings directory is passed over, though it was surely meant: `portolan partner check` notes it. */
import { join } from 'node:path';
import type { Files } from './mapping/files.ts';
import type { Problems } from './mapping/problem.ts';

export function notePassedOver(dir: string, { links }: Files, notes: Problems): void {
  for (const path of links)
    notes.add(
      { file: join(dir, path), line: 1, column: 1 },
      'This is a link to a folder, and nothing behind it is read.',
      'Put the folder itself in its place; a link to a file is read.',
    );
}
