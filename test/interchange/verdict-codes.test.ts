import assert from 'node:assert/strict';
import type { Finding, Stated } from '../../src/interchange/verdict.ts';
import { readTa1 } from '../../src/interchange/verdict.ts';
import { knownCodes } from '../../src/interchange/verdict-codes.ts';
import { read824, read997, read999, readAperak, readContrl } from './verdict-cases.ts';
import {
  elementErrors,
  groupErrors,
  guidelineElementErrors,
  guidelineMessageErrors,
  guidelineSegmentErrors,
  interchangeErrors,
  messageErrors,
  segmentErrors,
  syntaxErrors,
} from './verdict-lists.ts';

const strange = [['Q9', 'does not list']] as const;
const group = ['AK1*PR*55', 'AK2*855*0001'];

/** Element, its codes with their words, how a partner says one of them, and where the finding stands. */
const lists: readonly {
  element: string;
  codes: readonly (readonly [string, string])[];
  say: (code: string) => Promise<readonly Finding[]>;
  place: RegExp;
}[] = [
  {
    element: 'AK304',
    codes: segmentErrors,
    say: async (code) =>
      (await read997(...group, `AK3*N1*4*N1*${code}`, 'AK5*R*5', 'AK9*R*1*1*0')).answers[1]?.findings ?? [],
    place: /(in|at) segment 4 \(N1, loop N1\) /,
  },
  {
    element: 'AK403',
    codes: elementErrors,
    say: async (code) =>
      (await read997(...group, 'AK3*N1*4**8', `AK4*2*93*${code}*Ä`, 'AK5*R*5', 'AK9*R*1*1*0')).answers[1]
        ?.findings ?? [],
    place: /in segment 4 \(N1, second element\) .*; it reads 'Ä'\.$/,
  },
  {
    element: 'AK502',
    codes: messageErrors,
    say: async (code) => (await read997(...group, `AK5*R*${code}`, 'AK9*R*1*1*0')).answers[1]?.findings ?? [],
    place: /^The partner refuses the order response 0001: /,
  },
  {
    element: 'AK905',
    codes: groupErrors,
    say: async (code) => (await read997('AK1*PR*55', `AK9*R*1*1*0*${code}`)).answers[0]?.findings ?? [],
    place: /^The partner refuses the group 55: /,
  },
  {
    element: 'IK304',
    codes: [...segmentErrors, ...guidelineSegmentErrors],
    say: async (code) =>
      (await read999(...group, `IK3*N1*4*N1*${code}`, 'IK5*R*5', 'AK9*R*1*1*0')).answers[1]?.findings ?? [],
    place: /(in|at) segment 4 \(N1, loop N1\) /,
  },
  {
    element: 'IK403',
    codes: [...elementErrors, ...guidelineElementErrors],
    say: async (code) =>
      (await read999(...group, 'IK3*N1*4**8', `IK4*2*93*${code}*X`, 'IK5*R*5', 'AK9*R*1*1*0')).answers[1]
        ?.findings ?? [],
    place: /in segment 4 \(N1, second element\) .*; it reads 'X'\.$/,
  },
  {
    element: 'IK502',
    codes: [...messageErrors, ...guidelineMessageErrors],
    say: async (code) => (await read999(...group, `IK5*R*${code}`, 'AK9*R*1*1*0')).answers[1]?.findings ?? [],
    place: /^The partner refuses the order response 0001: /,
  },
  {
    element: 'TA105',
    codes: interchangeErrors,
    say: async (code) => {
      const values = ['000000031', '261122', '0400', 'R', code];
      return readTa1({ tag: 'TA1', values, offset: 0, line: 1, ordinal: 0 }).answers[0]?.findings ?? [];
    },
    place: /^The partner refuses the interchange 000000031: /,
  },
  {
    element: '0085',
    codes: syntaxErrors,
    say: async (code) =>
      (await readContrl('UCI+88+A+B+7', 'UCM+1+ORDRSP+4', `UCS+5+${code}`)).answers[1]?.findings ?? [],
    place: /^The partner refuses the order response 1: (in|after) segment 5 /,
  },
  {
    element: 'TED01',
    codes: knownCodes('TED01').map((code) => [code, '']),
    say: async (code) =>
      (await read824('BGN*11*1*20261122', 'OTI*TR*PO*1', `TED*${code}`)).answers[0]?.findings ?? [],
    place: /^The partner refuses the document \(PO 1\): /,
  },
];

