import assert from 'node:assert/strict';
import type { FaultCode } from '../../src/fault.ts';
import {
  formatControl,
  type OutInterchange,
  type OutSegment,
  writeInterchange,
} from '../../src/interchange/write.ts';
import { chooseSeparators } from '../../src/interchange/write-separators.ts';
import { edifactSeparators, x12Separators } from './acknowledge-cases.ts';
import { ordrsp, outEdifact, outGroup, outMessage, outX12, unnamed } from './write-cases.ts';

function lines(out: OutInterchange): string[] {
  const { bytes, faults } = writeInterchange({ ...out, newline: '\n' });
  assert.deepEqual(faults, []);
  return bytes.toString('latin1').trimEnd().split('\n');
}

/** The body of an 855 with these segments, without ST. */
const body855 = (...segments: OutSegment[]) => lines(outX12([outGroup([outMessage(segments)])])).slice(3, -2);
/** The body of an ORDRSP with these segments, without UNH. */
const bodyOrdrsp = (...segments: OutSegment[]) =>
  lines(outEdifact([unnamed([ordrsp(segments)])])).slice(2, -1);

function refusal(out: OutInterchange): { code: FaultCode; at: unknown; message: string } {
  const { bytes, faults } = writeInterchange(out);
  assert.equal(bytes.length, 0);
  assert.equal(faults.length, 1, JSON.stringify(faults));
  const { code, at, message } = faults[0] as (typeof faults)[number];
  return { code, at, message };
}

