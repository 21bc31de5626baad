import assert from 'node:assert/strict';
import type { Position } from '../src/fault.ts';
import { columnsOf } from '../src/inspect-columns.ts';
import { pointAt } from '../src/inspect-segment.ts';
import type { Separators } from '../src/interchange/interchange.ts';

const x12: Separators = {
  element: '*',
  component: '>',
  repetition: null,
  segment: '~',
  release: null,
  decimal: '.',
};
const x12Repeating: Separators = { ...x12, repetition: '^' };
const edifact: Separators = { ...x12, element: '+', component: ':', segment: "'", release: '?' };
const syntax4: Separators = { ...edifact, repetition: '*' };

describe('a segment with carets under a place', () => {
  const quantity = 'QTY+21:12:PCE+A';
  const cases: readonly [string, Position, Separators, string, string][] = [
    ['its tag', { tag: 'ZZZ' }, x12, 'ZZZ*1', '^^^'],
    ['an element', { tag: 'REF', element: 2 }, x12, 'REF*DP*0017', '       ^^^^'],
    ['an empty element', { element: 2 }, x12, 'BEG*00**X', '       ^'],
    ['an element that is missing', { element: 3 }, x12, 'BEG*00', '      ^'],
    ['a whole composite', { element: 1 }, edifact, quantity, '    ^^^^^^^^^'],
    ['a component', { element: 1, component: 2 }, edifact, quantity, '       ^^'],
    ['a component that is missing', { element: 1, component: 5 }, edifact, quantity, '             ^'],
    ['text that holds what is no separator here', { element: 2 }, x12, 'PID*a^b>c*d', '          ^'],
    [
      'released data, with its release characters',
      { element: 2, component: 2 },
      edifact,
      "FTX+A?+B+gate 3?+4?: here:the keeper?'s??+x",
      '                          ^^^^^^^^^^^^^^^',
    ],
    ['what follows a released release character', { element: 2 }, edifact, 'FTX+A??+B', '        ^'],
    [
      'a component of a repetition',
      { element: 2, repetition: 2, component: 1 },
      syntax4,
      'ABC+1+x:y*p:q+z',
      '          ^',
    ],
    ['a whole repetition', { element: 2, repetition: 2 }, x12Repeating, 'ABC*1*xy^pq*z', '         ^^'],
    ['a repetition too many', { element: 1, repetition: 3 }, x12Repeating, 'ABC*x^y*z', '       ^'],
    ['a released repetition separator', { element: 1, repetition: 2 }, syntax4, 'ABC+x?*y*z', '         ^'],
    ['what is missing before a segment', { tag: 'BEG' }, x12, 'REF*DP', '^'],
    ['the trailer that is missing behind it', { tag: 'SE' }, x12, 'CTT*2', '     ^'],
  ];
  for (const [what, at, separators, text, carets] of cases) {
    it(what, () => assert.deepEqual(pointAt(text, at, separators), [text, carets]));
  }

  it('control characters are shown, and take one column', () => {
    assert.deepEqual(pointAt('A*\x1b[2J\t*b', { element: 2 }, x12), ['A*␛[2J␉*b', '        ^']);
  });

  it('what is invisible is shown by its number', () => {
    const [text, carets] = pointAt('A*a\u202eb*c', { element: 2 }, x12);
    assert.deepEqual([text, carets], ['A*a<U+202E>b*c', '             ^']);
  });

  for (const [what, before, columns] of [
    ['wide characters', '日本語', 6],
    ['an emoji', '🏮', 2],
    ['a flag', '🇯🇵', 2],
    ['an emoji by its selector', '☎️', 2],
    ['combining marks', 'e\u0301a\u0308', 2],
    ['half-width forms', 'ｱｲ', 2],
    ['umlauts', 'ÄÖ', 2],
  ] as const) {
    it(`carets stand under the place behind ${what}`, () => {
      const [text, carets] = pointAt(`A*${before}*wrong`, { element: 2 }, x12);
      assert.equal(text, `A*${before}*wrong`);
      assert.equal(carets, `${' '.repeat(columns + 3)}^^^^^`);
    });
  }

  const long = `MSG*${'a'.repeat(90)}*${'日'.repeat(45)}*wrong*${'c'.repeat(90)}`;
  for (const [element, marked] of [
    [1, 'a'],
    [2, '日'],
    [3, 'wrong'],
    [4, 'c'],
  ] as const) {
    for (const most of [60, 110]) {
      it(`a long segment is cut to ${most} columns around element ${element}`, () => {
        const [text, carets] = pointAt(long, { element }, x12, most);
        assert.ok(columnsOf(text) <= most && columnsOf(text) > most - 4, text);
        assert.ok(carets.length <= columnsOf(text));
        assert.match(under(text, carets), new RegExp(`^(${marked})+…?$`));
        assert.match(text, element === 1 ? /^MSG\*.*…$/ : element === 4 ? /^….*…$/ : /^….*…$/);
      });
    }
  }

  it('a megabyte is cut at once', () => {
    const [text, carets] = pointAt(
      `A*${'x'.repeat(1_000_000)}*y*${'z'.repeat(1_000_000)}`,
      { element: 2 },
      x12,
    );
    assert.equal(under(text, carets), 'y');
    assert.equal(columnsOf(text), 110);
  });

  /** What stands in the columns of the carets. */
  function under(text: string, carets: string): string {
    let column = 0;
    return [...text]
      .filter((one) => {
        const at = column;
        column += columnsOf(one);
        return carets[at] === '^';
      })
      .join('');
  }
});
