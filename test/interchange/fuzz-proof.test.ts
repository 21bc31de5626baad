/** The fuzzer is itself proved: readers with known defects are each found within the mutants of a usual run. */
import assert from 'node:assert/strict';
import { watchedFuzz } from './fuzz-watch.ts';

const seed = 20_261_122;
const usual = 10_000;
/** Long enough for a slow machine; but the reader that hangs hangs for ever, and has to be waited for. */
const deadlineMs = 60_000;
const hangMs = 10_000;

/** What the fuzzer says of each broken reader. */
const defects: readonly { reader: string; does: string; says: RegExp }[] = [
  { reader: 'forgetsRelease', does: 'forgets a release character that ends a chunk', says: /^cuts: / },
  { reader: 'needsWholeUna', does: 'needs the whole UNA in one chunk', says: /^cuts: / },
  { reader: 'throwsOnShortIsa', does: 'throws on a short ISA', says: /^throws: RangeError/ },
  { reader: 'keepsEndlessSegments', does: 'keeps a segment of any length', says: /^limit: / },
  { reader: 'loopsOnEmptySegments', does: 'loops on a run of empty segments', says: /^hangs: / },
  { reader: 'sortsByCounter', does: 'gives faults in an order that changes', says: /^cuts: / },
  {
    reader: 'swallowsNextMessage',
    does: 'takes the next ST for a part of a message without SE',
    says: /^siblings: /,
  },
];

describe('The fuzzer', () => {
  for (const { reader, does, says } of defects) {
    it(`finds the reader that ${does}`, async function () {
      this.timeout(0);
      const { finding } = await watchedFuzz(
        { reader, seed, from: 0, to: usual },
        says.source.includes('hangs') ? hangMs : deadlineMs,
      );
      assert.ok(finding !== null, `${usual} mutants did not show that it ${does}`);
      assert.match(finding.complaint, says);
      assert.notEqual(finding.mutation, '');
      if (this.test)
        this.test.title += `: mutant ${finding.number}, ${finding.mutation.replace(/\s+/g, ' ').slice(0, 300)}`;
    });
  }

  it('finds the reader that remembers everything it read', async function () {
    this.timeout(0);
    const { finding, grown } = await watchedFuzz(
      { reader: 'remembersAll', seed, from: 0, to: 2_100 },
      60_000,
    );
    // Either the process runs out of memory, or it holds far more at the end than at the beginning.
    assert.match(finding?.complaint ?? 'ends: ', /^ends: /);
    assert.ok(finding !== null || grown > 40_000_000, `only ${grown} bytes were held`);
  });
});
