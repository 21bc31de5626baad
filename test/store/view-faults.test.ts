/** What a person sees first of what waits. */
import assert from 'node:assert/strict';
import { fault } from '../../src/fault.ts';
import { insertFaults } from '../../src/store/faults.ts';
import { firstWaiting } from '../../src/store/view-faults.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

describe('store/view-faults', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase();
  });
  after(() => database?.drop());

  it('puts what is wrong with a whole endpoint before what holds up single deliveries', async () => {
    const { store } = database;
    const [delivery] = await store
      .db('deliveries')
      .insert({ endpoint: 'acme-box', name: 'a.edi', size: 1, digest: Buffer.alloc(32) })
      .returning('id');
    const empty = fault('delivery-empty', { name: 'a.edi' });
    const endpoint = fault('file-not-taken', { name: 'b.edi', endpoint: 'acme-box', reason: 'no rights' });
    await store.transaction((tx) =>
      insertFaults(tx, [
        { delivery_id: delivery.id, fault: empty, waiting: true },
        { delivery_id: delivery.id, fault: empty, waiting: true },
        { endpoint: 'acme-box', fault: endpoint, waiting: true },
        { endpoint: 'acme-box', fault: endpoint, waiting: false },
      ]),
    );
    const codes = async (limit: number) => (await firstWaiting(store.db, limit)).map(({ code }) => code);
    assert.deepEqual(await codes(10), ['file-not-taken', 'delivery-empty', 'delivery-empty']);
    assert.deepEqual(await codes(1), ['file-not-taken']);
  });
});