describe('writing X12', () => {
  it('pads the ISA to 106 bytes and makes every count and control number', () => {
    const first = outMessage([{ tag: 'BAK', values: ['00', 'AD', 'PO-7', '20261122'] }]);
    const second = outMessage([], { control: '0002' });
    const { bytes } = writeInterchange(outX12([outGroup([first, second]), outGroup([], { control: '32' })]));
    assert.equal(
      bytes.toString('latin1'),
      [
        'ISA*00*          *00*          *12*5555550100     *ZZ*BLUEBARN       *261122*0304*U*00401*000000042*0*P*>~',
        'GS*PR*HARBOR*BLUEBARN*20261122*0304*31*X*004010~',
        'ST*855*0001~BAK*00*AD*PO-7*20261122~SE*3*0001~',
        'ST*855*0002~SE*2*0002~',
        'GE*2*31~',
        'GS*PR*HARBOR*BLUEBARN*20261122*0304*32*X*004010~',
        'GE*0*32~',
        'IEA*2*000000042~',
      ].join(''),
    );
    assert.equal(bytes.indexOf('~'), 105);
  });

  it('marks tests, asks for TA1, and writes the newline asked for', () => {
    const out = outX12([], { test: true, acknowledgmentRequested: '1', newline: '\r\n' });
    assert.match(writeInterchange(out).bytes.toString('latin1'), /\*1\*T\*>~\r\nIEA\*0\*000000042~\r\n$/);
  });

  it('writes TA1s between ISA and the first group, or alone', () => {
    const ta1 = [{ tag: 'TA1', values: ['000000905', '261122', '0301', 'A', '000', ''] }];
    assert.deepEqual(lines(outX12([], { ta1 })).slice(1), [
      'TA1*000000905*261122*0301*A*000~',
      'IEA*0*000000042~',
    ]);
    assert.match(lines(outX12([outGroup([])], { ta1 }))[2] ?? '', /^GS/);
  });

  it('takes the ids of the interchange for a group without its own', () => {
    const group = outGroup([], { sender: null, receiver: null, version: '003060' });
    assert.equal(lines(outX12([group]))[1], 'GS*PR*5555550100*BLUEBARN*261122*0304*31*X*003060~');
  });

  it('cuts trailing empty elements and components', () => {
    const segment = { tag: 'MEA', values: ['', ['A', '', 'B', ''], ['', ''], 'C', '', ['', '']] };
    assert.equal(body855(segment)[0], 'MEA**A>>B**C~');
    assert.equal(body855({ tag: 'MSG', values: ['', ''] })[0], 'MSG~');
  });

  it('repeats elements where the version has a separator for it', () => {
    const separators = { ...x12Separators, repetition: '^' };
    const segment = { tag: 'EB', values: ['1', '30'], repeats: { 1: ['35', '47', ''] } };
    const group = outGroup([outMessage([segment])], { version: '005010' });
    const written = lines(outX12([group], { separators, version: '00501' }));
    assert.match(written[0] ?? '', /\*\^\*00501\*/);
    assert.equal(written[3], 'EB*1*30^35^47~');
    assert.deepEqual(refusal(outX12([outGroup([outMessage([segment])])], { separators })), {
      code: 'repetition-not-writable',
      at: { interchange: 1, group: 1, message: 1, segment: 2, tag: 'EB', element: 2 },
      message: 'EB element 2 repeats, but the interchange has no repetition separator.',
    });
  });

  it('makes the ids, parents and child codes of HL', () => {
    const hl = (depth: number, code: string): OutSegment => ({ tag: 'HL', values: ['', '', code], depth });
    const tree = [
      hl(1, 'S'),
      hl(2, 'O'),
      hl(3, 'P'),
      hl(4, 'I'),
      hl(4, 'I'),
      hl(3, 'P'),
      hl(4, 'I'),
      hl(2, 'O'),
    ];
    assert.deepEqual(body855(...tree).slice(0, -1), [
      'HL*1**S*1~',
      'HL*2*1*O*1~',
      'HL*3*2*P*1~',
      'HL*4*3*I*0~',
      'HL*5*3*I*0~',
      'HL*6*2*P*1~',
      'HL*7*6*I*0~',
      'HL*8*1*O*0~',
    ]);
  });

  it('numbers HL anew in each message', () => {
    const message = (control: string) =>
      outMessage([{ tag: 'HL', values: ['', '', 'S'], depth: 1 }], { control });
    const written = lines(outX12([outGroup([message('0001'), message('0002')])]));
    assert.equal(written.filter((line) => line === 'HL*1**S*0~').length, 2);
  });

  it('refuses data that holds a delimiter, and says where', () => {
    const held = (values: OutSegment['values']) =>
      refusal(outX12([outGroup([outMessage([{ tag: 'PID', values }])])]));
    assert.deepEqual(held(['F', '', '', '', 'Rope 5*10']), {
      code: 'delimiter-in-data',
      at: { interchange: 1, group: 1, message: 1, segment: 2, tag: 'PID', element: 5 },
      message: 'PID element 5 holds the delimiter *: Rope 5*10.',
    });
    assert.equal(held(['A~B']).code, 'delimiter-in-data');
    assert.deepEqual(held([['A', 'B>C']]).at, {
      interchange: 1,
      group: 1,
      message: 1,
      segment: 2,
      tag: 'PID',
      element: 1,
      component: 2,
    });
  });

  it('refuses what ISO 8859-1 does not have, and control characters', () => {
    const held = (text: string) =>
      refusal(outX12([outGroup([outMessage([{ tag: 'PID', values: [text] }])])])).message;
    assert.equal(held('5 €'), 'PID element 1 holds €, which ISO 8859-1 does not have: 5 €.');
    assert.match(held('a\nb'), /holds U\+000A/);
    assert.equal(body855({ tag: 'PID', values: ['Käse'] })[0], 'PID*Käse~');
  });

  const wrong: readonly [string, Partial<OutInterchange>, string][] = [
    ['ISA05', { sender: { qualifier: 'Z', id: 'A' } }, 'ISA element 5 cannot be "Z"'],
    ['ISA06', { sender: { qualifier: 'ZZ', id: 'ABCDEFGHIJKLMNOP' } }, 'ISA element 6 cannot be'],
    ['ISA08', { receiver: { qualifier: 'ZZ', id: '' } }, 'ISA element 8 cannot be ""'],
    ['ISA12', { version: '4010' }, 'ISA element 12 cannot be "4010"'],
    ['ISA13', { control: '42' }, 'ISA element 13 cannot be "42": it takes nine digits.'],
    ['GS06', { groups: [outGroup([], { control: '1234567890' })] }, 'GS element 6 cannot be'],
    ['GS01', { groups: [outGroup([], { type: null })] }, 'GS element 1 cannot be ""'],
    ['GS03', { groups: [outGroup([], { receiver: '' })] }, 'GS element 3 cannot be ""'],
    ['GS08', { groups: [outGroup([], { version: null })] }, 'GS element 8 cannot be ""'],
    ['ST02', { groups: [outGroup([outMessage([], { control: '1' })])] }, 'ST element 2 cannot be "1"'],
    ['ST01', { groups: [outGroup([outMessage([], { type: '85' })])] }, 'ST element 1 cannot be "85"'],
  ];
  for (const [element, parts, message] of wrong) {
    it(`refuses a wrong ${element}`, () => {
      const found = refusal(outX12([], parts));
      assert.equal(found.code, 'envelope-not-writable');
      assert.ok(found.message.startsWith(message), found.message);
    });
  }

  const unusable = [
    { ...x12Separators, element: 'A' },
    { ...x12Separators, segment: ' ' },
    { ...x12Separators, component: '*' },
    { ...x12Separators, component: '' },
    { ...x12Separators, element: '‖' },
  ];
  for (const separators of unusable) {
    it(`refuses the separators ${JSON.stringify(separators)}`, () => {
      assert.equal(refusal(outX12([], { separators })).code, 'separators-not-writable');
    });
  }
});

