/** Mutants by number: the same seed and number give the same damaged file, the same cuts and the same limits. */
import { defaultLimits, type Limits } from '../../src/interchange/limits.ts';
import type { SampleFile } from './fuzz-fixtures.ts';
import { type Random, randomFrom, seedOf } from './fuzz-random.ts';
import { applied, type Edit, largeMutations, mutate, sayEdit, smallMutations } from './mutate.ts';

export interface Mutant {
  readonly number: number;
  readonly sample: SampleFile;
  readonly edits: readonly Edit[];
  readonly limits: Partial<Limits>;
  /** What else is decided by chance about this mutant. */
  readonly random: Random;
}

/** One in so many is a large one. */
const largeEvery = 160;

/** Limits that small files pass: what happens beyond them is seen without megabytes. */
const narrow: Partial<Limits> = {
  partsPerSegment: 250,
  messageBytes: 3_000,
  partsPerMessage: 400,
  // An ISA may have 400 bytes; of a segment that is too long 200 are kept.
  segmentBytes: 450,
  elementsPerSegment: 200,
  segmentsPerMessage: 15,
  linesPerMessage: 3,
  faultsPerMessage: 4,
  groupsPerInterchange: 2,
  ta1PerInterchange: 3,
  controlNumbers: 2,
};

export function mutantOf(seed: number, number: number, samples: readonly SampleFile[]): Mutant {
  const random = randomFrom(seedOf(seed, number));
  const sample = samples[number % samples.length] as SampleFile;
  const others = samples.map(({ bytes }) => bytes);
  const names =
    number % largeEvery === largeEvery - 1
      ? [largeMutations[Math.floor(number / largeEvery) % largeMutations.length] as string]
      : Array.from({ length: 1 + random.below(3) }, () => random.pick(smallMutations));
  const edits: Edit[] = [];
  let bytes = sample.bytes;
  for (const name of names) {
    const edit = mutate(name, bytes, random, others);
    edits.push(edit);
    bytes = applied(bytes, edit);
  }
  return { number, sample, edits, limits: random.once(3) ? narrow : {}, random };
}

export function bytesOf({ sample, edits }: Pick<Mutant, 'sample' | 'edits'>): Buffer {
  return edits.reduce(applied, sample.bytes);
}

export function limitsOf({ limits }: Mutant): Limits {
  return { ...defaultLimits, ...limits };
}

/** 'x12-850-004010.edi: nul at 233: 1 bytes instead of 0; cut at …'. */
export function sayMutant({ sample, edits, limits }: Mutant): string {
  const narrowed = Object.keys(limits).length > 0 ? ', with narrow limits' : '';
  return `${sample.name}: ${edits.map(sayEdit).join('; ')}${narrowed}`;
}
