import assert from 'node:assert/strict';
import type { Message, Segment } from '../../src/interchange/interchange.ts';
import { readAcknowledgment, sameControl, verdictOn } from '../../src/interchange/verdict.ts';

/** A message from lines such as 'AK4*4:1*235*7*QQ'. */
function message(type: string, lines: readonly string[]): Message {
  const segments = lines.map((line, index): Segment => {
    const [tag = '', ...cells] = line.split('*');
    const values = cells.map((cell) => (cell.includes(':') ? cell.split(':') : cell));
    return { tag, values, offset: 0, line: 1, ordinal: index + 2 };
  });
  return {
    kind: 'message',
    type,
    control: '0001',
    version: '004010',
    release: null,
    segmentCount: segments.length,
    segments,
    root: null,
    faults: [],
    verdict: 'accepted',
    at: {},
  };
}

const read = (type: string, ...lines: string[]) => {
  const found = readAcknowledgment(message(type, lines));
  assert.ok(found);
  return found;
};

describe('reading a 997', () => {
  it('takes a bare acceptance for every message of the group', () => {
    const found = read('997', 'AK1*PR*55', 'AK9*A*3*3*3');
    assert.deepEqual(found, {
      type: '997',
      groupType: 'PR',
      groupControl: '55',
      interchangeControl: null,
      verdict: 'accepted',
      notes: [],
      messages: [],
      others: 'accepted',
    });
    assert.deepEqual(verdictOn(found, '0002'), { verdict: 'accepted', notes: [] });
  });

  it('reads reasons down to segment, element and component', () => {
    const found = read(
      '997',
      'AK1*PR*55',
      'AK2*855*0001',
      'AK5*A',
      'AK2*855*0002',
      'AK3*ACK*7**8',
      'AK4*1*668*7*QQ',
      'AK4*4:1**5',
      'AK3*CTT*9**3',
      'AK5*R*5*4',
      'AK9*P*2*2*1*5',
    );
    assert.equal(found.verdict, 'partly');
    assert.deepEqual(found.notes, ['Group: the number of transaction sets does not match GE01 (AK905 5)']);
    assert.deepEqual(found.messages, [
      { type: '855', control: '0001', groupControl: '55', verdict: 'accepted', notes: [] },
      {
        type: '855',
        control: '0002',
        groupControl: '55',
        verdict: 'rejected',
        notes: [
          "Segment 7 (ACK), element 1: its code is not allowed (AK403 7): 'QQ'",
          'Segment 7 (ACK), element 4, component 1: it is too long (AK403 5)',
          'Segment 9 (CTT): it is mandatory and missing (AK304 3)',
          'Message: segments are in error (AK502 5)',
          'Message: the number of segments does not match SE01 (AK502 4)',
        ],
      },
    ]);
  });

  it('finds a message whose leading zeros were dropped', () => {
    const found = read('997', 'AK1*PR*55', 'AK2*855*2', 'AK5*E', 'AK9*E*1*1*1');
    assert.equal(verdictOn(found, '0002').verdict, 'noted');
    assert.equal(sameControl('0', '0000'), true);
    assert.equal(sameControl(null, '0000'), false);
  });

  it('infers the others of a part only when the counts allow it', () => {
    const rejected = ['AK1*PR*55', 'AK2*855*0002', 'AK5*R'];
    assert.equal(verdictOn(read('997', ...rejected, 'AK9*P*3*3*2'), '0001').verdict, 'accepted');
    assert.equal(verdictOn(read('997', ...rejected, 'AK9*P*3*3*1'), '0001').verdict, 'unknown');
  });

  it('holds a rejected group against every message of it', () => {
    const found = read('997', 'AK1*PR*55', 'AK2*855*0001', 'AK5*A', 'AK9*R*2*2*0*4');
    assert.equal(verdictOn(found, '0001').verdict, 'rejected');
    assert.equal(verdictOn(found, '0009').verdict, 'rejected');
    assert.deepEqual(found.messages[0]?.notes, ['Group: it was rejected as a whole']);
  });

  const codes = [
    ['A', 'accepted'],
    ['E', 'noted'],
    ['R', 'rejected'],
    ['M', 'rejected'],
    ['W', 'rejected'],
    ['X', 'rejected'],
  ] as const;
  for (const [code, verdict] of codes) {
    it(`reads AK501 ${code} as ${verdict}`, () => {
      const found = read('997', 'AK1*PR*55', 'AK2*855*0001', `AK5*${code}`, 'AK9*P*2*2*1');
      assert.equal(found.messages[0]?.verdict, verdict);
    });
  }

  it('does not take the word of a group that accepts what it rejects', () => {
    assert.equal(read('997', 'AK1*PR*55', 'AK2*855*0001', 'AK5*R', 'AK9*A*1*1*1').verdict, 'partly');
  });

  it('bears what is missing', () => {
    assert.equal(read('997').verdict, 'unknown');
    assert.equal(read('997', 'AK1').groupControl, null);
    assert.equal(read('997', 'AK2*855*0001', 'AK5*R').verdict, 'rejected');
    assert.equal(read('997', 'AK2*855*0001', 'AK5*A').verdict, 'accepted');
    assert.equal(read('997', 'AK2*855*0001', 'AK9*A').messages[0]?.verdict, 'accepted');
    assert.equal(read('997', 'AK2', 'AK3', 'AK4', 'AK5*Z', 'AK9*Z').messages[0]?.verdict, 'unknown');
    assert.deepEqual(read('997', 'AK2*855*0001', 'AK3', 'AK4').messages[0]?.notes, [
      'Segment ?: it is in error',
      'Segment ?, element ?: it is in error',
    ]);
    assert.deepEqual(read('997', 'AK9*R*1*1*0*77').notes, [
      'Group: a reason that the standard does not list (AK905 77)',
    ]);
  });
});

