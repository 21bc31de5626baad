import assert from 'node:assert/strict';
import type { FaultCode } from '../../src/fault.ts';
import { codesOf, edifact, eventsOf, faultsOf, isa, messagesOf, order, orders, x12 } from './samples.ts';

const x = x12(order);
const e = edifact(orders);
const una = (text: string) => edifact(orders, 'ORDERS', 'D:96A:UN:EAN008', text);
const grouped = e
  .replace('UNH', "UNG+ORDERS+40123+54123+261122:0915+5+UN+D:96A'UNH")
  .replace('UNZ', "UNE+1+5'UNZ");

/** What is done to a good file, and the faults that must come of it. */
const cases: readonly (readonly [name: string, text: string | Buffer, codes: readonly FaultCode[]])[] = [
  ['a good X12 file', x, []],
  ['a good X12 file with line ends', x.replaceAll('~', '~\r\n'), []],
  ['a good EDIFACT file', e, []],
  ['a good EDIFACT file with UNA and line ends', una("UNA:+.? '\n").replaceAll(/'(?!s)/g, "'\n"), []],
  ['a good EDIFACT file with groups', grouped, []],
  ['an empty file', '', []],
  ['no EDI', 'name,quantity\nlamp,3\n', ['not-edi']],
  ['a byte order mark', `\xef\xbb\xbf${x}`, ['byte-order-mark']],
  ['blanks before the header', `\r\n  ${e}`, ['leading-blanks']],
  ['rubbish between interchanges', `${x}hello there\n${e}`, ['stray-bytes']],
  ['an ISA that is not padded', x.replace(isa, isa.replaceAll(/ +\*/g, '*')), ['isa-length']],
  ['line ends as terminators', x.replaceAll('~', '\n'), ['newline-terminator']],
  ['CR LF as terminators', x.replaceAll('~', '\r\n'), ['newline-terminator']],
  ['X12 wrapped at 80 columns', x.replace(/.{80}/gs, '$&\n'), ['line-wrapped']],
  ['EDIFACT wrapped at 80 columns', e.replace(/.{80}/gs, '$&\r\n'), ['line-wrapped']],
  ['the same separator twice', x.replace('*>~', '**~'), ['separators-clash']],
  ['an authorization qualifier', x.replace('ISA*00*', 'ISA*77*'), ['authorization-invalid']],
  ['a security qualifier', x.replace('*00*          *ZZ', '*77*          *ZZ'), ['security-invalid']],
  ['no sender', x.replace('*ZZ*HARBORPINE     *', '*ZZ*               *'), ['sender-missing']],
  ['a sender qualifier', x.replace('*ZZ*HARBOR', '*z?*HARBOR'), ['sender-qualifier-invalid']],
  ['no receiver', x.replace('*ZZ*LANTERN        *', '*ZZ*               *'), ['receiver-missing']],
  ['a receiver qualifier', x.replace('*ZZ*LANTERN ', '*z?*LANTERN '), ['receiver-qualifier-invalid']],
  ['a date in ISA', x.replace('*261122*0915*U', '*261322*0915*U'), ['interchange-date-invalid']],
  ['a time in ISA', x.replace('*261122*0915*U', '*261122*2515*U'), ['interchange-time-invalid']],
  ['a standard in ISA', x.replace('0915*U*', '0915*Q*'), ['interchange-standard-invalid']],
  [
    'a version in ISA',
    x.replace('*00401*', '*ABCDE*').replace('*U*ABC', '*U*ABC'),
    ['interchange-version-invalid'],
  ],
  ['a flag in ISA14', x.replace('041*0*P', '041*7*P'), ['acknowledgment-flag-invalid']],
  ['a usage indicator', x.replace('041*0*P', '041*0*X'), ['usage-indicator-invalid']],
  ['a control number with blanks', x.replaceAll('000000041', '0000 0041'), ['interchange-control-invalid']],
  [
    'IEA with another number',
    x.replace('IEA*1*000000041', 'IEA*1*000000042'),
    ['interchange-control-mismatch'],
  ],
  ['IEA with another count', x.replace('IEA*1', 'IEA*2'), ['interchange-count-mismatch']],
  ['no IEA', x.replace(/IEA.*/, ''), ['interchange-trailer-missing']],
  ['no GE', x.replace('GE*1*41~', ''), ['group-trailer-missing']],
  ['GE with another number', x.replace('GE*1*41', 'GE*1*42'), ['group-control-mismatch']],
  ['GE with another count', x.replace('GE*1*41', 'GE*3*41'), ['message-count-mismatch']],
  [
    'no group number',
    x.replace('*0915*41*X*', '*0915**X*').replace('GE*1*41', 'GE*1*'),
    ['group-control-invalid'],
  ],
  ['no group version', x.replace('*X*004010', '*X*'), ['header-element-missing', 'release-substituted']],
  ['a group date', x.replace('*20261122*0915*41', '*20261322*0915*41'), ['header-element-invalid']],
  ['a message outside a group', x.replace(/GS.*?~/, '').replace(/GE.*?~/, ''), ['group-header-missing']],
  ['a segment between messages', x.replace('GE*', 'REF*DP*1~GE*'), ['segment-outside-message']],
  ['a segment between groups', x.replace('IEA*', 'REF*DP*1~IEA*'), ['segment-outside-message']],
  ['GE without GS', x.replace('IEA*', 'GE*1*41~IEA*'), ['trailer-without-header']],
  ['SE without ST', x.replace('GE*', 'SE*1*0001~GE*'), ['trailer-without-header']],
  [
    'no groups',
    `${isa}IEA*0*000000041~`,
    ['interchange-count-mismatch', 'interchange-empty'].slice(1) as FaultCode[],
  ],
  ['only a TA1', `${isa}TA1*000000007*261122*0900*A*000~IEA*0*000000041~`, []],
  ['TA1 behind a group', x.replace('IEA*', 'TA1*000000007*261122*0900*A*000~IEA*'), ['ta1-misplaced']],
  [
    'an X12 file cut in a segment',
    x.slice(0, x.indexOf('LAMP') + 2),
    ['message-trailer-missing', 'group-trailer-missing', 'file-truncated', 'interchange-trailer-missing'],
  ],
  [
    'an X12 file cut behind a segment',
    x.slice(0, x.indexOf('PID')),
    ['message-trailer-missing', 'group-trailer-missing', 'interchange-trailer-missing'],
  ],
  ['an X12 file cut in IEA', x.slice(0, -4), ['interchange-control-mismatch', 'file-truncated']],
  ['no last terminator', x.slice(0, -1), ['terminator-missing']],
  [
    'an EDIFACT file cut in a segment',
    e.slice(0, e.indexOf('LIN') + 5),
    ['segment-missing', 'message-trailer-missing', 'file-truncated', 'interchange-trailer-missing'],
  ],
  ['no last EDIFACT terminator', e.slice(0, -1), ['terminator-missing']],
  ['a syntax that does not exist', e.replace('UNOC:3', 'XXXX:3'), ['interchange-version-invalid']],
  ['UNZ with another number', e.replace('UNZ+1+77', 'UNZ+1+78'), ['interchange-control-mismatch']],
  ['UNZ with another count', e.replace('UNZ+1', 'UNZ+2'), ['interchange-count-mismatch']],
  ['no UNZ', e.replace(/UNZ.*/, ''), ['interchange-trailer-missing']],
  ['no messages', e.replace(/UNH.*UNT[^']*'/s, '').replace('UNZ+1', 'UNZ+0'), ['interchange-empty']],
  ['no UNE', grouped.replace("UNE+1+5'", ''), ['group-trailer-missing']],
  ['UNE with another number', grouped.replace('UNE+1+5', 'UNE+1+6'), ['group-control-mismatch']],
  ['UNE with another count', grouped.replace('UNE+1+5', 'UNE+2+5'), ['message-count-mismatch']],
  ['UNE without UNG', e.replace('UNZ', "UNE+1+5'UNZ"), ['trailer-without-header']],
  ['a segment before UNH', e.replace('UNH', "BGM+220'UNH"), ['segment-outside-message']],
  ['a test flag that means nothing', e.replace('0915+77', '0915+77++++++X'), ['usage-indicator-invalid']],
  ['an acknowledgment request', e.replace('0915+77', '0915+77++++5'), ['acknowledgment-flag-invalid']],
  ['UTF-8 under UNOC', Buffer.from(e.replace('Leave', 'Für'), 'utf8'), ['character-set-mismatch']],
  [
    'UTF-8 under UNOW',
    Buffer.from(e.replace('UNOC:3', 'UNOW:4').replace(':0915', ':0915').replace('Leave', 'Für'), 'utf8'),
    [],
  ],
  ['Latin-1 under UNOA', e.replace('UNOC', 'UNOA').replace('Leave', 'F\xfcr'), ['character-set-mismatch']],
];

describe('faults of the envelope', () => {
  for (const [name, text, codes] of cases) {
    it(`${name}: ${codes.join(', ') || 'no fault'}`, async () => {
      const found = await codesOf(text);
      assert.deepEqual([...found].sort(), [...codes].sort());
    });
  }

  it('repeats of a group number and mixed groups are found', async () => {
    const group = grouped.slice(grouped.indexOf('UNG'), grouped.indexOf('UNZ'));
    const twice = grouped.replace('UNZ+1', `${group}UNZ+2`);
    assert.ok((await codesOf(twice)).includes('group-control-repeated'));
    const mixed = grouped.replace('UNZ+1', `${e.slice(e.indexOf('UNH'), e.indexOf('UNZ'))}UNZ+1`);
    assert.ok((await codesOf(mixed)).includes('groups-mixed'));
  });

  it('a missing trailer never costs the next interchange', async () => {
    const open = x.replace(/SE\*.*/, '');
    const [first, second] = await messagesOf(open + x);
    assert.equal(first?.verdict, 'rejected');
    assert.equal(first?.faults[0]?.code, 'message-trailer-missing');
    assert.equal(second?.verdict, 'accepted');
  });

  it('reads what is behind an unreadable header', async () => {
    const codes = await codesOf(`UNA:+.? 'UNX+1'${e}`);
    assert.deepEqual(codes, ['stray-bytes']);
  });

  it('a damaged ISA costs no interchange behind it', async () => {
    const damaged = x.replace('*0*P*', '*P*');
    assert.notEqual(damaged, x);
    for (const first of [damaged, x.slice(0, 50)]) {
      const events = await eventsOf(first + x);
      const messages = events.filter((event) => event.kind === 'message');
      assert.deepEqual(
        messages.map((one) => one.verdict),
        ['accepted'],
      );
      const [stray] = events;
      assert.deepEqual(
        stray?.kind === 'stray' ? stray.faults.map(({ code, at }) => [code, at?.offset]) : [],
        [['header-unreadable', 0]],
      );
    }
  });

  it('a fault of GE has no place in the message that lacks its SE', async () => {
    const events = await eventsOf(x.replace(/SE\*.*?~/, '').replace('GE*1*', 'GE*9*'));
    const group = events.find((event) => event.kind === 'group-end');
    assert.deepEqual(
      group?.faults.map(({ code, at }) => [code, at?.tag, at?.segment]),
      [['message-count-mismatch', 'GE', undefined]],
    );
  });

  it('gives verdicts from severities', async () => {
    const ends = (await eventsOf(x.replace('IEA*1', 'IEA*2'))).filter(
      (one) => one.kind === 'interchange-end',
    );
    assert.deepEqual(
      ends.map((one) => one.verdict),
      ['rejected'],
    );
    const noted = (await eventsOf(x.replace('0915*U*', '0915*Q*'))).filter(
      (one) => one.kind === 'interchange-end',
    );
    assert.deepEqual(
      noted.map((one) => one.verdict),
      ['noted'],
    );
    const info = (await eventsOf(`\n${x}`)).filter((one) => one.kind === 'interchange-end');
    assert.deepEqual(
      info.map((one) => one.verdict),
      ['accepted'],
    );
  });

  it('faults carry their place', async () => {
    const [one] = await faultsOf(`${x}${x.replace('IEA*1*000000041', 'IEA*1*000000042')}`);
    assert.deepEqual(one?.at, {
      interchange: 2,
      offset: x.length + x.indexOf('IEA'),
      line: 1,
      tag: 'IEA',
      element: 2,
    });
    assert.equal(one?.value, '000000042');
  });
});
