import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Gateway, openGateway, order850, stockUp } from './gateway.ts';

describe('Idempotency-Key', () => {
  let gateway: Gateway;
  let delivery: string;
  before(async () => {
    gateway = await openGateway();
    await stockUp(gateway.context);
    delivery = await gateway.drop(order850({ control: 1, number: 'PO-1' }));
  });
  after(() => gateway.close());

  const replay = (key: string, why = 'again') =>
    gateway.post(`/api/v1/deliveries/${delivery}/replay`, {
      headers: { 'idempotency-key': key },
      body: { why },
    });
  const countReplays = async () => {
    const { rows } = await gateway.context.store.db.raw(
      'select count(*)::int as n from deliveries where replay_of = ?',
      [delivery],
    );
    return rows[0].n as number;
  };

  it('gives the same answer to the same key and body, and does nothing again', async () => {
    const before = await countReplays();
    const first = await replay('one');
    assert.equal(first.status, 201);
    const second = await replay('one');
    assert.deepEqual([second.status, second.json], [201, first.json]);
    assert.equal(await countReplays(), before + 1);
  });

  it('refuses the same key with another body', async () => {
    await replay('two');
    assert.equal((await replay('two', 'another reason')).status, 422);
  });

  it('takes another key, another path or no key for another request', async () => {
    const before = await countReplays();
    const ids = [await replay('three'), await replay('four')].map((answer) => answer.json.id);
    assert.notEqual(ids[0], ids[1]);
    for (let n = 0; n < 2; n += 1)
      await gateway.post(`/api/v1/deliveries/${delivery}/replay`, { body: { why: 'no key' } });
    assert.equal(await countReplays(), before + 4);
    const pause = { headers: { 'idempotency-key': 'three' }, body: { why: 'again' } };
    assert.equal((await gateway.post('/api/v1/partners/nordlicht/pause', pause)).status, 200);
  });

  it('does it once when the same request comes many times at once', async () => {
    const { db } = gateway.context.store;
    const before = await countReplays();
    // Nobody can store a delivery until all five are under way, each in its transaction.
    const hold = await db.transaction();
    await hold.raw('lock table deliveries in exclusive mode');
    const asked = Array.from({ length: 5 }, () => replay('five'));
    await waitFor(async () => {
      const { rows } = await hold.raw(
        'select count(*)::int as n from pg_locks l join pg_database d on d.oid = l.database where not l.granted and d.datname = current_database()',
      );
      return rows[0].n === 5;
    });
    await hold.commit();
    const answers = await Promise.all(asked);
    assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([201]));
    assert.equal(new Set(answers.map((answer) => answer.json.id)).size, 1);
    assert.equal(await countReplays(), before + 1);
  });

  it('keeps no answer of what was refused: it is tried again', async () => {
    const ask = { headers: { 'idempotency-key': 'six' }, body: { why: 'rest' } };
    const path = '/api/v1/partners/harbor-and-pine/resume';
    assert.equal((await gateway.post(path, ask)).status, 409);
    await gateway.post('/api/v1/partners/harbor-and-pine/pause', { body: { why: 'rest' } });
    assert.equal((await gateway.post(path, ask)).status, 200);
  });

  it('tells the feeder of new work once, after the commit', async () => {
    gateway.poked.length = 0;
    await replay('seven');
    assert.deepEqual(gateway.poked, ['translate', 'translate-large']);
    gateway.poked.length = 0;
    await replay('seven');
    assert.deepEqual(gateway.poked, []);
  });

  it('refuses keys that are no keys', async () => {
    assert.equal((await replay('x'.repeat(201))).status, 400);
    assert.equal((await replay('with blank')).status, 400);
  });
});

async function waitFor(done: () => Promise<boolean>): Promise<void> {
  while (!(await done())) await sleep(10);
}
