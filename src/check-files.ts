/** What of a mappings directory is passed over, though it was surely meant: `portolan partner check` notes it. */
import { join, posix } from 'node:path';
import type { Files } from './mapping/files.ts';
import type { Problems } from './mapping/problem.ts';

export function notePassedOver(dir: string, { marks, others, links }: Files, notes: Problems): void {
  const note = (path: string, message: string, hint: string) =>
    notes.add({ file: join(dir, path), line: 1, column: 1 }, message, hint);
  for (const path of links)
    note(
      path,
      'This is a link to a folder, and nothing behind it is read.',
      'Put the folder itself in its place; a link to a file is read.',
    );
  const tables = [...marks.keys()].filter((path) => path.endsWith('.csv'));
  for (const path of [...tables, ...others]) {
    const right = nameMeant(path);
    if (right === null || right === path) continue;
    const hint = marks.has(right) ? `${right} is there, too, and is read.` : `Name it ${right}.`;
    note(path, 'Nothing reads a file of this name here.', hint);
  }
}

/** The name under which a file would be read; null: it is none of ours. */
function nameMeant(path: string): string | null {
  const { dir, name, ext } = posix.parse(path);
  if (/^\.ya?ml$/i.test(ext)) return posix.join(dir, `${/^partner$/i.test(name) ? 'partner' : name}.yaml`);
  const folder = /^(?:(.+)\/)?tables?$/i.exec(dir);
  if (!/^\.csv$/i.test(ext) || (folder === null && dir.includes('/'))) return null;
  return posix.join(folder === null ? dir : (folder[1] ?? ''), 'tables', `${name}.csv`);
}

/** Folders of partners: all but the standard guides', be there a partner.yaml or not. */
export function partnerFolders({ marks, closed, others, links }: Files): string[] {
  const within = [...marks.keys(), ...others].filter((path) => path.includes('/'));
  const names = [...within, ...closed.keys(), ...links].map((path) => path.split('/')[0] as string);
  return [...new Set(names)].filter((name) => name !== 'standard').sort();
}
