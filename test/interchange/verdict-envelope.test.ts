import assert from 'node:assert/strict';
import { judge, readTa1 } from '../../src/interchange/verdict.ts';
import { about, acknowledgmentOf, edifactFile, readContrl, ta1sOf, x12File } from './verdict-cases.ts';

const sent = (...controls: string[]) => controls.map((control) => ({ group: '55', type: '855', control }));
const sentEdifact = (...controls: string[]) =>
  controls.map((control) => ({ group: null, type: 'ORDRSP', control }));

describe('reading a TA1', () => {
  const isa = x12File('997', []).split('~')[0];
  const tail = 'IEA*0*000000077~';

  it('reads one that is alone in its interchange', async () => {
    const [ta1] = await ta1sOf(`${isa}~TA1*000000031*261122*0400*R*006~${tail}`);
    assert.ok(ta1 !== undefined);
    assert.deepEqual(readTa1(ta1), {
      type: 'TA1',
      level: 'envelope',
      verdict: 'rejected',
      answers: [
        {
          scope: 'interchange',
          interchange: '000000031',
          groupType: null,
          group: null,
          type: null,
          control: null,
          references: [],
          verdict: 'rejected',
          findings: [
            {
              at: { tag: 'ISA', element: 6 },
              element: 'TA105',
              code: '006',
              meaning: 'the id of the sender is invalid',
              value: null,
              reason: 'ISA (sixth element): the id of the sender is invalid (TA105 006)',
              sentence:
                'The partner refuses the interchange 000000031: in ISA (sixth element) the id of the sender is invalid (TA105 006).',
            },
          ],
          inside: 'rejected',
          counted: null,
          sentence: 'The partner refuses the interchange 000000031.',
        },
      ],
    });
  });

  it('reads those before and among groups', async () => {
    const group = (control: string) =>
      `GS*FA*BLUEBARN*SALTMARSH*20261122*0400*${control}*X*004010~ST*997*0001~AK1*PR*5~AK9*A*1*1*1~SE*4*0001~GE*1*${control}~`;
    const ta1 = (control: string, code: string) => `TA1*${control}*261122*0400*${code}*000~`;
    const file = `${isa}~${ta1('000000001', 'A')}${group('1')}${ta1('000000002', 'E')}${group('2')}IEA*2*000000077~`;
    const found = (await ta1sOf(file)).map(readTa1);
    assert.deepEqual(
      found.map(({ verdict, answers }) => [answers[0]?.interchange, verdict, answers[0]?.inside]),
      [
        ['000000001', 'accepted', 'received'],
        ['000000002', 'noted', 'received'],
      ],
    );
  });

  it('says of the messages inside that they were refused with it, or only received', () => {
    const ta1 = (code: string, note: string) =>
      readTa1({
        tag: 'TA1',
        values: ['000000031', '261122', '0400', code, note],
        offset: 0,
        line: 1,
        ordinal: 0,
      });
    const verdict = (code: string) => judge(ta1(code, '000').answers, sent('0001')).said[0]?.verdict;
    assert.deepEqual(['A', 'E', 'R', 'Q', ''].map(verdict), [
      'received',
      'received',
      'rejected',
      'unknown',
      'unknown',
    ]);
    assert.deepEqual(judge(ta1('R', '023').answers, sent('0001')).said[0]?.reasons, [
      'The file ends too early (TA105 023)',
    ]);
  });
});

