/** One suite for both databases behind the queue: what the road relies on must hold on each. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openQueue, type Queue } from '../../src/flow/queue.ts';
import { createLogger } from '../../src/log.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { testProgram } from '../support/program.ts';
import { type RedisServer, redisServer } from '../support/redis.ts';

type Backend = { readonly postgresUrl: string } | { readonly redisUrl: string };

const log = createLogger('silent');
const lockMs = 600;

describe('queue on PostgreSQL', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase({ migrated: false });
  });
  after(() => database.drop());
  conforms(() => ({ postgresUrl: database.url }));
});

describe('queue on Redis', () => {
  let server: RedisServer | null = null;
  before(async function () {
    server = await redisServer();
    if (server === null) this.skip();
  });
  after(() => server?.stop());
  conforms(() => ({ redisUrl: (server as RedisServer).url }));
});

function conforms(backend: () => Backend): void {
  let stage: string;
  let count = 0;
  const open: Queue[] = [];

  const opened = async () => {
    const queue = await openQueue({ ...backend(), stages: [stage], log, lockMs });
    open.push(queue);
    return queue;
  };

  beforeEach(() => {
    count += 1;
    stage = `stage-${count}`;
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((queue) => queue.close(0)));
  });

  it('runs every job once, with its ids', async () => {
    const queue = await opened();
    const jobs = Array.from({ length: 40 }, (_, n) => ({ key: `job-${n}`, ids: [`${n}`, `${n + 1000}`] }));
    const ran: string[] = [];
    const all = until(() => ran.length >= jobs.length);
    queue.work(stage, { concurrency: 4 }, async (ids) => {
      ran.push(ids.join(' '));
      all.look();
    });
    await queue.add(stage, jobs);
    await all.reached;
    assert.equal(await queue.close(5_000), true);
    assert.deepEqual(ran.toSorted(), jobs.map(({ ids }) => ids.join(' ')).toSorted());
  });

  it('lets the same key wait once, and counts what waits', async () => {
    const queue = await opened();
    const jobs = [
      { key: 'one', ids: ['1'] },
      { key: 'two', ids: ['2'] },
    ];
    await queue.add(stage, jobs);
    await queue.add(stage, jobs);
    assert.equal(await queue.waiting(stage), 2);
  });

  it('takes the same key again once the job is done', async () => {
    const queue = await opened();
    let runs = 0;
    const first = until(() => runs === 1);
    const second = until(() => runs === 2);
    queue.work(stage, { concurrency: 1 }, async () => {
      runs += 1;
      first.look();
      second.look();
    });
    await queue.add(stage, [{ key: 'again', ids: ['1'] }]);
    await first.reached;
    // The job leaves the queue a moment after its handler has ended.
    const repeat = setInterval(() => void queue.add(stage, [{ key: 'again', ids: ['1'] }]), 20);
    await second.reached;
    clearInterval(repeat);
  });

  it('runs as many jobs at once as it may, and no more', async () => {
    const queue = await opened();
    const gate = until(() => running === 3);
    let running = 0;
    let most = 0;
    let done = 0;
    const all = until(() => done === 9);
    queue.work(stage, { concurrency: 3 }, async () => {
      running += 1;
      most = Math.max(most, running);
      gate.look();
      await gate.reached;
      running -= 1;
      done += 1;
      all.look();
    });
    await queue.add(
      stage,
      Array.from({ length: 9 }, (_, n) => ({ key: `job-${n}`, ids: [`${n}`] })),
    );
    await all.reached;
    assert.equal(most, 3);
  });

  it('goes on after a job that failed', async () => {
    const queue = await opened();
    const ran: string[] = [];
    const all = until(() => ran.length === 2);
    queue.work(stage, { concurrency: 1 }, async ([id]) => {
      ran.push(id as string);
      all.look();
      if (id === '1') throw new Error('on purpose');
    });
    await queue.add(stage, [
      { key: 'bad', ids: ['1'] },
      { key: 'good', ids: ['2'] },
    ]);
    await all.reached;
    assert.deepEqual(ran, ['1', '2']);
  });

  it('close waits for what runs and leaves what waits', async () => {
    const queue = await opened();
    let began = false;
    let ended = false;
    const first = until(() => began);
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    queue.work(stage, { concurrency: 1 }, async () => {
      began = true;
      first.look();
      await gate;
      ended = true;
    });
    await queue.add(stage, [
      { key: 'first', ids: ['1'] },
      { key: 'second', ids: ['2'] },
    ]);
    await first.reached;
    const closing = queue.close(10_000);
    assert.equal(ended, false);
    open();
    assert.equal(await closing, true);
    assert.equal(ended, true);
    assert.equal(await (await opened()).waiting(stage), 1);
  });

  it('close gives up at its deadline and tells what still runs', async () => {
    const queue = await opened();
    let signal: AbortSignal | undefined;
    const first = until(() => signal !== undefined);
    queue.work(stage, { concurrency: 1 }, async (_ids, given) => {
      signal = given;
      first.look();
      await new Promise(() => {});
    });
    await queue.add(stage, [{ key: 'endless', ids: ['1'] }]);
    await first.reached;
    assert.equal(signal?.aborted, false);
    assert.equal(await queue.close(50), false);
    assert.equal(signal?.aborted, true);
  });

  it('gives the job of a killed process to another one', async function () {
    this.timeout(60_000);
    const queue = await opened();
    const other = await spawnWorker(backend(), stage);
    await queue.add(stage, [{ key: 'orphan', ids: ['7', '8'] }]);
    assert.equal(await other.firstLine, 'began 7 8');
    other.process.kill('SIGKILL');
    await once(other.process, 'exit');
    const ran = await new Promise<readonly string[]>((resolve) => {
      queue.work(stage, { concurrency: 1 }, async (ids) => resolve(ids));
    });
    assert.deepEqual(ran, ['7', '8']);
  });
}

async function spawnWorker(backend: Backend, stage: string) {
  const script = fileURLToPath(new URL('./queue-worker.ts', import.meta.url));
  const args = [...(await testProgram(script)), JSON.stringify(backend), stage, String(lockMs)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => child.kill('SIGKILL'));
  const firstLine = (async () => {
    for await (const line of createInterface(child.stdout)) return line;
    throw new Error('the worker process ended without a word');
  })();
  return { process: child, firstLine };
}

/** A condition that someone else makes true and tells by `look`. */
function until(holds: () => boolean): { look(): void; reached: Promise<void> } {
  let resolve = () => {};
  const reached = new Promise<void>((given) => {
    resolve = given;
  });
  return { look: () => (holds() ? resolve() : undefined), reached };
}
