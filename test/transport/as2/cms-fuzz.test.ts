import assert from 'node:assert/strict';
import fc from 'fast-check';
import { trials } from '../../support/trials.ts';
import { content, damages, expectRefusalOrContent, type Target, targets } from './cms-mutations.ts';

describe('Damaged CMS messages', () => {
  let all: Target[];

  before(async () => {
    all = await targets();
  });

  it('are whole before they are damaged', async () => {
    for (const target of all) assert.deepEqual(await target.read(target.message), content, target.name);
  });

  it('are refused, or read as they were meant, and never anything else', async () => {
    const cases = fc.asyncProperty(fc.nat(all.length - 1), damages, async (which, damage) => {
      const target = all[which] as Target;
      await expectRefusalOrContent(target, damage(target.message));
    });
    await fc.assert(cases, { numRuns: trials(1000) });
  });

  it('are refused when they are cut anywhere in their structure', async () => {
    for (const target of all) {
      for (let to = 0; to < Math.min(120, target.message.length); to++) {
        assert.equal(
          await expectRefusalOrContent(target, target.message.subarray(0, to)),
          'refused',
          target.name,
        );
      }
    }
  });
});
