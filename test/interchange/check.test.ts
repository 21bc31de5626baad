import assert from 'node:assert/strict';
import type { FaultCode, Position } from '../../src/fault.ts';
import { isLoop, type Loop } from '../../src/interchange/interchange.ts';
import { codesOf, edifact, faultsOf, messagesOf, order, orders, x12 } from './samples.ts';

/** The order with some of its segments replaced: [what, by what…]. */
function changed(body: readonly string[], from: string, ...to: string[]): string[] {
  assert.ok(
    body.some((segment) => segment.startsWith(from)),
    from,
  );
  return body.flatMap((segment) => (segment.startsWith(from) ? to : [segment]));
}

const despatch = [
  'BGM+351+HP-3001+9',
  'CPS+1',
  'CPS+2+1',
  'PAC+1',
  'PCI+33E',
  'GIN+BJ+340123450000000017',
  'LIN+1++4000862141404:EN',
  'QTY+12:5',
  'CNT+2:1',
];
const notice = [
  'BSN*00*SHP-1*20261122*0915',
  'HL*1**S*1',
  'HL*2*1*O*1',
  'PRF*HP-1001',
  'HL*3*2*P*1',
  'MAN*GM*00340123450000000017',
  'HL*4*3*I*0',
  'LIN**UP*036000291452',
  'SN1**5*EA',
  'CTT*4*5',
];

/** The usual version of a DESADV. */
const eancom = 'D:96A:UN:EAN005';

type Case = readonly [name: string, text: string, codes: readonly FaultCode[], at?: Position];

