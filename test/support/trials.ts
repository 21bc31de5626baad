/**
 * Random tests, the same in every run: a test run that fails for a change says something about the change. Mocha loads this
 * before any test (.mocharc.cjs), so properties of fast-check need name no seed.
 *
 *     PORTOLAN_TEST_SEED=fresh scripts/test test/order/decide.test.ts     other values; a failure says the seed
 *     PORTOLAN_TEST_SEED=1234 …                                           those of that seed
 *     PORTOLAN_TEST_TRIALS=10 …                                           ten times as many
 */
import fc from 'fast-check';

const usualSeed = 20_261_122;
const usualTrials = 100;

/** What all random tests of this run begin from. */
export const seed = seedOf(process.env.PORTOLAN_TEST_SEED);

/** How many trials a property gets: the usual number of it, or as many times that as PORTOLAN_TEST_TRIALS says. */
export function trials(usual: number): number {
  return Math.ceil(usual * factor);
}

const factor = positive('PORTOLAN_TEST_TRIALS', process.env.PORTOLAN_TEST_TRIALS ?? '1');

fc.configureGlobal({ seed, numRuns: trials(usualTrials) });

function seedOf(wish: string | undefined): number {
  if (wish === undefined) return usualSeed;
  return wish === 'fresh' ? Math.floor(Math.random() * 2 ** 31) : positive('PORTOLAN_TEST_SEED', wish);
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (number > 0) return number;
  throw new Error(`${name}: '${text}' is no number above 0`);
}