describe('reading a CONTRL', () => {
  it('takes an acknowledged interchange for all its messages', async () => {
    const found = await readContrl('UCI+88+A:14+B:14+7');
    assert.deepEqual([found.type, found.level, found.verdict], ['CONTRL', 'syntax', 'accepted']);
    assert.equal(found.answers[0]?.interchange, '88');
    assert.deepEqual(
      judge(found.answers, sentEdifact('1', '2')).said.map((one) => one?.verdict),
      ['accepted', 'accepted'],
    );
  });

  it('gives each finding its place; positions count the tag there, and not here', async () => {
    const found = await readContrl(
      'UCI+88+A:14+B:14+7',
      'UCM+1+ORDRSP:D:96A:UN:EAN005+7',
      'UCM+2+ORDRSP:D:96A:UN:EAN005+4+29+UNT+2',
      'UCS+5+15',
      'UCS+7',
      'UCD+12+2:1',
      'UCD+13+3',
      'UCS+9+13',
      'UCS+11',
    );
    assert.equal(found.verdict, 'partly');
    const { findings, sentence } = about(found.answers, '2');
    assert.equal(sentence, 'The partner refuses the order response 2.');
    assert.deepEqual(
      findings.map(({ at }) => at),
      [
        { tag: 'UNT', element: 1 },
        { segment: 5 },
        { segment: 7, element: 1, component: 1 },
        { segment: 7, element: 2 },
        { segment: 9 },
        { segment: 11 },
      ],
    );
    assert.deepEqual(
      findings.map(({ reason }) => reason),
      [
        'UNT (first element): the count of the trailer does not match (0085 29)',
        'Segment 5: what stands here is not supported in this place (0085 15)',
        'Segment 7 (first element, first component): the value is invalid (0085 12)',
        'Segment 7 (second element): something mandatory is missing (0085 13)',
        'After segment 9: something mandatory is missing (0085 13)',
        'Segment 11: something in the segment is in error',
      ],
    );
    assert.deepEqual(
      judge(found.answers, sentEdifact('1', '2', '3')).said.map((one) => one?.verdict),
      ['accepted', 'rejected', 'accepted'],
    );
  });

  it('reads a refused interchange', async () => {
    const found = await readContrl('UCI+88+A+B+4+23+UNB+3:1', 'UCM+1+ORDRSP+7');
    assert.deepEqual(
      found.answers[0]?.findings.map(({ reason }) => reason),
      ['UNB (second element, first component): the sender is unknown (0085 23)'],
    );
    const [first, second] = judge(found.answers, sentEdifact('1', '2')).said;
    assert.deepEqual([first?.verdict, second?.verdict], ['rejected', 'rejected']);
    assert.deepEqual(first?.reasons[0], 'Its interchange was rejected as a whole');
  });

  it('knows that received is no judgement', async () => {
    const found = await readContrl('UCI+88+A+B+8');
    assert.equal(found.verdict, 'received');
    assert.equal(judge(found.answers, sentEdifact('1')).said[0]?.verdict, 'received');
  });

  it('reads groups; one that we did not send is a stranger', async () => {
    const found = await readContrl(
      'UCI+88+A+B+7',
      'UCF+G1+A+B+7',
      'UCM+1+ORDRSP:D+4+18',
      'UCF+G2+A+B+4+29+UNE+2',
    );
    assert.equal(found.verdict, 'partly');
    const group = (name: string, control: string) => ({ group: name, type: 'ORDRSP', control });
    const { said } = judge(found.answers, [group('G1', '1'), group('G2', '1'), group('G1', '2')]);
    assert.deepEqual(
      said.map((one) => one?.verdict),
      ['rejected', 'rejected', 'accepted'],
    );
    assert.deepEqual(said[1]?.reasons, [
      'UNE (first element): the count of the trailer does not match (0085 29)',
    ]);
    assert.deepEqual(
      judge(found.answers, sentEdifact('1')).strangers.map((answer) => answer.group),
      ['G1', 'G2'],
    );
  });

  it('reads version 3 and version 4, which tells repetitions', async () => {
    const body = ['UCI+88+A+B+7', 'UCM+2+ORDRSP:D:01B:UN+4', 'UCS+7', 'UCD+45+2:1:3'];
    for (const [version, syntax] of [
      ['CONTRL:D:3:UN:EAN004', 'UNOC:3'],
      ['CONTRL:4:1:UN', 'UNOC:4'],
    ] as const) {
      const found = await acknowledgmentOf(edifactFile(version, body, syntax));
      assert.deepEqual(about(found.answers, '2').findings[0]?.at, {
        segment: 7,
        element: 1,
        component: 1,
        repetition: 3,
      });
    }
  });

  it('bears what is missing', async () => {
    assert.equal((await readContrl()).verdict, 'unknown');
    const empty = await readContrl('UCI', 'UCM', 'UCS', 'UCD');
    assert.deepEqual(
      empty.answers.map(({ verdict }) => verdict),
      ['unknown', 'unknown'],
    );
    const short = await readContrl('UCI+88+A+B+7', 'UCM+1');
    assert.equal(about(short.answers, '1').verdict, 'accepted');
  });
});
