import assert from 'node:assert/strict';
import { type Answer, judge, readAcknowledgment, sameControl } from '../../src/interchange/verdict.ts';
import { about, messageOf, read997, read999, x12File } from './verdict-cases.ts';

const sent = (...controls: string[]) => controls.map((control) => ({ group: '55', type: '855', control }));
const verdictsOf = (answers: readonly Answer[], ...controls: string[]) =>
  judge(answers, sent(...controls)).said.map((one) => one?.verdict);

describe('reading a 997', () => {
  it('takes a bare acceptance for every message of the group', async () => {
    const { answers, ...whole } = await read997('AK1*PR*55', 'AK9*A*3*3*3');
    assert.deepEqual(whole, { type: '997', level: 'syntax', verdict: 'accepted' });
    assert.deepEqual(answers, [
      {
        scope: 'group',
        interchange: null,
        groupType: 'PR',
        group: '55',
        type: null,
        control: null,
        references: [],
        verdict: 'accepted',
        findings: [],
        inside: 'accepted',
        counted: 3,
        sentence: 'The partner accepts the group 55.',
      },
    ]);
    assert.deepEqual(verdictsOf(answers, '0001', '0002', '0003'), ['accepted', 'accepted', 'accepted']);
  });

  it('gives each finding its place, its code, the value they quote and a sentence', async () => {
    const found = await read997(
      'AK1*PR*55',
      'AK2*855*0001',
      'AK5*A',
      'AK2*855*0002',
      'AK3*ACK*7*ACK*8',
      'AK4*1*668*7*QQ',
      'AK4*4:1**5',
      'AK3*CTT*9**3',
      'AK5*R*5',
      'AK9*P*2*2*1*5',
    );
    assert.equal(found.verdict, 'partly');
    assert.equal(about(found.answers, '0001').verdict, 'accepted');
    const refused = about(found.answers, '0002');
    assert.equal(refused.sentence, 'The partner refuses the order response 0002.');
    assert.deepEqual(refused.findings[0], {
      at: { segment: 7, tag: 'ACK', loop: 'ACK', element: 1, dataElement: '668' },
      element: 'AK403',
      code: '7',
      meaning: 'the code is not allowed',
      value: 'QQ',
      reason: "Segment 7 (ACK, first element, loop ACK): the code is not allowed (AK403 7); it reads 'QQ'",
      sentence:
        "The partner refuses the order response 0002: in segment 7 (ACK, first element, loop ACK) the code is not allowed (AK403 7); it reads 'QQ'.",
    });
    assert.deepEqual(refused.findings[1]?.at, {
      segment: 7,
      tag: 'ACK',
      loop: 'ACK',
      element: 4,
      component: 1,
    });
    assert.deepEqual(
      refused.findings.slice(1).map(({ reason }) => reason),
      [
        'Segment 7 (ACK, fourth element, first component, loop ACK): the value is too long (AK403 5)',
        'Segment 9 (CTT): a mandatory segment is missing (AK304 3)',
        'Segments are in error (AK502 5)',
      ],
    );
    assert.equal(
      found.answers[0]?.findings[0]?.sentence,
      'The partner refuses a part of the group 55: the number of messages does not match GE01 (AK905 5).',
    );
  });

  it('says so as the trade does: the invoice, segment by segment', async () => {
    const found = await read997(
      'AK1*IN*9',
      'AK2*810*0001',
      'AK3*N1*5**8',
      'AK4*2*93*1',
      'AK5*R*5',
      'AK9*R*1*1*0',
    );
    assert.equal(
      about(found.answers, '0001').findings[0]?.sentence,
      'The partner refuses the invoice 0001: in segment 5 (N1, second element) a mandatory element is missing (AK403 1).',
    );
  });

  it('finds a message whose leading zeros were dropped', async () => {
    const { answers } = await read997('AK1*PR*55', 'AK2*855*2', 'AK5*E', 'AK9*E*1*1*1');
    assert.deepEqual(verdictsOf(answers, '0002'), ['noted']);
    assert.equal(sameControl('0', '0000'), true);
    assert.equal(sameControl(null, '0000'), false);
  });

  it('infers the others of a part only when the counts allow it', async () => {
    const rejected = ['AK1*PR*55', 'AK2*855*0002', 'AK5*R'];
    const good = await read997(...rejected, 'AK9*P*3*3*2');
    assert.deepEqual(verdictsOf(good.answers, '0001', '0002', '0003'), ['accepted', 'rejected', 'accepted']);
    const odd = await read997(...rejected, 'AK9*P*3*3*1');
    assert.deepEqual(verdictsOf(odd.answers, '0001', '0002', '0003'), ['unknown', 'rejected', 'unknown']);
  });

  it('leaves open what it does not count: fewer messages answered than the group held', async () => {
    const { answers } = await read997('AK1*PR*55', 'AK2*855*0001', 'AK5*A', 'AK9*A*1*1*1');
    assert.deepEqual(verdictsOf(answers, '0001', '0002'), ['accepted', 'unknown']);
    const lost = await read997('AK1*PR*55', 'AK9*A*3*2*2');
    assert.deepEqual(verdictsOf(lost.answers, '0001', '0002', '0003'), ['unknown', 'unknown', 'unknown']);
  });

  it('does not believe an acceptance whose count accepts fewer than came', async () => {
    const { answers } = await read997('AK1*PR*55', 'AK9*A*2*2*1');
    assert.deepEqual(verdictsOf(answers, '0001', '0002'), ['unknown', 'unknown']);
  });

  it('holds a rejected group against every message of it', async () => {
    const { answers } = await read997('AK1*PR*55', 'AK2*855*0001', 'AK5*A', 'AK9*R*2*2*0*4');
    assert.deepEqual(verdictsOf(answers, '0001', '0009'), ['rejected', 'rejected']);
    assert.deepEqual(
      about(answers, '0001').findings.map(({ reason }) => reason),
      ['Its group was rejected as a whole'],
    );
    const bare = await read997('AK1*PR*55', 'AK9*R*1*1*0');
    assert.deepEqual(judge(bare.answers, sent('0001')).said[0]?.reasons, [
      'The partner refuses the group 55',
    ]);
  });

  it('names strangers: what we never sent there, by control number or by type', async () => {
    const { answers } = await read997(
      'AK1*PR*55',
      'AK2*855*0007',
      'AK5*R',
      'AK2*856*0001',
      'AK5*A',
      'AK9*P*2*2*1',
    );
    const { said, strangers } = judge(answers, sent('0001'));
    assert.deepEqual(
      said.map((one) => one?.verdict),
      ['unknown'],
    );
    assert.deepEqual(
      strangers.map(({ type, control }) => `${type} ${control}`),
      ['855 0007', '856 0001'],
    );
  });

  it('takes the worse of two verdicts on one message, in either order', async () => {
    for (const codes of ['AR', 'RA']) {
      const [first, second] = codes;
      const { answers } = await read997(
        'AK1*PR*55',
        'AK2*855*0001',
        `AK5*${first}`,
        'AK2*855*0001',
        `AK5*${second}`,
        'AK9*P*2*2*1',
      );
      assert.deepEqual(verdictsOf(answers, '0001'), ['rejected']);
    }
  });

  it('minds no order: sets before their group, the end before the sets', async () => {
    const mixed = await read997('AK9*P*2*2*1', 'AK2*855*0002', 'AK5*R', 'AK2*855*0001', 'AK5*A', 'AK1*PR*55');
    assert.deepEqual(verdictsOf(mixed.answers, '0001', '0002'), ['accepted', 'rejected']);
    assert.equal(mixed.answers[0]?.group, '55');
  });

  it('reads several groups in one message', async () => {
    const two = await read997(
      'AK1*PR*55',
      'AK9*A*1*1*1',
      'AK1*SH*56',
      'AK2*856*0001',
      'AK5*R*4',
      'AK9*R*1*1*0',
    );
    assert.deepEqual(
      two.answers.map(({ scope, group, verdict }) => [scope, group, verdict]),
      [
        ['group', '55', 'accepted'],
        ['group', '56', 'rejected'],
        ['message', '56', 'rejected'],
      ],
    );
    assert.equal(two.verdict, 'partly');
  });

  it('does not take the word of a group that accepts what it rejects', async () => {
    const found = await read997('AK1*PR*55', 'AK2*855*0001', 'AK5*R', 'AK9*A*1*1*1');
    assert.equal(found.verdict, 'partly');
    assert.deepEqual(verdictsOf(found.answers, '0001'), ['rejected']);
  });

  it('drops nothing that stands where it should not', async () => {
    const loose = await read997('AK1*PR*55', 'AK3*BAK*2**8', 'AK4*3**1', 'AK9*R*1*1*0');
    assert.deepEqual(loose.answers[0]?.findings[0]?.at, { segment: 2, tag: 'BAK', element: 3 });
    const nameless = await read997('AK1*PR*55', 'AK3*BAK*2**8', 'AK4*3**1', 'AK5*R*5', 'AK9*R*1*1*0');
    const { said } = judge(nameless.answers, sent('0001'));
    assert.equal(said[0]?.verdict, 'rejected');
    assert.equal(said[0]?.findings.length, 2);
    assert.equal(judge(nameless.answers, sent('0001', '0002')).strangers.length, 1);
  });

  it('bears what is missing', async () => {
    const verdict = async (...body: string[]) => (await read997(...body)).verdict;
    assert.equal(await verdict(), 'unknown');
    assert.equal((await read997('AK1')).answers[0]?.group, null);
    assert.equal(await verdict('AK2*855*0001', 'AK5*R'), 'rejected');
    assert.equal(await verdict('AK2*855*0001', 'AK5*A'), 'accepted');
    const short = await read997('AK2*855*0001', 'AK9*A');
    assert.equal(about(short.answers, '0001').verdict, 'accepted');
    const empty = await read997('AK2*855*0001', 'AK3', 'AK4');
    assert.deepEqual(
      about(empty.answers, '0001').findings.map(({ reason }) => reason),
      ['Something in the element is in error'],
    );
    const bare = await read997('AK2*855*0001', 'AK3*N1*4', 'AK5*R');
    assert.deepEqual(
      about(bare.answers, '0001').findings.map(({ reason }) => reason),
      ['Segment 4 (N1): something in the segment is in error'],
    );
  });

  it('says how many findings it does not keep', async () => {
    const many = Array.from({ length: 130 }, (_, index) => `AK3*PO1*${index + 5}**2`);
    const found = await read997('AK1*PR*55', 'AK2*855*0001', ...many, 'AK5*R*5', 'AK9*R*1*1*0');
    const { findings } = about(found.answers, '0001');
    assert.equal(findings.length, 101);
    assert.equal(findings.at(-1)?.reason, 'There are 31 more findings');
  });
});

