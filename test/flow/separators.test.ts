/** The delimiters that an agreement writes with, and others where its data holds one of them. */
import assert from 'node:assert/strict';
import { otherSeparators, separatorsOf } from '../../src/flow/separators.ts';
import type { Agreement } from '../../src/partner/partner.ts';

/** What an agreement says of its delimiters. */
function agreement(parts: Partial<Agreement['separators']> = {}, us = 'HARBORPINE'): Agreement {
  const separators = { newline: '', ...parts };
  const them = { qualifier: 'ZZ', id: 'LANTERN' };
  return {
    standard: 'x12',
    us: { qualifier: 'ZZ', id: us },
    them,
    group: null,
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
