import assert from 'node:assert/strict';
import { judge, readAcknowledgment, readTa1 } from '../../src/interchange/verdict.ts';
import { edifactFile, messageOf, ta1sOf, x12File } from './verdict-cases.ts';

/** Numbers that look random and are the same in every run (a linear congruence, modulo 2³²). */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Segments of each kind of acknowledgment; @ is a code that must be shown, # a number, $ any text. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  '997': [
    'AK1*PR*#',
    'AK2*855*000#',
    'AK3*N1*#**@',
    'AK3*N1*#*N1',
    'AK4*#:#*93*@*$',
    'AK4*#**@',
    'AK5*A',
    'AK5*R*@*@',
    'AK5',
    'AK9*P*#*#*#*@',
    'AK9*A*1*1*1',
    'ZZ*$',
  ],
  '999': [
    'AK1*PR*#',
    'AK2*855*000#',
    'IK3*N1*#**@',
    'CTX*$:$*N1*#',
    'IK4*#:#:#*93*@*$',
    'IK5*E*@',
    'AK9*E*#*#*#*@',
  ],
  '824': [
    'OTI*TR*PO*$',
    'OTI*IR*IX*$',
    'OTI*TE*TN*1*****#*000#*855',
    'REF*IV*$',
    'TED*@*$*N1*#*#',
    'NTE**$',
    'RED*$',
    'LM*ZZ',
    'LQ*Z*@',
  ],
  CONTRL: [
    'UCI+#+A+B+7+@+UNB+#:#',
    'UCF+#+A+B+4+@',
    'UCM+#+ORDRSP:D:96A:UN+4+@',
    'UCM+#+ORDRSP',
    'UCS+#+@',
    'UCS+#',
    'UCD+@+#:#',
  ],
  APERAK: [
    'BGM+313+$+9',
    'DOC+351+$',
    'RFF+ON:$',
    'ERC+@',
    'FTX+AAO+++$:$',
    'RFF+ON:$:#',
    'RFF+LI:#',
    'NAD+BY+#',
  ],
};

interface Made {
  readonly body: readonly string[];
  /** Codes that were put in, in order. */
  readonly codes: readonly string[];
}

function make(templates: readonly string[], pick: (below: number) => number): Made {
  const codes: string[] = [];
  const body = Array.from({ length: pick(25) }, () =>
    (templates[pick(templates.length)] ?? '').replace(/[@#$]/g, (sign) => {
      if (sign === '#') return String(pick(4));
      if (sign === '$') return `T${pick(1_000)}`;
      codes.push(`C${codes.length}`);
      return codes.at(-1) ?? '';
    }),
  );
  return { body, codes };
}

describe('reading acknowledgments of any shape', () => {
  for (const [type, templates] of Object.entries(kinds)) {
    it(`${type}: never throws, and loses no code of a finding`, async () => {
      const pick = numbers(type.charCodeAt(0) * 1_000 + type.length);
      for (let round = 0; round < 150; round += 1) {
        const { body, codes } = make(templates, pick);
        const file = /^\d/.test(type)
          ? x12File(type, body, type === '999' ? '005010' : '004010')
          : edifactFile(type === 'CONTRL' ? 'CONTRL:D:3:UN' : 'APERAK:D:96A:UN', body);
        const { answers } = readAcknowledgment(await messageOf(file)) ?? assert.fail(file);
        const shown = JSON.stringify(
          answers.flatMap(({ findings }) => findings.map(({ code, sentence }) => [code, sentence])),
        );
        for (const code of codes) assert.ok(new RegExp(`\\b${code}\\b`).test(shown), `${code} of\n${file}`);
        const { said, strangers } = judge(answers, [
          { group: '1', type: '855', control: '0001' },
          { group: '1', type: '855', control: '0002' },
        ]);
        const told =
          said.flatMap((one) => one?.findings ?? []).length +
          strangers.flatMap(({ findings }) => findings).length;
        assert.ok(
          told >= answers.flatMap(({ findings }) => findings).length,
          `findings reach nobody:\n${file}`,
        );
      }
    });
  }

  it('TA1: never throws', async () => {
    const pick = numbers(7);
    const [isa] = x12File('997', []).split('~');
    for (let round = 0; round < 100; round += 1) {
      const elements = Array.from(
        { length: pick(7) },
        () => ['', 'A', 'R', '000', '1:2', '*', 'ZZ9'][pick(7)],
      ).join('*');
      for (const ta1 of await ta1sOf(`${isa}~TA1*${elements}~IEA*0*000000077~`)) {
        const { answers } = readTa1(ta1);
        assert.equal(answers.length, 1);
      }
    }
  });
});
