/** What receipts that are late, or come after all, do to an interchange that we sent over AS2. */
import assert from 'node:assert/strict';
import { noteUnanswered } from '../../src/flow/as2-late.ts';
import { takeReceipt } from '../../src/flow/as2-receipt.ts';
import type { Context } from '../../src/flow/context.ts';
import { createLogger } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { partnersOf } from '../../src/partner/partners.ts';
import { insertAs2Message, notePosted, settleAs2Message } from '../../src/store/as2-messages.ts';
import { insertTransmission } from '../../src/store/transmissions.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const at = new Date('2026-11-22T12:00:00Z');
const place = { endpoint: 'northgate-as2', us: 'SALTMARSH', them: 'NORTHGATE' };
const evidence = { headers: {}, body: Buffer.from('an MDN'), how: 'async', at } as const;

describe('receipts over AS2', () => {
  let database: TestDatabase;
  let context: Context;
  let made = 0;
  before(async () => {
    database = await freshDatabase();
    context = {
      store: database.store,
      partners: partnersOf([], []),
      log: createLogger('silent'),
      metrics: createMetrics(),
      now: () => new Date(at.getTime() + 86_400_000),
      poke: () => undefined,
    } as unknown as Context;
  });
  after(() => database.drop());

  const written = () =>
    database.store.transaction((tx) =>
      insertTransmission(tx, {
        ...{ partner: 'northgate', agreement: 'northgate/live', endpoint: place.endpoint, standard: 'x12' },
        ...{ control: String(++made), cycle: 0, name: `${made}.edi`, bytes: Buffer.from('ISA'), test: false },
        digest: Buffer.alloc(32),
      }),
    );
  /** Posted once, under an id of its own, its MDN overdue. */
  const posted = (transmissionId: string) =>
    database.store.transaction(async (tx) => {
      const messageId = `<${++made}@saltmarsh>`;
      const bytes = { headers: {}, digest: Buffer.alloc(32), size: 1 };
      const id = await insertAs2Message(tx, {
        direction: 'out',
        ...place,
        messageId,
        ...bytes,
        transmissionId,
      });
      await notePosted(tx, id);
      await settleAs2Message(tx, id, { state: 'posted', mdnDueAt: at, at });
      return id;
    });
  const statesOf = (transmission: string) =>
    database.store.db('as2_messages').where({ transmission_id: transmission }).orderBy('id').pluck('state');
  const waits = () => database.store.db('ready').where({ stage: 'send' }).pluck('subject');

  it('never come: after five sendings a person is told, also where each had an id of its own', async () => {
    const transmission = await written();
    for (let times = 1; times < 5; times += 1) {
      await posted(transmission);
      await noteUnanswered(context);
      assert.deepEqual(await waits(), [transmission], `after ${times}`);
      await database.store.db('ready').delete();
    }
    await posted(transmission);
    await noteUnanswered(context);
    assert.deepEqual(await waits(), []);
    assert.equal((await statesOf(transmission)).at(-1), 'unanswered');
    const faults = await database.store.db('faults').where({ code: 'as2-unanswered' });
    assert.equal(faults.length, 1);
    await noteUnanswered(context);
    assert.deepEqual(await waits(), [], 'those before it are sent again');
  });

  it('come for an earlier id: nothing is sent again', async () => {
    const transmission = await written();
    const first = await posted(transmission);
    await posted(transmission);
    await takeReceipt(context, first, { kind: 'confirmed', modifier: '', text: '' }, evidence);
    await noteUnanswered(context);
    assert.deepEqual(await waits(), []);
  });

  it('say processed of what was refused: it stays refused, and counts as not sent', async () => {
    const transmission = await written();
    const id = await posted(transmission);
    const refused = { kind: 'refused', disposition: 'processed/error: decryption-failed', text: '' } as const;
    await takeReceipt(context, id, refused, evidence);
    await takeReceipt(context, id, { kind: 'confirmed', modifier: '', text: '' }, evidence);
    assert.deepEqual(await statesOf(transmission), ['refused']);
    const row = await database.store.db('transmissions').where({ id: transmission }).first();
    assert.deepEqual([row.state, row.delivered_at], ['written', null]);
  });
});
