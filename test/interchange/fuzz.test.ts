/**
 * Ten thousand damaged files. PORTOLAN_TEST_TRIALS=10 reads more of them; PORTOLAN_TEST_SEED=… makes others; FUZZ_ONLY=number reads one again.
 */
import assert from 'node:assert/strict';
import { seed, trials } from '../support/trials.ts';
import { type FuzzAnswer, watchedFuzz } from './fuzz-watch.ts';

const count = trials(10_000);
const only = process.env.FUZZ_ONLY === undefined ? null : Number(process.env.FUZZ_ONLY);

/** The longest that any one file may take: far more than it needs on a slow machine, far less than for ever. */
const deadlineMs = 60_000;
const mostGrown = 40_000_000;

describe('The reader, on damaged files', () => {
  let answer: FuzzAnswer;

  before(async function () {
    this.timeout(0);
    const [from, to] = only === null ? [0, count] : [only, only + 1];
    answer = await watchedFuzz({ reader: null, seed, from, to }, deadlineMs);
  });

  it(`keeps its promises on ${only === null ? count : 1} of them`, () => {
    const { finding } = answer;
    if (finding === null) return;
    const again = `PORTOLAN_TEST_SEED=${seed} FUZZ_ONLY=${finding.number} npx mocha test/interchange/fuzz.test.ts`;
    assert.fail(`${finding.complaint}\n  ${finding.mutation}\n  ${again}`);
  });

  it('holds on to nothing of them', () => {
    assert.ok(answer.grown < mostGrown, `${answer.grown} bytes of heap more than before`);
  });
});
