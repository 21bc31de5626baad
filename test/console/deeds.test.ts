import assert from 'node:assert/strict';
import { throughBreaker } from '../../src/flow/breaker.ts';
import { addReady } from '../../src/store/ready.ts';
import { insertTransmission } from '../../src/store/transmissions.ts';
import { endpoint, type Gateway, openGateway, order850, stockUp, walk } from './gateway.ts';

describe('deeds through the API', () => {
  let gateway: Gateway;
  before(async () => {
    gateway = await openGateway();
    await stockUp(gateway.context);
  });
  after(() => gateway.close());

  const who = { 'x-portolan-user': 'Ann of the desk' };
  const lastEvent = async (kind: string) => {
    const { rows } = await gateway.context.store.db.raw(
      'select * from events where kind = ? order by id desc limit 1',
      [kind],
    );
    return rows[0];
  };
  const faultOf = async (code: string) => {
    const { json } = await gateway.get(`/api/v1/faults?code=${code}`);
    return json.data.at(-1);
  };
  const act = async (fault: { id: string }, deed: string, why: string) => {
    const answer = await gateway.post(`/api/v1/faults/${fault.id}/${deed}`, { headers: who, body: { why } });
    await walk(gateway.context);
    return answer;
  };
  const orderState = async (number: string) =>
    (await gateway.get(`/api/v1/orders?number=${number}`)).json.data[0]?.state;

  it('pauses and resumes a partner, with who and why', async () => {
    const paused = await gateway.post('/api/v1/partners/nordlicht/pause', {
      headers: who,
      body: { why: 'stock-taking' },
    });
    assert.equal(paused.status, 200);
    const { json } = await gateway.get('/api/v1/partners/nordlicht');
    assert.deepEqual([json.queue.paused.who, json.queue.paused.why], ['Ann of the desk', 'stock-taking']);
    const event = await lastEvent('paused');
    assert.deepEqual([event.who, event.why], ['Ann of the desk', 'stock-taking']);
    assert.equal(
      (await gateway.post('/api/v1/partners/nordlicht/pause', { body: { why: 'again' } })).status,
      409,
    );
    assert.equal(
      (await gateway.post('/api/v1/partners/nordlicht/resume', { headers: who, body: { why: 'counted' } }))
        .status,
      200,
    );
    assert.equal((await lastEvent('resumed')).why, 'counted');
    assert.equal((await gateway.post('/api/v1/partners/nobody/pause', { body: { why: 'x' } })).status, 404);
  });

  it('writes `console` where nobody is named, and refuses names that are none', async () => {
    await gateway.post('/api/v1/partners/nordlicht/pause', { body: { why: 'x' } });
    assert.equal((await lastEvent('paused')).who, 'console');
    await gateway.post('/api/v1/partners/nordlicht/resume', { body: { why: 'x' } });
    const long = { 'x-portolan-user': 'x'.repeat(101) };
    assert.equal(
      (await gateway.post('/api/v1/partners/nordlicht/pause', { headers: long, body: { why: 'x' } })).status,
      400,
    );
  });

  it('has an endpoint that is left alone tried at once, and what waits for it sent', async () => {
    const { context } = gateway;
    const { db } = context.store;
    const use = (error: Error | null) =>
      throughBreaker(context, { endpoint, work: 'send', isDown: () => true }, async () => {
        if (error !== null) throw error;
      }).then(
        () => 'sent',
        (thrown: Error) => thrown.name,
      );
    for (let failures = 0; failures < 3; failures += 1) await use(new Error('no connection'));
    assert.equal(await use(null), 'LeftAlone');
    await context.store.transaction(async (tx) => {
      const subject = await insertTransmission(tx, {
        ...{ partner: 'nordlicht', agreement: 'nordlicht/live', endpoint, standard: 'x12', control: '1' },
        ...{ cycle: 0, name: '1.edi', digest: Buffer.alloc(32), bytes: Buffer.from('x'), test: false },
      });
      const notBefore = new Date(Date.now() + 3_600_000);
      await addReady(tx, [{ stage: 'send', subject, partner: 'nordlicht', notBefore }]);
    });
    const path = `/api/v1/endpoints/${endpoint}/retry`;
    assert.ok((await gateway.get('/')).text.includes(`data-deed="${path}"`));
    assert.equal(
      (await gateway.post(path, { headers: who, body: { why: 'they restarted it' } })).status,
      200,
    );
    assert.deepEqual(
      [(await lastEvent('retry-asked')).why, gateway.poked.at(-1)],
      ['they restarted it', 'send'],
    );
    assert.ok(!(await gateway.get('/')).text.includes(`data-deed="${path}"`));
    const { rows } = await db.raw(
      `delete from ready where stage = 'send' returning not_before <= now() as due`,
    );
    assert.deepEqual(rows, [{ due: true }]);
    assert.equal(await use(null), 'sent');
    assert.equal((await gateway.post('/api/v1/endpoints/nobody/retry', { body: { why: 'x' } })).status, 404);
  });

  it('shows the queue of a partner: its backlog by step and its oldest', async () => {
    const { db } = gateway.context.store;
    await db.raw(
      `insert into ready (stage, subject, partner, created_at) values ('decide', 900001, 'nordlicht', '2026-01-01T00:00:00Z'), ('send', 900002, 'nordlicht', now())`,
    );
    const { json } = await gateway.get('/api/v1/partners/nordlicht');
    assert.equal(json.queue.waiting, 2);
    assert.equal(json.queue.oldest, '2026-01-01T00:00:00.000Z');
    assert.deepEqual(
      json.queue.stages.map((row: { stage: string }) => row.stage),
      ['decide', 'send'],
    );
    await db.raw('delete from ready where subject > 900000');
  });

  it('frees a held order, and rejects another', async () => {
    await gateway.drop(order850({ control: 21, number: 'DEAR-1', price: '99.00' }));
    await gateway.drop(order850({ control: 22, number: 'DEAR-2', price: '99.00' }));
    const held = (await gateway.get('/api/v1/faults?code=price-outside-tolerance')).json.data;
    assert.equal(held.length, 2);
    assert.deepEqual(held[0].deeds, ['replay', 'accept', 'reject']);
    assert.equal((await act(held[0], 'accept', 'agreed by phone')).status, 200);
    assert.equal(await orderState('DEAR-1'), 'accepted');
    assert.equal((await act(held[1], 'reject', 'too dear')).status, 200);
    assert.equal(await orderState('DEAR-2'), 'rejected');
    const fault = (await gateway.get(`/api/v1/faults/${held[1].id}`)).json;
    assert.deepEqual(
      [fault.waiting, fault.resolution, fault.who, fault.why, fault.deeds],
      [false, 'rejected', 'Ann of the desk', 'too dear', []],
    );
    assert.equal((await act(held[1], 'reject', 'again')).status, 409);
  });

  it('offers exactly the deeds that a fault allows', async () => {
    await gateway.drop(order850({ control: 31, number: 'TWICE' }));
    await gateway.drop(order850({ control: 32, number: 'TWICE' }));
    await gateway.drop(order850({ control: 31, number: 'OTHER' }));
    await gateway.drop(order850({ control: 33, number: 'STRANGER', sender: 'NOBODY' }));
    for (const [code, deeds] of [
      ['order-duplicate', ['replay', 'accept-duplicate', 'reject']],
      ['control-number-reused', ['replay', 'accept-duplicate', 'reject']],
      ['sender-unknown', ['replay', 'reject']],
    ] as const) {
      const fault = await faultOf(code);
      assert.deepEqual(fault.deeds, deeds, code);
      for (const refused of ['accept', 'accept-duplicate'].filter(
        (deed) => !(deeds as readonly string[]).includes(deed),
      ))
        assert.equal((await act(fault, refused, 'not allowed')).status, 409, `${code} ${refused}`);
    }
    assert.equal(
      (await act(await faultOf('order-duplicate'), 'accept-duplicate', 'two are meant')).status,
      200,
    );
    assert.equal((await gateway.get('/api/v1/orders?number=TWICE')).json.data.length, 2);
    assert.equal(
      (await act(await faultOf('control-number-reused'), 'accept-duplicate', 'meant')).status,
      200,
    );
    assert.equal(await orderState('OTHER'), 'accepted');
    assert.equal((await act(await faultOf('sender-unknown'), 'replay', 'agreement added')).status, 200);
    assert.equal((await lastEvent('fault-replayed')).why, 'agreement added');
  });

  it('replays a delivery as a new one, and resends a document', async () => {
    const delivery = await gateway.drop(order850({ control: 41, number: 'AGAIN' }));
    const again = await gateway.post(`/api/v1/deliveries/${delivery}/replay`, {
      headers: who,
      body: { why: 'guide mended' },
    });
    assert.equal(again.status, 201);
    assert.equal((await gateway.get(`/api/v1/deliveries/${again.json.id}`)).json.replayOf, delivery);
    const order = (await gateway.get('/api/v1/orders?number=AGAIN')).json.data[0].id;
    const [document] = (await gateway.get(`/api/v1/documents?order=${order}&kind=855`)).json.data;
    const raw = (await gateway.get(`/api/v1/documents/${document.id}/raw`)).text;
    const resent = await gateway.post(`/api/v1/documents/${document.id}/resend`, {
      headers: who,
      body: { why: 'lost' },
    });
    assert.equal(resent.status, 200);
    const event = await lastEvent('resend-asked');
    assert.deepEqual([event.who, event.why, event.document_id], ['Ann of the desk', 'lost', document.id]);
    assert.equal((await gateway.get(`/api/v1/documents/${document.id}/raw`)).text, raw);
  });
});
