import assert from 'node:assert/strict';
import { runBatch } from '../../src/flow/batch.ts';
import { createLogger } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { addReady, claimReady, feedReady } from '../../src/store/ready.ts';
import type { Store } from '../../src/store/store.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

describe('rows that a job finds locked', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.drop());

  it('are given back once the lock is gone, without waiting for their lease', async () => {
    const { store } = database;
    const stage = 'decide';
    const rows = ['1', '2'].map((subject) => ({ stage, subject, partner: 'a' }));
    await addReady(store.db, rows);
    const feed = () =>
      feedReady(store.db, { stage, jobs: 2, batchSize: 50, leaseMs: 60_000, now: new Date() });
    const [job = []] = await feed();
    const ids = job.map((row) => row.id);
    // Another run locks the second row after this one was started, and then leaves it alone.
    const interfered: Store = {
      ...store,
      transaction: async (work) => {
        const other = await store.db.transaction();
        await claimReady(other, ids.slice(1));
        const result = await store.transaction(work);
        await other.rollback();
        return result;
      },
    };
    const done: string[] = [];
    await runBatch({
      store: interfered,
      stage,
      ids,
      log: createLogger('silent'),
      metrics: createMetrics(),
      now: () => new Date(),
      onQuarantine: async () => undefined,
      step: async (_tx, claimed) => {
        done.push(...claimed.map((row) => row.subject));
      },
    });
    assert.deepEqual(done, ['1']);
    assert.deepEqual(
      (await feed()).flat().map((row) => row.subject),
      ['2'],
    );
  });
});
