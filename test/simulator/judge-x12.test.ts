import assert from 'node:assert/strict';
import type { Judgement, OrderFile, TradingPartner } from '../../src/simulator/trading-partner.ts';
import { type Basket, basket, harborPine, order } from './example.ts';

const heading = (control: string, group: string) =>
  `ISA*00*          *00*          *ZZ*SALTMARSH      *ZZ*HARBORPINE     *261120*0931*U*00401*${control}*0*P*>~
GS*${group}*SALTMARSH*HARBORPINE*20261120*0931*7*X*004010~
`;

const acknowledgment = `${heading('000000001', 'FA')}ST*997*0001~
AK1*PO*41~
AK2*850*0001~
AK5*A~
AK9*A*1*1*1~
SE*6*0001~
GE*1*7~
IEA*1*000000001~
`;

const response = `${heading('000000002', 'PR')}ST*855*0001~
BAK*00*AC*PO-7001*20261120****OUR-1*20261120~
N1*ST*Distribution Center North*92*DC07~
PO1*1*12*EA*3.5**UP*099999000108*VN*TEA-01~
ACK*IA*12*EA*068*20261125~
PO1*2*30*EA*2**EN*4099999000203*VN*TEA-02~
ACK*IQ*20*EA*068*20261125~
ACK*IB*10*EA*068*20261210~
CTT*2*42~
SE*10*0001~
GE*1*7~
IEA*1*000000002~
`;

const notice = `${heading('000000003', 'SH')}ST*856*0001~
BSN*00*SHIP-1*20261124*1400*0001~
HL*1**S*1~
TD5**2*ABCD~
HL*2*1*O*1~
PRF*PO-7001***20261120~
HL*3*2*P*1~
MAN*GM*340999990000000013~
HL*4*3*I*0~
LIN*1*UP*099999000108*VN*TEA-01~
SN1**12*EA~
HL*5*2*P*1~
MAN*GM*00340999990000000020~
HL*6*5*I*0~
LIN*2*EN*4099999000203*VN*TEA-02~
SN1**20*EA~
CTT*6*32~
SE*18*0001~
GE*1*7~
IEA*1*000000003~
`;

