/** Which acknowledgments leave for what came in, and that an order stands exactly where none of them refuses it. */
import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { rejectFault } from '../../src/flow/deeds.ts';
import { by } from '../end-to-end/road.ts';
import { Desk, edifact, orders, purchaseOrder, set, x12 } from './steps.ts';

interface Sent {
  readonly kind: string;
  readonly state: string;
  readonly text: string;
}

const modernGuide = `guide: 1
message: x12 005010 850
canonical: order
codes: { unit: { EA: each } }
segments:
  - BEG: { '01': { purpose: { '00': original } }, '03': number, '05': orderedOn }
  - PO1: { each: lines, '01': number, '02': quantity, '03': unit code(unit), '04': price }
`;

describe('acknowledgments on the road', () => {
  let desk: Desk;
  afterEach(() => desk.close());

  /** What was written in answer to everything that came, oldest first. */
  async function sent(): Promise<Sent[]> {
    const rows = await desk.rows<{ kind: string; state: string; bytes: Buffer }>(
      `select d.kind, d.state, t.bytes from documents d join transmissions t on t.id = d.transmission_id
       where d.kind in ('TA1', '997', '999', 'CONTRL') order by d.id`,
    );
    return rows.map(({ kind, state, bytes }) => ({ kind, state, text: textOf(bytes) }));
  }

  async function orderNumbers(): Promise<string[]> {
    return (await desk.rows<{ number: string }>('select number from orders order by id')).map(
      ({ number }) => number,
    );
  }

  /** The table holds them compressed. */
  const textOf = (bytes: Buffer) => gunzipSync(bytes).toString('latin1');
  const asking = (file: string) => file.replace('*0*P*>', '*1*P*>');
  const cut = (file: string, from: string, to: string) => file.replace(from, to);

  it('ISA14 = 1: a TA1 of its own beside the 997, under its own control number', async () => {
    desk = await Desk.open();
    await desk.give('acme-box', asking(x12([purchaseOrder('PO-1')], 1)));
    const [ta1, functional, ...others] = await sent();
    assert.deepEqual([ta1?.kind, functional?.kind, others.length], ['TA1', '997', 0]);
    assert.match(ta1?.text ?? '', /^ISA[^~]*~TA1\*000000001\*261122\*0400\*A\*000~IEA\*0\*000000001~$/);
    assert.match(functional?.text ?? '', /\*000000002\*0\*P\*>~GS\*FA.*AK5\*A~AK9\*A\*1\*1\*1~/);
    assert.deepEqual(await orderNumbers(), ['PO-1']);
    assert.deepEqual(await desk.waiting(), []);
  });

  it('a broken envelope: a TA1 refuses it, no 997 follows, and no order stands', async () => {
    desk = await Desk.open();
    const file = cut(x12([purchaseOrder('PO-1')], 1), 'IEA*1', 'IEA*2');
    assert.equal(await desk.give('acme-box', file), 'rejected');
    assert.deepEqual(
      (await sent()).map(({ kind, text }) => [kind, text.split('~')[1]]),
      [['TA1', 'TA1*000000001*261122*0400*R*021']],
    );
    assert.deepEqual(await orderNumbers(), []);
  });

  it('a set outside of groups: refused by a TA1, since no 997 could name it', async () => {
    desk = await Desk.open();
    const [head = '', , ...rest] = x12([purchaseOrder('PO-1')], 1).split('~\n');
    const file = [head, ...rest.filter((segment) => !segment.startsWith('GE'))].join('~\n');
    await desk.give('acme-box', file);
    assert.deepEqual(
      (await sent()).map(({ kind, text }) => [kind, text.split('~')[1]]),
      [['TA1', 'TA1*000000001*261122*0400*R*024']],
    );
    assert.deepEqual(await orderNumbers(), []);
  });

  it('agreed never: the broken envelope is told by a 997 that refuses everything', async () => {
    desk = await Desk.open({ acme: { acknowledge: { send: '997', ta1: 'never' } } });
    await desk.give('acme-box', asking(cut(x12([purchaseOrder('PO-1')], 1), 'IEA*1', 'IEA*2')));
    const [only, ...others] = await sent();
    assert.deepEqual([only?.kind, others.length], ['997', 0]);
    assert.match(only?.text ?? '', /AK2\*850\*0001~AK5\*R~AK9\*R\*1\*1\*0~/);
    assert.deepEqual(await orderNumbers(), []);
  });

  it('agreed shared: the TA1 stands before the group of the 997', async () => {
    const acknowledge = { send: '997', ta1: 'always', ta1Envelope: 'shared' };
    desk = await Desk.open({ acme: { acknowledge } });
    await desk.give('acme-box', x12([purchaseOrder('PO-1')], 1));
    const [only, ...others] = await sent();
    assert.deepEqual([only?.kind, others.length], ['997', 0]);
    assert.match(only?.text ?? '', /^ISA[^~]*~TA1\*000000001\*261122\*0400\*A\*000~GS\*FA/);
  });

  it('the same bytes again: both answers leave again', async () => {
    desk = await Desk.open();
    const file = asking(x12([purchaseOrder('PO-1')], 1));
    await desk.give('acme-box', file);
    await desk.rows(`delete from ready where stage = 'send'`);
    assert.equal(await desk.give('acme-box', file), 'translated');
    const again = await desk.rows(
      `select d.kind from ready r join documents d on d.transmission_id = r.subject where r.stage = 'send' order by d.id`,
    );
    assert.deepEqual(
      again.map(({ kind }) => kind),
      ['TA1', '997'],
    );
  });

  it('a used control number with other bytes: refused once a person gives it up, in either standard', async () => {
    desk = await Desk.open();
    const faultOf = async () =>
      (await desk.rows<{ id: string }>(`select id from faults where waiting order by id`))[0]?.id ?? '';
    await desk.give('acme-box', x12([purchaseOrder('PO-1')], 1));
    await desk.give('acme-box', x12([purchaseOrder('PO-2')], 1));
    await rejectFault(desk.context, await faultOf(), by);
    await desk.give('umber-box', edifact(orders('PO-3'), 'R1'));
    await desk.give('umber-box', edifact(orders('PO-4'), 'R1'));
    await rejectFault(desk.context, await faultOf(), by);
    await desk.runAll();
    const answers = await sent();
    assert.deepEqual(
      answers.map(({ kind }) => kind),
      ['997', 'TA1', 'CONTRL', 'CONTRL'],
    );
    assert.match(answers[1]?.text ?? '', /~TA1\*000000001\*261122\*0400\*R\*025~/);
    assert.match(answers[3]?.text ?? '', /UCI\+R1\+[^']*\+4\+26\+UNB\+6'/);
    assert.deepEqual([await orderNumbers(), await desk.waiting()], [['PO-1', 'PO-3'], []]);
  });

  it('an acknowledgment gets none, whatever ISA14 asks', async () => {
    desk = await Desk.open({ acme: { acknowledge: { send: '997', ta1: 'always' } } });
    const odd = set('997', '0001', ['AK1*PR*7', 'AK9*A*1*1*1']);
    await desk.give('acme-box', asking(x12([odd], 1, { group: 'FA' })));
    assert.deepEqual(await sent(), []);
  });

  it('a group control number with letters: AK102 repeats it, so that the sender finds its group', async () => {
    desk = await Desk.open();
    await desk.give('acme-box', x12([purchaseOrder('PO-1')], 1, { groupControl: '00A1' }));
    const [only] = await sent();
    assert.match(only?.text ?? '', /~AK1\*PO\*00A1~AK2\*850\*0001~AK5\*A~/);
    assert.deepEqual([await orderNumbers(), await desk.waiting()], [['PO-1'], []]);
  });

  it('what we send asks for an answer only where it is none itself', async () => {
    desk = await Desk.open({ acme: { requestAcknowledgment: true } });
    await desk.give('acme-box', x12([purchaseOrder('PO-1')], 1));
    const rows = await desk.rows<{ kind: string; bytes: Buffer }>(
      'select d.kind, t.bytes from documents d join transmissions t on t.id = d.transmission_id order by d.id',
    );
    assert.deepEqual(
      rows.map(({ kind, bytes }) => [kind, textOf(bytes).split('*')[14]]),
      [
        ['997', '0'],
        ['855', '1'],
      ],
    );
  });

  it('agreed 999: a group of 005010 gets one, with what the order is called; one of 004010 a 997', async () => {
    desk = await Desk.open({ acme: { acknowledge: { send: '999' } } });
    const wrong = purchaseOrder('PO-9').replace('N1*ST*Main Store*92*0042', 'N1*ST*Main Store*92');
    await desk.give('acme-box', x12([wrong], 1, { version: '005010' }));
    await desk.give('acme-box', x12([purchaseOrder('PO-1')], 2));
    const [modern, older] = await sent();
    assert.deepEqual([modern?.kind, older?.kind], ['999', '999']);
    assert.match(
      modern?.text ?? '',
      /ST\*999\*0001~AK1\*PO\*1\*005010~AK2\*850\*0001~IK3\*N1\*5\*\*8~CTX\*BEG03>PO-9~IK4\*4\*67\*2~CTX\*SITUATIONAL TRIGGER\*N1\*5\*\*3\*66~IK5\*R\*5~/,
    );
    assert.match(older?.text ?? '', /ST\*997\*0001~AK1\*PO\*1~AK2\*850\*0001~AK5\*A~/);
    assert.deepEqual(await orderNumbers(), ['PO-1']);
  });

  it('agreed 999: what the guide cannot read is told as accepted with errors, and waits for a person', async () => {
    desk = await Desk.open({ acme: { acknowledge: { send: '999' } } }, { 'acme/850.yaml': modernGuide });
    const odd = purchaseOrder('PO-9').replace('*24*EA*', '*24*QZ*');
    await desk.give('acme-box', x12([odd], 1, { version: '005010' }));
    const [only] = await sent();
    assert.match(
      only?.text ?? '',
      /AK2\*850\*0001~IK3\*PO1\*6\*\*8~CTX\*BEG03>PO-9~IK4\*3\*355\*I6\*QZ~IK5\*E\*I5~AK9\*E\*1\*1\*1~/,
    );
    assert.deepEqual(await orderNumbers(), []);
    assert.deepEqual(await desk.waiting(), ['code-unmapped']);
  });

  it('severities agreed with the sender: a wrong SE01 is told, and the order taken', async () => {
    const wrong = purchaseOrder('PO-1').replace(/SE\*\d+/, 'SE*99');
    desk = await Desk.open({ acme: { severities: { 'segment-count-mismatch': 'warning' } } });
    await desk.give('acme-box', x12([wrong], 1));
    const other = x12([wrong.replace('PO-1', 'PO-2')], 1, { from: 'BOLT' });
    await desk.give('bolt-box', other);
    const [agreed, usual] = await sent();
    assert.match(agreed?.text ?? '', /AK5\*E\*4~AK9\*E\*1\*1\*1~/);
    assert.match(usual?.text ?? '', /AK5\*R\*4~AK9\*R\*1\*1\*0~/);
    assert.deepEqual(await orderNumbers(), ['PO-1']);
  });

  it('CONTRL: every message where that is agreed', async () => {
    desk = await Desk.open({ umber: { acknowledge: { send: 'CONTRL', everyMessage: true } } });
    await desk.give('umber-box', edifact(orders('PO-1'), '1'));
    const [only] = await sent();
    assert.match(only?.text ?? '', /UCI\+1\+[^']*\+7'UCM\+1\+ORDERS:D:96A:UN:EAN008\+7'/);
  });
});