describe('reading a 999', () => {
  it('reads places with repetitions, and the context beside them', async () => {
    const found = await read999(
      'AK1*IN*55*005010',
      'AK2*810*0001*X1',
      'IK3*IT1*7*IT1*8',
      'CTX*IT101:4711',
      'IK4*4:1:2*212*I12*1,5',
      'CTX*SITUATIONAL TRIGGER^OTHER:3*N1*3*N1*5:3',
      'IK3*SAC*9**I6',
      'IK5*E*I5',
      'AK9*E*1*1*1',
    );
    const { verdict, findings } = about(found.answers, '0001');
    assert.equal(verdict, 'noted');
    assert.deepEqual(findings[0]?.at, {
      segment: 7,
      tag: 'IT1',
      loop: 'IT1',
      element: 4,
      component: 1,
      repetition: 2,
      dataElement: '212',
    });
    assert.equal(
      findings[0]?.reason,
      "Segment 7 (IT1, fourth element, first component, second repetition, loop IT1): the value does not have the form that the partner's guideline asks for (IK403 I12); it reads '1,5'; context IT101 4711; context SITUATIONAL TRIGGER, OTHER 3, see segment 3 (N1, fifth element, third component, loop N1)",
    );
    assert.deepEqual(
      findings.map(({ element, code }) => `${element} ${code}`),
      ['IK403 I12', 'IK304 I6', 'IK502 I5'],
    );
  });

  it('reads a rejected message that a context explains alone', async () => {
    const found = await read999(
      'AK1*IN*55',
      'AK2*810*0001',
      'IK3*REF*4**I9',
      'CTX*REF02',
      'IK5*R*5',
      'AK9*R*1*1*0',
    );
    assert.match(about(found.answers, '0001').findings[0]?.reason ?? '', /\(IK304 I9\); context REF02$/);
  });
});

describe('reading anything else', () => {
  it('gives null', async () => {
    const order = x12File('850', ['BEG*00*SA*1**20261122']).replace('GS*undefined', 'GS*PO');
    assert.equal(readAcknowledgment(await messageOf(order)), null);
  });
});