describe('reading a CONTRL', () => {
  it('takes an acknowledged interchange for all its messages', () => {
    const found = read('CONTRL', 'UCI*88*A:14*B:14*7');
    assert.equal(found.interchangeControl, '88');
    assert.equal(found.verdict, 'accepted');
    assert.equal(verdictOn(found, '1').verdict, 'accepted');
  });

  it('reads reasons down to segment, element and component', () => {
    const found = read(
      'CONTRL',
      'UCI*88*A:14*B:14*7',
      'UCM*1*ORDRSP:D:96A:UN:EAN005*7',
      'UCM*2*ORDRSP:D:96A:UN:EAN005*4*29*UNT*2',
      'UCS*5*15',
      'UCS*7',
      'UCD*12*2:1',
      'UCD*13*3',
      'UCS*9',
    );
    assert.equal(found.verdict, 'partly');
    assert.deepEqual(found.messages, [
      { type: 'ORDRSP', control: '1', groupControl: null, verdict: 'accepted', notes: [] },
      {
        type: 'ORDRSP',
        control: '2',
        groupControl: null,
        verdict: 'rejected',
        notes: [
          'Message, UNT, element 1: the count of the trailer does not match (0085 29)',
          'Segment 5: it is not supported in this place (0085 15)',
          'Segment 7, element 1, component 1: the value is invalid (0085 12)',
          'Segment 7, element 2: it is missing (0085 13)',
          'Segment 9: it is in error',
        ],
      },
    ]);
    assert.equal(verdictOn(found, '3').verdict, 'accepted');
  });

  it('reads a refused interchange', () => {
    const found = read('CONTRL', 'UCI*88*A*B*4*23*UNB*3:1');
    assert.deepEqual(found.notes, [
      'Interchange, UNB, element 2, component 1: the sender is unknown (0085 23)',
    ]);
    assert.equal(found.verdict, 'rejected');
    assert.equal(verdictOn(found, '1').verdict, 'rejected');
  });

  it('knows that received is no judgement', () => {
    const found = read('CONTRL', 'UCI*88*A*B*8');
    assert.equal(found.verdict, 'received');
    assert.equal(verdictOn(found, '1').verdict, 'unknown');
  });

  it('reads named groups', () => {
    const found = read('CONTRL', 'UCI*88*A*B*7', 'UCF*G1*A*B*7', 'UCM*1*ORDRSP:D*4*18', 'UCF*G2*A*B*4*29');
    assert.equal(found.verdict, 'partly');
    assert.equal(verdictOn(found, '1', 'G1').verdict, 'rejected');
    assert.deepEqual(found.notes, ['Group G2: the count of the trailer does not match (0085 29)']);
    assert.equal(verdictOn(found, '5', 'G2').verdict, 'unknown');
  });

  const old = [
    ['1', 'accepted'],
    ['2', 'noted'],
    ['3', 'rejected'],
    ['5', 'accepted'],
    ['6', 'rejected'],
  ] as const;
  for (const [action, verdict] of old) {
    it(`reads the old action ${action} as ${verdict}`, () => {
      assert.equal(read('CONTRL', 'UCI*88*A*B*7', `UCM*1*ORDRSP*${action}`).messages[0]?.verdict, verdict);
    });
  }

  it('bears what is missing', () => {
    assert.equal(read('CONTRL').verdict, 'unknown');
    assert.equal(read('CONTRL', 'UCI', 'UCM', 'UCS', 'UCD').messages[0]?.verdict, 'unknown');
    assert.equal(read('CONTRL', 'UCI*88*A*B*7', 'UCM*1').messages[0]?.verdict, 'accepted');
    assert.equal(read('CONTRL', 'UCI*88*A*B*4', 'UCM*1*ORDRSP*7').messages[0]?.verdict, 'rejected');
  });
});

describe('reading anything else', () => {
  it('gives null', () => assert.equal(readAcknowledgment(message('850', ['BEG*00*SA*1'])), null));
});