const x12Cases: readonly Case[] = [
  ['a good order', x12(order), []],
  ['no BEG', x12(order.slice(1)), ['segment-missing'], { segment: 2, tag: 'BEG' }],
  ['no PO1', x12(['BEG*00*SA*1**20261122']), ['segment-missing'], { tag: 'PO1' }],
  [
    'an unknown segment',
    x12(changed(order, 'REF', 'ZZZ*1')),
    ['segment-unknown'],
    { segment: 3, tag: 'ZZZ' },
  ],
  ['no tag', x12(changed(order, 'REF', 'ref*1')), ['tag-invalid'], { segment: 3 }],
  [
    'a segment of another message',
    x12(changed(order, 'REF', 'BSN*00*SHP-1*20261122*0915')),
    ['segment-not-in-message'],
  ],
  [
    'a member without its loop',
    x12(changed(order, 'REF', 'N3*1 Quay Road')),
    ['segment-unexpected'],
    { segment: 3 },
  ],
  [
    'a segment too late',
    x12(changed(order, 'N1*', 'N1*ST*A', 'CUR*BY*USD')),
    ['segment-out-of-order'],
    { segment: 5 },
  ],
  [
    'a segment too often',
    x12(changed(order, 'REF', 'CUR*BY*USD', 'CUR*SE*USD')),
    ['segment-too-often'],
    { segment: 4 },
  ],
  ['a loop too often', x12([...changed(order, 'CTT', 'CTT*2', 'CTT*2')]), ['loop-too-often']],
  [
    'no mandatory element',
    x12(changed(order, 'BEG', 'BEG*00**HP-1**20261122')),
    ['element-missing'],
    { segment: 2, tag: 'BEG', element: 2 },
  ],
  [
    'too many elements',
    x12(changed(order, 'CTT', 'CTT*2*30*1*LB*1*CF*text*8')),
    ['element-too-many'],
    { element: 8 },
  ],
  ['a value too short', x12(changed(order, 'REF', 'REF*D*0017')), ['element-too-short'], { element: 1 }],
  [
    'a value too long',
    x12(changed(order, 'REF', `REF*DP*${'7'.repeat(31)}`)),
    ['element-too-long'],
    { element: 2 },
  ],
  ['a sign does not count', x12(changed(order, 'CTT', 'CTT*2*-000000030')).replace('-000000030', '30'), []],
  [
    'no number',
    x12(changed(order, 'PO1*2', 'PO1*2*six*CA*80**VN*ROPE-2')),
    ['number-invalid'],
    { segment: 7, element: 2 },
  ],
  ['no date', x12(changed(order, 'BEG', 'BEG*00*SA*HP-1**20260230')), ['date-invalid'], { element: 5 }],
  ['no time', x12(changed(order, 'REF', 'DTM*010*20261201*2460')), ['time-invalid'], { element: 3 }],
  [
    'a code that a closed list does not have',
    x12(changed(order, 'BEG', 'BEG*99*SA*HP-1**20261122')),
    ['code-invalid'],
    { element: 1 },
  ],
  ['a code that an open list does not have', x12(changed(order, 'REF', 'REF*QQQ*0017')), []],
  [
    'a pair that is not whole',
    x12(changed(order, 'PO1*2', 'PO1*2*6*CA*80**VN')),
    ['elements-required'],
    { element: 7 },
  ],
  ['none of several', x12(changed(order, 'N1*', 'N1*ST')), ['elements-required'], { element: 2 }],
  [
    'a condition',
    x12(changed(order, 'PO1*2', 'PO1*2**CA**WE*VN*ROPE-2')),
    ['elements-required', 'elements-required', 'quantity-total-mismatch'],
  ],
  ['a rule reported softly', x12(changed(order, 'PID', 'PO4*12*1')), ['elements-required']],
  ['a tab', x12(changed(order, 'REF', 'REF*DP*00\t17')), ['character-invalid'], { element: 2 }],
  ['a wrong count of lines', x12(changed(order, 'CTT', 'CTT*3')), ['line-total-mismatch']],
  ['a wrong total', x12(changed(order, 'CTT', 'CTT*2*31')), ['quantity-total-mismatch']],
  [
    'a wrong check digit',
    x12(changed(order, 'PO1*1', 'PO1*1*24*EA*12.5**UP*036000291453')),
    ['check-digit-wrong'],
    { segment: 5, element: 7 },
  ],
  ['a wrong count of segments', x12(order).replace('SE*9', 'SE*8'), ['segment-count-mismatch']],
  ['another number in SE', x12(order).replace('SE*9*0001', 'SE*9*0002'), ['message-control-mismatch']],
  [
    'no number in ST',
    x12(order).replace('ST*850*0001', 'ST*850'),
    ['message-control-missing', 'message-control-mismatch', 'element-missing'],
  ],
  ['no type in ST', x12(order).replace('ST*850*', 'ST**'), ['message-type-missing']],
  ['no SE', x12(order).replace(/SE\*9\*0001~/, ''), ['message-trailer-missing']],
  ['an unknown message', x12(order, '777').replace('*PO*', '*FA*'), ['message-unknown']],
  ['another group', x12(order, '850', 'PR'), ['group-type-mismatch']],
  ['another release', x12(order, '850', 'PO', '004030'), ['release-substituted']],
  ['a good notice', x12(notice, '856', 'SH'), []],
  [
    'a level twice',
    x12(changed(notice, 'HL*4', 'HL*3*2*I*0'), '856', 'SH'),
    ['level-id-repeated', 'level-child-code'],
  ],
  [
    'a parent that is not there',
    x12(changed(notice, 'HL*4', 'HL*4*9*I*0'), '856', 'SH'),
    ['level-parent-unknown', 'level-child-code'],
  ],
  [
    'levels in a circle',
    x12(changed(notice, 'HL*2', 'HL*2*3*O*1'), '856', 'SH'),
    ['level-circle', 'level-child-code'],
  ],
  ['a parent that comes later', x12([notice[0] ?? '', 'HL*2*1*O*0', 'HL*1**S*1', 'CTT*2'], '856', 'SH'), []],
  [
    'a wrong SSCC',
    x12(changed(notice, 'MAN', 'MAN*GM*00340123450000000018'), '856', 'SH'),
    ['check-digit-wrong'],
  ],
  ['a good 997', x12(['AK1*PO*41', 'AK2*850*0001', 'AK5*A', 'AK9*A*1*1*1'], '997', 'FA'), []],
];

