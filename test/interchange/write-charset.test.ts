/** What is written in which character set, and in which decimal mark. */
import assert from 'node:assert/strict';
import { readInterchanges } from '../../src/interchange/interchange.ts';
import {
  NotWritable,
  type OutInterchange,
  type OutPart,
  type OutSegment,
  writeInterchange,
  writeInterchanges,
} from '../../src/interchange/write.ts';
import { charsetNamed } from '../../src/interchange/write-charset.ts';
import { checkedInterchanges } from '../../src/interchange/write-checked.ts';
import { edifactSeparators } from './acknowledge-cases.ts';
import { ordrsp, outEdifact, outGroup, outMessage, outX12, unnamed } from './write-cases.ts';

/** The text of a free text segment as it was written, or what is wrong with it. */
function writtenIn(parts: Partial<OutInterchange>, text: string, type = 'ORDRSP'): string {
  const segment = { tag: 'FTX', values: [text] };
  const out =
    parts.standard === 'x12'
      ? outX12([outGroup([outMessage([segment])])], parts)
      : outEdifact([unnamed([ordrsp([segment], { type })])], parts);
  const { bytes, faults } = writeInterchange(out);
  if (faults.length > 0) return faults.map(({ message }) => message).join(' ');
  return /FTX[+*](.*?)['~]U?[NS]/s.exec(bytes.toString('latin1'))?.[1] ?? '';
}

const utf8 = (text: string) => Buffer.from(text).toString('latin1');

describe('character sets', () => {
  const written: readonly [string, Partial<OutInterchange>, string, string][] = [
    ['level A', { version: 'UNOA:2' }, 'A-Z 019 .,-()/=!"%&*;<>', 'A-Z 019 .,-()/=!"%&*;<>'],
    ['level B', { version: 'UNOB:2' }, 'Lamp (brass)', 'Lamp (brass)'],
    ['level A, ASCII agreed', { version: 'UNOA:2', charset: 'US-ASCII' }, 'a@b_[c]', 'a@b_[c]'],
    ['UNOC', { version: 'UNOC:3' }, 'Käse#', 'K\xe4se#'],
    ['UNOK', { version: 'UNOK:4' }, 'İş', '\xdd\xfe'],
    ['UNOY', { version: 'UNOY:4' }, 'Käse', utf8('Käse')],
    ['UNOX', { version: 'UNOX:4' }, 'cheese', 'cheese'],
    ['UNOX, UTF-8 agreed', { version: 'UNOX:4', charset: 'UTF-8' }, 'チーズ', utf8('チーズ')],
    ['X12', { standard: 'x12', version: '00401' }, 'Käse', 'K\xe4se'],
    ['X12, UTF-8 agreed', { standard: 'x12', version: '00401', charset: 'UTF-8' }, '5 €', utf8('5 €')],
    [
      'X12, its basic set',
      { standard: 'x12', version: '00401', charset: 'X12-BASIC' },
      'LAMP "7" &?',
      'LAMP "7" &?',
    ],
  ];
  for (const [name, parts, text, expected] of written) {
    it(`${name}: ${text}`, () => assert.equal(writtenIn(parts, text), expected));
  }

  const refused: readonly [string, Partial<OutInterchange>, string, string][] = [
    ['level A', { version: 'UNOA:2' }, 'Lamp', 'holds a, which level A (UNOA) does not have'],
    ['level A', { version: 'UNOA:2' }, 'A_B', 'holds _, which level A (UNOA) does not have'],
    ['level B', { version: 'UNOB:2' }, 'a@b', 'holds @, which level B (UNOB) does not have'],
    ['ASCII', { version: 'UNOC:3', charset: 'US-ASCII' }, 'Käse', 'holds ä, which ASCII does not have'],
    ['UNOX', { version: 'UNOX:4' }, 'Käse', 'holds ä, which ASCII does not have'],
    ['X12', { standard: 'x12', version: '00401' }, '5 €', 'holds €, which ISO 8859-1 does not have'],
    ['X12', { standard: 'x12', version: '00401' }, 'a\u0000', 'holds U+0000, which'],
    ['X12', { standard: 'x12', version: '00401', charset: 'X12-BASIC' }, 'Lamp', 'holds a, which the basic'],
    ['a set that nobody knows', { charset: 'ISO-8859-12' }, 'a', 'cannot be "ISO-8859-12"'],
  ];
  for (const [name, parts, text, expected] of refused) {
    it(`${name} refuses ${JSON.stringify(text)}`, () => {
      const given = writtenIn({ version: 'UNOC:3', ...parts }, text);
      assert.ok(given.includes(expected), given);
    });
  }

  it('are no narrower than ASCII for what repeats the words of others: addresses and CONTRL', () => {
    const parts = { version: 'UNOA:2', sender: { qualifier: '14', id: 'harbor_pine' } };
    assert.equal(writtenIn(parts, 'ref_a', 'CONTRL'), 'ref_a');
    assert.match(writtenIn(parts, 'ref_a'), /level A/);
    assert.match(
      writtenIn({ ...parts, sender: { qualifier: '14', id: 'Käse' } }, 'A'),
      /UNB element 2 holds ä/,
    );
  });

  for (const part of [2, 3, 4, 5, 6, 7, 8, 9, 15]) {
    it(`write every letter of ISO 8859-${part} as the byte that it is read from`, () => {
      const high = Uint8Array.from({ length: 96 }, (_, index) => 0xa0 + index);
      const letters = new TextDecoder(`iso-8859-${part}`).decode(high).replaceAll('\ufffd', '');
      const charset = charsetNamed(`ISO-8859-${part}`);
      assert.ok(charset);
      assert.equal(charset.refused.exec(letters), null);
      assert.equal(new TextDecoder(`iso-8859-${part}`).decode(charset.encode(letters)), letters);
      assert.equal(charset.encode(letters).length, letters.length);
    });
  }
});

describe('UNA', () => {
  const first = (parts: Partial<OutInterchange>) =>
    writeInterchange(outEdifact([], parts)).bytes.toString('latin1').slice(0, 9);
  const levelB = { ...edifactSeparators, element: '\x1d', component: '\x1f', segment: '\x1c', release: null };

  it('is written when it is asked for', () => {
    assert.equal(first({ una: true }), "UNA:+.? '");
    assert.equal(first({}), 'UNB+UNOC:');
  });

  it('is not needed for the control characters of level B, and only there', () => {
    assert.equal(first({ version: 'UNOB:2', separators: levelB }), 'UNB\x1dUNOB\x1f');
    assert.equal(first({ version: 'UNOC:3', separators: levelB }), 'UNA\x1f\x1d.  \x1c');
  });
});

describe('the decimal mark', () => {
  const segments: OutSegment[] = [
    { tag: 'QTY', values: [['21', '12.5', 'KGM']] },
    { tag: 'PRI', values: [['AAA', '3.25', '', '', '1', 'PCE']] },
    { tag: 'FTX', values: ['AAI', '', '', 'rev. 2.0'] },
  ];
  const body = (decimal: string, version: string) => {
    const separators = { ...edifactSeparators, decimal };
    const out = outEdifact([unnamed([ordrsp(segments, { version })])], { separators, newline: '\n' });
    return writeInterchange(out).bytes.toString('latin1').split('\n').slice(-6, -3);
  };

  it('of UNA stands in numbers, and text is left alone', () => {
    const expected = ["QTY+21:12,5:KGM'", "PRI+AAA:3,25:::1:PCE'", "FTX+AAI+++rev. 2.0'"];
    assert.deepEqual(body(',', 'D:96A:UN'), expected);
    assert.deepEqual(
      body('.', 'D:96A:UN'),
      expected.map((each) => each.replace(/(\d),(\d)/, '$1.$2')),
    );
  });

  it('must be a point or a comma', () => {
    const { faults } = writeInterchange(
      outEdifact([], { separators: { ...edifactSeparators, decimal: '-' } }),
    );
    assert.deepEqual(
      faults.map(({ code }) => code),
      ['separators-not-writable'],
    );
  });
});

describe('checked pages', () => {
  const order = (purpose: string): OutPart => {
    const values = [purpose, 'AD', 'HP-1', '20261122'];
    return {
      kind: 'message',
      ...outMessage(
        [
          { tag: 'BAK', values },
          { tag: 'PO1', values: ['1', '5', 'EA'] },
        ],
        { control: null },
      ),
    };
  };
  function* parts(wrong: number): Generator<OutPart> {
    const { groups, ...header } = outX12([]);
    assert.equal(groups.length, 0);
    yield { kind: 'interchange', ...header };
    yield { kind: 'group', ...outGroup([]) };
    for (let nth = 1; nth <= 4_000; nth += 1) yield order(nth === wrong ? '0' : '00');
  }

  it('leave as they were written', async () => {
    const plain: Buffer[] = [];
    const checked: Buffer[] = [];
    for await (const page of writeInterchanges(parts(0))) plain.push(page);
    for await (const page of checkedInterchanges(writeInterchanges(parts(0)), readInterchanges))
      checked.push(page);
    assert.ok(plain.length > 3);
    assert.ok(Buffer.concat(checked).equals(Buffer.concat(plain)));
    let messages = 0;
    for await (const event of readInterchanges(checked)) messages += event.kind === 'message' ? 1 : 0;
    assert.equal(messages, 4_000);
  });

  it('do not leave when our own dictionary refuses a message in them', async () => {
    const left: Buffer[] = [];
    const writing = (async () => {
      for await (const page of checkedInterchanges(writeInterchanges(parts(3_000)), readInterchanges))
        left.push(page);
    })();
    await assert.rejects(writing, (error: unknown) => {
      assert.ok(error instanceof NotWritable);
      const [found] = error.faults;
      assert.deepEqual([found?.at?.message, found?.at?.tag, found?.at?.element], [3_000, 'BAK', 1]);
      return true;
    });
    const text = Buffer.concat(left).toString();
    assert.ok(text.includes('ST*855*1000~') && !text.includes('ST*855*3000~'));
  });
});