describe('the codes of acknowledgments', () => {
  for (const { element, codes, say, place } of lists) {
    it(`${element}: each of its ${codes.length} codes is told in words, and another one as it came`, async () => {
      for (const [code, words] of [...codes, ...strange]) {
        const findings = await say(code);
        const found = findings.find((one) => one.code === code);
        assert.equal(found?.element, element, code);
        assert.ok(found.meaning.includes(words), `${code}: ${found.meaning}`);
        assert.equal(found.meaning.includes('does not list'), code === 'Q9', code);
        assert.match(found.sentence, place);
        assert.ok(found.sentence.includes(`(${element} ${code})`), found.sentence);
      }
    });
  }

  it('each list of X12 and EDIFACT is whole', () => {
    const listed = lists.map(({ element, codes }) => [element, codes.map(([code]) => code).sort()]);
    const known = lists.map(({ element }) => {
      const codes = knownCodes(element as Parameters<typeof knownCodes>[0]);
      return [element, codes.filter((code) => code !== '000').sort()];
    });
    assert.deepEqual(listed, known);
  });

  it('TA105 000 is no error', () => {
    const values = ['000000031', '261122', '0400', 'A', '000'];
    assert.deepEqual(
      readTa1({ tag: 'TA1', values, offset: 0, line: 1, ordinal: 0 }).answers[0]?.findings,
      [],
    );
  });

  const verdicts: readonly {
    element: string;
    codes: Readonly<Record<string, Stated>>;
    say: (code: string) => Promise<{ verdict: Stated; findings: readonly Finding[] } | undefined>;
  }[] = [
    {
      element: 'AK501',
      codes: {
        A: 'accepted',
        E: 'noted',
        R: 'rejected',
        M: 'rejected',
        W: 'rejected',
        X: 'rejected',
        P: 'unknown',
        Q: 'unknown',
      },
      say: async (code) => (await read997(...group, `AK5*${code}`, 'AK9*A*2*2*2')).answers[1],
    },
    {
      element: 'IK501',
      codes: {
        A: 'accepted',
        E: 'noted',
        R: 'rejected',
        M: 'rejected',
        W: 'rejected',
        X: 'rejected',
        P: 'unknown',
        Q: 'unknown',
      },
      say: async (code) => (await read999(...group, `IK5*${code}`, 'AK9*A*2*2*2')).answers[1],
    },
    {
      element: 'AK901',
      codes: {
        A: 'accepted',
        E: 'noted',
        P: 'partly',
        R: 'rejected',
        M: 'rejected',
        W: 'rejected',
        X: 'rejected',
        Q: 'unknown',
      },
      say: async (code) => (await read997('AK1*PR*55', `AK9*${code}*2*2*1`)).answers[0],
    },
    {
      element: '0083',
      codes: {
        1: 'accepted',
        2: 'noted',
        3: 'rejected',
        4: 'rejected',
        5: 'accepted',
        6: 'rejected',
        7: 'accepted',
        8: 'received',
        9: 'unknown',
      },
      say: async (code) => (await readContrl('UCI+88+A+B+7', `UCM+1+ORDRSP+${code}`)).answers[1],
    },
    {
      element: 'OTI01',
      codes: {
        TA: 'accepted',
        TC: 'noted',
        TE: 'noted',
        TH: 'received',
        TP: 'partly',
        TR: 'rejected',
        GA: 'accepted',
        GC: 'noted',
        GE: 'noted',
        GH: 'received',
        GP: 'partly',
        GR: 'rejected',
        BA: 'accepted',
        BC: 'noted',
        BE: 'noted',
        BP: 'partly',
        BR: 'rejected',
        IA: 'accepted',
        IC: 'noted',
        IE: 'noted',
        IP: 'partly',
        IR: 'rejected',
        TQ: 'unknown',
        ZR: 'unknown',
      },
      say: async (code) =>
        (await read824('BGN*11*1*20261122', `OTI*${code}*TN*1*****55*0001*855`)).answers[0],
    },
    {
      element: '1225',
      codes: {
        6: 'accepted',
        10: 'rejected',
        12: 'rejected',
        23: 'received',
        27: 'rejected',
        28: 'noted',
        29: 'accepted',
        30: 'noted',
        32: 'accepted',
        34: 'noted',
        44: 'accepted',
        45: 'noted',
        48: 'rejected',
        9: 'rejected',
      },
      say: async (code) => (await readAperak(`BGM+294+1+${code}`, 'RFF+ON:1', 'ERC+1')).answers[0],
    },
    {
      element: '4343',
      codes: {
        AB: 'received',
        AC: 'noted',
        AD: 'accepted',
        AI: 'noted',
        AJ: 'received',
        AP: 'accepted',
        CA: 'noted',
        RE: 'rejected',
        CO: 'accepted',
        NA: 'accepted',
      },
      say: async (code) => (await readAperak(`BGM+294+1+9+${code}`, 'RFF+ON:1')).answers[0],
    },
    {
      element: '1001',
      codes: { 305: 'rejected', 312: 'accepted', 313: 'rejected', '12E': 'accepted' },
      say: async (code) => (await readAperak(`BGM+${code}+1+9`, 'RFF+ON:1')).answers[0],
    },
  ];
  for (const { element, codes, say } of verdicts) {
    it(`${element}: ${Object.keys(codes).join(' ')}`, async () => {
      for (const [code, verdict] of Object.entries(codes))
        assert.equal((await say(code))?.verdict, verdict, code);
    });
  }

  it('a verdict that no list has is shown as it came', async () => {
    const shown = async (one: Promise<{ findings: readonly Finding[] } | undefined>) =>
      (await one)?.findings.map(({ element, code, meaning }) => `${element} ${code}: ${meaning}`);
    const [ak501, ik501, ak901, , oti01] = verdicts as Required<typeof verdicts>;
    const unlisted = 'the verdict is one that the standard does not list';
    assert.deepEqual(await shown(ak501?.say('Q') as never), [`AK501 Q: ${unlisted}`]);
    assert.deepEqual(await shown(ik501?.say('P') as never), [`IK501 P: ${unlisted}`]);
    assert.deepEqual(await shown(ak901?.say('Q') as never), [`AK901 Q: ${unlisted}`]);
    assert.deepEqual(await shown(oti01?.say('TQ') as never), [`OTI01 TQ: ${unlisted}`]);
    const contrl = await readContrl('UCI+88+A+B+7', 'UCM+1+ORDRSP+9');
    assert.deepEqual(contrl.answers[1]?.findings[0]?.code, '9');
    const aperak = await readAperak('BGM+294+1+9+ZZ', 'RFF+ON:1');
    assert.deepEqual(aperak.answers[0]?.findings[0]?.code, 'ZZ');
  });

  it('a refusal for reasons of security says which', async () => {
    for (const [code, words] of [
      ['M', 'authentication'],
      ['W', 'assurance'],
      ['X', 'decrypted'],
    ] as const) {
      const { answers } = await read997(...group, `AK5*${code}`, `AK9*${code}*1*1*0`);
      for (const { findings } of answers)
        assert.ok(findings[0]?.meaning.includes(words), findings[0]?.meaning);
    }
  });
});
