/** The delimiters that an agreement writes with, and others where its data holds one of them. */
import assert from 'node:assert/strict';
import { otherSeparators, separatorsOf } from '../../src/flow/separators.ts';
import type { Agreement } from '../../src/partner/partner.ts';

/** What an agreement says of its delimiters. */
function agreement(
  parts: Partial<Agreement['separators']> = {},
  us = 'HARBORPINE',
  interchange = '00401',
): Agreement {
  const separators = { newline: '', ...parts };
  const them = { qualifier: 'ZZ', id: 'LANTERN' };
  return {
    standard: 'x12',
    us: { qualifier: 'ZZ', id: us },
    them,
    group: null,
    version: { interchange, message: '004010' },
    separators,
  } as unknown as Agreement;
}

const holding = (text: string) => [
  { type: '855', version: null, control: '0001', segments: [{ tag: 'PID', values: ['F', text] }] },
];
const usual = separatorsOf(agreement());

describe('other separators', () => {
  it('are the first that the data does not hold', () => {
    assert.deepEqual(otherSeparators(agreement(), holding('5*10')), { ...usual, element: '^' });
    assert.deepEqual(otherSeparators(agreement(), holding('5*10~^')), {
      ...usual,
      element: '|',
      segment: '!',
    });
  });

  it('are not held by an id of the envelope either', () => {
    assert.deepEqual(otherSeparators(agreement({}, 'HARBOR*1'), []), { ...usual, element: '^' });
  });

  it('leave those alone that were agreed', () => {
    const agreed = agreement({ segment: '$' });
    assert.deepEqual(otherSeparators(agreed, holding('5*10~')), { ...usual, segment: '$', element: '^' });
    assert.equal(otherSeparators(agreed, holding('$5')), null);
    assert.equal(otherSeparators(agreement({ element: '*' }), holding('5*10')), null);
  });
});

describe('the repetition separator', () => {
  const modern = (parts: Partial<Agreement['separators']> = {}) => agreement(parts, 'HARBORPINE', '00501');

  it('is there from ISA12 00402 on, where ISA11 is nothing else', () => {
    assert.equal(separatorsOf(agreement()).repetition, null);
    assert.equal(separatorsOf(modern()).repetition, '^');
    assert.equal(separatorsOf(modern({ repetition: '!' })).repetition, '!');
    assert.equal(separatorsOf(modern({ repetition: null })).repetition, null);
    assert.equal(separatorsOf(modern({ element: '^' })).repetition, '*');
  });

  it('gives way to data that holds it', () => {
    assert.deepEqual(otherSeparators(modern(), holding('5^10')), { ...usual, repetition: '|' });
  });
});
