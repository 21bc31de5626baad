import assert from 'node:assert/strict';
import { acknowledgmentsOf } from '../../src/store/documents.ts';
import { Desk, purchaseOrder, set, x12 } from './steps.ts';

describe('translate and reconcile', () => {
  let desk: Desk;
  before(async () => {
    desk = await Desk.open();
  });
  after(() => desk?.close());

  afterEach(async () => {
    await desk.rows('update faults set waiting = false');
  });

  /** An order that is answered by an 855; gives what was written. */
  async function responded(number: string, control: number) {
    await desk.give('acme-box', x12([purchaseOrder(number)], control));
    const [document] = await desk.rows<{ id: string; state: string; group: string; message: string }>(
      `select d.id, d.state, group_control as "group", message_control as message from documents d
       join orders o on o.id = d.order_id where o.number = ? and kind = '855'`,
      [number],
    );
    assert(document !== undefined);
    return document;
  }

  const stateOf = async (id: string) =>
    (await desk.rows<{ state: string }>('select state from documents where id = ?', [id]))[0]?.state;

  it('an order that is a duplicate leaves its delivery held', async () => {
    assert.equal(await desk.give('acme-box', x12([purchaseOrder('TWICE')], 11)), 'translated');
    assert.equal(await desk.give('acme-box', x12([purchaseOrder('TWICE')], 12)), 'held');
    assert.deepEqual(await desk.waiting(), ['order-duplicate']);
  });

  it('a delivery all of whose messages are refused is rejected', async () => {
    const wrong = purchaseOrder('WRONG', ['ZZZ*1']);
    assert.equal(await desk.give('acme-box', x12([wrong], 21)), 'rejected');
    const mixed = x12([wrong, purchaseOrder('RIGHT', [], '0002')], 22);
    assert.equal(await desk.give('acme-box', mixed), 'translated');
  });

  it('a held interchange is not answered by the acknowledgment of another one', async () => {
    await desk.give('acme-box', x12([purchaseOrder('FIRST')], 31));
    const delivery = await desk.store('acme-box', x12([purchaseOrder('OTHER')], 31));
    await desk.runAll();
    assert.deepEqual(await acknowledgmentsOf(desk.database.store.db, delivery), {
      endpoint: 'acme-box',
      translated: true,
      pending: false,
      held: true,
      transmissions: [],
    });
  });

  it('a test and a live interchange may have the same control number', async () => {
    await desk.give('acme-box', x12([purchaseOrder('TRIAL')], 41, { test: true }));
    assert.equal(await desk.give('acme-box', x12([purchaseOrder('TRIAL')], 41)), 'translated');
    assert.equal((await desk.rows(`select id from orders where number = 'TRIAL'`)).length, 1);
    assert.deepEqual(await desk.waiting(), []);
  });

  it('an acknowledgment that is a test says nothing of a live document', async () => {
    const document = await responded('LIVE', 51);
    const accepted = set('997', '0001', [
      `AK1*PR*${document.group}`,
      `AK2*855*${document.message}`,
      'AK5*A',
      'AK9*A*1*1*1',
    ]);
    await desk.give('acme-box', x12([accepted], 52, { group: 'FA', test: true }));
    assert.equal(await stateOf(document.id), 'written');
    assert.deepEqual(await desk.waiting(), ['acknowledgment-unmatched']);
    await desk.give('acme-box', x12([accepted], 53, { group: 'FA' }));
    assert.equal(await stateOf(document.id), 'confirmed');
  });

  it('an acknowledgment of part of a group that names what we never sent confirms nothing', async () => {
    const document = await responded('NAMED', 61);
    const odd = set('997', '0001', [`AK1*PR*${document.group}`, 'AK2*855*9999', 'AK5*R', 'AK9*P*5*5*4']);
    await desk.give('acme-box', x12([odd], 62, { group: 'FA' }));
    assert.equal(await stateOf(document.id), 'written');
    assert.deepEqual(await desk.waiting(), ['acknowledgment-unmatched']);
  });

  it('an acknowledgment that leaves our document undecided waits for a person', async () => {
    const document = await responded('UNSAID', 71);
    const odd = set('997', '0001', [`AK1*PR*${document.group}`, 'AK9*P*1*1*0']);
    await desk.give('acme-box', x12([odd], 72, { group: 'FA' }));
    assert.equal(await stateOf(document.id), 'written');
    assert.deepEqual(await desk.waiting(), ['acknowledgment-unclear']);
  });

  it('a TA1 alone: recorded where it is about one of ours, answered by nothing, waiting when it refuses', async () => {
    const document = await responded('TA1ED', 81);
    const [ours] = await desk.rows<{ control: string }>(
      'select t.control from documents d join transmissions t on t.id = d.transmission_id where d.id = ?',
      [document.id],
    );
    const ta1 = (control: string, code: string, note: string, number: number) => {
      const [isa] = x12([], number).split('~');
      return `${isa}~TA1*${control}*261122*0400*${code}*${note}~IEA*0*${String(number).padStart(9, '0')}~`;
    };
    const control = ours?.control ?? '';
    assert.equal(await desk.give('acme-box', ta1(control, 'A', '000', 82)), 'translated');
    assert.deepEqual(await desk.waiting(), []);
    assert.equal(await desk.give('acme-box', ta1(control, 'R', '006', 83)), 'held');
    assert.deepEqual(await desk.waiting(), ['interchange-refused']);
    const events = await desk.rows<{ data: unknown }>(
      `select data from events where kind = 'ta1-received' order by id`,
    );
    assert.equal(events.length, 2);
    assert.deepEqual(await desk.rows(`select id from documents where state = 'held'`), []);
  });
});
