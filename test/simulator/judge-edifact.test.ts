import assert from 'node:assert/strict';
import type { Judgement, OrderFile, TradingPartner } from '../../src/simulator/trading-partner.ts';
import { type Basket, basket, nordlicht, order } from './example.ts';

const heading = (control: string) => `UNA:+.? '
UNB+UNOC:3+4099999000029:14+4099999000012:14+261120:0931+${control}'
`;

const acknowledgment = `${heading('1')}UNH+1+CONTRL:2:2:UN:EAN002'
UCI+41+4099999000012:14+4099999000029:14+7'
UCM+1+ORDERS:D:96A:UN:EAN008+7'
UNT+4+1'
UNZ+1+1'
`;

const response = `${heading('2')}UNH+1+ORDRSP:D:96A:UN:EAN007'
BGM+231+OUR-1+4'
DTM+137:20261120:102'
RFF+ON:PO-7001'
DTM+171:20261120:102'
NAD+BY+4099999000012::9'
NAD+SU+4099999000029::9'
LIN+1+5+4099999000104:EN'
PIA+1+TEA-01:SA'
QTY+21:12:PCE'
PRI+AAA:3.5'
LIN+2+3+4099999000203:EN'
QTY+21:30:PCE'
QTY+113:20:PCE'
QTY+83:10:PCE'
PRI+AAA:2'
UNS+S'
CNT+2:2'
UNT+19+1'
UNZ+1+2'
`;

const notice = `${heading('3')}UNH+1+DESADV:D:96A:UN:EAN005'
BGM+351+SHIP-1+9'
DTM+137:20261124:102'
RFF+ON:PO-7001'
NAD+BY+4099999000012::9'
CPS+1'
PAC+2++CT'
CPS+2+1'
PAC+1++CT'
PCI+33E'
GIN+BJ+340999990000000013'
LIN+1++4099999000104:EN'
QTY+12:12:PCE'
RFF+ON:PO-7001:1'
CPS+3+1'
PAC+1++CT'
PCI+33E'
GIN+BJ+340999990000000020'
LIN+2++4099999000203:EN'
QTY+12:20:PCE'
RFF+ON:PO-7001:2'
CNT+2:2'
UNT+23+1'
UNZ+1+3'
`;

