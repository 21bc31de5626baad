/**
 * One worker for all expressions of the process, started when the first is met. Batches are evaluated one after another; when one
 * does not come to an end in its time, or takes too much memory, the worker is ended and the next batch gets a new one.
 *
 * The worker is a process of its own and not a thread: a thread that runs out of memory at once (a text of 400 MB is one line of
 * JSONata) takes the whole process with it, whatever its resource limits say.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ComputeJob, Outcome } from './computing.ts';

/** What expressions may take. */
export interface Limits {
  /** For one expression, and for all of one message. */
  readonly expressionMs: number;
  readonly messageMs: number;
  /** Calls within calls, items of one list, characters of a result. */
  readonly depth: number;
  readonly items: number;
  readonly characters: number;
  readonly heapMb: number;
}

export const computeLimits: Limits = {
  expressionMs: 250,
  messageMs: 5_000,
  depth: 500,
  items: 100_000,
  characters: 5_000,
  heapMb: 64,
};

/** Messages that may wait for the worker. */
export const maxWaiting = 1_000;
/** The worker looks at its own time; it is ended from outside when it cannot. */
const graceMs = 250;
const startMs = 20_000;

/** What the worker is sent: documents that several jobs share are sent once. */
export interface Batch {
  readonly limits: Limits;
  readonly jobs: readonly {
    readonly source: string;
    readonly input: unknown;
    readonly document: unknown;
    readonly value: string | null;
  }[];
}

/** What the worker says: which job it begins, and at last what became of all. */
export type Answer = { readonly at: number } | { readonly outcomes: readonly Outcome[] };

interface Waiting {
  readonly jobs: readonly ComputeJob[];
  readonly resolve: (outcomes: readonly Outcome[]) => void;
  readonly reject: (error: Error) => void;
}

/** Evaluates jobs; one for each process is enough. */
export class ComputePool {
  readonly #limits: Limits;
  readonly #waiting: Waiting[] = [];
  #worker: ChildProcess | null = null;
  #current: Waiting | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** The job that the worker is at; null until it has begun the first. */
  #at: number | null = null;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /**
   * Evaluates jobs in their order.
   * @throws Error when too many wait, or the worker cannot be started: ours, to be tried again
   */
  run(jobs: readonly ComputeJob[]): Promise<readonly Outcome[]> {
    if (this.#waiting.length >= maxWaiting)
      return Promise.reject(
        new Error(`more than ${maxWaiting} messages wait for the expressions of their guides`),
      );
    return new Promise((resolve, reject) => {
      this.#waiting.push({ jobs, resolve, reject });
      this.#next();
    });
  }

  /** Ends the worker; the next run starts another. */
  close(): void {
    const worker = this.#worker;
    this.#worker = null;
    worker?.kill('SIGKILL');
  }

  #next(): void {
    if (this.#current !== null) return;
    const next = this.#waiting.shift();
    if (next === undefined) {
      if (this.#worker !== null) release(this.#worker);
      return;
    }
    this.#current = next;
    this.#at = null;
    try {
      const worker = this.#worker ?? this.#start();
      hold(worker);
      worker.send({ limits: this.#limits, jobs: next.jobs.map(toMessage) } satisfies Batch);
      this.#watch(startMs, () => this.#end(null, new Error('the worker of expressions does not start')));
    } catch (error) {
      this.#settle((waiting) => waiting.reject(error as Error));
    }
  }

  #start(): ChildProcess {
    const { file, execArgv } = entryOf();
    const worker = fork(file, {
      execArgv: [...execArgv, `--max-old-space-size=${this.#limits.heapMb}`],
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const end = () => worker.kill('SIGKILL');
    process.once('exit', end);
    worker.on('message', (answer: Answer) => {
      if (worker === this.#worker) this.#heard(answer);
    });
    worker.on('error', (error) => this.#lost(worker, error));
    worker.on('exit', () => {
      process.off('exit', end);
      this.#lost(worker, new Error('the worker of expressions ended'));
    });
    this.#worker = worker;
    return worker;
  }

  #heard(answer: Answer): void {
    if ('outcomes' in answer) {
      this.#settle((waiting) => waiting.resolve(answer.outcomes));
      return;
    }
    this.#at = answer.at;
    const { expressionMs } = this.#limits;
    this.#watch(expressionMs + graceMs, () => this.#end({ limitMs: expressionMs }, null));
  }

  #watch(afterMs: number, then: () => void): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(then, afterMs);
  }

  /** The worker is gone though nobody ended it: at a job, for want of memory; before any, it could not begin. */
  #lost(worker: ChildProcess, error: Error): void {
    if (worker !== this.#worker) return;
    if (this.#at === null) this.#end(null, error);
    else this.#end({ problem: `It took more than ${this.#limits.heapMb} MB.` }, null);
  }

  #end(outcome: Outcome | null, error: Error | null): void {
    const at = this.#at;
    this.close();
    this.#settle(({ jobs, resolve, reject }) => {
      if (outcome === null) reject(error ?? new Error('the worker of expressions was ended'));
      else resolve(jobs.map((_, index) => (index === at ? outcome : { skipped: true })));
    });
  }

  #settle(settle: (waiting: Waiting) => void): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const current = this.#current;
    this.#current = null;
    if (current !== null) settle(current);
    this.#next();
  }
}

/** While it works, the worker keeps this process alive; while it waits, it does not. */
function hold(worker: ChildProcess): void {
  worker.ref();
  worker.channel?.ref();
}

function release(worker: ChildProcess): void {
  worker.unref();
  worker.channel?.unref();
}

/** Where the worker begins. Run from its sources (in tests, in development), it needs a loader of TypeScript of its own. */
function entryOf(): { readonly file: string; readonly execArgv: readonly string[] } {
  const here = import.meta.url;
  if (!here.endsWith('.ts'))
    return { file: fileURLToPath(new URL('./compute-worker.js', here)), execArgv: [] };
  const loader = pathToFileURL(createRequire(here).resolve('tsx')).href;
  return { file: fileURLToPath(new URL('./compute-worker.ts', here)), execArgv: ['--import', loader] };
}

function toMessage({ expression, input, document, value }: ComputeJob): Batch['jobs'][number] {
  return { source: expression.source, input, document, value };
}
