/** Everything that partners get wrong, and what people then do about it: on the road, seen in the database and the mailbox. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { noteLate } from '../../src/flow/deadlines.ts';
import { DeedRefused } from '../../src/flow/deed.ts';
import {
  acceptDuplicate,
  acceptFault,
  pause,
  rejectFault,
  replayDelivery,
  replayFault,
  resendDocument,
  resume,
} from '../../src/flow/deeds.ts';
import { loadPrices } from '../../src/flow/loading.ts';
import { type Carrier, mailbox } from '../../src/simulator/carrier.ts';
import { faulty } from '../../src/simulator/faults.ts';
import type { OrderFile, Purpose } from '../../src/simulator/trading-partner.ts';
import { addressesOf } from '../../src/simulator/trading-partner.ts';
import { x12Volume } from '../../src/simulator/volume.ts';
import { type Opened, openGateway } from './gateway.ts';
import { edifactTerms, x12Agreement, x12Terms } from './partners.ts';
import { assertClean, Peer } from './peer.ts';
import { by, fillShelf, type Ground, goods, layGround, type PartnerFolders, quiet } from './road.ts';

/** Each test has a partner of its own. */
const x12Names = [
  'garbled',
  'stranger',
  'masked',
  'carrier',
  'oddtype',
  'repeater',
  'reuser',
  'buyer',
  'twicer',
  'declined',
  'rehearsal',
  'revoker',
  'changer',
  'cutter',
  'miscount',
  'bargain',
  'haggler',
  'lister',
  'resent',
  'halted',
  'latecomer',
  'picky',
  'crowded',
] as const;

const edifactNames = ['probe', 'wandel', 'umbruch'] as const;

const folders: PartnerFolders = {
  ...Object.fromEntries(x12Names.map((name) => [name, x12Terms(name, { them: name.toUpperCase() })])),
  ...Object.fromEntries(
    edifactNames.map((name, index) => [name, edifactTerms(name, { them: `400000200000${index}` })]),
  ),
  roller: x12Terms('roller', { them: 'ROLLER', agreement: { control: { first: 7, last: 9 } } }),
  many: x12Terms('many', { them: 'MANY', documents: { '855': { within: '24h', batch: 'many' } } }),
  vanone: x12Terms('vanone', {
    them: 'VANONE',
    endpoints: {
      'vanone-http': { type: 'http', carries: ['vantwo'] },
      'vanone-box': { type: 'folder', direction: 'out', out: 'vanone/mail', carries: ['vantwo'] },
    },
  }),
  vantwo: x12Terms('vantwo', {
    them: 'VANTWO',
    endpoint: 'vantwo-box',
    endpoints: { 'vantwo-box': { type: 'folder', direction: 'out', out: 'vantwo/mail' } },
  }),
  divided: x12Terms('divided', {
    them: 'DIVIDED',
    agreements: {
      second: x12Agreement('divided', { us: 'SALTMARSH2', them: 'DIVIDED' }),
      trial: x12Agreement('divided', { them: 'DIVIDEDTEST', agreement: { usage: 'test' } }),
    },
  }),
};

