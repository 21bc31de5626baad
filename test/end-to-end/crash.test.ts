/**
 * Nothing lost: workers are killed (SIGKILL) at moments that a seed chooses, in every step, and every order is there once,
 * with one acknowledgment and one response. The same without the unique keys must fail, or the test proves nothing.
 *
 * PORTOLAN_TEST_SEED chooses other moments.
 */
import assert from 'node:assert/strict';
import type { Store } from '../../src/store/store.ts';
import { seed } from '../support/trials.ts';
import { steps } from './kill-points.ts';
import { type Aftermath, storm } from './storm.ts';

describe(`kill -9 (PORTOLAN_TEST_SEED=${seed})`, function () {
  this.timeout(400_000);

  it('loses nothing and doubles nothing: 200 orders over SFTP and POST /edi, deaths in every step', async () => {
    const after = await storm({ seed, orders: 200, deathsPerStep: 1, timedDeaths: 6 });
    tell(after);
    assert.deepEqual(after.complaints, []);
    assert(after.kills >= 10, `only ${after.kills} deaths`);
    assert.deepEqual(
      steps.filter((step) => !after.interrupted.has(step)),
      [],
      'steps that were never interrupted',
    );
  });

  it('fails without the unique keys', async () => {
    const after = await storm({
      seed,
      orders: 60,
      deathsPerStep: 1,
      timedDeaths: 0,
      prepare: dropUniqueKeys,
      enough: hasDoubles,
    });
    tell(after);
    const doubles = after.complaints.filter((text) =>
      /is there [2-9] times|came with [2-9] contents/.test(text),
    );
    assert(doubles.length > 0, `the checker found no doubles, but: ${after.complaints.join('\n')}`);
  });
});

function tell({ kills, interrupted }: Aftermath): void {
  const each = [...interrupted].map(([step, count]) => `${step} ${count}`).join(', ');
  console.log(`      seed ${seed}: ${kills} deaths, interrupted: ${each}`);
}

const uniqueKeys = [
  'deliveries_source',
  'interchanges_identity',
  'orders_business_key',
  'documents_once',
  'transmissions_control',
  'ready_once',
];

/** An order is there twice, or was answered twice: the checker must say so, whatever else comes. */
async function hasDoubles({ db }: Store): Promise<boolean> {
  const { rows } = await db.raw(
    `select 1 from orders group by partner, number having count(*) > 1
     union all select 1 from documents where sent_at is not null group by kind, subject having count(*) > 1`,
  );
  return rows.length > 0;
}

async function dropUniqueKeys(store: Store): Promise<void> {
  for (const name of uniqueKeys) await store.db.raw(`drop index ${name}`);
}
