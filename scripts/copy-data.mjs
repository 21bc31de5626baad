/** Copies what the compiler leaves behind: files read at run time from beside the compiled code. */
import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The dictionary's texts; the console's script, style sheet and icon. */
for (const folder of ['interchange/dictionary/', 'console/static/']) {
  const from = fileURLToPath(new URL(`../src/${folder}`, import.meta.url));
  const to = fileURLToPath(new URL(`../dist/${folder}`, import.meta.url));
  cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('.ts') });
}
