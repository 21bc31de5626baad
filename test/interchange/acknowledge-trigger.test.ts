import assert from 'node:assert/strict';
import { triggerOf } from '../../src/interchange/acknowledge-trigger.ts';

describe('the trigger of a broken rule', () => {
  const cases: readonly [rule: string, element: number, trigger: readonly number[] | null, why: string][] = [
    ['P0304', 4, [3], '03 is there, and 04 missing'],
    ['P0304', 3, [4], '04 is there, and 03 missing'],
    ['P030506', 5, [3], 'the fault stands at the first that is missing: 03 is there'],
    ['P030506', 3, null, '05 or 06 is there'],
    ['C0302', 2, [3], '03 needs 02'],
    ['L111314', 13, [11], '11 needs one of the others'],
    ['E0204', 4, [2], '02 forbids 04'],
    ['E020304', 4, null, '02 or 03 is there'],
    ['R0203', 2, null, 'nothing made one of them necessary but the segment'],
  ];
  for (const [rule, element, trigger, why] of cases) {
    it(`${rule} broken at ${element}: ${why}`, () => assert.deepEqual(triggerOf(rule, { element }), trigger));
  }

  it('is a component where the rule is one of a composite', () => {
    assert.deepEqual(triggerOf('P0304', { element: 4, component: 4 }), [4, 3]);
  });

  it('is nothing without a rule or a place', () => {
    assert.equal(triggerOf(undefined, { element: 4 }), null);
    assert.equal(triggerOf('P0304', undefined), null);
  });
});
