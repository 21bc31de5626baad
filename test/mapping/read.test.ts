/** What reading says besides the document: where each value came from, what was not read, and what was wrong where. */
import assert from 'node:assert/strict';
import type { Message } from '../../src/interchange/interchange.ts';
import type { Guide } from '../../src/mapping/guide.ts';
import { loadGuides } from '../../src/mapping/load.ts';
import type { Order } from '../../src/order/order.ts';
import type { ShipNotice } from '../../src/order/ship-notice.ts';
import { messagesOf } from './exchange.ts';

const envelope = (type: string, group: string, segments: readonly string[]) =>
  [
    'ISA*00*          *00*          *ZZ*HARBORPINE     *ZZ*SALTMARSH      *261122*0400*U*00401*000000001*0*P*>',
    `GS*${group}*HARBORPINE*SALTMARSH*20261122*0400*1*X*004010`,
    `ST*${type}*0001`,
    ...segments,
    `SE*${segments.length + 2}*0001`,
    'GE*1*1',
    'IEA*1*000000001',
    '',
  ].join('~\n');

async function message(type: string, group: string, ...segments: string[]): Promise<Message> {
  const [first] = await messagesOf(Buffer.from(envelope(type, group, segments)));
  assert(first);
  return first;
}

describe('Reading by a guide', () => {
  let all: readonly Guide[];
  const guide = (name: string) => {
    const found = all.find((each) => each.name === name);
    assert(found, name);
    return found;
  };

  before(async () => {
    all = (await loadGuides('mappings')).guides.all;
  });

  it('knows where each value came from, and by which line of the guide', async () => {
    const order = await message(
      '850',
      'PO',
      'BEG*00*SA*P1**20261120',
      'PO1*1*5*EA',
      'PO1*2*7*CA***EN*4000001000104',
      'CTT*2',
    );
    const lineage = await guide('standard/x12-004010/850').lineage(order);
    const gtin = lineage.find(({ path }) => path === 'lines.1.item.gtin');
    assert.deepEqual([gtin?.at.segment, gtin?.at.tag, gtin?.at.element], [4, 'PO1', 7]);
    assert.match(gtin?.guide ?? '', /^mappings\/standard\/x12\/common\.yaml:\d+$/);
    const paths = lineage.map(({ path }) => path);
    assert.deepEqual(
      paths.filter((path) => path.startsWith('lines.0')),
      ['lines.0.number', 'lines.0.quantity', 'lines.0.unit'],
    );
  });

  it('keeps the first of two values for one field, and reports the other', async () => {
    const order = await message('850', 'PO', 'BEG*00*SA*P1**20261120', 'PO1*1*5*EA***VN*A-1*VP*A-2', 'CTT*1');
    const { document, unmapped } = await guide('standard/x12-004010/850').read(order);
    assert.equal(JSON.stringify(document).includes('A-1'), true);
    assert.deepEqual(
      unmapped.map(({ tag, element, value }) => [tag, element, value]),
      [['PO1', 9, 'A-2']],
    );
  });

  it('places what is missing at the segment that should have it', async () => {
    const order = await message(
      '850',
      'PO',
      'BEG*00*SA*P1**20261120',
      'PO1*1*5*EA***VN*A',
      'PO1*2*7****VN*B',
      'CTT*2',
    );
    const { document, faults } = await guide('standard/x12-004010/850').read(order);
    assert.equal(document, null);
    assert.deepEqual(
      faults.map(({ code, at }) => [code, at?.segment, at?.tag]),
      [['document-invalid', 4, 'PO1']],
    );
    assert.equal(faults[0]?.message, 'The order is not complete: lines.1.unit: it is missing.');
  });

  it('numbers the lines that came without a number', async () => {
    const order = await message(
      '850',
      'PO',
      'BEG*00*SA*P1**20261120',
      'PO1**5*EA***VN*A',
      'PO1**7*EA***VN*B',
      'CTT*2',
    );
    const { lines } = (await guide('standard/x12-004010/850').read(order)).document as Order;
    assert.deepEqual(
      lines.map(({ number }) => number),
      ['1', '2'],
    );
  });

  it('does not read a message without structure', async () => {
    const order = await message('850', 'PO', 'BEG*00*SA*P1**20261120', 'PO1*1*5*EA', 'CTT*1');
    const { document, faults } = await guide('standard/x12-004010/850').read({ ...order, root: null });
    assert.deepEqual([document, faults.map(({ code }) => code)], [null, ['message-shapeless']]);
  });

  it('follows the parents of HL levels, whatever their order, and reports a level that it does not know', async () => {
    const notice = await message(
      '856',
      'SH',
      ...['BSN*00*SN7*20261130*1405*0001', 'HL*1**S', 'DTM*011*20261130', 'TD1*CTN*2'],
      ...[
        'HL*5*3*I',
        'LIN**VN*B',
        'SN1**2*EA',
        'HL*2*1*O',
        'PRF*P1',
        'HL*3*2*P',
        'MAN*GM*040000010000000029',
      ],
      ...[
        'HL*4*2*P',
        'MAN*GM*040000010000000012',
        'HL*6*4*I',
        'LIN*1*VN*A',
        'SN1**1*EA',
        'HL*7*2*T',
        'MAN*GM*040000010000000036',
      ],
    );
    const { unmapped, faults, document } = await guide('standard/x12-004010/856').read(notice);
    assert.equal(document, null, 'the line number of an item is missing');
    assert.deepEqual(
      faults.map(({ code, at }) => [code, at?.tag]),
      [['document-invalid', 'LIN']],
    );
    assert.deepEqual(
      unmapped.map(({ tag, value }) => `${tag} ${value}`),
      ['HL 7', 'HL 2', 'HL T', 'MAN GM', 'MAN 040000010000000036'],
    );
  });

  it('gathers the cartons of a DESADV under their orders', async () => {
    const desadv = [
      "UNB+UNOC:3+4000001000005:14+4000001000012:14+261122:0400+1'UNH+1+DESADV:D:96A:UN:EAN005'BGM+351+7+9'",
      "DTM+137:202611301405:203'DTM+11:20261130:102'CPS+1'PAC+3++CT'",
      ...['P1', 'P2', 'P1'].map(
        (order, index) =>
          `CPS+${index + 2}+1'PAC+1++CT'PCI+33E'GIN+BJ+04000001000000001${index}'LIN+${index + 1}++4000001000104:EN'QTY+12:2:PCE'RFF+ON:${order}:1'`,
      ),
      "CNT+2:3'UNT+30+1'UNZ+1+1'",
    ].join('');
    const [first] = await messagesOf(Buffer.from(desadv));
    assert(first);
    const { document, unmapped } = await guide('standard/edifact-D96A/DESADV').read(first);
    const { orders } = document as ShipNotice;
    assert.deepEqual(
      orders.map(({ number, cartons }) => [number, cartons.length]),
      [
        ['P1', 2],
        ['P2', 1],
      ],
    );
    assert.deepEqual(unmapped, []);
    const rows = await guide('standard/edifact-D96A/DESADV').lineage(first);
    const lineage = rows.map(({ path }) => path);
    assert(lineage.includes('orders.0.cartons.1.sscc'), lineage.join(' '));
  });
});