describe('what partners get wrong', () => {
  let ground: Ground;
  let gateway: Opened;
  const db = () => gateway.store.db;
  const context = () => gateway.flow.context;

  before(async () => {
    ground = await layGround(folders);
    gateway = await openGateway(ground.site);
    await fillShelf(context());
  });

  after(async () => {
    await gateway?.close();
    await ground?.remove();
  });

  /** A partner at work; it posts to its own endpoint, or to another one. */
  async function meet(name: string, { at = 0, endpoint = `${name}-http` } = {}): Promise<Peer> {
    return peerOf(ground, gateway, name, { at, endpoint });
  }

  /** Posts files, one after the other, and reads what came of each once the road is quiet. */
  async function give(peer: Peer, ...files: readonly OrderFile[]): Promise<void> {
    for (const file of files) {
      await peer.send(file);
      await quiet(gateway.store);
      await peer.read({ acknowledge: false });
    }
  }

  const ordersOf = (partner: string) => db()('orders').where({ partner }).orderBy('id');
  const waiting = (partner: string) => db()('faults').where({ partner, waiting: true }).orderBy('id');
  const documentsOf = (partner: string, kind: string) =>
    db()('documents').where({ partner, kind }).orderBy('id');
  const codes = async (partner: string) => (await waiting(partner)).map(({ code }) => code);
  const reserved = async () => db()('stock').orderBy('sku').select('sku', 'reserved', 'on_hand');

  async function theFault(partner: string): Promise<{ id: string; [column: string]: unknown }> {
    const found = await waiting(partner);
    assert.equal(found.length, 1, JSON.stringify(found.map(({ code }) => code)));
    return found[0];
  }

  async function done(deed: Promise<unknown>): Promise<void> {
    await deed;
    await quiet(gateway.store);
  }

  it('bytes that are no interchange: held on the delivery, nothing answered', async () => {
    const peer = await meet('garbled');
    await give(peer, ...faulty('garbage', peer.simulated, specOf('PO-1')));
    const delivery = await db()('deliveries').where({ endpoint: 'garbled-http' }).first();
    assert.equal(delivery.state, 'held');
    const found = await db()('faults').where({ delivery_id: delivery.id, waiting: true });
    assert(found.length > 0 && found.every(({ message, hint }) => message !== '' && hint !== ''));
    assert.deepEqual([await ordersOf('garbled'), peer.mails], [[], []]);
  });

  it('a sender that nobody knows: held', async () => {
    const peer = await meet('stranger');
    await give(peer, ...faulty('unknown-sender', peer.simulated, specOf('PO-1')));
    const delivery = await db()('deliveries').where({ endpoint: 'stranger-http' }).first();
    assert.equal(delivery.state, 'held');
    const [found] = await db()('faults').where({ delivery_id: delivery.id });
    assert.equal(found.code, 'sender-unknown');
    assert.deepEqual(peer.mails, []);
  });

  it('a sender that the endpoint may not carry: held as a possible forgery', async () => {
    const forger = await meet('masked', { endpoint: 'carrier-http' });
    await give(forger, forger.write('PO-1'));
    assert.deepEqual(await codes('masked'), ['sender-not-carried']);
    assert.deepEqual([await ordersOf('masked'), forger.mails], [[], []]);
  });

  it('a message of a type that we do not know: answered, and a person told', async () => {
    const peer = await meet('oddtype');
    const file = peer.write('PO-1', {}, { acknowledgment: 'either', response: false });
    const text = file.bytes.toString('latin1').replace('~ST*850*', '~ST*894*').replace('~GS*PO*', '~GS*DX*');
    await give(peer, { ...file, bytes: Buffer.from(text, 'latin1') });
    assert.equal((await waiting('oddtype')).length, 1);
    assert.deepEqual([(await ordersOf('oddtype')).length, peer.kinds()], [0, ['997']]);
  });

  it('the same bytes again: answered again with the very same bytes, processed once', async () => {
    const peer = await meet('repeater');
    await give(peer, ...faulty('same-bytes', peer.simulated, specOf('PO-1')));
    assert.equal((await ordersOf('repeater')).length, 1);
    assert.deepEqual(peer.kinds(), ['997', '855', '997']);
    const answers = peer.mails.filter(({ name }) => name.includes('.997.'));
    assert.equal(answers.length, 2);
    assert(answers[0]?.bytes.equals(answers[1]?.bytes as Buffer));
    assert.deepEqual([await waiting('repeater'), peer.wrong()], [[], []]);
    const states = await db()('interchanges').where({ partner: 'repeater' }).orderBy('id');
    assert.deepEqual(
      states.map(({ state }) => state),
      ['translated', 'duplicate'],
    );
  });

  it('a used control number with other bytes: held; accepted as meant, it is processed', async () => {
    const peer = await meet('reuser');
    await give(peer, ...faulty('duplicate-control', peer.simulated, specOf('PO-1')));
    assert.equal((await ordersOf('reuser')).length, 1);
    const found = await theFault('reuser');
    assert.equal(found.code, 'control-number-reused');
    assert.deepEqual(peer.kinds(), ['997', '855']);
    await done(acceptDuplicate(context(), found.id, by));
    await peer.read();
    assert.deepEqual(
      (await ordersOf('reuser')).map(({ number }) => number),
      ['PO-1', 'PO-1-B'],
    );
    assert.deepEqual(peer.kinds(), ['997', '855', '997', '855']);
    assert.deepEqual(await waiting('reuser'), []);
    await assert.rejects(acceptDuplicate(context(), found.id, by), DeedRefused);
  });

  it('an item that we do not sell: its line is rejected, the others are not', async () => {
    const peer = await meet('buyer');
    await give(peer, ...faulty('unknown-item', peer.simulated, specOf('PO-1')));
    const [order] = await ordersOf('buyer');
    assert.equal(order.state, 'partially-accepted');
    const [found] = await db()('faults').where({ order_id: order.id });
    assert.equal(found.code, 'item-unknown');
    assert.deepEqual([peer.kinds(), peer.wrong()], [['997', '855'], []]);
  });

  it('an order number again in a new envelope: held beside its order; accepted, it is a second order', async () => {
    const peer = await meet('twicer');
    await give(peer, peer.write('PO-1'), peer.write('PO-1'));
    const [first] = await ordersOf('twicer');
    const found = await theFault('twicer');
    assert.deepEqual([found.code, found.order_id], ['order-duplicate', first.id]);
    assert.deepEqual(peer.kinds(), ['997', '855', '997']);
    await done(acceptDuplicate(context(), found.id, by));
    await peer.read();
    assert.equal((await ordersOf('twicer')).length, 2);
    assert.deepEqual(peer.kinds(), ['997', '855', '997', '855']);
  });

  it('each of two repeats of an order waits for its own deed', async () => {
    const peer = await meet('declined');
    await give(peer, peer.write('PO-1'), peer.write('PO-1'), peer.write('PO-1'));
    const [second, third] = await waiting('declined');
    assert(second !== undefined && third !== undefined);
    await done(rejectFault(context(), second.id, by));
    assert.deepEqual(
      (await waiting('declined')).map(({ id }) => id),
      [third.id],
    );
    await done(rejectFault(context(), third.id, by));
    assert.deepEqual([await waiting('declined'), (await ordersOf('declined')).length], [[], 1]);
    const [first] = await ordersOf('declined');
    assert.equal(first.state, 'accepted');
    const closed = await db()('faults').where({ partner: 'declined' }).whereNotNull('resolved_at');
    assert.deepEqual(
      closed.map(({ resolution, who, why }) => ({ resolution, who, why })),
      [
        { resolution: 'rejected', ...by },
        { resolution: 'rejected', ...by },
      ],
    );
  });

  for (const name of ['rehearsal', 'probe']) {
    it(`${name}: a message marked as a test is acknowledged, and touches neither orders nor stock`, async () => {
      const before = await reserved();
      const peer = await meet(name);
      await give(peer, ...faulty('test-flag', peer.simulated, specOf('PO-1')));
      assert.deepEqual([await ordersOf(name), await reserved()], [[], before]);
      assert.deepEqual(peer.kinds(), [name === 'probe' ? 'CONTRL' : '997']);
      assert.equal(peer.answers[0]?.interchange.test, true);
      const message = await messageOf(name);
      assert.equal(message.state, 'test');
    });
  }

  async function messageOf(partner: string) {
    return db()('messages as m')
      .join('interchanges as i', 'i.id', 'm.interchange_id')
      .where({ partner })
      .orderBy('m.id', 'desc')
      .select('m.*')
      .first();
  }

  it('cancel, replace, confirm, duplicate: acknowledged, and held beside their order', async () => {
    const peer = await meet('revoker');
    await give(peer, peer.write('PO-1'));
    const [order] = await ordersOf('revoker');
    const purposes: Purpose[] = ['cancel', 'replace', 'confirm', 'duplicate'];
    for (const purpose of purposes) {
      await give(peer, peer.write('PO-1', { purpose }));
      const found = (await waiting('revoker')).at(-1);
      assert.deepEqual([found.code, found.order_id], ['purpose-not-decided', order.id], purpose);
    }
    assert.deepEqual(peer.kinds(), ['997', '855', '997', '997', '997', '997']);
    assert.deepEqual([(await ordersOf('revoker')).length, peer.wrong()], [1, []]);
    assert.equal((await waiting('revoker')).length, 4);
  });

  for (const name of ['changer', 'wandel']) {
    it(`${name}: a change is acknowledged and held beside its order`, async () => {
      const peer = await meet(name);
      await give(peer, ...faulty('change', peer.simulated, specOf('PO-1')));
      const orders = await ordersOf(name);
      assert.equal(orders.length, 1);
      const found = await theFault(name);
      assert.deepEqual([found.code, found.order_id], ['change-not-decided', orders[0].id]);
      assert.deepEqual(peer.wrong(), []);
      assert.deepEqual(
        peer.kinds(),
        name === 'changer' ? ['997', '855', '997'] : ['CONTRL', 'ORDRSP', 'CONTRL'],
      );
    });
  }

  it('one file with interchanges of two partners, from a VAN: each is answered in its own mailbox', async () => {
    const one = await meet('vanone');
    const two = await meet('vantwo', { endpoint: 'vanone-http' });
    const files = [one.write('PO-1'), two.write('PO-2')];
    two.sent.push(files[1] as OrderFile);
    await give(one, { ...(files[0] as OrderFile), bytes: Buffer.concat(files.map(({ bytes }) => bytes)) });
    await two.read();
    assert.deepEqual(
      [one.kinds(), two.kinds()],
      [
        ['997', '855'],
        ['997', '855'],
      ],
    );
    assert.deepEqual([one.wrong(), two.wrong()], [[], []]);
  });

  it('several ids of ours, test and live ids of theirs: each agreement answers for itself', async () => {
    const [live, second, trial] = await Promise.all([0, 1, 2].map((at) => meet('divided', { at })));
    assert(live && second && trial);
    for (const [number, peer] of [live, second].entries()) {
      await give(peer, peer.write(`PO-${number}`));
      assert.deepEqual([peer.kinds(), peer.wrong()], [['997', '855'], []]);
    }
    const before = await reserved();
    await give(trial, trial.write('PO-9', { test: true }, { response: false }));
    assert.deepEqual([trial.kinds(), trial.wrong()], [['997'], []]);
    assert.deepEqual([(await ordersOf('divided')).length, await reserved()], [2, before]);
  });

  for (const name of ['cutter', 'umbruch']) {
    it(`${name}: a truncated file makes no order; whole, under the same control number, it does`, async () => {
      const peer = await meet(name);
      const file = peer.write('PO-1', {}, { acknowledgment: 'either' });
      const half = file.bytes.subarray(0, Math.floor(file.bytes.length * 0.6));
      await give(peer, { ...file, bytes: half });
      assert.deepEqual(await ordersOf(name), []);
      assert((await waiting(name)).length > 0);
      await give(peer, file);
      assert.equal((await ordersOf(name)).length, 1);
      assert.deepEqual(peer.wrong(), []);
      assert.equal(peer.kinds().at(-1), name === 'cutter' ? '855' : 'ORDRSP');
    });
  }

  it('a group that counts its messages wrong is refused whole', async () => {
    const peer = await meet('miscount');
    const file = peer.write('PO-1', {}, { acknowledgment: 'refused', response: false });
    const text = file.bytes.toString('latin1').replace('~GE*1*', '~GE*2*');
    await give(peer, { ...file, bytes: Buffer.from(text, 'latin1') });
    assert.deepEqual([await ordersOf('miscount'), peer.kinds()], [[], ['997']]);
    assert.deepEqual(peer.wrong(), []);
    assert((await waiting('miscount')).length > 0);
  });

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
    await quiet(gateway.store);
    await peer.read({ acknowledge: false });
    assert.deepEqual(peer.kinds(), ['997', '855', '855', '855']);
    assert.equal(new Set(peer.answers.slice(1).map(({ interchange }) => interchange.control)).size, 1);
    await assertClean(peer.mails);
    await peer.simulated.acknowledge(peer.answers);
    await quiet(gateway.store);
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
    await quiet(gateway.store);
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

async function peerOf(
  ground: Ground,
  gateway: Opened,
  name: string,
  { at = 0, endpoint = `${name}-http` } = {},
): Promise<Peer> {
  const agreement = gateway.flow.context.partners.byName(name)?.agreements[at];
  assert(agreement !== undefined);
  const key = await ground.key(endpoint);
  const folder = join(ground.site.home, name);
  const box = mailbox({ outgoing: join(folder, 'out'), incoming: join(folder, 'mail') });
  const carrier: Carrier = { ...box, send: (_name, bytes) => post(gateway.url as string, key, bytes) };
  return new Peer(agreement, carrier);
}

async function post(url: string, key: string, bytes: Buffer): Promise<void> {
  const headers = { authorization: `Bearer ${key}` };
  const answer = await fetch(url, { method: 'POST', headers, body: new Uint8Array(bytes) });
  assert.equal(answer.status, 202, await answer.text());
}

function specOf(number: string) {
  return {
    number,
    orderedOn: '2026-11-20',
    currency: 'USD',
    lines: goods.map(({ gtin, sku, price }) => ({ gtin, sellerId: sku, price, quantity: '2' })),
  };
}
