/**
 * One worker thread for all expressions of the process, started when the first is met. Batches are evaluated one after another;
 * when one does not come to an end in its time, or takes too much memory, the worker is ended and the next gets a new one.
 */
import { Worker } from 'node:worker_threads';
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
  readonly jobs: readonly {
    readonly source: string;
    readonly input: unknown;
    readonly document: unknown;
    readonly value: string | null;
  }[];
}

interface Waiting {
  readonly jobs: readonly ComputeJob[];
  readonly resolve: (outcomes: readonly Outcome[]) => void;
  readonly reject: (error: Error) => void;
}

/** Evaluates jobs; one for each process is enough. */
export class ComputePool {
  readonly #limits: Limits;
  readonly #waiting: Waiting[] = [];
  readonly #progress = new SharedArrayBuffer(16);
  #worker: Worker | null = null;
  #current: Waiting | null = null;
  #timer: NodeJS.Timeout | null = null;
  #postedAt = 0;

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
  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #next(): void {
    if (this.#current !== null) return;
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#worker?.unref();
      return;
    }
    this.#current = next;
    const worker = this.#worker ?? this.#start();
    worker.ref();
    new Float64Array(this.#progress, 8, 1)[0] = 0;
    this.#postedAt = Date.now();
    try {
      worker.postMessage({ jobs: next.jobs.map(toMessage) } satisfies Batch);
      this.#watch(this.#limits.expressionMs + graceMs);
    } catch (error) {
      this.#settle((waiting) => waiting.reject(error as Error));
    }
  }

  #start(): Worker {
    const { heapMb } = this.#limits;
    const { entry, sources } = entryOf();
    const worker = new Worker(entry, {
      eval: sources !== null,
      workerData: { limits: this.#limits, progress: this.#progress, sources },
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
    });
    worker.on('message', (outcomes: readonly Outcome[]) => {
      if (worker === this.#worker) this.#settle((waiting) => waiting.resolve(outcomes));
    });
    worker.on('error', (error) => this.#lost(worker, error));
    worker.on('exit', () => this.#lost(worker, new Error('the thread of expressions ended')));
    this.#worker = worker;
    return worker;
  }

  /** Looks again until the batch is done, and ends a worker that has been at one job for too long. */
  #watch(afterMs: number): void {
    this.#timer = setTimeout(() => {
      const since = new Float64Array(this.#progress, 8, 1)[0] ?? 0;
      const spent = since === 0 ? 0 : Date.now() - since;
      const limit = this.#limits.expressionMs + graceMs;
      if (since === 0 && Date.now() - this.#postedAt > startMs)
        this.#end(null, new Error('the thread of expressions does not start'));
      else if (spent >= limit) this.#end({ limitMs: this.#limits.expressionMs }, null);
      else this.#watch(Math.max(20, limit - spent));
    }, afterMs);
  }

  /** The worker is gone: by itself, for want of memory, or since a job broke it. */
  #lost(worker: Worker, error: Error): void {
    if (worker !== this.#worker) return;
    const { code } = error as { code?: string };
    const full = code === 'ERR_WORKER_OUT_OF_MEMORY';
    if (full) this.#end({ problem: `It took more than ${this.#limits.heapMb} MB.` }, null);
    else this.#end(null, error);
  }

  #end(outcome: Outcome | null, error: Error | null): void {
    const worker = this.#worker;
    this.#worker = null;
    void worker?.terminate();
    const at = new Int32Array(this.#progress, 0, 1)[0] ?? 0;
    this.#settle(({ jobs, resolve, reject }) => {
      if (error !== null || outcome === null) reject(error ?? new Error('no outcome'));
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

/** Where the thread begins. Run from its sources (in tests, in development), it needs a loader of TypeScript of its own. */
function entryOf(): { readonly entry: string | URL; readonly sources: Sources | null } {
  const here = import.meta.url;
  if (!here.endsWith('.ts')) return { entry: new URL('./compute-worker.js', here), sources: null };
  const loader = import.meta.resolve('tsx/esm/api');
  return { entry: fromSources, sources: { loader, file: new URL('./compute-worker.ts', here).href } };
}

interface Sources {
  readonly loader: string;
  readonly file: string;
}

const fromSources = `
  const { loader, file } = process.getBuiltinModule('node:worker_threads').workerData.sources;
  import(loader).then(({ register }) => register()).then(() => import(file));
`;

function toMessage({ expression, input, document, value }: ComputeJob): Batch['jobs'][number] {
  return { source: expression.source, input, document, value };
}
