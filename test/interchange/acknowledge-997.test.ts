import assert from 'node:assert/strict';
import { type Fault, fault } from '../../src/fault.ts';
import { acknowledge, mayAcknowledge } from '../../src/interchange/acknowledge.ts';
import type { MessageReceipt } from '../../src/interchange/receipt.ts';
import { answerBody, answerText, group, message, x12, x12Separators } from './acknowledge-cases.ts';

/** The lines of an 850's own part, AK2 to AK5, for these faults. */
function judged(faults: readonly Fault[], verdict: MessageReceipt['verdict'] = 'rejected'): string[] {
  const receipt = x12({ groups: [group({ messages: [message({ verdict, faults })] })] });
  const lines = answerBody(receipt);
  const from = lines.findIndex((line) => line.startsWith('AK2'));
  return lines.slice(from, lines.findIndex((line) => line.startsWith('AK5')) + 1);
}

describe('997', () => {
  it('accepts a clean group, with ids swapped', () => {
    assert.equal(
      answerText(x12()),
      [
        'ISA*00*          *00*          *12*5555550100     *ZZ*BLUEBARN       *261122*0304*U*00401*000000017*0*P*>~',
        'GS*FA*HARBOR*BLUEBARN*20261122*0304*17*X*004010~',
        'ST*997*0001~',
        'AK1*PO*71~',
        'AK2*850*0001~',
        'AK5*A~',
        'AK9*A*1*1*1~',
        'SE*6*0001~',
        'GE*1*17~',
        'IEA*1*000000017~',
        '',
      ].join('\n'),
    );
  });

  it('answers a test with a test', () => {
    assert.match(answerText(x12({ test: true })), /\*0\*T\*>~/);
  });

  const cases: readonly { name: string; faults: readonly Fault[]; lines: readonly string[] }[] = [
    {
      name: 'an unknown segment',
      faults: [fault('segment-unknown', { tag: 'PO9', type: '850' }, { segment: 4, tag: 'PO9' })],
      lines: ['AK3*PO9*4**1~', 'AK5*R*5~'],
    },
    {
      name: 'a segment of another message',
      faults: [fault('segment-not-in-message', {}, { segment: 4, tag: 'BSN' })],
      lines: ['AK3*BSN*4**6~', 'AK5*R*5~'],
    },
    {
      name: 'an unexpected segment',
      faults: [fault('segment-unexpected', {}, { segment: 5, tag: 'PID' })],
      lines: ['AK3*PID*5**2~', 'AK5*R*5~'],
    },
    {
      name: 'a missing segment',
      faults: [fault('segment-missing', { tag: 'BEG', type: '850' }, { segment: 2, tag: 'BEG' })],
      lines: ['AK3*BEG*2**3~', 'AK5*R*5~'],
    },
    {
      name: 'a loop too often',
      faults: [fault('loop-too-often', {}, { segment: 12, tag: 'N1' })],
      lines: ['AK3*N1*12**4~', 'AK5*R*5~'],
    },
    {
      name: 'a segment too often',
      faults: [fault('segment-too-often', {}, { segment: 3, tag: 'BEG' })],
      lines: ['AK3*BEG*3**5~', 'AK5*R*5~'],
    },
    {
      name: 'a segment out of order',
      faults: [fault('segment-out-of-order', {}, { segment: 9, tag: 'DTM' })],
      lines: ['AK3*DTM*9**7~', 'AK5*R*5~'],
    },
    {
      name: 'a missing element',
      faults: [fault('element-missing', {}, { segment: 2, tag: 'BEG', element: 3 })],
      lines: ['AK3*BEG*2**8~', 'AK4*3*324*1~', 'AK5*R*5~'],
    },
    {
      name: 'a broken condition',
      faults: [fault('elements-required', {}, { segment: 7, tag: 'PO1', element: 7 })],
      lines: ['AK3*PO1*7**8~', 'AK4*7*234*2~', 'AK5*R*5~'],
    },
    {
      name: 'an exclusion',
      faults: [fault('elements-exclusive', { value: '10' }, { segment: 7, tag: 'CUR', element: 9 })],
      lines: ['AK3*CUR*7**8~', 'AK4*9*337*10*10~', 'AK5*R*5~'],
    },
    {
      name: 'too many elements',
      faults: [fault('element-too-many', { value: 'X' }, { segment: 7, tag: 'CTT', element: 8 })],
      lines: ['AK3*CTT*7**8~', 'AK4*8**3*X~', 'AK5*R*5~'],
    },
    {
      name: 'a value too short',
      faults: [fault('element-too-short', { value: '1' }, { segment: 2, tag: 'BEG', element: 1 })],
      lines: ['AK3*BEG*2**8~', 'AK4*1*353*4*1~', 'AK5*R*5~'],
    },
    {
      name: 'a value too long, cut to what AK404 holds',
      faults: [fault('element-too-long', { value: 'N'.repeat(120) }, { segment: 2, tag: 'BEG', element: 3 })],
      lines: ['AK3*BEG*2**8~', `AK4*3*324*5*${'N'.repeat(99)}~`, 'AK5*R*5~'],
    },
    {
      name: 'a bad code',
      faults: [fault('code-invalid', { value: 'QQ' }, { segment: 2, tag: 'BEG', element: 2 })],
      lines: ['AK3*BEG*2**8~', 'AK4*2*92*7*QQ~', 'AK5*R*5~'],
    },
    {
      name: 'a bad code in a composite',
      faults: [fault('code-invalid', { value: 'QQ' }, { segment: 6, tag: 'MEA', element: 4, component: 1 })],
      lines: ['AK3*MEA*6**8~', 'AK4*4>1*355*7*QQ~', 'AK5*R*5~'],
    },
    {
      name: 'a bad date',
      faults: [fault('date-invalid', { value: '20261350' }, { segment: 2, tag: 'BEG', element: 5 })],
      lines: ['AK3*BEG*2**8~', 'AK4*5*373*8*20261350~', 'AK5*R*5~'],
    },
    {
      name: 'a bad time',
      faults: [fault('time-invalid', { value: '2561' }, { segment: 4, tag: 'DTM', element: 3 })],
      lines: ['AK3*DTM*4**8~', 'AK4*3*337*9*2561~', 'AK5*R*5~'],
    },
    {
      name: 'a number with letters',
      faults: [fault('number-invalid', { value: '1O' }, { segment: 7, tag: 'PO1', element: 2 })],
      lines: ['AK3*PO1*7**8~', 'AK4*2*330*6*1O~', 'AK5*R*5~'],
    },
    {
      name: 'a bad value that holds a delimiter, which is left out',
      faults: [fault('code-invalid', { value: 'A>B' }, { segment: 2, tag: 'BEG', element: 2 })],
      lines: ['AK3*BEG*2**8~', 'AK4*2*92*7~', 'AK5*R*5~'],
    },
    {
      name: 'several elements of one segment under one AK3, in the order of the segment',
      faults: [
        fault('element-missing', {}, { segment: 7, tag: 'PO1', element: 4 }),
        fault('code-invalid', { value: 'ZQ' }, { segment: 7, tag: 'PO1', element: 3 }),
      ],
      lines: ['AK3*PO1*7**8~', 'AK4*3*355*7*ZQ~', 'AK4*4*212*1~', 'AK5*R*5~'],
    },
    {
      name: 'a segment that is too often and has a bad element',
      faults: [
        fault('code-invalid', { value: 'ZQ' }, { segment: 3, tag: 'BEG', element: 1 }),
        fault('segment-too-often', {}, { segment: 3, tag: 'BEG' }),
      ],
      lines: ['AK3*BEG*3**5~', 'AK3*BEG*3**8~', 'AK4*1*353*7*ZQ~', 'AK5*R*5~'],
    },
    {
      name: 'a set that is not supported',
      faults: [fault('message-unknown', { type: '851' }, { segment: 1, tag: 'ST' })],
      lines: ['AK5*R*1~'],
    },
    {
      name: 'a missing SE',
      faults: [fault('message-trailer-missing', { control: '0001', tag: 'SE' }, { segment: 9, tag: 'PO1' })],
      lines: ['AK5*R*2~'],
    },
    {
      name: 'control numbers that differ',
      faults: [fault('message-control-mismatch', { value: '0002' }, { segment: 9, tag: 'SE', element: 2 })],
      lines: ['AK5*R*3~'],
    },
    {
      name: 'a wrong segment count',
      faults: [fault('segment-count-mismatch', { value: '8' }, { segment: 9, tag: 'SE', element: 1 })],
      lines: ['AK5*R*4~'],
    },
    {
      name: 'a control number used twice, beside a bad code',
      faults: [
        fault('message-control-repeated', { value: '0001' }, { segment: 1, tag: 'ST', element: 2 }),
        fault('code-invalid', { value: 'QQ' }, { segment: 2, tag: 'BEG', element: 2 }),
      ],
      lines: ['AK3*BEG*2**8~', 'AK4*2*92*7*QQ~', 'AK5*R*23*5~'],
    },
    {
      name: 'at most five AK502',
      faults: [
        fault('message-unknown'),
        fault('message-trailer-missing'),
        fault('message-control-mismatch'),
        fault('segment-count-mismatch'),
        fault('message-type-missing'),
        fault('message-control-missing'),
      ],
      lines: ['AK5*R*1*2*3*4*6~'],
    },
    {
      name: 'an error that no code names',
      faults: [fault('not-edi', { value: 'x' })],
      lines: ['AK5*R*5~'],
    },
  ];
  for (const { name, faults, lines } of cases) {
    it(`reports ${name}`, () => assert.deepEqual(judged(faults), ['AK2*850*0001~', ...lines]));
  }

  it('accepts with errors what was only noted, and leaves out what is for our own eyes', () => {
    const warning = { ...fault('code-invalid', { value: 'QQ' }, { segment: 2, tag: 'BEG', element: 2 }) };
    const faults: Fault[] = [
      { ...warning, severity: 'warning' },
      { ...fault('segment-unexpected', {}, { segment: 5, tag: 'PID' }), severity: 'info' },
    ];
    assert.deepEqual(judged(faults, 'noted'), [
      'AK2*850*0001~',
      'AK3*BEG*2**8~',
      'AK4*2*92*7*QQ~',
      'AK5*E*5~',
    ]);
  });

  it('lets a warning without a code show in AK501 alone', () => {
    const faults = [{ ...fault('not-edi'), severity: 'warning' as const }];
    assert.deepEqual(judged(faults, 'noted'), ['AK2*850*0001~', 'AK5*E~']);
  });

  it('gives no more than 99 AK4 to a segment', () => {
    const faults = Array.from({ length: 120 }, (_, index) =>
      fault('element-missing', {}, { segment: 7, tag: 'PO1', element: index + 1 }),
    );
    assert.equal(judged(faults).filter((line) => line.startsWith('AK4')).length, 99);
  });

  it('names the repetition in 005010, which has a place for it', () => {
    const at = { segment: 2, tag: 'BEG', element: 2, repetition: 3 };
    const faults = [fault('code-invalid', { value: 'QQ' }, at)];
    const judgedIn = (version: string) =>
      answerBody(
        x12({ groups: [group({ version, messages: [message({ version, verdict: 'rejected', faults })] })] }),
      );
    assert.ok(judgedIn('005010').includes('AK4*2>>3*92*7*QQ~'));
    assert.ok(judgedIn('004010').includes('AK4*2*92*7*QQ~'));
  });

  it('keeps its counts within AK902, whatever GE01 claims', () => {
    const claimed = group({
      declaredMessages: 12_345_678,
      verdict: 'rejected',
      faults: [fault('message-count-mismatch')],
    });
    assert.ok(answerBody(x12({ groups: [claimed] })).includes('AK9*R*999999*1*0*5~'));
  });

  it('accepts a group in part', () => {
    const messages = [
      message(),
      message({ control: '0002', verdict: 'rejected', faults: [fault('message-unknown')] }),
      message({ control: '0003', verdict: 'noted' }),
    ];
    assert.deepEqual(answerBody(x12({ groups: [group({ messages, declaredMessages: 3 })] })), [
      'ST*997*0001~',
      'AK1*PO*71~',
      'AK2*850*0001~',
      'AK5*A~',
      'AK2*850*0002~',
      'AK5*R*1~',
      'AK2*850*0003~',
      'AK5*E~',
      'AK9*P*3*3*2~',
      'SE*10*0001~',
    ]);
  });

  it('rejects a group whose sets were all rejected', () => {
    const messages = [message({ verdict: 'rejected' })];
    const lines = answerBody(x12({ groups: [group({ messages })] }));
    assert.ok(lines.includes('AK9*R*1*1*0~'));
  });

  const groupCases = [
    ['group-trailer-missing', 'AK9*R*1*1*0*3~'],
    ['group-control-mismatch', 'AK9*R*1*1*0*4~'],
    ['message-count-mismatch', 'AK9*R*2*1*0*5~'],
    ['group-control-invalid', 'AK9*R*1*1*0*6~'],
  ] as const;
  for (const [code, last] of groupCases) {
    it(`rejects every set of a group with ${code}`, () => {
      const declaredMessages = code === 'message-count-mismatch' ? 2 : 1;
      const refused = group({ verdict: 'rejected', faults: [fault(code)], declaredMessages });
      assert.deepEqual(answerBody(x12({ groups: [refused] })).slice(1, -1), [
        'AK1*PO*71~',
        'AK2*850*0001~',
        'AK5*R~',
        last,
      ]);
    });
  }

  it('rejects everything when the interchange was rejected', () => {
    const receipt = x12({ verdict: 'rejected', faults: [fault('interchange-control-mismatch')] });
    assert.deepEqual(answerBody(receipt).slice(1, -1), [
      'AK1*PO*71~',
      'AK2*850*0001~',
      'AK5*R~',
      'AK9*R*1*1*0~',
    ]);
  });

  it('counts what came when the group does not say', () => {
    const lines = answerBody(x12({ groups: [group({ declaredMessages: null })] }));
    assert.ok(lines.includes('AK9*A*1*1*1~'));
  });

  it('answers each group in its own version', () => {
    const text = answerText(
      x12({ groups: [group(), group({ control: '72' }), group({ control: '73', version: '005010' })] }),
    );
    assert.match(text, /GE\*2\*17~\nGS\*FA\*HARBOR\*BLUEBARN\*20261122\*0304\*18\*X\*005010~/);
    assert.match(text, /IEA\*2\*000000017~/);
  });

  const versions = [
    ['004010VICS', '004010VICS'],
    ['004010UCS~ST', '004010'],
    ['4010', '004010'],
    [null, '004010'],
  ] as const;
  for (const [version, expected] of versions) {
    it(`answers a group of version ${version} in ${expected}`, () => {
      const [answer] = acknowledge(x12({ groups: [group({ version })] }), { separators: x12Separators });
      assert.equal(answer?.groupVersion, expected);
    });
  }

  it('never answers an acknowledgment', () => {
    const receipt = x12({ groups: [group({ type: 'FA', messages: [message({ type: '997' })] })] });
    assert.equal(mayAcknowledge(receipt), false);
    assert.deepEqual(acknowledge(receipt, { separators: x12Separators }), []);
    assert.equal(mayAcknowledge(x12({ groups: [group({ type: 'FA', messages: [] })] })), false);
    const odd = x12({ groups: [group({ messages: [message({ type: '999' })] })] });
    assert.equal(mayAcknowledge(odd), false);
  });

  it('never answers a group that it could not name', () => {
    assert.equal(mayAcknowledge(x12({ groups: [group({ type: null })] })), false);
    assert.equal(mayAcknowledge(x12({ groups: [group({ control: null })] })), false);
    assert.equal(mayAcknowledge(x12()), true);
  });

  it('can always be written, whatever the partner called things', () => {
    const messages = [
      message({
        type: '8>0',
        control: 'A\u0001B~',
        verdict: 'rejected',
        faults: [fault('segment-unknown', {}, { segment: 2, tag: '*>~' }), fault('segment-unknown')],
      }),
    ];
    assert.deepEqual(answerBody(x12({ groups: [group({ control: '7>1', messages })] })).slice(1, -1), [
      'AK1*PO*71~',
      'AK2*080*00AB~',
      'AK5*R*5~',
      'AK9*R*1*1*0~',
    ]);
  });
});
