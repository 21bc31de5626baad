/** Programs that `scripts/bench transport` measures: our parts, each in a process of its own on dist, and those of others. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Wall clock and processor time, in milliseconds. */
export interface Taken {
  readonly ms: number;
  readonly cpuMs: number;
}

/** Runs a part to its end; gives the last line that it says. */
export async function part<T>(name: string, ...words: readonly string[]): Promise<T> {
  const { stdout } = await run(process.execPath, [...profiling(), program(name), ...words]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T;
}

/** A part that is spoken with, line by line. */
export interface Partner {
  /** The next line that it says. */
  next<T>(): Promise<T>;
  say(): void;
  end(): Promise<void>;
}

/** Starts a part. @param flags of node */
export function startPart(
  name: string,
  words: readonly string[],
  flags: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Partner {
  const child = spawn(process.execPath, [...flags, ...profiling(), program(name), ...words], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async next<T>() {
      const line = await lines.next();
      if (line.done === true) throw new Error(`${name} ended without a word`);
      return JSON.parse(line.value) as T;
    },
    say: () => void child.stdin.write('\n'),
    async end() {
      child.stdin.end();
      await gone;
    },
  };
}

let profiles: string | null = null;

/** From here on each part of ours writes a CPU profile into the directory. */
export function profileInto(directory: string): void {
  profiles = directory;
}

function profiling(): readonly string[] {
  return profiles === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
}

function program(name: string): string {
  return fileURLToPath(new URL(`bench-transport/${name}.mjs`, import.meta.url));
}

/** Runs a program of others; the shell tells what it and its children took. @throws when it ends with another status than 0 */
export async function measured(command: string, words: readonly string[], cwd: string): Promise<Taken> {
  const script = `TIMEFORMAT='%R %U %S'; { time "$@" >/dev/null 2>output; } 2>times || { cat output >&2; exit 1; }; cat times`;
  const { stdout } = await run('bash', ['-c', script, 'bash', command, ...words], { cwd });
  const [real = 0, user = 0, system = 0] = stdout.trim().split(' ').map(Number);
  return { ms: real * 1_000, cpuMs: (user + system) * 1_000 };
}
