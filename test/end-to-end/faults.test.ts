/** Everything that partners get wrong, and what people then do about it: on the road, seen in the database and the mailbox. */
import assert from 'node:assert/strict';
import { DeedRefused } from '../../src/flow/deed.ts';
import { acceptDuplicate, rejectFault } from '../../src/flow/deeds.ts';
import { faulty } from '../../src/simulator/faults.ts';
import type { OrderFile, Purpose } from '../../src/simulator/trading-partner.ts';
import { specOf, useOffice } from './office.ts';
import { by } from './road.ts';

describe('what partners get wrong', () => {
  const { db, context, meet, give, ordersOf, waiting, codes, reserved, theFault, done, messageOf } =
    useOffice();

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
});
