/** Levels of an 856 whose ids and parents are wrong: whatever is wrong with them, nothing of the message is lost unsaid. */
import assert from 'node:assert/strict';
import type { Guide } from '../../src/mapping/guide.ts';
import type { ShipNotice } from '../../src/order/ship-notice.ts';
import { messagesOf } from './exchange.ts';
import { guideOf } from './guide-of.ts';

const text = `guide: 1
message: x12 004010 856
canonical: ship-notice
segments:
  - BSN: { "01": write 00, "02": number, "03": createdAt datetime(04) }
  - HL:
      "03": =S
      then:
        - DTM: { "01": =011, "02": shippedOn }
        - HL:
            each: orders
            "03": =O
            then:
              - PRF: { "01": number }
              - HL:
                  each: cartons
                  "03": =P
                  then:
                    - MAN: { "01": =GM, "02": sscc prefix(00) }
                    - HL:
                        each: items
                        "03": =I
                        then:
                          - LIN: { "01": lineNumber, "02..": { pairs: { VN: item.sellerId } } }
                          - SN1: { "02": quantity, "03": { unit: { EA: each } } }
  - CTT: { "01": count(HL) }
`;

const shipment = ['HL*1**S', 'DTM*011*20261119', 'HL*2*1*O', 'PRF*HP1'];
const carton = (id: string, parent: string, sscc: string) => [`HL*${id}*${parent}*P`, `MAN*GM*00${sscc}`];
const item = (id: string, parent: string, line: string) => [
  `HL*${id}*${parent}*I`,
  `LIN*${line}*VN*SM-${line}`,
  'SN1**5*EA',
];

async function read(guide: Guide, ...levels: readonly string[]) {
  const body = ['ST*856*0001', 'BSN*00*7*20261119*0815', ...levels];
  const all = [
    'ISA*00*          *00*          *ZZ*HARBORPINE     *ZZ*SALTMARSH      *261119*0815*U*00401*000000001*0*P*>',
    'GS*SH*HARBORPINE*SALTMARSH*20261119*0815*1*X*004010',
    ...[...body, `SE*${body.length + 1}*0001`, 'GE*1*1', 'IEA*1*000000001'],
  ];
  const [message] = await messagesOf(Buffer.from(`${all.join('~')}~`));
  assert(message);
  const { document, faults, unmapped } = await guide.read(message);
  const cartons = (document as ShipNotice | null)?.orders.flatMap((order) => order.cartons) ?? [];
  return { cartons, faults, unmapped: unmapped.map(({ value }) => value) };
}

describe('Levels whose ids are wrong', () => {
  let guide: Guide;
  before(async () => {
    guide = await guideOf(text);
  });

  it('reads every carton where two have the same id, each with the items behind it', async () => {
    const { cartons, unmapped } = await read(
      guide,
      ...shipment,
      ...[...carton('3', '2', '380000010000000018'), ...item('4', '3', '1')],
      ...[...carton('3', '2', '380000010000000025'), ...item('5', '3', '2')],
    );
    assert.deepEqual(
      cartons.map(({ sscc, items }) => [sscc, items.map(({ lineNumber }) => lineNumber)]),
      [
        ['380000010000000018', ['1']],
        ['380000010000000025', ['2']],
      ],
    );
    assert.deepEqual(unmapped, []);
  });

  it('reports what stands in a circle of levels as unmapped', async () => {
    const { unmapped } = await read(
      guide,
      ...[...shipment, ...carton('3', '2', '380000010000000018'), ...item('4', '3', '1')],
      ...[...carton('5', '6', '380000010000000025'), ...item('6', '5', '2')],
    );
    for (const value of ['00380000010000000025', 'SM-2']) assert(unmapped.includes(value), value);
  });

  it('takes levels without ids for outermost ones, and not for levels under each other', async () => {
    const { unmapped } = await read(guide, ...shipment, 'HL***P', 'MAN*GM*00380000010000000018', 'HL***I');
    assert(unmapped.includes('00380000010000000018'));
  });

  it('reads ten thousand levels, each under the last', async () => {
    const chain = Array.from({ length: 10_000 }, (_, index) => `HL*${index + 3}*${index + 2}*I`);
    const { unmapped } = await read(guide, ...shipment, ...chain);
    assert(unmapped.length > 20_000);
  });
});
