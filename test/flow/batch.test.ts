/** What happens to the rows of a job when all goes well, when one of them is bad, and when the process dies. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type BatchLimits,
  type BatchRun,
  runBatch,
  runSingles,
  type SinglesRun,
} from '../../src/flow/batch.ts';
import { createLogger } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { addReady, feedReady, type ReadyRow } from '../../src/store/ready.ts';
import type { Store, Tx } from '../../src/store/store.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';
import { testProgram } from '../support/program.ts';

const stage = 'decide';

describe('a job', () => {
  let database: TestDatabase;
  let store: Store;
  let quarantined: string[];

  before(async () => {
    database = await freshDatabase();
    store = database.store;
    await store.db.raw('create table effects (subject bigint not null)');
    await store.db.raw('create table quarantines (subject bigint not null)');
  });
  after(() => database.drop());
  beforeEach(async () => {
    await store.db.raw('truncate ready, effects, quarantines');
    quarantined = [];
  });

  const common = () => ({
    store,
    stage,
    log: createLogger('silent'),
    metrics: createMetrics(),
    now: () => new Date(),
    onQuarantine: async (_tx: Tx, row: ReadyRow, error: Error) => {
      quarantined.push(`${row.subject}: ${error.message}`);
    },
  });
  const impatient: Partial<BatchLimits> = { failures: 3, backOffMs: [0], passingWaitMs: 1, givenBackMs: 0 };

  async function add(count: number): Promise<void> {
    const rows = Array.from({ length: count }, (_, n) => ({ stage, partner: 'p', subject: String(n + 1) }));
    await addReady(store.db, rows);
  }
  async function fed(): Promise<string[][]> {
    const options = { stage, jobs: 4, batchSize: 50, leaseMs: 60_000, now: new Date() };
    return (await feedReady(store.db, options)).map((job) => job.map((row) => row.id));
  }
  async function runAll(run: Partial<BatchRun> & Pick<BatchRun, 'step'>): Promise<void> {
    for (let jobs = await fed(); jobs.length > 0; jobs = await fed())
      for (const ids of jobs) await runBatch({ ...common(), limits: impatient, ...run, ids });
  }
  async function effects(): Promise<number[]> {
    const rows = await store.db('effects').orderBy('subject');
    return rows.map((row: { subject: string }) => Number(row.subject));
  }
  const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);
  const effect = async (tx: Tx, rows: readonly ReadyRow[]) => {
    await tx('effects').insert(rows.map(({ subject }) => ({ subject })));
  };

  it('runs fifty rows in one transaction, and takes them away', async () => {
    await add(50);
    const transactions = new Set<string>();
    const step = async (tx: Tx, rows: readonly ReadyRow[]) => {
      const { rows: found } = await tx.raw('select pg_current_xact_id()::text as id');
      transactions.add(found[0].id);
      await effect(tx, rows);
    };
    await runAll({ step });
    assert.equal(transactions.size, 1);
    assert.deepEqual(await effects(), numbers(1, 50));
    assert.equal(await store.db('ready').first(), undefined);
  });

  it('has one effect when the same job runs twice at the same time, and again later', async () => {
    await add(50);
    const [ids = []] = await fed();
    const step = async (tx: Tx, rows: readonly ReadyRow[]) => {
      await effect(tx, rows);
      await tx.raw('select pg_sleep(0.05)');
    };
    await Promise.all([runBatch({ ...common(), ids, step }), runBatch({ ...common(), ids, step })]);
    await runBatch({ ...common(), ids, step });
    assert.deepEqual(await effects(), numbers(1, 50));
  });

  it('with one bad row among fifty does the others at once, and quarantines that one in the end', async () => {
    await add(50);
    let calls = 0;
    const step = async (tx: Tx, rows: readonly ReadyRow[]) => {
      calls += 1;
      await effect(tx, rows);
      if (rows.some((row) => row.subject === '7')) throw new Error('seven is bad');
    };
    const [ids = []] = await fed();
    await runBatch({ ...common(), limits: impatient, ids, step });
    assert.equal((await effects()).length, 49);
    assert.equal(calls, 51);
    await runAll({ step });
    assert.deepEqual(quarantined, ['7: seven is bad']);
    assert.equal(calls, 53);
    const left = await store.db('ready').select('subject', 'quarantined', 'last_error');
    assert.deepEqual(left, [{ subject: '7', quarantined: true, last_error: 'seven is bad' }]);
  });

  it('waits longer after each failure', async () => {
    await add(1);
    const [[id = ''] = []] = await fed();
    const noon = new Date('2026-03-02T12:00:00Z');
    const waits: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      const step = () => Promise.reject(new Error('on purpose'));
      await runBatch({ ...common(), now: () => noon, ids: [id], step });
      const row = await store.db('ready').first('not_before');
      waits.push(row.not_before.getTime() - noon.getTime());
    }
    assert.deepEqual(waits, [1_000, 5_000, 30_000, 120_000]);
  });

  it('blames nobody for a deadlock or a lost connection, and tries the whole batch again', async () => {
    await add(50);
    let calls = 0;
    const step = async (tx: Tx, rows: readonly ReadyRow[]) => {
      calls += 1;
      await effect(tx, rows);
      if (calls === 1)
        await tx.raw(`do $$ begin raise exception 'on purpose' using errcode = '40P01'; end $$`);
      if (calls === 2) await tx.raw('select pg_terminate_backend(pg_backend_pid())');
    };
    const [ids = []] = await fed();
    await runBatch({ ...common(), limits: impatient, ids, step });
    assert.equal(calls, 3);
    assert.deepEqual(await effects(), numbers(1, 50));
  });

  it('gives rows back without blame when what is nobody’s fault goes on', async () => {
    await add(2);
    const [ids = []] = await fed();
    const step = async (tx: Tx) => {
      await tx.raw(`do $$ begin raise exception 'on purpose' using errcode = '40001'; end $$`);
    };
    await runBatch({ ...common(), limits: impatient, ids, step });
    const rows = await store.db('ready').select('starts', 'failures', 'taken_until');
    assert.deepEqual(
      rows,
      [1, 2].map(() => ({ starts: 0, failures: 0, taken_until: null })),
    );
  });

  it('begins nothing once it is told to stop, and gives the rows back', async () => {
    await add(3);
    const [ids = []] = await fed();
    const step = () => Promise.reject(new Error('must not run'));
    await runBatch({ ...common(), ids, step, signal: AbortSignal.abort() });
    assert.equal((await fed()).flat().length, 3);
    assert.equal((await store.db('ready').where('failures', '>', 0)).length, 0);
  });

  it('quarantines a row that kills its process, and does the others', async function () {
    this.timeout(60_000);
    await add(50);
    let deaths = 0;
    while ((await child('batch', '')) === 'SIGKILL') deaths += 1;
    assert.equal(deaths, 5);
    assert.deepEqual(
      await effects(),
      numbers(1, 50).filter((n) => n !== 13),
    );
    assert.deepEqual(await store.db('quarantines').select(), [{ subject: '13' }]);
  });

  describe('that acts outside the database', () => {
    let folder: TestFolder;
    before(async () => {
      folder = await testFolder('acts');
    });
    after(() => folder.remove());

    const single = <R>(run: Pick<SinglesRun<string, R>, 'ids' | 'act'> & Partial<SinglesRun<string, R>>) =>
      runSingles<string, R>({
        ...common(),
        limits: impatient,
        before: async (_tx, row) => `bytes of ${row.subject}`,
        after: (tx, row) => effect(tx, [row]),
        ...run,
      });

    it('acts with what it prepared, holding no transaction open, and records the result', async () => {
      await add(2);
      const [ids = []] = await fed();
      const acts: string[] = [];
      const act = async (prepared: string) => {
        const { rows } = await store.db.raw(
          `select count(*)::int as open from pg_stat_activity
           where datname = current_database() and state like 'idle in transaction%'`,
        );
        acts.push(`${prepared}, ${rows[0].open} open`);
        return prepared.length;
      };
      const results: unknown[] = [];
      const after = async (tx: Tx, row: ReadyRow, result: number) => {
        results.push(result);
        await effect(tx, [row]);
      };
      await single({ ids, act, after });
      assert.deepEqual(acts, ['bytes of 1, 0 open', 'bytes of 2, 0 open']);
      assert.deepEqual(results, [10, 10]);
      assert.deepEqual(await effects(), [1, 2]);
      assert.equal(await store.db('ready').first(), undefined);
    });

    it('does not act where nothing is left to do', async () => {
      await add(1);
      const [ids = []] = await fed();
      await single({ ids, before: async () => null, act: () => Promise.reject(new Error('must not act')) });
      assert.equal(await store.db('ready').first(), undefined);
    });

    it('acts the same way again after a crash between act and after', async function () {
      this.timeout(60_000);
      await add(1);
      const file = join(folder.path, 'sent');
      assert.equal(await child('singles', file), 'SIGKILL');
      assert.deepEqual(await effects(), []);
      assert.equal(await child('singles', file), 'ended');
      assert.equal(readFileSync(file, 'utf8'), 'bytes of 1\nbytes of 1\n');
      assert.deepEqual(await effects(), [1]);
    });

    it('is run by one process at a time, however long it takes', async () => {
      await add(1);
      const [ids = []] = await fed();
      const gate = new AbortController();
      let acts = 0;
      const act = async () => {
        acts += 1;
        await once(gate.signal, 'abort');
      };
      const limits = { ...impatient, leaseMs: 300 };
      const first = single({ ids, act, limits });
      const held = await heldUntil();
      while ((await heldUntil()) <= held) await new Promise((resolve) => setTimeout(resolve, 20));
      await single({ ids, act, limits });
      assert.deepEqual(await fed(), []);
      gate.abort();
      await first;
      assert.equal(acts, 1);
      assert.deepEqual(await effects(), [1]);
    });

    it('blames the row for the network, also for a connection that was refused', async () => {
      await add(2);
      const [ids = []] = await fed();
      const act = async (prepared: string) => {
        if (prepared.endsWith('1')) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
      };
      await single({ ids, act });
      const rows = await store.db('ready').select('subject', 'failures', 'last_error');
      assert.deepEqual(rows, [{ subject: '1', failures: 1, last_error: 'refused' }]);
      assert.deepEqual(await effects(), [2]);
    });

    async function heldUntil(): Promise<number> {
      for (;;) {
        const row = await store.db('ready').first('running_until');
        if (row.running_until !== null) return row.running_until.getTime();
      }
    }
  });

  /** Runs the worker process to its end; says how it ended. */
  async function child(mode: 'batch' | 'singles', file: string): Promise<'ended' | 'SIGKILL'> {
    const script = fileURLToPath(new URL('./batch-worker.ts', import.meta.url));
    const args = [...(await testProgram(script)), database.url, mode, file];
    const worker = spawn(process.execPath, args, { stdio: 'inherit' });
    const [code, signal] = await once(worker, 'exit');
    if (signal !== 'SIGKILL') assert.equal(code, 0);
    return signal === 'SIGKILL' ? 'SIGKILL' : 'ended';
  }
});
