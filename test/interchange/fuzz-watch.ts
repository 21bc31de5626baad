/** Runs the fuzzer in a process and watches that it gets on: a reader that hangs or eats the memory is found like any other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { readInterchanges } from '../../src/interchange/interchange.ts';
import { testProgram } from '../support/program.ts';
import { sampleFiles } from './fuzz-fixtures.ts';
import { sayMutant } from './fuzz-mutants.ts';
import { type Finding, trials } from './fuzz-run.ts';

export interface WatchedOrder {
  /** A name of broken-readers.ts; null for the real one. */
  readonly reader: string | null;
  readonly seed: number;
  /** Numbers of the first mutant, and of the one behind the last. */
  readonly from: number;
  readonly to: number;
}

export interface FuzzAnswer {
  readonly finding: Finding | null;
  /** Bytes, of the heap and of buffers, that are held at the end and were not when all was loaded. */
  readonly grown: number;
}

/** A process that needs more heap than this ends, which counts as a finding. */
const heapMegabytes = 600;
const program = fileURLToPath(new URL('./fuzz-process.ts', import.meta.url));

/**
 * Fuzzes one reader.
 * @param deadlineMs how long one mutant may take at most, the loading of the program included
 */
export async function watchedFuzz(order: WatchedOrder, deadlineMs: number): Promise<FuzzAnswer> {
  const flags = ['--expose-gc', `--max-old-space-size=${heapMegabytes}`];
  const child = spawn(process.execPath, [...flags, ...(await testProgram(program)), JSON.stringify(order)]);
  const watch = watchOver(child, deadlineMs);
  const ended = once(child, 'close');
  let errors = '';
  child.stderr.on('data', (text: Buffer) => {
    errors = (errors + text.toString()).slice(-2_000);
  });
  await ended;
  watch.stop();
  if (watch.answer !== null) return watch.answer;
  const complaint = watch.hung ? `hangs: no answer for ${deadlineMs} ms` : `ends: ${errors}`;
  return { finding: await findingAt(order, watch.number, complaint), grown: 0 };
}

interface Watch {
  /** The mutant that was begun last. */
  readonly number: number;
  readonly answer: FuzzAnswer | null;
  readonly hung: boolean;
  stop(): void;
}

/** Reads what the process says, and kills it when it has said nothing for too long. */
function watchOver(child: ChildProcess, deadlineMs: number): Watch {
  const watch = {
    number: 0,
    answer: null as FuzzAnswer | null,
    hung: false,
    stop: () => clearTimeout(timer),
  };
  const kill = () => {
    watch.hung = true;
    child.kill('SIGKILL');
  };
  let timer = setTimeout(kill, deadlineMs);
  let rest = '';
  child.stdout?.on('data', (text: Buffer) => {
    clearTimeout(timer);
    timer = setTimeout(kill, deadlineMs);
    const lines = (rest + text.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('{')) watch.answer = JSON.parse(line) as FuzzAnswer;
      else watch.number = Number(line);
    }
  });
  return watch;
}

async function findingAt({ seed }: WatchedOrder, number: number, complaint: string): Promise<Finding> {
  const make = await trials({ read: readInterchanges, samples: sampleFiles(), seed });
  return { number, complaint, mutation: sayMutant(make(number).mutant) };
}
