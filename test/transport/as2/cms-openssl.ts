/** A bench for trying CMS with the openssl command: many commands in one shell, since each process costs 20 ms. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Workbench {
  put(name: string, bytes: string | Buffer): void;
  get(name: string): Buffer;
  /** Runs openssl with each of these arguments, file names being those of the bench; gives those that failed. */
  run(commands: readonly (readonly string[])[]): string[];
  remove(): void;
}

/** A bench in a folder of its own. */
export function openWorkbench(): Workbench {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-cms-'));
  return {
    put: (name, bytes) => writeFileSync(join(folder, name), bytes),
    get: (name) => readFileSync(join(folder, name)),
    run(commands) {
      const lines = commands.map((words) => {
        const command = `openssl ${words.join(' ')}`;
        return `${command} 2>log </dev/null || { echo '${command}'; cat log; }`;
      });
      const script = lines.join('\n');
      const told = execFileSync('sh', ['-s'], { cwd: folder, input: script }).toString();
      return told === '' ? [] : told.trimEnd().split('\n');
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
