import assert from 'node:assert/strict';
import { type Fault, fault } from '../../src/fault.ts';
import { acknowledge, mayAcknowledge } from '../../src/interchange/acknowledge.ts';
import {
  answerBody,
  answerText,
  edifact,
  edifactSeparators,
  group,
  implied,
  orders,
} from './acknowledge-cases.ts';

const uci = "UCI+R4711+4012345000009:14+5412345000013:14+7'";
const ucm = 'UCM+1+ORDERS:D:96A:UN:EAN008+4';

/** The lines from UCM on of the CONTRL for one ORDERS with these faults. */
function judged(faults: readonly Fault[]): string[] {
  const lines = answerBody(edifact({ groups: [implied([orders({ verdict: 'rejected', faults })])] }));
  assert.equal(lines[1], uci);
  return lines.slice(2, -1);
}

/** A fault that the partner's agreement holds for an error. */
const strict = (warning: Fault): Fault => ({ ...warning, severity: 'error' });

describe('CONTRL', () => {
  it('acknowledges a clean interchange, with ids swapped', () => {
    assert.equal(
      answerText(edifact()),
      [
        "UNB+UNOA:2+5412345000013:14+4012345000009:14+261122:0304+17'",
        "UNH+1+CONTRL:2:2:UN:EAN002'",
        uci,
        "UNT+3+1'",
        "UNZ+1+17'",
        '',
      ].join('\n'),
    );
  });

  const cases: readonly { name: string; faults: readonly Fault[]; lines: readonly string[] }[] = [
    {
      name: 'an unknown message',
      faults: [fault('message-unknown', {}, { segment: 1, tag: 'UNH', element: 2, component: 1 })],
      lines: [`${ucm}+14+UNH+3:1'`],
    },
    {
      name: 'a repeated reference',
      faults: [fault('message-control-repeated', { value: '1' }, { segment: 1, tag: 'UNH', element: 1 })],
      lines: [`${ucm}+26+UNH+2'`],
    },
    {
      name: 'a missing UNT',
      faults: [fault('message-trailer-missing', {}, { segment: 8, tag: 'UNT' })],
      lines: [`${ucm}+13+UNT'`],
    },
    {
      name: 'a reference that differs',
      faults: [fault('message-control-mismatch', { value: '2' }, { segment: 9, tag: 'UNT', element: 2 })],
      lines: [`${ucm}+28+UNT+3'`],
    },
    {
      name: 'a wrong segment count',
      faults: [fault('segment-count-mismatch', { value: '8' }, { segment: 9, tag: 'UNT', element: 1 })],
      lines: [`${ucm}+29+UNT+2'`],
    },
    {
      name: 'an unknown segment',
      faults: [fault('segment-unknown', {}, { segment: 4, tag: 'XYZ' })],
      lines: [`${ucm}'`, "UCS+4+15'"],
    },
    {
      name: 'a missing segment, at the last one before it',
      faults: [fault('segment-missing', {}, { segment: 3, tag: 'DTM' })],
      lines: [`${ucm}'`, "UCS+2+13'"],
    },
    {
      name: 'a segment too often',
      faults: [fault('segment-too-often', {}, { segment: 3, tag: 'BGM' })],
      lines: [`${ucm}'`, "UCS+3+35'"],
    },
    {
      name: 'a segment group too often',
      faults: [fault('loop-too-often', {}, { segment: 30, tag: 'RFF' })],
      lines: [`${ucm}'`, "UCS+30+36'"],
    },
    {
      name: 'a missing element',
      faults: [fault('element-missing', {}, { segment: 2, tag: 'BGM', element: 2 })],
      lines: [`${ucm}'`, "UCS+2'", "UCD+13+3'"],
    },
    {
      name: 'a missing component',
      faults: [fault('element-missing', {}, { segment: 3, tag: 'DTM', element: 1, component: 1 })],
      lines: [`${ucm}'`, "UCS+3'", "UCD+13+2:1'"],
    },
    {
      name: 'a bad code',
      faults: [fault('code-invalid', { value: '9Z' }, { segment: 2, tag: 'BGM', element: 3 })],
      lines: [`${ucm}'`, "UCS+2'", "UCD+12+4'"],
    },
    {
      name: 'a value too long',
      faults: [fault('element-too-long', { value: 'x' }, { segment: 2, tag: 'BGM', element: 2 })],
      lines: [`${ucm}'`, "UCS+2'", "UCD+39+3'"],
    },
    {
      name: 'a value too short',
      faults: [fault('element-too-short', { value: 'x' }, { segment: 2, tag: 'BGM', element: 2 })],
      lines: [`${ucm}'`, "UCS+2'", "UCD+40+3'"],
    },
    {
      name: 'too many elements',
      faults: [fault('element-too-many', { value: 'x' }, { segment: 2, tag: 'BGM', element: 5 })],
      lines: [`${ucm}'`, "UCS+2'", "UCD+16+6'"],
    },
    {
      name: 'letters in a number',
      faults: [fault('number-invalid', { value: 'x' }, { segment: 8, tag: 'QTY', element: 1, component: 2 })],
      lines: [`${ucm}'`, "UCS+8'", "UCD+37+2:2'"],
    },
    {
      name: 'a wrong decimal mark',
      faults: [
        strict(
          fault('decimal-mark-wrong', { value: '1,5' }, { segment: 8, tag: 'QTY', element: 1, component: 2 }),
        ),
      ],
      lines: [`${ucm}'`, "UCS+8'", "UCD+19+2:2'"],
    },
    {
      name: 'an error that no code names',
      faults: [fault('not-edi', { value: 'x' })],
      lines: [`${ucm}+18'`],
    },
    {
      name: 'several errors, in the order of the message',
      faults: [
        fault('code-invalid', { value: 'x' }, { segment: 9, tag: 'QTY', element: 1, component: 1 }),
        fault('segment-count-mismatch', { value: '8' }, { segment: 12, tag: 'UNT', element: 1 }),
        fault('element-missing', {}, { segment: 2, tag: 'BGM', element: 2 }),
        fault('code-invalid', { value: 'x' }, { segment: 2, tag: 'BGM', element: 1, component: 1 }),
        fault('segment-unexpected', {}, { segment: 5, tag: 'PIA' }),
      ],
      lines: [`${ucm}+29+UNT+2'`, "UCS+2'", "UCD+12+2:1'", "UCD+13+3'", "UCS+5+15'", "UCS+9'", "UCD+12+2:1'"],
    },
  ];
  for (const { name, faults, lines } of cases) {
    it(`reports ${name}`, () => assert.deepEqual(judged(faults), lines));
  }

  it('tells the errors of a rejected message, not what was only noted', () => {
    const noted: Fault = {
      ...fault('code-invalid', {}, { segment: 5, tag: 'LIN', element: 1 }),
      severity: 'warning',
    };
    const faults = [noted, fault('segment-too-often', {}, { segment: 3, tag: 'BGM' })];
    assert.deepEqual(judged(faults), [`${ucm}'`, "UCS+3+35'"]);
  });

  it('keeps within 100 UCS and UCD of a message, and 99 UCD of a segment', () => {
    const segments = Array.from({ length: 1_100 }, (_, index) =>
      fault('segment-unexpected', {}, { segment: index + 2, tag: 'LIN' }),
    );
    assert.equal(judged(segments).length, 1 + 100);
    const elements = Array.from({ length: 120 }, (_, index) =>
      fault('element-missing', {}, { segment: 3, tag: 'LIN', element: index + 1 }),
    );
    assert.equal(judged(elements).length, 1 + 1 + 99);
  });

  it('names no message that was accepted or noted, and has no word for noted', () => {
    const warning: Fault = {
      ...fault('code-invalid', {}, { segment: 2, tag: 'BGM', element: 1 }),
      severity: 'warning',
    };
    const groups = [implied([orders(), orders({ control: '2', verdict: 'noted', faults: [warning] })])];
    assert.deepEqual(answerBody(edifact({ groups })).slice(1, -1), [uci]);
    assert.equal(acknowledge(edifact({ groups }), { separators: edifactSeparators })[0]?.verdict, 'accepted');
    assert.deepEqual(answerBody(edifact({ groups }), { everyMessage: true }).slice(1, -1), [
      uci,
      "UCM+1+ORDERS:D:96A:UN:EAN008+7'",
      "UCM+2+ORDERS:D:96A:UN:EAN008+7'",
    ]);
  });

  it('rejects one message of two and acknowledges the other by silence', () => {
    const rejected = orders({ control: '2', verdict: 'rejected', faults: [fault('message-unknown')] });
    const receipt = edifact({ groups: [implied([orders(), rejected])] });
    assert.deepEqual(answerBody(receipt).slice(1, -1), [uci, "UCM+2+ORDERS:D:96A:UN:EAN008+4+14'"]);
    assert.equal(acknowledge(receipt, { separators: edifactSeparators })[0]?.verdict, 'partly');
  });

  const envelopeCases: readonly { name: string; fault: Fault; rest: string }[] = [
    {
      name: 'references that differ',
      fault: fault('interchange-control-mismatch', {}, { tag: 'UNZ', element: 2 }),
      rest: '4+28+UNZ+3',
    },
    {
      name: 'a wrong count',
      fault: fault('interchange-count-mismatch', {}, { tag: 'UNZ', element: 1 }),
      rest: '4+29+UNZ+2',
    },
    {
      name: 'a missing UNZ',
      fault: fault('interchange-trailer-missing', {}, { tag: 'UNZ' }),
      rest: '4+13+UNZ',
    },
    {
      name: 'a bad test indicator',
      fault: fault('usage-indicator-invalid', {}, { tag: 'UNB', element: 11 }),
      rest: '4+12+UNB+12',
    },
    { name: 'nothing inside', fault: fault('interchange-empty'), rest: '4+32' },
  ];
  for (const { name, fault: found, rest } of envelopeCases) {
    it(`rejects an interchange with ${name}, and with it all messages`, () => {
      const receipt = edifact({ verdict: 'rejected', faults: [found] });
      const lines = answerBody(receipt).slice(1, -1);
      assert.deepEqual(lines, [`UCI+R4711+4012345000009:14+5412345000013:14+${rest}'`]);
      assert.equal(acknowledge(receipt, { separators: edifactSeparators })[0]?.verdict, 'rejected');
    });
  }

  it('says only that it arrived when 0031 is 2 or the agreement wants no more', () => {
    const groups = [implied([orders({ verdict: 'rejected', faults: [fault('message-unknown')] })])];
    const arrived = ["UCI+R4711+4012345000009:14+5412345000013:14+8'"];
    const asked = edifact({ groups, acknowledgmentRequested: '2' });
    assert.deepEqual(answerBody(asked).slice(1, -1), arrived);
    assert.deepEqual(answerBody(edifact({ groups }), { receiptOnly: true }).slice(1, -1), arrived);
    assert.equal(acknowledge(asked, { separators: edifactSeparators })[0]?.verdict, 'received');
  });

  it('refuses a named group with UCF', () => {
    const named = group({
      type: 'ORDERS',
      control: 'G1',
      version: 'D:96A',
      sender: 'A',
      receiver: 'B',
      verdict: 'rejected',
      faults: [fault('message-count-mismatch', {}, { tag: 'UNE', element: 1 })],
      messages: [orders()],
    });
    assert.deepEqual(answerBody(edifact({ groups: [named] })).slice(1, -1), [uci, "UCF+G1+A+B+4+29+UNE+2'"]);
  });

  it('puts a refused message of a named group under its UCF', () => {
    const rejected = orders({ verdict: 'rejected', faults: [fault('message-unknown')] });
    const named = group({ type: 'ORDERS', control: 'G1', sender: 'A', receiver: 'B', messages: [rejected] });
    assert.deepEqual(answerBody(edifact({ groups: [named] })).slice(1, -1), [
      uci,
      "UCF+G1+A+B+7'",
      `${ucm}+14'`,
    ]);
  });

  it('refuses each message of a refused group without a name', () => {
    const receipt = edifact({ groups: [implied([orders()], { verdict: 'rejected' })] });
    assert.deepEqual(answerBody(receipt).slice(1, -1), [uci, `${ucm}+18'`]);
  });

  const versions = [
    ['UNOA:2', 'D:96A:UN:EAN008', 'CONTRL:2:2:UN:EAN002'],
    ['UNOC:3', 'D:96A:UN:EAN008', 'CONTRL:2:2:UN:EAN002'],
    ['UNOC:3', 'D:01B:UN:EAN010', 'CONTRL:D:3:UN:EAN004'],
    ['UNOC:3', 'D:96A:UN', 'CONTRL:D:3:UN'],
    ['UNOB:1', 'D:96A:UN', 'CONTRL:2:2:UN'],
    ['UNOC:4', 'D:01B:UN', 'CONTRL:4:1:UN'],
  ] as const;
  for (const [syntax, version, expected] of versions) {
    it(`answers ${version} in ${syntax} with ${expected}`, () => {
      const receipt = edifact({ version: syntax, groups: [implied([orders({ version })])] });
      assert.equal(answerBody(receipt)[0], `UNH+1+${expected}'`);
    });
  }

  it('never answers a CONTRL, nor what it could not name', () => {
    const control = orders({ type: 'CONTRL', version: 'D:3:UN' });
    assert.equal(mayAcknowledge(edifact({ groups: [implied([control])] })), false);
    assert.deepEqual(
      acknowledge(edifact({ groups: [implied([control])] }), { separators: edifactSeparators }),
      [],
    );
    assert.equal(mayAcknowledge(edifact({ control: '' })), false);
    assert.equal(mayAcknowledge(edifact({ sender: { qualifier: '14', id: '' } })), false);
    assert.equal(mayAcknowledge(edifact()), true);
    const mixed = edifact({ groups: [implied([{ ...control, verdict: 'rejected' }, orders()])] });
    assert.deepEqual(answerBody(mixed).slice(1, -1), [uci]);
  });

  it('never repeats the error that it reports', () => {
    const odd = orders({ version: 'D: 96A:UN:EAN008B:X:Y', verdict: 'rejected', control: '1\n2' });
    const receipt = edifact({ control: '00\r\n7', groups: [implied([odd])] });
    assert.deepEqual(answerBody(receipt).slice(1, -1), [
      "UCI+007+4012345000009:14+5412345000013:14+7'",
      "UCM+12+ORDERS:D:96A:UN:EAN008+4+18'",
    ]);
  });

  it('releases delimiters in what it repeats', () => {
    const text = answerText(edifact({ control: "A+B'?" }));
    assert.ok(text.includes("UCI+A?+B?'??+4012345000009:14"));
  });
});
