/** A verb of the command line run in this process, which is far quicker than a process of its own: what it prints, and how it ends. */
import type { Verb } from '../../src/cli/verb.ts';

export interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a verb with its words under further settings. One at a time: what is printed meanwhile is taken for the verb's. */
export async function runVerb(
  verb: Verb,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  const out = caught(process.stdout);
  const err = caught(process.stderr);
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    const status = await verb.run(words);
    return { status, out: out.text(), err: err.text() };
  } catch (error) {
    return { status: 2, out: out.text(), err: err.text() + (error as Error).message };
  } finally {
    out.release();
    err.release();
    process.env = before;
  }
}

function caught(stream: NodeJS.WriteStream): { text(): string; release(): void } {
  const { write } = stream;
  let kept = '';
  stream.write = ((chunk: string | Uint8Array, done?: unknown, last?: unknown) => {
    kept += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1');
    const called = typeof done === 'function' ? done : last;
    if (typeof called === 'function') called();
    return true;
  }) as typeof stream.write;
  return {
    text: () => kept,
    release: () => {
      stream.write = write;
    },
  };
}
