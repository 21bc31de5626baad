import assert from 'node:assert/strict';
import type { TextOptions } from '../src/inspect-fault.ts';
import { Tally } from '../src/inspect-tally.ts';
import { inspectText } from '../src/inspect-text.ts';
import { bytes, edifact, isa, order, orders, x12 } from './interchange/samples.ts';

async function text(
  content: string | Buffer,
  options: TextOptions = {},
): Promise<{ shown: string; bad: boolean; tally: Tally }> {
  let shown = '';
  const out = (piece: string) => {
    shown += piece;
  };
  const tally = new Tally();
  const source = [typeof content === 'string' ? bytes(content) : content];
  const bad = await inspectText(source, 'a.edi', out, options, tally);
  return { shown, bad, tally };
}

/** Messages of one group with the bodies given; their control numbers count from 0001. */
function group(bodies: readonly (readonly string[])[], control = '41', type = '850'): string {
  const messages = bodies.map((body, index) => {
    const number = String(index + 1).padStart(4, '0');
    return `ST*${type}*${number}~${body.map((one) => `${one}~`).join('')}SE*${body.length + 2}*${number}~`;
  });
  return `GS*PO*HARBORPINE*LANTERN*20261122*0915*${control}*X*004010~${messages.join('')}GE*${bodies.length}*${control}~`;
}

function interchange(groups: readonly string[], control = '000000041'): string {
  return `${isa.replace('000000041', control)}${groups.join('')}IEA*${groups.length}*${control}~`;
}

const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);
const wrong = [...order.slice(0, -1), 'ZZZ*1', 'CTT*2*30'];

