import assert from 'node:assert/strict';
import { type Gateway, openGateway, order850, stockUp, walk } from './gateway.ts';

const nobody = '999999';

describe('the API', () => {
  let gateway: Gateway;
  let delivery: string;
  let order: string;
  before(async () => {
    gateway = await openGateway();
    await stockUp(gateway.context);
    delivery = await gateway.drop(order850({ control: 1, number: 'PO-1' }), 'first.edi');
    order = (await gateway.get('/api/v1/orders?number=PO-1')).json.data[0].id;
  });
  after(() => gateway.close());

  it('gives an order with lines, quantities, decision, documents and timeline', async () => {
    const { json } = await gateway.get(`/api/v1/orders/${order}`);
    assert.equal(json.number, 'PO-1');
    assert.equal(json.state, 'accepted');
    assert.equal(json.document.lines[0].quantity, '10');
    assert.equal(json.ledger.lines[0].confirmed, '10');
    assert.equal(json.decision.lines[0].action, 'accepted');
    assert.deepEqual(json.documents.map((row: { kind: string }) => row.kind).sort(), ['855', '997']);
    const kinds = json.timeline.map((row: { kind: string }) => row.kind);
    for (const kind of ['received', 'translated', 'order-received', 'order-accepted', 'written'])
      assert.ok(kinds.includes(kind), `${kind} in ${kinds}`);
  });

  it('gives a delivery with interchanges, messages and events, and its bytes as they came', async () => {
    const { json } = await gateway.get(`/api/v1/deliveries/${delivery}`);
    assert.equal(json.name, 'first.edi');
    assert.deepEqual(json.partners, ['harbor-and-pine']);
    assert.equal(json.interchanges[0].control, '000000001');
    assert.equal(json.interchanges[0].messages[0].type, '850');
    assert.equal(json.interchanges[0].messages[0].orderId, order);
    const raw = await gateway.get(`/api/v1/deliveries/${delivery}/raw`);
    assert.equal(raw.text, order850({ control: 1, number: 'PO-1' }));
    assert.equal(raw.headers['content-type'], 'application/octet-stream');
    assert.equal(raw.headers['content-disposition'], `attachment; filename="delivery-${delivery}.edi"`);
  });

  it('gives a document, and the bytes that carry it', async () => {
    const { json } = await gateway.get(`/api/v1/documents?order=${order}&kind=855`);
    assert.equal(json.data.length, 1);
    assert.equal(json.data[0].orderNumber, 'PO-1');
    const raw = await gateway.get(`/api/v1/documents/${json.data[0].id}/raw`);
    assert.match(raw.text, /^ISA\*.*BAK\*/s);
    assert.equal((await gateway.get(`/api/v1/documents/${json.data[0].id}`)).json.state, 'written');
  });

  it('lists documents past their deadline, ours and theirs', async () => {
    const { db } = gateway.context.store;
    const before = await gateway.get('/api/v1/documents?overdue=true');
    assert.deepEqual(before.json.data, []);
    await db.raw(
      `update documents set due_at = now() - interval '1 minute' where order_id = ? and kind = '855'`,
      [order],
    );
    const { json } = await gateway.get('/api/v1/documents?overdue=true');
    assert.deepEqual(
      json.data.map((row: { kind: string; late: string }) => [row.kind, row.late]),
      [['855', 'ours']],
    );
    await db.raw(
      `update documents set sent_at = now(), state = 'sent', answer_due_at = now() - interval '1 minute' where order_id = ? and kind = '855'`,
      [order],
    );
    const later = await gateway.get('/api/v1/documents?overdue=true');
    assert.deepEqual(later.json.data[0].late, 'theirs');
    assert.deepEqual((await gateway.get('/api/v1/overview')).json.overdue, [
      { partner: 'harbor-and-pine', kind: '855', count: 1 },
    ]);
    await db.raw(`update documents set answer_due_at = null where order_id = ?`, [order]);
  });

  it('pages through a list by cursors, each row once, while new rows come', async () => {
    for (let n = 2; n <= 6; n += 1) await gateway.drop(order850({ control: n, number: `PO-${n}` }));
    const seen: string[] = [];
    let path = '/api/v1/orders?limit=2';
    for (let turn = 0; turn < 10; turn += 1) {
      const { json } = await gateway.get(path);
      seen.push(...json.data.map((row: { number: string }) => row.number));
      if (turn === 0) await gateway.drop(order850({ control: 7, number: 'PO-7' }));
      if (json.next === null) break;
      assert.equal(json.data.length, 2);
      path = `/api/v1/orders?limit=2&after=${json.next}`;
    }
    assert.deepEqual(seen, ['PO-6', 'PO-5', 'PO-4', 'PO-3', 'PO-2', 'PO-1']);
  });

  it('finds orders by number, partner and state', async () => {
    const numbers = async (query: string) =>
      (await gateway.get(`/api/v1/orders?${query}`)).json.data.map((row: { number: string }) => row.number);
    assert.deepEqual(await numbers('number=PO-3'), ['PO-3']);
    assert.deepEqual(await numbers('number=PO'), []);
    assert.deepEqual(await numbers('partner=nordlicht'), []);
    assert.equal((await numbers('partner=harbor-and-pine&state=accepted')).length, 7);
    assert.deepEqual(await numbers('state=held'), []);
  });

  it('lists goods by cursors', async () => {
    for (const [path, key] of [
      ['items', 'sku'],
      ['stock', 'sku'],
      ['prices', 'sku'],
    ] as const) {
      const first = await gateway.get(`/api/v1/${path}?limit=1`);
      assert.deepEqual([first.json.data[0][key], first.json.data.length], ['T-1', 1], path);
      const second = await gateway.get(`/api/v1/${path}?limit=1&after=${first.json.next}`);
      assert.deepEqual([second.json.data[0][key], second.json.next], ['T-2', null], path);
    }
  });

  it('loads goods from JSON and CSV, all or nothing', async () => {
    const csv = { 'content-type': 'text/csv' };
    const items = await gateway.post('/api/v1/items', {
      headers: csv,
      body: 'sku,description,unit\nT-3,Lamp,each\n',
    });
    assert.deepEqual([items.status, items.json], [200, { rows: 1 }]);
    const stock = await gateway.post('/api/v1/stock', { body: [{ sku: 'T-3', quantity: 7 }] });
    assert.deepEqual([stock.status, stock.json], [200, { rows: 1 }]);
    const prices = await gateway.post('/api/v1/prices', {
      headers: csv,
      body: 'sku,currency,price\nT-3,USD,9.95\n',
    });
    assert.equal(prices.status, 200);
    const wrong = await gateway.post('/api/v1/stock', {
      headers: csv,
      body: 'sku,quantity\nT-3,1\nT-1,minus\n',
    });
    assert.equal(wrong.status, 400);
    assert.equal(wrong.json.errors[0].path, 'line 3');
    assert.equal(
      (await gateway.post('/api/v1/stock', { body: [{ sku: 'T-99', quantity: '1' }] })).status,
      409,
    );
    const { json } = await gateway.get('/api/v1/stock');
    const lamp = json.data.find((row: { sku: string }) => row.sku === 'T-3');
    assert.deepEqual([Number(lamp.onHand), lamp.description], [7, 'Lamp']);
  });

  it('answers what is wrong with problem documents', async () => {
    const cases: [string, number, RegExp][] = [
      [`/api/v1/orders/${nobody}`, 404, /order 999999/],
      ['/api/v1/orders/x', 404, /no number/],
      [`/api/v1/orders/${'9'.repeat(30)}`, 404, /no number/],
      [`/api/v1/deliveries/${nobody}`, 404, /delivery/],
      [`/api/v1/deliveries/${nobody}/raw`, 404, /delivery/],
      [`/api/v1/documents/${nobody}/raw`, 404, /document/],
      [`/api/v1/faults/${nobody}`, 404, /fault/],
      ['/api/v1/partners/nobody', 404, /partner nobody/],
      ['/api/v1/nothing', 404, /nothing/i],
      ['/api/v1/orders?limit=0', 400, /query/],
      ['/api/v1/orders?limit=1000', 400, /query/],
      ['/api/v1/orders?colour=red', 400, /query/],
      ['/api/v1/orders?state=happy', 400, /query/],
      ['/api/v1/orders?after=rubbish', 400, /query/],
      ['/api/v1/prices?after=IjEi', 400, /query/],
      ['/api/v1/orders/%E0%A4%A', 400, /cannot be read/],
    ];
    for (const [path, status, detail] of cases) {
      const { json, headers, ...answer } = await gateway.get(path);
      assert.equal(answer.status, status, path);
      assert.match(String(headers['content-type']), /^application\/problem\+json/, path);
      assert.equal(json.status, status, path);
      assert.match(json.detail, detail, path);
    }
    const limit = await gateway.get('/api/v1/orders?limit=0');
    assert.equal(limit.json.errors[0].path, 'limit');
  });

  it('says which part of a body is wrong, and what it cannot read', async () => {
    const path = `/api/v1/orders/${order}/shipments`;
    const wrong = await gateway.post(path, {
      body: { lines: [{ line: '1', quantity: '-1' }], colour: 'red' },
    });
    assert.equal(wrong.status, 400);
    assert.ok(wrong.json.errors.some((error: { path: string }) => error.path === 'lines.0.quantity'));
    assert.equal((await gateway.post(path, { body: '{' })).status, 400);
    assert.equal(
      (await gateway.post('/api/v1/partners/nordlicht/pause', { body: {} })).json.errors[0].path,
      'why',
    );
    assert.equal(
      (await gateway.post('/api/v1/partners/nordlicht/pause', { body: { why: '  ' } })).status,
      400,
    );
    const big = await gateway.post('/api/v1/partners/nordlicht/pause', { body: { why: 'x'.repeat(20_000) } });
    assert.equal(big.status, 413);
    const zipped = { headers: { 'content-encoding': 'gzip' }, body: '{}' };
    assert.equal((await gateway.post('/api/v1/partners/nordlicht/pause', zipped)).status, 415);
    const put = await gateway.get(path);
    assert.deepEqual([put.status, put.headers.allow], [405, 'POST']);
  });

  it('tells nothing of its own failures', async () => {
    const { db } = gateway.context.store;
    await db.raw('alter table endpoint_states rename to endpoint_states_gone');
    try {
      const answer = await gateway.get('/api/v1/endpoints');
      assert.equal(answer.status, 500);
      assert.doesNotMatch(answer.text, /endpoint_states|select|at .*\.ts/);
    } finally {
      await db.raw('alter table endpoint_states_gone rename to endpoint_states');
    }
  });

  it('records a shipment once per key, and refuses more than is confirmed', async () => {
    const path = `/api/v1/orders/${order}/shipments`;
    const ask = {
      headers: { 'idempotency-key': 'ship-1', 'x-portolan-user': 'warehouse' },
      body: { lines: [{ line: '1', quantity: '4' }] },
    };
    const first = await gateway.post(path, ask);
    assert.equal(first.status, 201);
    assert.equal(first.json.state, 'partially-shipped');
    assert.match(first.json.ssccs[0], /^\d{18}$/);
    assert.deepEqual((await gateway.post(path, ask)).json, first.json);
    const more = await gateway.post(path, { body: { lines: [{ line: '1', quantity: '7' }] } });
    assert.equal(more.status, 409);
    const { json } = await gateway.get(`/api/v1/orders/${order}`);
    assert.equal(json.shipments.length, 1);
    assert.equal(json.ledger.lines[0].shipped, '4');
    assert.equal(json.timeline.find((row: { kind: string }) => row.kind === 'shipped').who, 'warehouse');
    await walk(gateway.context);
    const notices = await gateway.get(`/api/v1/documents?order=${order}&kind=856`);
    assert.deepEqual(
      notices.json.data.map((row: { state: string }) => row.state),
      ['written'],
    );
  });
});