const edifactCases: readonly Case[] = [
  ['a good order', edifact(orders), []],
  ['no BGM', edifact(orders.slice(1)), ['segment-missing'], { segment: 2, tag: 'BGM' }],
  [
    'a segment too late',
    edifact(changed(orders, 'NAD', 'NAD+BY+5412345000013::9', 'FTX+AAI')),
    ['segment-out-of-order'],
  ],
  [
    'a group too often',
    edifact(changed(orders, 'NAD', ...Array(100).fill('NAD+BY+X'))),
    ['loop-too-often'],
    { segment: 104 },
  ],
  [
    'no mandatory component',
    edifact(changed(orders, 'QTY', 'QTY+:5')),
    ['element-missing'],
    { element: 1, component: 1 },
  ],
  [
    'too many components',
    edifact(changed(orders, 'QTY', 'QTY+21:5:PCE:9')),
    ['component-too-many'],
    { element: 1, component: 4 },
  ],
  ['components in a simple element', edifact(changed(orders, 'UNS', 'UNS+S:D')), ['component-too-many']],
  ['too many elements', edifact(changed(orders, 'UNS', 'UNS+S+D')), ['element-too-many']],
  [
    'no number',
    edifact(changed(orders, 'QTY', 'QTY+21:five')),
    ['number-invalid'],
    { element: 1, component: 2 },
  ],
  ['another decimal mark', edifact(changed(orders, 'QTY', 'QTY+21:12,5')), ['decimal-mark-wrong']],
  [
    'the decimal mark of UNA',
    edifact(changed(orders, 'QTY', 'QTY+21:12,5'), 'ORDERS', 'D:96A:UN', "UNA:+,? '"),
    [],
  ],
  [
    'a date that its format does not fit',
    edifact(changed(orders, 'DTM', 'DTM+137:261122:102')),
    ['date-invalid'],
    { element: 1, component: 2 },
  ],
  ['a period', edifact(changed(orders, 'DTM', 'DTM+137:2026112220261130:718')), []],
  [
    'a closed code list',
    edifact(changed(orders, 'BGM', 'BGM+220+HP-2001+999')),
    ['code-invalid'],
    { element: 3 },
  ],
  ['a wrong GTIN', edifact(changed(orders, 'LIN', 'LIN+1++4000862141405:EN')), ['check-digit-wrong']],
  ['a wrong GLN', edifact(changed(orders, 'NAD', 'NAD+BY+5412345000014::9')), ['check-digit-wrong']],
  ['a wrong count of lines', edifact(changed(orders, 'CNT', 'CNT+2:2')), ['line-total-mismatch']],
  ['a wrong total', edifact(changed(orders, 'CNT', 'CNT+1:12.6')), ['quantity-total-mismatch']],
  ['a right total', edifact(changed(orders, 'CNT', 'CNT+1:12.50')), []],
  [
    'another association code',
    edifact(orders, 'ORDERS', 'D:96A:UN:OTHER'),
    ['association-unknown'],
    { segment: 1, tag: 'UNH', element: 2, component: 5 },
  ],
  ['no association code', edifact(orders, 'ORDERS', 'D:96A:UN'), []],
  [
    'another association code of another directory',
    edifact(orders, 'ORDERS', 'D:99B:UN:EAN010'),
    ['release-substituted'],
  ],
  ['another directory', edifact(orders, 'ORDERS', 'D:99B:UN'), ['release-substituted']],
  ['an unknown message', edifact(orders, 'INFENT'), ['message-unknown']],
  ['another count in UNT', edifact(orders).replace('UNT+10', 'UNT+11'), ['segment-count-mismatch']],
  ['another number in UNT', edifact(orders).replace('UNT+10+1', 'UNT+10+2'), ['message-control-mismatch']],
  [
    'a repetition where none may be',
    edifact(changed(orders, 'BGM', 'BGM+220+A*B+9'))
      .replace('UNOC:3', 'UNOC:4')
      .replace(':261122', ':20261122'),
    ['element-repeated'],
  ],
  ['a good despatch advice', edifact(despatch, 'DESADV', eancom), []],
  [
    'a packing level twice',
    edifact(changed(despatch, 'CPS+2', 'CPS+1'), 'DESADV', eancom),
    ['level-id-repeated'],
  ],
  [
    'a packing level without parent',
    edifact(changed(despatch, 'CPS+2', 'CPS+2+7'), 'DESADV', eancom),
    ['level-parent-unknown'],
  ],
  [
    'a wrong SSCC',
    edifact(changed(despatch, 'GIN', 'GIN+BJ+340123450000000018'), 'DESADV', eancom),
    ['check-digit-wrong'],
  ],
  ['a good CONTRL', edifact(['UCI+77+54123:14+40123:14+7'], 'CONTRL', '2:2:UN:EAN002'), []],
];

