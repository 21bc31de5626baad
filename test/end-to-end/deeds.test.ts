/** What people do about what waits: accept, reject, replay, resend, pause; and what deadlines and ranges bring. */
import assert from 'node:assert/strict';
import { noteLate } from '../../src/flow/deadlines.ts';
import { DeedRefused } from '../../src/flow/deed.ts';
import {
  acceptFault,
  pause,
  rejectFault,
  replayDelivery,
  replayFault,
  resendDocument,
  resume,
} from '../../src/flow/deeds.ts';
import { loadPrices } from '../../src/flow/loading.ts';
import { addressesOf } from '../../src/simulator/trading-partner.ts';
import { x12Volume } from '../../src/simulator/volume.ts';
import { openGateway } from './gateway.ts';
import { peerOf, useOffice } from './office.ts';
import { x12Terms } from './partners.ts';
import { assertClean } from './peer.ts';
import { by, fillShelf, goods, layGround, quiet } from './road.ts';

describe('what people do about it', () => {
  const { gateway, db, context, meet, give, ordersOf, waiting, documentsOf, codes, theFault, done } =
    useOffice();
  const cheap = () => [{ gtin: goods[0].gtin, sellerId: goods[0].sku, quantity: '10', price: '9.00' }];

  it('a price outside the tolerance: held; accepted by a person, it is answered', async () => {
    const peer = await meet('bargain');
    await give(peer, peer.write('PO-1', { lines: cheap() }));
    assert.deepEqual([(await ordersOf('bargain'))[0].state, peer.kinds()], ['held', ['997']]);
    const found = await theFault('bargain');
    assert.equal(found.code, 'price-outside-tolerance');
    await done(acceptFault(context(), found.id, by));
    await peer.read();
    assert.deepEqual([(await ordersOf('bargain'))[0].state, peer.kinds()], ['accepted', ['997', '855']]);
    assert.deepEqual([peer.wrong(), await waiting('bargain')], [[], []]);
    assert.deepEqual(await eventsBy('bargain'), ['fault-accepted']);
  });

  it('a held order that is rejected: the response says so', async () => {
    const peer = await meet('haggler');
    await give(peer, peer.write('PO-1', { lines: cheap() }));
    await done(rejectFault(context(), (await theFault('haggler')).id, by));
    await peer.read();
    assert.deepEqual([(await ordersOf('haggler'))[0].state, peer.kinds()], ['rejected', ['997', '855']]);
    assert.deepEqual(peer.wrong(), []);
  });

  it('a held order that is replayed once the price is right', async () => {
    const peer = await meet('lister');
    await give(peer, peer.write('PO-1', { lines: cheap() }));
    await loadPrices(
      context(),
      [{ sku: goods[0].sku, partner: 'lister', currency: 'USD', price: '9.00' }],
      by,
    );
    await done(replayFault(context(), (await theFault('lister')).id, by));
    await peer.read();
    assert.deepEqual([(await ordersOf('lister'))[0].state, peer.kinds()], ['accepted', ['997', '855']]);
    assert.deepEqual(await waiting('lister'), []);
  });

  async function eventsBy(partner: string): Promise<string[]> {
    const rows = await db()('events')
      .where({ partner, ...by })
      .orderBy('id');
    return rows.map(({ kind }) => kind);
  }

  it('a change beside a held order: a deed on one leaves the other waiting', async () => {
    const peer = await meet('crowded');
    await give(peer, peer.write('PO-1', { lines: cheap() }), peer.write('PO-1', { purpose: 'change' }));
    const [hold, change] = await waiting('crowded');
    assert.deepEqual([hold.code, change?.code], ['price-outside-tolerance', 'change-not-decided']);
    await done(rejectFault(context(), change.id, by));
    assert.deepEqual(
      [await codes('crowded'), (await ordersOf('crowded'))[0].state],
      [['price-outside-tolerance'], 'held'],
    );
  });

  it('a resend sends the same bytes under the same name', async () => {
    const peer = await meet('resent');
    await give(peer, peer.write('PO-1'));
    const [response] = await documentsOf('resent', '855');
    await done(resendDocument(context(), response.id, by));
    await peer.read();
    const [first, second] = peer.mails.filter(({ name }) => name.includes('.855.'));
    assert(first !== undefined && second !== undefined);
    assert.equal(first.name, second.name);
    assert(first.bytes.equals(second.bytes));
    assert.deepEqual(await eventsBy('resent'), ['resend-asked']);
  });

  it('a paused partner: received and kept, nothing processed until it is resumed', async () => {
    const peer = await meet('halted');
    await pause(context(), 'halted', by);
    await give(peer, peer.write('PO-1'));
    const delivery = await db()('deliveries').where({ endpoint: 'halted-http' }).first();
    assert.deepEqual([delivery.state, await ordersOf('halted'), peer.mails], ['received', [], []]);
    await done(resume(context(), 'halted', by));
    await peer.read();
    assert.deepEqual([peer.kinds(), peer.wrong()], [['997', '855'], []]);
    assert.deepEqual(await eventsBy('halted'), ['paused', 'resumed']);
  });

  it('control numbers begin again after the last of their range', async () => {
    const peer = await meet('roller');
    for (const number of ['PO-1', 'PO-2']) await give(peer, peer.write(number));
    const rows = await db()('transmissions').where({ partner: 'roller' }).orderBy('id');
    assert.deepEqual(
      rows.map(({ control, cycle }) => [control, cycle]),
      [
        ['000000007', 0],
        ['000000008', 0],
        ['000000009', 0],
        ['000000007', 1],
      ],
    );
  });

  it('batch many: the responses to one file leave in one interchange', async () => {
    const peer = await meet('many');
    const agreement = context().partners.agreement('many/live');
    assert(agreement !== null);
    const [file] = x12Volume({
      addresses: addressesOf(agreement),
      interchanges: 1,
      ordersPer: 3,
      linesPer: 2,
      startControl: 900,
      startNumber: 1,
      items: [{ upc: '036000291452', sellerId: goods[0].sku, price: goods[0].price }],
    });
    assert(file !== undefined);
    await peer.simulated.send(file);
    await quiet(gateway().store);
    await peer.read({ acknowledge: false });
    assert.deepEqual(peer.kinds(), ['997', '855', '855', '855']);
    assert.equal(new Set(peer.answers.slice(1).map(({ interchange }) => interchange.control)).size, 1);
    await assertClean(peer.mails);
    await peer.simulated.acknowledge(peer.answers);
    await quiet(gateway().store);
    const states = (await documentsOf('many', '855')).map(({ state }) => state);
    assert.deepEqual(states, ['confirmed', 'confirmed', 'confirmed']);
  });

  it('what is overdue is noted once', async () => {
    const peer = await meet('latecomer');
    await give(peer, peer.write('PO-1'));
    const inTwoDays = { ...context(), now: () => new Date(Date.now() + 48 * 3_600_000) };
    await noteLate(inTwoDays);
    await noteLate(inTwoDays);
    const noted = await db()('events').where({ partner: 'latecomer', kind: 'answer-overdue' });
    assert.equal(noted.length, 1);
    const [response] = await documentsOf('latecomer', '855');
    assert.equal(noted[0].document_id, response.id);
  });

  it('a response that the partner refuses waits for a person', async () => {
    const peer = await meet('picky');
    await give(peer, peer.write('PO-1'));
    const bad = peer.answers.map((answer) => ({ ...answer, problems: ['it does not please us'] }));
    await peer.simulated.acknowledge(bad);
    await quiet(gateway().store);
    const [response] = await documentsOf('picky', '855');
    assert.equal(response.state, 'refused');
    const found = await theFault('picky');
    assert.deepEqual([found.code, found.document_id], ['document-refused', response.id]);
  });
});

