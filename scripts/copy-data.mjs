/** Copies what the compiler leaves behind: the dictionary's text files, read at run time from beside the compiled code. */
import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const from = fileURLToPath(new URL('../src/interchange/dictionary/', import.meta.url));
const to = fileURLToPath(new URL('../dist/interchange/dictionary/', import.meta.url));
cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('.ts') });