describe('checks of a message', () => {
  for (const [standard, cases] of [
    ['X12', x12Cases],
    ['EDIFACT', edifactCases],
  ] as const) {
    for (const [name, text, codes, at] of cases) {
      it(`${standard}, ${name}: ${codes.join(', ') || 'no fault'}`, async () => {
        const found = await faultsOf(text);
        assert.deepEqual(
          found.map((one) => one.code).sort(),
          [...codes].sort(),
          JSON.stringify(found, null, 1),
        );
        if (at !== undefined) assert.deepEqual({ ...found[0]?.at, ...at }, found[0]?.at);
      });
    }
  }

  it('control numbers must differ', async () => {
    const file = x12(order);
    const message = file.slice(file.indexOf('ST*'), file.indexOf('GE*'));
    const twice = file.replace('GE*1', `${message}GE*2`);
    const [first, second] = await messagesOf(twice);
    assert.deepEqual(first?.faults, []);
    assert.deepEqual(
      second?.faults.map((one) => one.code),
      ['message-control-repeated'],
    );
    assert.deepEqual(second?.at.message, 2);
  });

  it('what another release finds is a warning only', async () => {
    const [message] = await messagesOf(x12(changed(order, 'BEG', 'BEG*99'), '850', 'PO', '003040'));
    assert.equal(message?.verdict, 'noted');
    assert.equal(message?.release, '004010');
  });

  it('another association code is noted without a verdict', async () => {
    const [message] = await messagesOf(edifact(orders, 'ORDERS', 'D:96A:UN:EAN009'));
    assert.equal(message?.verdict, 'accepted');
    assert.equal(message?.faults[0]?.message, 'UNH 0057 says EAN009; ORDERS of D96A usually has EAN008.');
  });

  it('a soft rule is a warning', async () => {
    const [one] = await faultsOf(x12(changed(order, 'PID', 'PO4*12*1')));
    assert.equal(one?.severity, 'warning');
  });

  it('keeps an unknown message with all its segments', async () => {
    const [message] = await messagesOf(edifact(['XYZ+1:2+3'], 'INFENT'));
    assert.equal(message?.root, null);
    assert.equal(message?.release, null);
    assert.deepEqual(message?.segments[1]?.values, [['1', '2'], '3']);
    assert.equal(message?.verdict, 'rejected');
  });
});

describe('the tree of a message', () => {
  const outline = (loop: Loop): string =>
    loop.members.map((one) => (isLoop(one) ? `${one.id}(${outline(one)})` : one.tag)).join(' ');

  it('has loops named for their triggers in X12', async () => {
    const [message] = await messagesOf(x12(order));
    assert.ok(message?.root);
    assert.equal(outline(message.root), 'ST BEG REF N1(N1) PO1(PO1 PID(PID)) PO1(PO1) CTT(CTT) SE');
  });

  it('has segment groups in EDIFACT', async () => {
    const [message] = await messagesOf(edifact(orders));
    assert.ok(message?.root);
    assert.equal(outline(message.root), 'UNH BGM DTM FTX SG2(NAD) SG25(LIN QTY) UNS CNT UNT');
  });

  it('holds every segment once, also those that have no place', async () => {
    const text = x12([
      ...order.slice(0, 3),
      'ZZZ*1',
      'N3*x',
      ...order.slice(3),
      'CUR*BY*USD',
      'BEG*00*SA*1**20261122',
    ]);
    const [message] = await messagesOf(text);
    assert.ok(message?.root);
    const flat = (loop: Loop): number[] =>
      loop.members.flatMap((one) => (isLoop(one) ? flat(one) : [one.ordinal]));
    const ordinals = flat(message.root);
    assert.deepEqual(
      ordinals.toSorted((a, b) => a - b),
      message.segments.map((segment) => segment.ordinal),
    );
  });

  it('splits composites only where the dictionary has them', async () => {
    const body = changed(order, 'PID', 'PID*F*08***8>30 lamp', 'MEA*WT*G*5*LB>2');
    const [message] = await messagesOf(x12(body));
    assert.equal(message?.segments[5]?.values[4], '8>30 lamp');
    assert.deepEqual(message?.segments[6]?.values[3], ['LB', '2']);
  });

  it('gives released characters back', async () => {
    const [message] = await messagesOf(edifact(orders));
    assert.equal(message?.segments[3]?.values[3], "Leave at gate 3 + 4: ring the keeper's bell?");
    assert.ok((await codesOf(edifact(orders))).length === 0);
  });
});
