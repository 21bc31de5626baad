import assert from 'node:assert/strict';
import { coloured, jsonDifference, lineDifference } from '../src/difference.ts';

const json = (value: unknown) => JSON.stringify(value);

describe('What differs', () => {
  it('is nothing, when JSON says the same in another layout and order', () => {
    assert.equal(jsonDifference('{ "a": 1,\n "b": [2] }', '{"b":[2],"a":1}'), '');
  });

  it('is named by its path in JSON', () => {
    const before = { lines: [{ number: '1', price: '3.50' }, { number: '2' }], purpose: 'original' };
    const after = { lines: [{ number: '1', price: '3.55' }, { number: '2' }], type: 'release' };
    assert.equal(
      jsonDifference(json(before), json(after)),
      [
        'lines[0].price',
        '  - "3.50"',
        '  + "3.55"',
        'purpose',
        '  - "original"',
        'type',
        '  + "release"',
      ].join('\n'),
    );
  });

  it('is one item, when one item is put in between, or taken out', () => {
    assert.equal(jsonDifference(json(['a', 'c']), json(['a', 'b', 'c'])), '[1]\n  + "b"');
    assert.equal(
      jsonDifference(json([{ x: 1 }, { x: 2 }]), json([{ x: 2 }])),
      '[0]\n  - {\n  -   "x": 1\n  - }',
    );
  });

  it('is shown line by line in anything else, with a little around it', () => {
    const before = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', ''].join('\n');
    const after = before.replace('2\n', 'two\n').replace('10\n', '').replace('11\n', '11\n12\n');
    assert.equal(
      lineDifference(before, after),
      [
        '    1',
        '  - 2',
        '  + two',
        '    3',
        '    4',
        '  …',
        '    8',
        '    9',
        '  - 10',
        '    11',
        '  + 12',
      ].join('\n'),
    );
  });

  it('sees a line end at the end of the file', () => {
    assert.notEqual(lineDifference('a', 'a\n'), '');
  });

  it('compares text that is no JSON line by line', () => {
    assert.equal(jsonDifference('{', '{}'), '  - {\n  + {}');
  });

  it('shows a whole stretch where lines are too many to be aligned', () => {
    const many = (word: string) => Array.from({ length: 2100 }, (_, index) => `${word}${index}`).join('\n');
    const shown = lineDifference(many('a'), many('b')).split('\n');
    assert.deepEqual([shown.length, shown[0], shown[2100]], [4200, '  - a0', '  + b0']);
  });

  it('is coloured where that is asked for', () => {
    assert.equal(lineDifference('a', 'b', coloured), '\u001b[31m  - a\u001b[39m\n\u001b[32m  + b\u001b[39m');
  });
});
