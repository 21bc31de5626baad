/** The window over the partner queues: who is fed when, and that nothing is lost with the queue. */
import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import { runBatch } from '../../src/flow/batch.ts';
import { startFeeder } from '../../src/flow/feed.ts';
import { openQueue } from '../../src/flow/queue.ts';
import { createLogger } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import {
  addReady,
  backlogByPartner,
  type FeedOptions,
  failedReady,
  feedReady,
  type NewReady,
  quarantineReady,
  type ReadyRow,
  releaseReady,
  retryQuarantined,
  startedReady,
} from '../../src/store/ready.ts';
import type { Store } from '../../src/store/store.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { redisServer } from '../support/redis.ts';

const stage = 'decide';
const noon = new Date('2026-03-02T12:00:00Z');
const later = (ms: number) => new Date(noon.getTime() + ms);

let database: TestDatabase;
let store: Store;

function rowsOf(partner: string, from: number, count: number, more: Partial<NewReady> = {}): NewReady[] {
  return Array.from({ length: count }, (_, n) => ({ stage, partner, subject: String(from + n), ...more }));
}

async function feed(options: Partial<FeedOptions> = {}): Promise<ReadyRow[][]> {
  return await feedReady(store.db, {
    stage,
    jobs: 12,
    batchSize: 50,
    leaseMs: 60_000,
    now: noon,
    ...options,
  });
}

const partnersOf = (jobs: ReadyRow[][]) => new Set(jobs.flat().map((row) => row.partner));
const subjectsOf = (jobs: ReadyRow[][]) => jobs.flat().map((row) => Number(row.subject));

function withDatabase(): void {
  before(async () => {
    database = await freshDatabase();
    store = database.store;
  });
  after(() => database.drop());
  beforeEach(() => store.db.raw('truncate ready, pauses'));
}

describe('the ready table', () => {
  withDatabase();

  it('adds a row once, and says how many it added', async () => {
    assert.equal(await addReady(store.db, rowsOf('north', 1, 3)), 3);
    assert.equal(await addReady(store.db, rowsOf('north', 2, 3)), 1);
  });

  it('feeds a small partner in the first window, behind five thousand rows of another', async () => {
    await addReady(store.db, rowsOf('large', 1, 5_000));
    await addReady(store.db, rowsOf('small', 10_001, 3));
    const jobs = await feed();
    assert.equal(jobs.flat().filter((row) => row.partner === 'small').length, 3);
    assert.equal(jobs.flat().length, 600);
  });

  it('gives a partner alone the whole window, in the order of arrival', async () => {
    await addReady(store.db, rowsOf('large', 1, 5_000));
    const jobs = await feed();
    assert.deepEqual(
      jobs.map((job) => job.length),
      Array.from({ length: 12 }, () => 50),
    );
    assert.deepEqual(
      subjectsOf(jobs),
      Array.from({ length: 600 }, (_, n) => n + 1),
    );
  });

  it('feeds every partner once before any a second time, also when one job fits at a time', async () => {
    for (let n = 0; n < 20; n += 1) await addReady(store.db, rowsOf(`partner ${n}`, n * 1_000, 200));
    const first = [];
    for (let n = 0; n < 20; n += 1) first.push(...(await feed({ jobs: 1 })));
    assert.equal(first.length, 20);
    assert.equal(partnersOf(first).size, 20);
  });

  it('keeps the rows of a partner together, and lets small partners share a job', async () => {
    await addReady(store.db, [
      ...rowsOf('a', 1, 20),
      ...rowsOf('b', 101, 20),
      ...rowsOf('a', 21, 10),
      ...rowsOf('c', 201, 20),
    ]);
    const jobs = await feed({ jobs: 2 });
    assert.equal(jobs.length, 2);
    for (const partner of ['a', 'b', 'c'])
      assert.equal(jobs.filter((job) => job.some((row) => row.partner === partner)).length, 1, partner);
  });

  it('holds the rows of a paused partner, and feeds them when it is resumed', async () => {
    await addReady(store.db, [...rowsOf('held', 1, 10), ...rowsOf('free', 101, 10)]);
    await store.db('pauses').insert({ partner: 'held', who: 'test', why: 'test' });
    assert.deepEqual([...partnersOf(await feed())], ['free']);
    await store.db('pauses').delete();
    assert.deepEqual([...partnersOf(await feed())], ['held']);
  });

  it('feeds no row before its time, nor a quarantined one until it is freed', async () => {
    await addReady(store.db, [
      ...rowsOf('p', 1, 1),
      ...rowsOf('p', 2, 1, { notBefore: later(1_000) }),
      ...rowsOf('p', 3, 1),
    ]);
    const third = await store.db('ready').where({ subject: 3 }).first('id');
    await quarantineReady(store.db, third.id, 'on purpose');
    assert.deepEqual(subjectsOf(await feed()), [1]);
    assert.deepEqual(subjectsOf(await feed({ now: later(1_000) })), [2]);
    assert.equal(await retryQuarantined(store.db, stage, ['3']), 1);
    assert.deepEqual(subjectsOf(await feed()), [3]);
  });

  it('feeds a row again when its lease has ended, or when it is given back', async () => {
    await addReady(store.db, rowsOf('p', 1, 1));
    const jobs = await feed({ leaseMs: 1_000 });
    assert.deepEqual(subjectsOf(await feed({ now: later(999) })), []);
    assert.deepEqual(subjectsOf(await feed({ now: later(1_000) })), [1]);
    await releaseReady(
      store.db,
      jobs.flat().map((row) => row.id),
    );
    assert.deepEqual(subjectsOf(await feed()), [1]);
  });

  it('gives no row to two feeders', async () => {
    await addReady(store.db, rowsOf('p', 1, 2_000));
    const fed = await Promise.all(Array.from({ length: 6 }, () => feed({ jobs: 4 })));
    const ids = fed.flat(2).map((row) => row.id);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.length >= 200);
  });

  it('feeds alone what was started twice without an end', async () => {
    await addReady(store.db, rowsOf('p', 1, 50));
    const [job] = await feed();
    const suspect = (job as ReadyRow[])[7] as ReadyRow;
    const start = { now: noon, leaseMs: 1 };
    await startedReady(store.db, [suspect.id], start);
    await startedReady(store.db, [suspect.id], start);
    const again = await feed({ now: later(60_000) });
    assert.deepEqual(
      again.map((rows) => rows.length),
      [49, 1],
    );
    assert.equal(again[1]?.[0]?.id, suspect.id);
  });

  it('tells what waits, by partner', async () => {
    await addReady(store.db, [...rowsOf('a', 1, 4), ...rowsOf('b', 101, 2)]);
    await store.db('pauses').insert({ partner: 'b', who: 'test', why: 'test' });
    const first = await store.db('ready').where({ subject: 1 }).first('id');
    const second = await store.db('ready').where({ subject: 2 }).first('id');
    await quarantineReady(store.db, first.id, 'on purpose');
    await failedReady(store.db, second.id, 'on purpose', later(1_000));
    const backlog = await backlogByPartner(store.db);
    assert.deepEqual(
      backlog.map(({ oldest, ...rest }) => ({ ...rest, oldest: oldest instanceof Date })),
      [
        { stage, partner: 'a', waiting: 3, quarantined: 1, paused: false, oldest: true },
        { stage, partner: 'b', waiting: 2, quarantined: 0, paused: true, oldest: true },
      ],
    );
  });
});

