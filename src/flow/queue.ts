/**
 * Stage queues over BullMQ, with PostgreSQL or Redis behind them: the only file that knows it. A job carries ids and may
 * run twice or be lost; what must not be lost is a row of `ready`, which the feeder feeds again.
 *
 * Facts of BullMQ 6.7 that shape this file: a job id may hold no ':' and not only digits; a Queue or Worker opens a pool of
 * its own unless given one; a PostgreSQL Worker holds one connection of the pool to LISTEN; a job whose worker died is
 * found by the second check after its lock ran out, so after about twice the lock's length.
 */
import {
  Queue as BullQueue,
  type ConnectionOptions,
  createPostgresBackend,
  type PgPool,
  PostgresConnection,
  PostgresQueueBackend,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import { Redis } from 'ioredis';
import type { Logger } from '../log.ts';

export interface Job {
  /** Names the job: the same key waits once. No ':' and not only digits. */
  readonly key: string;
  readonly ids: readonly string[];
}

/** Runs one job. `signal` is aborted when the process must stop and will wait no longer. */
export type Handler = (ids: readonly string[], signal: AbortSignal) => Promise<void>;

export interface Queue {
  add(stage: string, jobs: readonly Job[]): Promise<void>;
  /** Jobs that no worker has begun. */
  waiting(stage: string): Promise<number>;
  /** Begins to run the stage's jobs in this process; once for each stage. */
  work(stage: string, options: { readonly concurrency: number }, handler: Handler): void;
  /**
   * Takes no more jobs, waits for those that run, closes every connection.
   * @returns false when the deadline passed first: what still ran was told so by its signal
   */
  close(deadlineMs: number): Promise<boolean>;
}

export type QueueOptions = ({ readonly postgresUrl: string } | { readonly redisUrl: string }) & {
  readonly stages: readonly string[];
  readonly log: Logger;
  /** How long a job belongs to a worker that says nothing. */
  readonly lockMs?: number;
};

const defaultLockMs = 15_000;
/** How often a job may lose its worker before BullMQ gives it up; its rows are fed again when their lease ends. */
const maxStalls = 3;
const keptFailures = 100;
const keptEvents = 100;
/** Connections of the PostgreSQL pool beside the listening ones. */
const queryConnections = 6;
const listenSeconds = 60;
const reconnectMs = 1_000;
/** For how long a worker that runs nothing may take to close: Redis out of reach never answers its farewell. */
const closeMs = 2_000;
/** A producer gives up early, so that the feeder can give its rows back; a worker waits for Redis as long as it takes. */
const producerRetries = 2;

/**
 * Opens the queues of all stages; on PostgreSQL this makes or upgrades BullMQ's own schema.
 * A Redis database belongs to one installation: name another database in the url for another one.
 */
export async function openQueue(options: QueueOptions): Promise<Queue> {
  const link = 'redisUrl' in options ? linkRedis(options.redisUrl, options) : await linkPostgres(options);
  const producers = new Map(options.stages.map((stage) => [stage, link.producer(stage)]));
  const producer = (stage: string) => {
    const found = producers.get(stage);
    if (found === undefined) throw new Error(`There is no queue for the stage ${stage}`);
    return found;
  };
  const crew = new Crew(link, options);
  return {
    add: async (stage, jobs) => {
      const queue = producer(stage);
      const given = jobs.map(({ key, ids }) => ({ data: { ids }, opts: { ...jobOptions, jobId: key } }));
      if (jobs.length >= bulkFrom) await queue.addBulk(given.map((job) => ({ name: stage, ...job })));
      else for (const { data, opts } of given) await queue.add(stage, data, opts);
    },
    waiting: (stage) => producer(stage).getWaitingCount(),
    work: (stage, { concurrency }, handler) => crew.hire(stage, concurrency, handler),
    close: async (deadlineMs) => {
      const drained = await crew.dismiss(deadlineMs);
      await before(closeMs, Promise.all([...producers.values()].map((queue) => queue.close())));
      await link.close();
      return drained;
    },
  };
}

/** On PostgreSQL a bulk makes two temporary tables: dearer than this many jobs one by one. */
const bulkFrom = 6;
const jobOptions = { removeOnComplete: true, removeOnFail: { count: keptFailures } };

/** What differs between the two databases. */
interface Link {
  producer(stage: string): BullQueue;
  worker(stage: string, run: Processor, options: Omit<WorkerOptions, 'connection'>): Worker;
  close(): Promise<void>;
}

type Processor = (job: { readonly data: { readonly ids: readonly string[] } }) => Promise<void>;

const events = { streams: { events: { maxLen: keptEvents } } };

// One pool for all: a queue sends its statements through it, a worker keeps one of its connections to LISTEN. A commit
// need not wait for the disk, since a lost job is fed again.
async function linkPostgres(options: QueueOptions & { readonly postgresUrl: string }): Promise<Link> {
  const connection = new PostgresConnection({
    connectionString: options.postgresUrl,
    migrate: true,
    keepAlive: true,
    max: options.stages.length + queryConnections,
    options: '-c synchronous_commit=off',
    application_name: 'portolan queue',
  });
  connection.on('error', logged(options.log, 'connection'));
  try {
    await connection.waitUntilReady();
  } catch (error) {
    await connection.close();
    throw error;
  }
  const shared = (name: string, given: { connection: PgPool }) =>
    new PostgresQueueBackend(connection, name, given, false);
  return {
    producer: (stage) => {
      const queue = new BullQueue(stage, { connection: connection.pool, ...events }, shared);
      return withErrors(queue as unknown as BullQueue, options.log, stage);
    },
    worker: (stage, run, given) =>
      new Worker(
        stage,
        run,
        { ...given, connection: connection.pool, drainDelay: listenSeconds },
        createPostgresBackend,
      ) as unknown as Worker,
    close: () => connection.close(),
  };
}

function linkRedis(url: string, { log }: QueueOptions): Link {
  const adding = new Redis(url, { maxRetriesPerRequest: producerRetries });
  const working = new Redis(url, { maxRetriesPerRequest: null });
  for (const client of [adding, working]) client.on('error', logged(log, 'connection'));
  const prefix = 'portolan';
  return {
    producer: (stage) =>
      withErrors(
        new BullQueue(stage, { connection: adding as ConnectionOptions, prefix, ...events }),
        log,
        stage,
      ),
    worker: (stage, run, given) =>
      new Worker(stage, run, { ...given, connection: working as ConnectionOptions, prefix }),
    close: async () => {
      for (const client of [adding, working]) client.disconnect();
    },
  };
}

function withErrors(queue: BullQueue, log: Logger, stage: string): BullQueue {
  queue.on('error', logged(log, stage));
  return queue;
}

function logged(log: Logger, stage: string): (error: Error) => void {
  return (error) => log.warn({ stage, err: error }, 'queue error');
}

/** The workers of this process, and what they run. */
class Crew {
  readonly #link: Link;
  readonly #options: QueueOptions;
  readonly #workers = new Map<string, Worker>();
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  constructor(link: Link, options: QueueOptions) {
    this.#link = link;
    this.#options = options;
  }

  hire(stage: string, concurrency: number, handler: Handler): void {
    const { log, stages, lockMs = defaultLockMs } = this.#options;
    if (!stages.includes(stage)) throw new Error(`There is no queue for the stage ${stage}`);
    if (this.#workers.has(stage)) throw new Error(`The stage ${stage} is worked on already`);
    const worker = this.#link.worker(stage, (job) => this.#run(handler, job.data.ids), {
      concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount: maxStalls,
      runRetryDelay: reconnectMs,
    });
    worker.on('error', logged(log, stage));
    worker.on('stalled', (job) => log.warn({ stage, job }, 'job lost its worker'));
    worker.on('failed', (job, error) => log.error({ stage, job: job?.id, err: error }, 'job failed'));
    this.#workers.set(stage, worker);
  }

  // `pause(true)` and then `close`, since a pause that waits opens the blocking connection to Redis again.
  async dismiss(deadlineMs: number): Promise<boolean> {
    const workers = [...this.#workers.values()];
    await Promise.all(workers.map((worker) => worker.pause(true)));
    const drained = await before(deadlineMs, Promise.allSettled(this.#running));
    if (!drained) this.#stop.abort(new Error('The process stops'));
    const closed = await before(closeMs, Promise.all(workers.map((worker) => worker.close(!drained))));
    return drained && closed;
  }

  #run(handler: Handler, ids: readonly string[]): Promise<void> {
    const run = handler(ids, this.#stop.signal).finally(() => this.#running.delete(run));
    this.#running.add(run);
    return run;
  }
}

/** Whether the work ended in time. */
async function before(deadlineMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), deadlineMs);
  });
  try {
    return await Promise.race([work.then(() => true), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
