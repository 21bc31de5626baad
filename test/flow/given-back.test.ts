/** Who is blamed for a step that cannot go on: data at once, nobody while another step is at work on the same. */
import assert from 'node:assert/strict';
import { type BatchRun, runBatch } from '../../src/flow/batch.ts';
import { identityOf } from '../../src/flow/identify.ts';
import { isPassing } from '../../src/flow/passing.ts';
import { translate } from '../../src/flow/translate.ts';
import { takeIdentity } from '../../src/store/interchanges.ts';
import { Desk, purchaseOrder, x12 } from './steps.ts';

describe('a step that cannot go on', () => {
  let desk: Desk;
  before(async () => {
    desk = await Desk.open();
  });
  after(() => desk?.close());

  const runOf = async (step: BatchRun['step']): Promise<BatchRun> => {
    const { store, log, metrics, now } = desk.context;
    const rows = await desk.rows<{ id: string }>(
      `select id from ready where stage = 'translate' and not quarantined`,
    );
    const limits = { givenBackMs: 0, passingRetries: 1_000 };
    const ids = rows.map(({ id }) => id);
    return { store, stage: 'translate', ids, log, metrics, now, limits, step, onQuarantine: async () => {} };
  };

  it('copies of one file at once: the second is given back without blame, and is a repeat later', async () => {
    const file = x12([purchaseOrder('COPY')], 1);
    await desk.store('acme-box', file);
    const party = (id: string) => ({ qualifier: 'ZZ', id });
    const identity = identityOf({
      standard: 'x12',
      sender: party('ACME'),
      receiver: party('SALTMARSH'),
      control: '000000001',
      test: false,
    });
    await desk.database.store.transaction(async (tx) => {
      assert.equal(await takeIdentity(tx, identity), true);
      await runBatch(await runOf((own, rows) => translate(desk.context, own, rows)));
    });
    const [row] = await desk.rows(
      `select starts, failures, quarantined from ready where stage = 'translate'`,
    );
    assert.deepEqual(row, { starts: 0, failures: 0, quarantined: false });
    await desk.runAll();
    assert.equal((await desk.rows('select id from orders')).length, 1);
    assert.equal(await desk.give('acme-box', file), 'translated');
  });

  it('data that the database refuses is set aside at the first failure', async () => {
    await desk.store('acme-box', x12([purchaseOrder('DATA')], 2));
    const run = await runOf(async (tx) => {
      await tx.raw(`select 'x'::int`);
    });
    await runBatch(run);
    const [row] = await desk.rows(`select failures, quarantined from ready where stage = 'translate'`);
    assert.equal(row?.quarantined, true);
  });

  it('a statement that ran past its limit blames nobody', () => {
    const cancelled = (code: string) => isPassing(Object.assign(new Error('cancelled'), { code }));
    assert.deepEqual([cancelled('57014'), cancelled('22P05')], [true, false]);
  });
});