describe('what partner two thinks of our EDIFACT', () => {
  let mail: Basket;
  let partner: TradingPartner;
  let sent: OrderFile[];

  beforeEach(() => {
    mail = basket();
    partner = nordlicht(mail);
    sent = [partner.order(order)];
  });

  async function judged(text: string): Promise<Judgement> {
    mail.incoming.push({ name: 'answer.edi', bytes: Buffer.from(text, 'latin1') });
    const [answer, ...others] = await partner.poll();
    assert.ok(answer !== undefined && others.length === 0);
    return partner.judge(answer, sent);
  }

  async function afterChange(
    text: string,
    changes: readonly (readonly [string, string])[],
  ): Promise<Judgement> {
    if (text === notice) assert.deepEqual((await judged(response)).problems, []);
    let wrong = text;
    for (const [from, to] of changes) {
      assert.equal(wrong.split(from).length, 2, `'${from}' stands exactly once`);
      wrong = wrong.replace(from, to);
    }
    return judged(wrong);
  }

  it('finds nothing wrong with a right CONTRL, ORDRSP and DESADV', async () => {
    assert.deepEqual(await judged(acknowledgment), {
      ok: true,
      kind: 'CONTRL',
      control: '1',
      orderNumber: 'PO-7001',
      summary: 'CONTRL 1: ORDERS of order PO-7001 accepted: right',
      problems: [],
    });
    assert.equal(
      (await judged(response)).summary,
      'ORDRSP 2: order PO-7001: 2 lines: 1 accepted, 1 changed: right',
    );
    assert.equal((await judged(notice)).summary, 'DESADV 3: order PO-7001: 2 packages, 2 items: right');
  });

  it('takes UCI 0083 = 7 for the messages that are not named', async () => {
    const short = acknowledgment.replace("UCM+1+ORDERS:D:96A:UN:EAN008+7'\n", '').replace('UNT+4', 'UNT+3');
    assert.deepEqual((await judged(short)).problems, []);
  });

  it('finds the line by its item where the notice gives no line number', async () => {
    await judged(response);
    const bare = notice.replaceAll(/RFF\+ON:PO-7001:\d'\n/g, '').replace('UNT+23', 'UNT+21');
    assert.deepEqual((await judged(bare)).problems, []);
  });

  const wrongs: readonly (readonly [string, string, readonly (readonly [string, string])[], RegExp])[] = [
    [
      'a CONTRL for an interchange that we never sent',
      acknowledgment,
      [['UCI+41', 'UCI+42']],
      /nothing was sent under control number '42'/,
    ],
    ['a CONTRL for another message', acknowledgment, [['UCM+1', 'UCM+2']], /ORDERS 2, which was not sent/],
    [
      'a CONTRL that refuses a right order',
      acknowledgment,
      [['EAN008+7', 'EAN008+4+12']],
      /refused \(4\), due was accepted/,
    ],
    [
      'a CONTRL that only says that the interchange came',
      acknowledgment,
      [
        ["UCM+1+ORDERS:D:96A:UN:EAN008+7'\n", ''],
        ['29:14+7', '29:14+8'],
        ['UNT+4', 'UNT+3'],
      ],
      /answered 0 times/,
    ],
    [
      'a CONTRL with the ids the wrong way round',
      acknowledgment,
      [['4099999000012:14+4099999000029:14+7', '4099999000029:14+4099999000012:14+7']],
      /UCI does not repeat/,
    ],
    ['a wrong UNT count', response, [['UNT+19', 'UNT+18']], /UNT counts 18 segments, 19 came/],
    ['a wrong UNT reference', response, [['UNT+19+1', 'UNT+19+2']], /UNT 0062 is '2'/],
    ['a wrong UNZ count', response, [['UNZ+1', 'UNZ+2']], /UNZ counts 2 messages, 1 came/],
    ['a wrong UNZ reference', response, [['UNZ+1+2', 'UNZ+1+9']], /UNZ 0020 is '9'/],
    ['a file that is cut', response, [["UNT+19+1'\nUNZ+1+2'\n", '']], /no UNZ.*no UNT/],
    ['a file that is cut inside a segment', response, [["+1'\nUNZ+1+2'\n", '']], /incomplete message/],
    ['an order that nobody sent', response, [['ON:PO-7001', 'ON:PO-7002']], /order 'PO-7002' was never sent/],
    [
      'a missing line',
      response,
      [
        ["LIN+1+5+4099999000104:EN'\nPIA+1+TEA-01:SA'\nQTY+21:12:PCE'\nPRI+AAA:3.5'\n", ''],
        ['CNT+2:2', 'CNT+2:1'],
        ['UNT+19', 'UNT+15'],
      ],
      /line 1 is answered 0 times/,
    ],
    ['a code that the partner does not allow', response, [['LIN+1+5', 'LIN+1+1']], /code '1' is not allowed/],
    [
      'more than was ordered',
      response,
      [['QTY+113:20', 'QTY+113:21']],
      /21 confirmed and 10 on back order are more/,
    ],
    [
      'another price on a line that is accepted as it is',
      response,
      [['AAA:3.5', 'AAA:3.4']],
      /the price is 3.4/,
    ],
    ['another item', response, [['4099999000203', '4099999000104:EN+X']], /GTIN is '04099999000104'/],
    [
      'a heading that refuses what its lines accept',
      response,
      [['OUR-1+4', 'OUR-1+27']],
      /\(27\) says rejected/,
    ],
    ['a wrong CNT', response, [['CNT+2:2', 'CNT+2:3']], /CNT\+2 is '3', counted 2/],
    ['a wrong check digit', notice, [['340999990000000020', '340999990000000021']], /check digit is wrong/],
    ['an SSCC twice', notice, [['340999990000000020', '340999990000000013']], /used twice/],
    [
      'goods without an SSCC',
      notice,
      [
        ["PCI+33E'\nGIN+BJ+340999990000000020'\n", ''],
        ['UNT+23', 'UNT+21'],
      ],
      /CPS 3: goods without an SSCC/,
    ],
    [
      'a quantity that was not confirmed',
      notice,
      [['QTY+12:12', 'QTY+12:11']],
      /line 1: 11 shipped, 12 confirmed/,
    ],
    [
      'a CPS under a parent that does not exist',
      notice,
      [['CPS+3+1', 'CPS+3+7']],
      /its parent 7 does not stand before it/,
    ],
    ['a CPS id twice', notice, [['CPS+3+1', 'CPS+2+1']], /'2' is used twice/],
    ['a line that was not ordered', notice, [['PO-7001:2', 'PO-7001:5']], /line 5: the item was not ordered/],
  ];
  for (const [name, text, changes, problem] of wrongs)
    it(`refuses ${name}`, async () => {
      const judgement = await afterChange(text, changes);
      assert.equal(judgement.ok, false);
      assert.match(judgement.problems.join('; '), problem);
    });
});
