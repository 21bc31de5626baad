/** Changes of orders: 860, 865 and ORDCHG are read whole, so that they are acknowledged and held with their orders. */
import assert from 'node:assert/strict';
import { harborPine, nordlicht, order as ordered } from '../simulator/example.ts';
import { edifact, eventsOf, faultsOf, x12 } from './samples.ts';

const change = [
  'BCH*04*SA*HP-1001***20261122',
  'REF*DP*0017',
  'N1*ST*Harbor & Pine 17*92*0017',
  'POC*1*QD*18*6*EA*12.5**UP*036000291452*VN*LAMP-7',
  'PID*F*08***Brass lamp',
  'POC*2*DI*0*6*CA***VN*ROPE-2',
  'CTT*2*18',
];
const answered = [
  'BCA*04*AC*HP-1001***20261122*****20261123',
  'POC*1*QD*18*6*EA*12.5**UP*036000291452',
  'ACK*IA*18*EA',
  'CTT*1',
];
const ordchg = [
  'BGM+230+HP-2001-C+4',
  'DTM+137:20261122:102',
  'RFF+ON:HP-2001',
  'NAD+BY+5412345000013::9',
  'LIN+1+3+4000862141404:EN',
  'QTY+21:12.5',
  'UNS+S',
  'CNT+2:1',
];

/** Codes of the faults, with the severity where a fault is no error. */
async function found(text: string | Buffer): Promise<string[]> {
  return (await faultsOf(text)).map(({ code, severity }) =>
    severity === 'error' ? code : `${code} (${severity})`,
  );
}

describe('changes of orders', () => {
  for (const [partner, type, release] of [
    [harborPine(), '860', '004010'],
    [nordlicht(), 'ORDCHG', 'D96A'],
  ] as const) {
    it(`reads the ${type} that the simulated partner writes as accepted, in all its parts`, async () => {
      const events = await eventsOf(partner.order({ ...ordered, purpose: 'change' }).bytes);
      const parts = events.flatMap((event) =>
        'verdict' in event ? [[event.kind, event.verdict, event.faults]] : [],
      );
      const accepted = ['message', 'group-end', 'interchange-end'].map((kind) => [kind, 'accepted', []]);
      assert.deepEqual(parts, accepted);
      const message = events.find((event) => event.kind === 'message');
      assert.deepEqual([message?.type, message?.release], [type, release]);
    });
  }

  for (const [what, text, codes] of [
    ['a good 860', x12(change, '860', 'PC'), []],
    ['a good 865', x12(answered, '865', 'CA'), []],
    ['a good ORDCHG', edifact(ordchg, 'ORDCHG'), []],
    ['an 860 in a group of orders', x12(change, '860', 'PO'), ['group-type-mismatch (warning)']],
    [
      'an 860 with BEG',
      x12(changed('BCH', 'BEG*04*SA*HP-1001**20261122'), '860', 'PC'),
      ['segment-missing', 'segment-not-in-message'],
    ],
    ['an 860 without a change code', x12(changed('POC*2', 'POC*2'), '860', 'PC'), ['element-missing']],
    [
      'an 860 with another count of lines',
      x12(changed('CTT', 'CTT*3*18'), '860', 'PC'),
      ['line-total-mismatch (warning)'],
    ],
    [
      'an 860 with another total',
      x12(changed('CTT', 'CTT*2*24'), '860', 'PC'),
      ['quantity-total-mismatch (warning)'],
    ],
    [
      'an ORDCHG with another count of lines',
      edifact(
        ordchg.map((segment) => segment.replace('CNT+2:1', 'CNT+2:2')),
        'ORDCHG',
      ),
      ['line-total-mismatch (warning)'],
    ],
    ['an ORDCHG without BGM', edifact(ordchg.slice(1), 'ORDCHG'), ['segment-missing']],
  ] as const) {
    it(`${what}: ${codes.join(', ') || 'no fault'}`, async () => {
      assert.deepEqual((await found(text)).sort(), [...codes].sort());
    });
  }
});

function changed(from: string, to: string): string[] {
  return change.map((segment) => (segment.startsWith(from) ? to : segment));
}