describe('writing EDIFACT', () => {
  it('makes UNB, UNH, UNT and UNZ, without UNA when nothing differs from the default', () => {
    const first = ordrsp([{ tag: 'BGM', values: ['231', 'R-1', '29'] }]);
    const second = ordrsp([], { control: '2', version: 'D:96A:UN' });
    assert.equal(
      writeInterchange(outEdifact([unnamed([first, second])])).bytes.toString('latin1'),
      [
        "UNB+UNOC:3+5412345000013:14+4012345000009:14+261122:0304+42'",
        "UNH+1+ORDRSP:D:96A:UN:EAN005'BGM+231+R-1+29'UNT+3+1'",
        "UNH+2+ORDRSP:D:96A:UN'UNT+2+2'",
        "UNZ+2+42'",
      ].join(''),
    );
  });

  it('puts 0026, 0031 and 0035 where they belong', () => {
    const parts = { application: 'ORDRSP', acknowledgmentRequested: '1', test: true };
    const header = "UNB+UNOC:3+5412345000013:14+4012345000009:14+261122:0304+42++ORDRSP++1++1'";
    assert.equal(lines(outEdifact([], parts))[0], header);
  });

  it('leaves out an empty qualifier', () => {
    const header = lines(outEdifact([], { sender: { qualifier: '', id: 'HARBOR' } }))[0];
    assert.match(header ?? '', /^UNB\+UNOC:3\+HARBOR\+4012345000009:14\+/);
  });

  it('writes UNA when the separators differ', () => {
    const written = (separators: Partial<typeof edifactSeparators>, version = 'UNOC:3') =>
      lines(outEdifact([], { version, separators: { ...edifactSeparators, ...separators } }))[0];
    assert.equal(written({ element: '*', component: '|', segment: '~' }), 'UNA|*.? ~');
    assert.equal(written({ decimal: ',' }), "UNA:+,? '");
    assert.equal(written({ release: null }), "UNA:+.  '");
    assert.match(written({ repetition: '*' }) ?? '', /^UNB/);
    assert.match(written({ repetition: '*' }, 'UNOC:4') ?? '', /^UNB\+UNOC:4\+.*\+20261122:0304\+/);
    assert.equal(written({}, 'UNOC:4'), "UNA:+.? '");
  });

  it('writes UNG and UNE for a group with a type, and counts groups in UNZ', () => {
    const parts = { type: 'ORDRSP', control: 'G1', version: 'D:96A:UN:EAN005' };
    assert.deepEqual(lines(outEdifact([outGroup([ordrsp([])], parts)])).slice(1), [
      "UNG+ORDRSP+HARBOR+BLUEBARN+261122:0304+G1+UN+D:96A:EAN005'",
      "UNH+1+ORDRSP:D:96A:UN:EAN005'",
      "UNT+2+1'",
      "UNE+1+G1'",
      "UNZ+1+42'",
    ]);
  });

  it('releases delimiters in data, and only those', () => {
    const values = ['AAI', '', '', ["it's 5+5: 10?", '*', 'a~b']];
    assert.equal(bodyOrdrsp({ tag: 'FTX', values })[0], "FTX+AAI+++it?'s 5?+5?: 10??:*:a~b'");
  });

  it('releases the repetition separator of syntax 4', () => {
    const segment = { tag: 'FTX', values: ['A*B', 'C'], repeats: { 1: ['D'] } };
    const parts = { version: 'UNOC:4', separators: { ...edifactSeparators, repetition: '*' } };
    assert.equal(lines(outEdifact([unnamed([ordrsp([segment])])], parts))[2], "FTX+A?*B+C*D'");
  });

  it('refuses delimiters in data when there is no release character', () => {
    const separators = { ...edifactSeparators, release: null };
    const out = outEdifact([unnamed([ordrsp([{ tag: 'FTX', values: ["it's"] }])])], { separators });
    assert.equal(refusal(out).code, 'delimiter-in-data');
  });

  it('makes the ids and parents of CPS', () => {
    const cps = (depth: number, level: string): OutSegment => ({
      tag: 'CPS',
      values: ['', '', level],
      depth,
    });
    assert.deepEqual(bodyOrdrsp(cps(1, '1'), cps(2, '4'), cps(2, '4'), cps(1, '')).slice(0, -1), [
      "CPS+1++1'",
      "CPS+2+1+4'",
      "CPS+3+1+4'",
      "CPS+4'",
    ]);
  });

  const sets: readonly [string, string, readonly number[]][] = [
    ['UNOC:3', 'ü', [0xfc]],
    ['UNOD:3', 'ł', [0xb3]],
    ['UNOE:3', 'Ж', [0xb6]],
    ['UNOF:3', 'ω', [0xf9]],
    ['UNOL:4', '€', [0xa4]],
    ['UNOW:4', '€', [0xe2, 0x82, 0xac]],
    ['UNOY:3', 'ü', [0xc3, 0xbc]],
  ];
  for (const [version, text, bytes] of sets) {
    it(`writes ${text} in ${version}`, () => {
      const out = outEdifact([unnamed([ordrsp([{ tag: 'FTX', values: [`a${text}b`] }])])], { version });
      const written = writeInterchange(out);
      assert.deepEqual(written.faults, []);
      assert.ok(written.bytes.includes(Buffer.from([0x2b, 0x61, ...bytes, 0x62, 0x27])));
    });
  }

  const refusedIn: readonly [string, string][] = [
    ['UNOA:2', 'ü'],
    ['UNOB:2', '€'],
    ['UNOC:3', '€'],
    ['UNOC:3', '\u0085'],
    ['UNOD:3', 'ñ'],
    ['UNOE:3', 'ü'],
    ['UNOF:3', 'Ж'],
    ['UNOY:3', '\ud800'],
    ['UNOY:3', '\t'],
  ];
  for (const [version, text] of refusedIn) {
    it(`refuses ${JSON.stringify(text)} in ${version}`, () => {
      const out = outEdifact([unnamed([ordrsp([{ tag: 'FTX', values: [text] }])])], { version });
      assert.equal(refusal(out).code, 'character-not-writable');
    });
  }

  const wrong: readonly [string, Partial<OutInterchange>, string][] = [
    ['S001', { version: 'UNOC' }, 'UNB element 1'],
    ['character set', { version: 'UNOM:3' }, 'UNB element 1'],
    ['0020', { control: '123456789012345' }, 'UNB element 5'],
    ['0026', { application: '123456789012345' }, 'UNB element 7'],
    ['0010', { receiver: { qualifier: '14', id: '' } }, 'UNB element 3'],
    ['0062', { groups: [unnamed([ordrsp([], { control: '' })])] }, 'UNH element 1'],
    ['S009', { groups: [unnamed([ordrsp([], { version: null })])] }, 'UNH element 2'],
  ];
  for (const [element, parts, message] of wrong) {
    it(`refuses a wrong ${element}`, () => {
      const found = refusal(outEdifact([], parts));
      assert.equal(found.code, 'envelope-not-writable');
      assert.ok(found.message.startsWith(message), found.message);
    });
  }
});

