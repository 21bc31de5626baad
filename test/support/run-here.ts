/** A verb of the command line in this process: as in one of its own, but without the seconds that each start takes. */
import type { Verb } from '../../src/cli/verb.ts';

export interface Ran {
  readonly status: number;
  /** Standard output and standard error, in the order in which they were written. */
  readonly text: string;
  readonly out: string;
}

/**
 * Runs a verb in a folder with an environment; what it writes is kept.
 * @throws what the verb throws
 */
export async function runHere(
  verb: Verb,
  words: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Ran> {
  const [outside, before] = [process.cwd(), { ...process.env }];
  const kept = { text: '', out: '' };
  const restore = keepOutput(kept);
  try {
    process.chdir(cwd);
    Object.assign(process.env, env);
    const status = await verb.run(words);
    return { status, ...kept };
  } finally {
    restore();
    process.chdir(outside);
    for (const key of Object.keys(process.env)) if (!(key in before)) delete process.env[key];
    Object.assign(process.env, before);
  }
}

function keepOutput(kept: { text: string; out: string }): () => void {
  const { stdout, stderr } = process;
  const [toOut, toErr] = [stdout.write, stderr.write];
  const keep =
    (isOut: boolean) =>
    (part: string | Uint8Array, ...rest: unknown[]): boolean => {
      const text = typeof part === 'string' ? part : Buffer.from(part).toString();
      kept.text += text;
      if (isOut) kept.out += text;
      const done = rest.find((each) => typeof each === 'function') as (() => void) | undefined;
      if (done !== undefined) process.nextTick(done);
      return true;
    };
  stdout.write = keep(true) as typeof stdout.write;
  stderr.write = keep(false) as typeof stderr.write;
  return () => {
    stdout.write = toOut;
    stderr.write = toErr;
  };
}
