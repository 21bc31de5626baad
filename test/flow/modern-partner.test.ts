/** The whole road of a partner that trades in X12 005010: a TA1 and a 999 for what came, and an order for what was accepted. */
import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { readInterchanges } from '../../src/interchange/interchange.ts';
import { Desk, purchaseOrder, x12 } from './steps.ts';

const guide = `guide: 1
message: x12 005010 850
canonical: order
codes: { unit: { EA: each } }
segments:
  - BEG: { '01': { purpose: { '00': original } }, '02': { type: { SA: standalone } }, '03': number, '05': orderedOn }
  - CUR: { '01': =BY, '02': currency }
  - DTM: { '01': =002, '02': requestedOn }
  - N1: { '01': =ST, '02': shipTo.name, '04': { by: '03', of: { '92': shipTo.code } } }
  - PO1:
      each: lines
      '01': number
      '02': quantity
      '03': unit code(unit)
      '04': { by: '05', of: { '': price } }
      '06..': { pairs: { EN: item.gtin } }
`;

const agreed = {
  version: { interchange: '00501', message: '005010' },
  acknowledge: { send: '999' },
  documents: {},
};

/** ISA11 is the repetition separator from 00402 on; ISA14 asks for a TA1. */
const modern = (sets: readonly string[]) =>
  x12(sets, 1, { version: '005010' }).replace('*U*00401*', '*^*00501*').replace('*0*P*>', '*1*P*>');

describe('a partner of 005010 on the road', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await Desk.open({ acme: agreed }, { 'acme/850.yaml': guide });
  });
  afterEach(() => desk.close());

  /** The acknowledgments that were written, oldest first. */
  async function answers(): Promise<string[]> {
    const rows = await desk.rows<{ bytes: Buffer }>(
      `select t.bytes from documents d join transmissions t on t.id = d.transmission_id
       where d.kind in ('TA1', '997', '999') order by d.id`,
    );
    return rows.map(({ bytes }) => gunzipSync(bytes).toString('latin1'));
  }

  it('gets a TA1 and a 999 that name each set; orders stand for what they accept, and for nothing else', async () => {
    const good = purchaseOrder('PO-1');
    const unnamed = purchaseOrder('PO-2', [], '0002').replace('*92*0042', '*92');
    const counted = purchaseOrder('PO-3', [], '0003').replace('CTT*1', 'CTT*2');
    await desk.give('acme-box', modern([good, unnamed, counted]));
    const [ta1 = '', functional = '', ...others] = await answers();
    assert.equal(others.length, 0);
    assert.match(ta1, /^ISA[^~]*~TA1\*000000001\*261122\*0400\*A\*000~IEA/);
    assert.ok(
      functional.includes(
        'ST*999*0001~AK1*PO*1*005010~AK2*850*0001~IK5*A~' +
          'AK2*850*0002~IK3*N1*5**8~CTX*BEG03>PO-2~IK4*4*67*2~CTX*SITUATIONAL TRIGGER*N1*5**3*66~IK5*R*5~' +
          'AK2*850*0003~IK3*CTT*7**8~CTX*BEG03>PO-3~IK4*1*354*7*2~IK5*E*5~AK9*P*3*3*2~SE*17*0001~',
      ),
      functional,
    );
    const orders = await desk.rows<{ number: string }>('select number from orders order by id');
    assert.deepEqual(
      orders.map(({ number }) => number),
      ['PO-1', 'PO-3'],
    );
  });

  it('finds a repetition separator in ISA11 of what we write, and nothing to object to', async () => {
    await desk.give('acme-box', modern([purchaseOrder('PO-1')]));
    const written = await answers();
    assert.equal(written.length, 2);
    for (const text of written) {
      assert.equal(text.slice(82, 89), '^*00501');
      for await (const event of readInterchanges([Buffer.from(text, 'latin1')]))
        if ('faults' in event) assert.deepEqual(event.faults, []);
    }
  });
});
