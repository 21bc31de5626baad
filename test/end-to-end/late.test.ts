/** What is late, held or set aside stays visible, and what people do about it reaches what it stopped. */
import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { noteLate } from '../../src/flow/deadlines.ts';
import { rejectFault, replayDelivery, resendDocument } from '../../src/flow/deeds.ts';
import { mailbox } from '../../src/simulator/carrier.ts';
import { type Opened, openGateway } from './gateway.ts';
import { x12Terms } from './partners.ts';
import { Peer } from './peer.ts';
import { by, fillShelf, type Ground, goods, layGround, quiet, until } from './road.ts';

const dayMs = 86_400_000;

describe('what is late, held or set aside', function () {
  this.timeout(90_000);
  let ground: Ground;
  let gateway: Opened;
  let peer: Peer;
  let ahead = 0;

  before(async () => {
    const endpoints = {
      'northgate-box': { type: 'folder', in: 'northgate/out', out: 'northgate/in', every: '1s' },
    };
    ground = await layGround({ northgate: x12Terms('northgate', { them: 'NORTHGATE', endpoints }) });
    gateway = await openGateway(ground.site, { now: () => new Date(Date.now() + ahead) });
    await fillShelf(gateway.flow.context);
    const folder = (name: string) => join(ground.site.home, 'northgate', name);
    for (const name of ['out', 'in']) await mkdir(folder(name), { recursive: true });
    const agreement = gateway.flow.context.partners.byName('northgate')?.agreements[0];
    peer = new Peer(agreement as never, mailbox({ outgoing: folder('out'), incoming: folder('in') }));
  });

  afterEach(() => {
    ahead = 0;
  });

  after(async () => {
    await gateway?.close();
    await ground?.remove();
  });

  const rows = async (sql: string) => (await ground.database.store.db.raw(sql)).rows;
  const dear = [{ gtin: goods[0].gtin, sellerId: goods[0].sku, price: '99.00', quantity: '5' }];

  async function processed(number: string): Promise<{ id: string; state: string; delivery_id: string }> {
    await until(
      `${number} is an order`,
      async () =>
        (await rows(`select 1 from orders where number = '${number}' and decided_at is not null`)).length > 0,
    );
    await quiet(gateway.store);
    return (await rows(`select id, state, delivery_id from orders where number = '${number}'`))[0];
  }

  it('a held order owes its response, is noted as late, and is answered once when it is rejected', async () => {
    await peer.order('HELD-1', { lines: dear });
    const order = await processed('HELD-1');
    assert.equal(order.state, 'held');
    assert.equal(
      (await rows(`select 1 from documents where order_id = ${order.id} and state = 'due'`)).length,
      1,
    );
    ahead = 10 * dayMs;
    await noteLate(gateway.flow.context);
    await noteLate(gateway.flow.context);
    assert.equal(
      (await rows(`select 1 from events where kind = 'overdue' and order_id = ${order.id}`)).length,
      1,
    );
    const [fault] = await rows(`select id from faults where waiting and order_id = ${order.id}`);
    await rejectFault(gateway.flow.context, fault.id, by);
    await quiet(gateway.store);
    await peer.read();
    assert.deepEqual(peer.kinds(), ['997', '855']);
    assert.deepEqual(peer.wrong(), []);
  });

  it('an order that is not even decided is noted as late', async () => {
    await rows(`insert into pauses (partner, who, why) values ('northgate', 'test', 'test')`);
    await rows(
      `insert into orders (partner, agreement, number, business_key, message_id, delivery_id, line_count, state, document, received_at)
       select partner, agreement, 'STUCK-1', 'STUCK-1', message_id, delivery_id, line_count, 'received', document, now() - interval '9 days' from orders limit 1`,
    );
    await noteLate(gateway.flow.context);
    assert.equal(
      (
        await rows(
          `select 1 from events e join orders o on o.id = e.order_id where e.kind = 'overdue' and o.number = 'STUCK-1'`,
        )
      ).length,
      1,
    );
    await rows(`delete from pauses`);
  });

  it('a delivery that is replayed leaves the hold of its order with a person', async () => {
    await peer.order('HELD-2', { lines: dear });
    const order = await processed('HELD-2');
    await replayDelivery(gateway.flow.context, order.delivery_id, by);
    await quiet(gateway.store);
    assert.equal(
      (
        await rows(
          `select 1 from faults where waiting and order_id = ${order.id} and code = 'price-outside-tolerance'`,
        )
      ).length,
      1,
    );
    assert.equal((await rows(`select 1 from orders where number = 'HELD-2'`)).length, 1);
  });

  it('a step that failed too often is given up when its fault is rejected', async () => {
    const [delivery] = await rows(
      `insert into deliveries (endpoint, name, size, digest) values ('northgate-box', 'stuck.edi', 3, '\\x00') returning id`,
    );
    await rows(
      `insert into ready (stage, subject, partner, quarantined) values ('translate', ${delivery.id}, 'northgate', true)`,
    );
    const [fault] = await rows(
      `insert into faults (code, severity, message, hint, value, delivery_id, waiting)
       values ('step-failed', 'error', 'm', 'h', 'translate ${delivery.id}', ${delivery.id}, true) returning id`,
    );
    await rejectFault(gateway.flow.context, fault.id, by);
    assert.equal((await rows(`select state from deliveries where id = ${delivery.id}`))[0].state, 'rejected');
    assert.equal(
      (await rows(`select 1 from ready where subject = ${delivery.id} and stage = 'translate'`)).length,
      0,
    );
  });

  it('a resend frees a transmission whose sending was given up', async () => {
    await peer.order('SENT-1');
    const order = await processed('SENT-1');
    await peer.read();
    const [document] = await rows(`select id, transmission_id from documents where order_id = ${order.id}`);
    await rows(
      `insert into ready (stage, subject, partner, quarantined, failures) values ('send', ${document.transmission_id}, 'northgate', true, 200)`,
    );
    const before = peer.mails.length;
    await resendDocument(gateway.flow.context, document.id, by);
    await until('it came again', async () => {
      await peer.read({ acknowledge: false });
      return peer.mails.length > before;
    });
    assert.deepEqual(
      peer.mails.at(-1)?.bytes,
      peer.mails.find((mail) => mail.name === peer.mails.at(-1)?.name)?.bytes,
    );
  });

  it('a number that is used again after a roll-over overwrites nothing in the mailbox', async () => {
    await rows(
      `update control_numbers set cycle = cycle + 1, last = 0 where agreement = 'northgate/live' and scope = 'interchange'`,
    );
    await peer.order('ROLLED-1');
    await processed('ROLLED-1');
    const names = await readdir(join(ground.site.home, 'northgate', 'in'));
    assert.ok(
      names.some((name) => /000000001-1\.edi$/.test(name)),
      names.join(),
    );
  });
});
