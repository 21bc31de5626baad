/** The application reference, UNB 0026: it says under which agreement an interchange falls, and stands on what we write. */
import assert from 'node:assert/strict';
import { transmissionBytes } from '../../src/store/transmissions.ts';
import { Desk, edifact, orders } from './steps.ts';

describe('the application reference', () => {
  let desk: Desk;
  before(async () => {
    desk = await Desk.open({
      umber: {
        applicationReference: 'STORES',
        documents: { ORDRSP: { version: 'D:96A:UN:EAN005', applicationReference: 'ANSWERS' } },
      },
    });
  });
  after(() => desk?.close());

  /** An interchange with its own reference. */
  const from = (reference: string, number: string, control: string) =>
    edifact(orders(number), control).replace(`+${control}'`, `+${control}++${reference}'`);

  it('decides whose an interchange is', async () => {
    assert.equal(await desk.give('umber-box', from('STORES', 'A-1', '901')), 'translated');
    assert.equal(await desk.give('umber-box', from('MARKETS', 'A-2', '902')), 'held');
    assert.equal(await desk.give('umber-box', edifact(orders('A-3'), '903')), 'held');
    assert.deepEqual(await desk.waiting(), ['sender-unknown', 'sender-unknown']);
  });

  it('stands on what we write, another one where a type has its own', async () => {
    const rows = await desk.rows<{ id: string; kind: string }>(
      'select t.id, d.kind from transmissions t join documents d on d.transmission_id = t.id order by t.id',
    );
    const headers = await Promise.all(
      rows.map(async ({ id, kind }) => {
        const text = (await transmissionBytes(desk.database.store.db, id)).toString('latin1');
        return [kind, /UNB\+[^']*/.exec(text)?.[0].split('+')[7]];
      }),
    );
    assert.deepEqual(Object.fromEntries(headers), { CONTRL: 'STORES', ORDRSP: 'ANSWERS' });
  });
});