describe('what partner one thinks of our X12', () => {
  let mail: Basket;
  let partner: TradingPartner;
  let sent: OrderFile[];

  beforeEach(() => {
    mail = basket();
    partner = harborPine(mail);
    sent = [partner.order(order)];
  });

  async function judged(text: string): Promise<Judgement> {
    mail.incoming.push({ name: 'answer.edi', bytes: Buffer.from(text, 'latin1') });
    const [answer, ...others] = await partner.poll();
    assert.ok(answer !== undefined && others.length === 0);
    return partner.judge(answer, sent);
  }

  /** The judgement of a text in which one thing was made wrong; what comes before it in the exchange was right. */
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

  it('finds nothing wrong with a right 997, 855 and 856', async () => {
    const first = await judged(acknowledgment);
    assert.deepEqual(first, {
      ok: true,
      kind: '997',
      control: '000000001',
      orderNumber: 'PO-7001',
      summary: '997 000000001: 850 of order PO-7001 accepted: right',
      problems: [],
    });
    const second = await judged(response);
    assert.equal(second.summary, '855 000000002: order PO-7001: 2 lines: 1 accepted, 1 changed: right');
    const third = await judged(notice);
    assert.equal(third.summary, '856 000000003: order PO-7001: 2 packages, 2 items: right');
    assert.deepEqual([second.ok, third.ok], [true, true]);
  });

  it('adds up a line that is packed into several cartons', async () => {
    await judged(response);
    const split = notice
      .replace('SN1**12', 'SN1**7')
      .replace('CTT*6*32~', 'HL*7*5*I*0~\nLIN*1*VN*TEA-01~\nSN1**5*EA~\nCTT*7*32~')
      .replace('SE*18', 'SE*21');
    assert.deepEqual((await judged(split)).problems, []);
  });

  it('takes a back order delivered later, and no more than that', async () => {
    await judged(response);
    await judged(notice);
    const later = notice
      .replace(/000000003/g, '000000004')
      .replace('SHIP-1', 'SHIP-2')
      .replace('340999990000000013', '340999990000000037')
      .replace(/HL\*4\*3\*I\*0~\nLIN\*1[^~]*~\nSN1\*\*12\*EA~\nHL\*5[\s\S]*?HL\*6\*5/, 'HL*4*3')
      .replace('SN1**20', 'SN1**10')
      .replace('CTT*6*32', 'CTT*4*10')
      .replace('SE*18', 'SE*13');
    assert.deepEqual((await judged(later)).problems, []);
    const again = later
      .replace(/000000004/g, '000000005')
      .replace('340999990000000037', '340999990000000044');
    assert.match((await judged(again)).problems.join(), /line 2: 40 shipped, 20 confirmed/);
  });

  it('judges the same interchange once: the same bytes again are right, other bytes under its number are not', async () => {
    await judged(response);
    const again = await judged(response);
    assert.equal(again.ok, true);
    assert.match(again.summary, /the same again/);
    const reused = await judged(response.replace('ACK*IA*12*EA*068*20261125', 'ACK*IA*12*EA*068*20261126'));
    assert.match(reused.problems.join(), /control number 000000002 was used before/);
  });

  it('takes a refusal where one was due, and no acceptance there', async () => {
    const [file] = sent;
    assert.ok(file);
    sent = [{ ...file, expected: { ...file.expected, acknowledgment: 'refused' } }];
    const refusal = acknowledgment.replace('AK5*A', 'AK5*R*5').replace('AK9*A*1*1*1', 'AK9*R*1*1*0');
    assert.equal((await judged(refusal)).ok, true);
    assert.match(
      (await judged(acknowledgment.replace(/000000001/g, '000000009'))).problems.join(),
      /due was refused/,
    );
  });

  it('reads a TA1, which strict mode refuses', async () => {
    const isa = heading('000000008', 'FA').split('\n')[0];
    const ta1 = (note: string) => `${isa}\nTA1*000000041*261120*0930*${note}~\nIEA*0*000000008~\n`;
    const fine = await judged(ta1('A*000'));
    assert.equal(fine.summary, 'TA1 000000008: interchange 000000041 A 000: right');
    const refused = await judged(ta1('R*025').replace(/000000008/g, '000000009'));
    assert.match(refused.problems.join(), /not accepted: 025/);
  });

  const wrongs: readonly (readonly [string, string, readonly (readonly [string, string])[], RegExp])[] = [
    [
      'a 997 for a group that we never sent',
      acknowledgment,
      [['AK1*PO*41', 'AK1*PO*42']],
      /nothing was sent under control number '42'/,
    ],
    ['a 997 for another kind of group', acknowledgment, [['AK1*PO', 'AK1*IN']], /AK101 is 'IN'/],
    [
      'a 997 for another set',
      acknowledgment,
      [['AK2*850*0001', 'AK2*850*0002']],
      /850 0002, which was not sent.*0001 is answered 0 times/,
    ],
    [
      'a 997 that refuses a right order',
      acknowledgment,
      [
        ['AK5*A', 'AK5*R*5'],
        ['AK9*A*1*1*1', 'AK9*R*1*1*0'],
      ],
      /refused \(R\), due was accepted/,
    ],
    [
      'a 997 whose AK9 does not add up',
      acknowledgment,
      [['AK9*A*1*1*1', 'AK9*A*1*1*0']],
      /AK904 is '0', counted 1/,
    ],
    [
      'a 997 whose AK9 is missing',
      acknowledgment,
      [
        ['AK9*A*1*1*1~\n', ''],
        ['SE*6', 'SE*5'],
      ],
      /AK9 is missing/,
    ],
    ['a group of another kind', acknowledgment, [['GS*FA', 'GS*PR']], /GS01 is PR, 997 belongs in FA/],
    [
      'a group from somebody else',
      response,
      [['GS*PR*SALTMARSH', 'GS*PR*SALTMARCH']],
      /GS02 is SALTMARCH, not SALTMARSH/,
    ],
    [
      'a group for somebody else',
      response,
      [['SALTMARSH*HARBORPINE*', 'SALTMARSH*HARBOR*']],
      /GS03 is HARBOR, not/,
    ],
    ['a wrong segment count', response, [['SE*10', 'SE*11']], /SE01 \(11\) does not match/],
    [
      'a trailer with another number',
      response,
      [['IEA*1*000000002', 'IEA*1*000000022']],
      /IEA02 \(22\) does not match/,
    ],
    [
      'a file that is cut',
      response,
      [['SE*10*0001~\nGE*1*7~\nIEA*1*000000002~\n', '']],
      /no IEA.*no GE.*no SE/,
    ],
    [
      'another receiver',
      response,
      [['ZZ*HARBORPINE     ', 'ZZ*HARBOURPINE    ']],
      /the receiver is ZZ\/HARBOURPINE/,
    ],
    ['an order that nobody sent', response, [['*PO-7001*', '*PO-7002*']], /order 'PO-7002' was never sent/],
    ['a wrong order date', response, [['PO-7001*20261120', 'PO-7001*20261121']], /dates the order 20261121/],
    [
      'a missing line',
      response,
      [
        ['PO1*1*12*EA*3.5**UP*099999000108*VN*TEA-01~\nACK*IA*12*EA*068*20261125~\n', ''],
        ['CTT*2*42', 'CTT*1*30'],
        ['SE*10', 'SE*8'],
      ],
      /line 1 is answered 0 times/,
    ],
    [
      'a line twice',
      response,
      [['PO1*2*30*EA*2**EN*4099999000203*VN*TEA-02', 'PO1*1*30*EA*2**EN*4099999000203*VN*TEA-02']],
      /line 1 is answered 2 times/,
    ],
    ['a line that was not ordered', response, [['PO1*2*', 'PO1*3*']], /line 3 was not ordered/],
    [
      'a line without an answer',
      response,
      [
        ['ACK*IA*12*EA*068*20261125~\n', ''],
        ['SE*10', 'SE*9'],
      ],
      /line 1: has no code/,
    ],
    ['a code that the partner does not allow', response, [['ACK*IA', 'ACK*AR']], /code 'AR' is not allowed/],
    ['accepted, but not all of it', response, [['ACK*IA*12', 'ACK*IA*11']], /accepted, but 11 of 12/],
    [
      'more than was ordered',
      response,
      [['ACK*IB*10', 'ACK*IB*11']],
      /20 confirmed and 11 on back order are more than the 30/,
    ],
    ['a price that was not agreed', response, [['EA*3.5*', 'EA*3.6*']], /the price is 3.6, ordered at 3.50/],
    [
      'another item',
      response,
      [['4099999000203*VN*TEA-02', '4099999000104*VN*TEA-02']],
      /GTIN is '04099999000104'/,
    ],
    [
      'a heading that says more than its lines',
      response,
      [['BAK*00*AC', 'BAK*00*AD']],
      /\(AD\) says accepted, a line does not/,
    ],
    ['a wrong CTT01', response, [['CTT*2*42', 'CTT*3*42']], /CTT01 is '3', counted 2/],
    ['a wrong hash total', response, [['CTT*2*42', 'CTT*2*43']], /CTT02 is '43', counted 42/],
    [
      'a wrong check digit',
      notice,
      [['340999990000000013', '340999990000000014']],
      /SSCC 340999990000000014: the check digit is wrong/,
    ],
    [
      'an SSCC twice',
      notice,
      [['00340999990000000020', '340999990000000013']],
      /SSCC 340999990000000013 is used twice/,
    ],
    [
      'a carton without an SSCC',
      notice,
      [
        ['MAN*GM*340999990000000013~\n', ''],
        ['SE*18', 'SE*17'],
      ],
      /SSCC '' is not of 18 digits/,
    ],
    [
      'less than was confirmed',
      notice,
      [
        ['SN1**20', 'SN1**19'],
        ['CTT*6*32', 'CTT*6*31'],
      ],
      /line 2: 19 shipped, 20 confirmed/,
    ],
    [
      'more than was confirmed',
      notice,
      [
        ['SN1**12', 'SN1**13'],
        ['CTT*6*32', 'CTT*6*33'],
      ],
      /line 1: 13 shipped, 12 confirmed/,
    ],
    ['another order', notice, [['PRF*PO-7001', 'PRF*PO-7009']], /order 'PO-7009' was never sent/],
    ['an item under another parent', notice, [['HL*6*5*I', 'HL*6*1*I']], /a level I cannot stand under S/],
    [
      'a parent that does not exist',
      notice,
      [['HL*5*2*P', 'HL*5*9*P']],
      /its parent 9 does not stand before it/,
    ],
    ['a level that claims children', notice, [['HL*6*5*I*0', 'HL*6*5*I*1']], /HL04 is 1, but it has none/],
    ['an HL id twice', notice, [['HL*5*2*P', 'HL*3*2*P']], /HL01 '3' is used twice/],
    ['a wrong number of levels', notice, [['CTT*6*32', 'CTT*7*32']], /CTT01 is '7', counted 6/],
    [
      'an item that was not ordered',
      notice,
      [['UP*099999000108*VN*TEA-01', 'UP*099999000999*VN*TEA-99']],
      /UPC is '00099999000999'/,
    ],
  ];
  for (const [name, text, changes, problem] of wrongs)
    it(`refuses ${name}`, async () => {
      const judgement = await afterChange(text, changes);
      assert.equal(judgement.ok, false);
      assert.match(judgement.problems.join('; '), problem);
      assert.ok(judgement.summary.includes(judgement.problems[0] ?? ''));
    });

  it('refuses a ship notice before any response', async () => {
    assert.match((await judged(notice)).problems.join(), /ships before a right response/);
  });
});
