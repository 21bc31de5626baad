/**
 * Keeps a small window of jobs in each stage queue, fed from the rows of `ready`. Takes: rows that may run. Gives: jobs of
 * ids, partners taking turns. Every process that works may run a feeder: rows are taken in the database. A job that is lost
 * with its queue is fed again when the lease of its rows ends; until then the rows are nobody else's.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import { feedReady, type ReadyRow, releaseReady } from '../store/ready.ts';
import type { Store } from '../store/store.ts';
import type { Queue } from './queue.ts';

export interface FedStage {
  readonly name: string;
  /** Most rows of one job. */
  readonly batchSize: number;
  /** Jobs that may wait in the queue, over all processes. */
  readonly windowJobs: number;
  /** For how long fed rows are not fed again; longer than a full window takes. */
  readonly leaseMs?: number;
}

export interface FeederOptions {
  readonly store: Store;
  readonly queue: Pick<Queue, 'add' | 'waiting'>;
  readonly stages: readonly FedStage[];
  readonly log: Logger;
  readonly now: () => Date;
  /** Partners that nothing is fed of now; unset: none. */
  readonly except?: () => readonly string[];
}

export interface Feeder {
  /** Looks at once: this process has just committed rows for the stage, or finished a job of it. */
  poke(stage: string): void;
  /** Feeds no more, and returns once nothing is under way. */
  close(): Promise<void>;
}

const defaultLeaseMs = 60_000;
/** A stage that had rows is looked at soon again; one that had none less and less often. */
const busyMs = 100;
/** However often it is poked: not sooner than this after it looked. Looking costs the database a millisecond or two. */
const pauseMs = 30;
const idleMs = 1_000;
const troubleMs = 2_000;

/** Starts to feed. */
export function startFeeder(options: FeederOptions): Feeder {
  const loops = new Map(options.stages.map((stage) => [stage.name, new StageFeeder(options, stage)]));
  return {
    poke: (stage) => loops.get(stage)?.poke(),
    close: async () => {
      await Promise.all([...loops.values()].map((loop) => loop.close()));
    },
  };
}

/** One stage's loop: feed, sleep until poked or due, feed again. */
class StageFeeder {
  readonly #options: FeederOptions;
  readonly #stage: FedStage;
  readonly #loop: Promise<void>;
  #closing = false;
  #poked = false;
  #wake: () => void = () => {};
  /** Upper bound of what this process knows to wait in the queue; counted anew only when it leaves no room. */
  #waiting = 0;

  constructor(options: FeederOptions, stage: FedStage) {
    this.#options = options;
    this.#stage = stage;
    this.#loop = this.#run();
  }

  poke(): void {
    this.#poked = true;
    this.#wake();
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#wake();
    await this.#loop;
  }

  async #run(): Promise<void> {
    let waitMs = busyMs;
    while (!this.#closing) {
      this.#poked = false;
      const fed = await this.#feedSafely();
      waitMs = fed === null ? troubleMs : fed > 0 ? busyMs : Math.min(waitMs * 2, idleMs);
      await sleep(pauseMs);
      await this.#sleep(waitMs);
    }
  }

  /** @returns how many jobs were fed; null: the database or the queue did not answer. */
  async #feedSafely(): Promise<number | null> {
    try {
      return await this.#feed();
    } catch (error) {
      this.#options.log.warn({ stage: this.#stage.name, err: error }, 'feeding failed, to be tried again');
      return null;
    }
  }

  async #feed(): Promise<number> {
    const { store, queue, now, except = () => [] } = this.#options;
    const { name, batchSize, windowJobs, leaseMs = defaultLeaseMs } = this.#stage;
    if (this.#waiting > 0) this.#waiting = await queue.waiting(name);
    // Half empty before it is filled again: a few large statements instead of many small ones.
    if (this.#waiting > windowJobs / 2) return 1;
    const free = windowJobs - this.#waiting;
    const jobs = await feedReady(store.db, {
      stage: name,
      jobs: free,
      batchSize,
      leaseMs,
      now: now(),
      except: except(),
    });
    if (jobs.length === 0) return 0;
    await this.#add(jobs);
    this.#waiting += jobs.length;
    return jobs.length;
  }

  async #add(jobs: readonly (readonly ReadyRow[])[]): Promise<void> {
    const { store, queue, now } = this.#options;
    const at = now().getTime();
    const ids = jobs.map((job) => job.map((row) => row.id));
    try {
      await queue.add(
        this.#stage.name,
        ids.map((job) => ({ key: `r${job[0]}-${at}`, ids: job })),
      );
    } catch (error) {
      await releaseReady(store.db, ids.flat());
      throw error;
    }
  }

  async #sleep(ms: number): Promise<void> {
    if (this.#closing || this.#poked) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