describe('the feeder', () => {
  withDatabase();
  beforeEach(() => store.db.raw('create table effects (subject bigint not null)'));
  afterEach(() => store.db.raw('drop table effects'));

  it('feeds a thousand rows, and again those lost with a PostgreSQL queue, each with one effect', () =>
    losesTheQueue({ postgresUrl: database.url }, async () => {
      await store.db.raw('delete from bullmq.job');
    }));

  it('feeds a thousand rows, and again those lost with FLUSHALL, each with one effect', async function () {
    const server = await redisServer();
    if (server === null) return this.skip();
    const redis = new Redis(server.url);
    try {
      await losesTheQueue({ redisUrl: server.url }, async () => {
        await redis.flushall();
      });
    } finally {
      redis.disconnect();
      await server.stop();
    }
  });
});

/** Empties the queue once the first rows are done, while every window is full. */
async function losesTheQueue(
  backend: { readonly postgresUrl: string } | { readonly redisUrl: string },
  lose: () => Promise<void>,
): Promise<void> {
  const log = createLogger('silent');
  const now = () => new Date();
  const queue = await openQueue({ ...backend, stages: [stage], log, lockMs: 1_000 });
  const metrics = createMetrics();
  await addReady(store.db, rowsOf('p', 1, 1_000));
  let lost: Promise<void> | undefined;
  const common = {
    store,
    stage,
    log,
    metrics,
    now,
    onQuarantine: () => Promise.reject(new Error('unexpected')),
  };
  queue.work(stage, { concurrency: 2 }, async (ids) => {
    await runBatch({
      ...common,
      ids,
      step: async (tx, rows) => {
        await tx('effects').insert(rows.map(({ subject }) => ({ subject })));
      },
    });
    lost ??= lose();
    await lost;
  });
  const stages = [{ name: stage, batchSize: 20, windowJobs: 12, leaseMs: 1_500 }];
  const feeder = startFeeder({ store, queue, stages, log, now });
  await emptied();
  await feeder.close();
  assert.equal(await queue.close(10_000), true);
  const effects = await store.db('effects').countDistinct('subject as different').count('* as all').first();
  assert.deepEqual(effects, { different: '1000', all: '1000' });
  assert.ok(lost, 'the queue was never lost');
}

async function emptied(): Promise<void> {
  for (;;) {
    const row = await store.db('ready').first('id');
    if (row === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
