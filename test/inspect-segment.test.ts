import assert from 'node:assert/strict';
import type { Position } from '../src/fault.ts';
import { pointAt } from '../src/inspect-segment.ts';
import type { Segment, Separators, Value } from '../src/interchange/interchange.ts';

const x12: Separators = {
  element: '*',
  component: '>',
  repetition: null,
  segment: '~',
  release: null,
  decimal: '.',
};
const edifact: Separators = { ...x12, element: '+', component: ':', segment: "'", release: '?' };
const syntax4: Separators = { ...edifact, repetition: '*' };

function segment(tag: string, values: readonly Value[], repeats?: Segment['repeats']): Segment {
  const place = { offset: 0, line: 1, ordinal: 2 };
  return { tag, values, ...place, ...(repeats === undefined ? {} : { repeats }) };
}

const quantity = segment('QTY', [['21', '12', 'PCE'], 'A']);
const released = segment('FTX', ['AAI', "gate 3+4: the keeper's?"]);
const repeated = segment('ABC', ['1', ['x', 'y'], 'z'], {
  1: [
    ['x', 'y'],
    ['p', 'q'],
  ],
});
const long = segment('MSG', ['a'.repeat(90), 'b'.repeat(90), 'wrong', 'c'.repeat(90)]);

describe('a segment with carets under a place', () => {
  const cases: readonly [string, Segment, Position, Separators, string, string][] = [
    ['its tag', segment('ZZZ', ['1']), {}, x12, 'ZZZ*1', '^^^'],
    ['an element', segment('REF', ['DP', '0017']), { element: 2 }, x12, 'REF*DP*0017', '       ^^^^'],
    ['an empty element', segment('BEG', ['00', '', 'X']), { element: 2 }, x12, 'BEG*00**X', '       ^'],
    ['an element that is missing', segment('BEG', ['00']), { element: 3 }, x12, 'BEG*00', '      ^'],
    ['a whole composite', quantity, { element: 1 }, edifact, 'QTY+21:12:PCE+A', '    ^^^^^^^^^'],
    ['a component', quantity, { element: 1, component: 2 }, edifact, 'QTY+21:12:PCE+A', '       ^^'],
    [
      'a component that is missing',
      quantity,
      { element: 1, component: 5 },
      edifact,
      'QTY+21:12:PCE+A',
      '             ^',
    ],
    [
      'released data',
      released,
      { element: 2 },
      edifact,
      "FTX+AAI+gate 3?+4?: the keeper?'s??",
      '        ^^^^^^^^^^^^^^^^^^^^^^^^^^^',
    ],
    [
      'a repetition',
      repeated,
      { element: 2, repetition: 2, component: 1 },
      syntax4,
      'ABC+1+x:y*p:q+z',
      '          ^',
    ],
    ['control characters', segment('A', ['\x1b[2J', 'b']), { element: 2 }, x12, 'A*·[2J*b', '       ^'],
  ];
  for (const [what, found, at, separators, text, carets] of cases) {
    it(what, () => assert.deepEqual(pointAt(found, at, separators), [text, carets]));
  }

  for (const [element, marked] of [
    [1, 'a'],
    [2, 'b'],
    [3, 'wrong'],
    [4, 'c'],
  ] as const) {
    it(`a long segment is cut around element ${element}`, () => {
      const [text, carets] = pointAt(long, { element }, x12);
      assert.equal(text.length, 110);
      assert.ok(carets.length <= text.length);
      const under = text.slice(carets.indexOf('^'), carets.length);
      assert.match(under, new RegExp(`^${marked}(${marked})*…?$`));
    });
  }
});