describe('control numbers', () => {
  it('are as long as their element wants them', () => {
    assert.equal(formatControl('ISA13', 42), '000000042');
    assert.equal(formatControl('GS06', 42), '42');
    assert.equal(formatControl('ST02', 42), '0042');
    assert.equal(formatControl('ST02', 123_456), '123456');
    assert.equal(formatControl('0020', 42), '42');
    assert.equal(formatControl('0062', 99_999_999_999_999), '99999999999999');
  });

  it('are refused when too long, negative or broken', () => {
    assert.throws(() => formatControl('ISA13', 1_000_000_000), RangeError);
    assert.throws(() => formatControl('GS06', -1), RangeError);
    assert.throws(() => formatControl('ST02', 1.5), RangeError);
    assert.throws(() => formatControl('0062', 100_000_000_000_000), RangeError);
  });
});

describe('choosing separators', () => {
  const holding = (...values: OutSegment['values']) => [outMessage([{ tag: 'PID', values }])];

  it('keeps those wanted when the data does not hold them', () => {
    assert.deepEqual(chooseSeparators(holding('plain', ['a', 'b']), x12Separators), x12Separators);
  });

  it('replaces those that the data holds', () => {
    const messages = holding('5*10', ['>', '|~']);
    const chosen = chooseSeparators(messages, x12Separators);
    assert.deepEqual(chosen, { ...x12Separators, element: '^', segment: '!', component: '<' });
    assert.ok(chosen);
    assert.deepEqual(writeInterchange(outX12([outGroup(messages)], { separators: chosen })).faults, []);
  });

  it('looks into repetitions, and does not take one character twice', () => {
    const wanted = { ...x12Separators, repetition: '>' };
    const messages = [outMessage([{ tag: 'PID', values: ['a'], repeats: { 0: [['*']] } }])];
    const chosen = chooseSeparators(messages, wanted);
    assert.deepEqual(chosen, { ...wanted, element: '^', repetition: '|' });
  });

  it('gives null when the data holds everything', () => {
    assert.equal(chooseSeparators(holding('*~>^|!<\u001d\u001c\u001f\u001e'), x12Separators), null);
  });

  it('leaves EDIFACT as it is', () => {
    assert.deepEqual(chooseSeparators(holding("+:'"), edifactSeparators), edifactSeparators);
  });
});