describe('a guide that is missing', () => {
  it('holds the order, acknowledged; once the guide is there a replay makes the order, and only once', async () => {
    const ground = await layGround({
      pioneer: x12Terms('pioneer', { them: 'PIONEER', agreement: { guides: { '850': '850-special' } } }),
    });
    let gateway = await openGateway(ground.site);
    try {
      await fillShelf(gateway.flow.context);
      const peer = await peerOf(ground, gateway, 'pioneer');
      await peer.send(peer.write('PO-1'));
      await quiet(gateway.store);
      const { db } = ground.database.store;
      const [found] = await db('faults').where({ waiting: true });
      assert.equal(found.code, 'guide-missing');
      await peer.read({ acknowledge: false });
      assert.deepEqual(peer.kinds(), ['997']);
      await gateway.close();

      const guide = 'guide: 1\nmessage: x12 004010 850\ncanonical: order\nextends: standard/x12-004010/850\n';
      await ground.write('pioneer/850-special.yaml', `${guide}segments: []\n`);
      gateway = await openGateway(ground.site);
      await replayFault(gateway.flow.context, found.id, by);
      await quiet(gateway.store);
      assert.equal((await db('orders')).length, 1);
      await peer.read({ acknowledge: false });
      assert.deepEqual([peer.kinds(), peer.wrong()], [['997', '855'], []]);

      const [delivery] = await db('deliveries').orderBy('id');
      await assert.rejects(replayFault(gateway.flow.context, found.id, by), DeedRefused);
      await replayDelivery(gateway.flow.context, delivery.id, by);
      await quiet(gateway.store);
      assert.equal((await db('orders')).length, 1);
      assert.deepEqual(await db('faults').where({ waiting: true }), []);
    } finally {
      await gateway.close();
      await ground.remove();
    }
  });
});