describe('inspect for people', () => {
  it('shows a tree with each fault in its segment, under its place, with what to do', async () => {
    const file = interchange([group([order, wrong])]);
    const { shown, bad } = await text(file);
    assert.equal(bad, true);
    assert.equal(
      shown,
      `a.edi
  X12 interchange 000000041 from ZZ:HARBORPINE to ZZ:LANTERN, 2026-11-22 09:15, 00401
    group 41 PO, 004010
      850 Purchase order 0001 (004010), 9 segments: accepted
      850 Purchase order 0002 (004010), 10 segments: rejected
        loop PO1 2 › segment 8 ZZZ, line 1, byte ${file.indexOf('ZZZ')}
          ZZZ*1
          ^^^
          error: The segment ZZZ is not part of 850. [segment-unknown]
            Remove the segment, or check the version that the message claims.
  ${file.length} bytes, 1 interchange, 1 group, 2 messages, 19 segments: 1 error, 0 warnings, 0 notes
`,
    );
  });

  it('has a word for what a header should have named', async () => {
    const { shown } = await text("UNB+UNOC:3+++261122:0915+'UNZ+0+'");
    assert.match(
      shown,
      /EDIFACT interchange \(nothing\) from \(nothing\) to \(nothing\), 2026-11-22 09:15, UNOC:3\n/,
    );
    assert.match(shown, /The control number of the interchange is \(nothing\)\./);
    const bare = await text(x12(order).replace('GS*PO*', 'GS**').replace('ST*850*0001', 'ST**'));
    assert.match(
      bare.shown,
      /group 41 \(nothing\), 004010\n +\(nothing\) \(nothing\) \(004010\), 9 segments/,
    );
  });

  it('points into the header and the trailer of interchange and group, also when thousands of messages lie between', async () => {
    const file = interchange([
      group(times(2_000, order)).replace('*0915*41*X', '*9915*41*X').replace('GE*2000', 'GE*2'),
    ]);
    const { shown } = await text(file.replace('*0915*U*', '*9915*U*').replace('IEA*1', 'IEA*7'));
    assert.match(shown, /\n {6}GS, line 1, byte 106\n {8}GS\*PO\*.*\*9915\*41.*\n {42}\^{4}\n/);
    assert.match(
      shown,
      /\n {6}GE, line 1, .*\n {8}GE\*2\*41\n {11}\^\n.*\n.*\n {6}all of group 41: rejected\n/,
    );
    assert.match(shown, /\n {6}ISA\*00\*.*\*9915\*U\*.*\n {83}\^{4}\n/);
    assert.match(
      shown,
      /\n {6}IEA\*7\*000000041\n {10}\^\n.*\n.*\n {4}all of interchange 000000041: rejected\n/,
    );
  });

  it('says before or behind which segment one is missing', async () => {
    const { shown } = await text(x12(order.slice(1)));
    assert.match(shown, /\n {8}before segment 2 REF, line 1, .*\n {10}REF\*DP\*0017\n {10}\^\n/);
    const cut = x12(order).replace('SE*9*0001~', '');
    assert.match(
      (await text(cut)).shown,
      /\n {8}behind segment 8 CTT, line 1, .*\n {10}CTT\*2\*30\n {18}\^\n/,
    );
  });

  it('shows what was received: release characters, and characters by their set', async () => {
    const latin = edifact([
      ...orders.slice(0, 2),
      'FTX+AAI+++B\xfcro ?+ Caf\xe9::::',
      ...orders.slice(3),
      'XYZ+\xfc',
    ]);
    const { shown } = await text(latin);
    assert.match(shown, /\n {10}XYZ\+ü\n {10}\^{3}\n/);
    const released = edifact([...orders.slice(0, -1), "PRI+AAA:1?'2", 'CNT+2:1']);
    assert.match((await text(released)).shown, /\n {10}PRI\+AAA:1\?'2\n {18}\^{4}\n/);
    const utf8 = x12([...order.slice(0, -1), 'PID*F*08***日本🏮', 'N1*??*日本🏮*1*2*XX', 'CTT*2*30']);
    assert.match((await text(Buffer.from(utf8))).shown, /N1\*\?\?\*日本🏮\*1/);
  });

  it('shows a place in a message that is large', async () => {
    const long = [
      ...order.slice(0, 2),
      ...times(90_000, 'REF*ZZ*ABCDEFGHIJKLMNOPQRSTUVWXYZ'),
      ...wrong.slice(2),
    ];
    const { shown } = await text(x12(long));
    assert.match(shown.slice(0, 2_000), /\n {10}ZZZ\*1\n {10}\^{3}\n/);
  }).timeout(60_000);

  it('says what is worth knowing of an interchange', async () => {
    const test = x12(order).replace('*0*P*>', '*1*T*>').replaceAll('*', '|');
    const { shown } = await text(test);
    assert.match(shown, /LANTERN, 2026-11-22 09:15, 00401, test, asks for a TA1, separators \| > ~\n/);
    const receipt = edifact(orders).replace('+77', '+77++ORDERS++2++1');
    assert.match((await text(receipt)).shown, /, UNOC:3, application ORDERS, test, asks for a receipt\n/);
    const ta1 = `${isa}TA1*000000012*261122*0915*R*018~IEA*0*000000041~`;
    assert.match((await text(ta1)).shown, /\n {4}TA1: interchange 000000012 was rejected, note 018\n/);
    const unknown = x12(order, '999999');
    assert.match(
      (await text(unknown)).shown,
      /999999 0001 \(004010\), 9 segments, not in the dictionary: rejected\n/,
    );
  });

  it('folds messages without faults, and shows those that have some', async () => {
    const bodies = [...times(5_000, order), wrong, ...times(5, order)];
    const { shown, tally } = await text(interchange([group(bodies)]));
    assert.equal(tally.messages, 5_006);
    assert.deepEqual(shown.match(/^ {6}\S.*$/gm), [
      '      850 Purchase order 0001 (004010), 9 segments: accepted',
      '      850 Purchase order 0002 (004010), 9 segments: accepted',
      '      850 Purchase order 0003 (004010), 9 segments: accepted',
      '      850 Purchase order 0004 … 5000 (004010), 4,997 messages, 44,973 segments: accepted',
      '      850 Purchase order 5001 (004010), 10 segments: rejected',
      '      850 Purchase order 5002 (004010), 9 segments: accepted',
      '      850 Purchase order 5003 (004010), 9 segments: accepted',
      '      850 Purchase order 5004 (004010), 9 segments: accepted',
      '      850 Purchase order 5005 … 5006 (004010), 2 messages, 18 segments: accepted',
    ]);
  }).timeout(60_000);

  it('folds interchanges and groups without faults, and keeps apart what differs', async () => {
    const file = Array.from({ length: 50 }, (_, index) =>
      interchange([group([order])], String(index + 1).padStart(9, '0')),
    );
    const bad = interchange([group([wrong])], '000000051');
    const others = file.slice(0, 5).map((one) => one.replace('HARBORPINE     ', 'NORTHGATE      '));
    const { shown } = await text([...file, bad, ...others].join('\n'));
    assert.match(
      shown,
      /\n {2}X12 interchanges 000000004 … 000000050 from ZZ:HARBORPINE to ZZ:LANTERN, 00401, 47 interchanges of 850 Purchase order, 47 messages, 423 segments: accepted\n {2}X12 interchange 000000051/,
    );
    assert.match(shown, /\n {2}X12 interchanges 000000004 … 000000005 from ZZ:NORTHGATE to/);
    assert.ok(shown.split('\n').length < 60, shown);
    const groups = interchange(times(20, 0).map((_, index) => group([order], String(index + 1))));
    assert.match(
      (await text(groups)).shown,
      /\n {4}groups 4 … 20 PO 004010, 17 groups of 850 Purchase order, 17 messages, 153 segments: accepted\n/,
    );
  });

  it('shows what it reads before it has read thousands of messages', async () => {
    const file = bytes(interchange([group(times(5_000, order))]));
    let shown = '';
    let shownEarly = '';
    async function* source(): AsyncGenerator<Uint8Array> {
      yield file.subarray(0, file.length / 2);
      yield file.subarray(file.length / 2, file.length - 10);
      shownEarly = shown;
      yield file.subarray(file.length - 10);
    }
    await inspectText(source(), 'a.edi', (piece) => {
      shown += piece;
    });
    assert.match(shownEarly, /^a\.edi\n {2}X12 interchange 000000041 .*\n {4}group 41 PO, 004010\n {6}850 /);
    assert.doesNotMatch(shownEarly, / bytes, /);
  }).timeout(60_000);

  it('counts the faults beyond the first thousand, and says how their messages fared', async () => {
    const two = [...order.slice(0, -1), 'ZZZ*1', 'CTT*2*30'];
    const { shown, tally } = await text(interchange([group(times(1_500, two))]));
    assert.equal(tally.faults.error, 1_500);
    assert.equal(shown.match(/\[segment-unknown\]/g)?.length, 1_000);
    assert.match(
      shown,
      /850 Purchase order 1004 … 1500 \(004010\), 497 messages, 4,970 segments: rejected\n/,
    );
    assert.match(shown, /\n {2}500 more faults are not shown\n/);
  }).timeout(60_000);

  it('shows a note that all messages have a few times only', async () => {
    const file = interchange([group(times(200, order)).replace('*X*004010', '*X*004011')]);
    const { shown, tally } = await text(file);
    assert.equal(tally.faults.info, 200, shown.slice(0, 2_000));
    assert.equal(shown.match(/\[release-substituted\]/g)?.length, 3);
    assert.match(
      shown,
      /850 Purchase order 0007 … 0200 \(004011\), 194 messages, 1,746 segments: accepted\n/,
    );
    assert.match(shown, /\n {2}197 warnings and notes like those above: not shown again\n/);
  });

  it('tells what a file is that is no EDI', async () => {
    assert.match((await text('')).shown, /error: The file is empty or blank \(0 bytes\)\. \[file-empty\]/);
    assert.match(
      (await text('PK\x03\x04\x00\x00')).shown,
      /\[not-edi\][\s\S]*It looks like a ZIP archive: unpack it/,
    );
    assert.match((await text('sku,quantity\nLAMP,3\n')).shown, /\[not-edi\]/);
    assert.doesNotMatch((await text('sku,quantity\nLAMP,3\n')).shown, /looks like/);
  });

  it('shortens segments to the columns of the terminal', async () => {
    const long = [...order.slice(0, -1), `PID*F*08***${'lamp '.repeat(40)}`, 'CTT*2*30'];
    for (const columns of [60, 80, 200]) {
      const { shown } = await text(x12(long), { columns });
      const line = shown.split('\n').find((one) => one.includes('lamp ')) ?? '';
      assert.ok(line.length <= columns && line.length > columns - 5, `${columns}: ${line.length}`);
    }
  });

  it('colours severities, verdicts and carets where it is asked to, and writes nothing that a terminal would obey', async () => {
    const hostile = x12(['BEG*\x1b[2J*SA*HP-1**20261122', 'REF*DP*0\t17', ...order.slice(2), 'ZZ\x1b*1']);
    // '{1;31m' stands for the escape sequence, so that the patterns hold no control character.
    const shown = (await text(hostile, { colour: true })).shown.replaceAll('\x1b[', '{');
    assert.match(shown, /\{1;31merror\{0m/);
    assert.match(shown, /: \{1;31mrejected\{0m\n/);
    assert.match(shown, /BEG\*␛\[2J\*SA.*\n {14}\{1;31m\^{4}\{0m\n/);
    const plain = (await text(hostile)).shown;
    assert.equal(shown.replace(/\{[\d;]+m/g, ''), plain);
    assert.doesNotMatch(plain.replaceAll('\n', ''), /\p{Cc}/u);
  });

  it('says the same however the file is cut into chunks', async () => {
    const file = bytes(interchange([group([order, wrong]), group([wrong])]));
    const { shown } = await text(file);
    for (const size of [1, 7, 100]) {
      let cut = '';
      const chunks = Array.from({ length: Math.ceil(file.length / size) }, (_, index) =>
        file.subarray(index * size, (index + 1) * size),
      );
      await inspectText(chunks, 'a.edi', (piece) => {
        cut += piece;
      });
      assert.equal(cut, shown);
    }
  });
});
