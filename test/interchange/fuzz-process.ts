/** Fuzzes in a process of its own, so that a reader that never ends can be ended. Started by fuzz-watch.ts. */
import { writeSync } from 'node:fs';
import { readInterchanges } from '../../src/interchange/interchange.ts';
import { brokenReaders } from './broken-readers.ts';
import { sampleFiles } from './fuzz-fixtures.ts';
import { fuzz } from './fuzz-run.ts';
import type { FuzzAnswer, WatchedOrder } from './fuzz-watch.ts';

/** Trials until everything that is loaded once is loaded. */
const warmUp = 1_000;
const output = 1;

const { reader, seed, from, to } = JSON.parse(process.argv[2] ?? '') as WatchedOrder;
const read = reader === null ? readInterchanges : brokenReaders[reader];
if (read === undefined) throw new Error(`There is no reader ${reader}.`);
let memoryBefore = 0;

const finding = await fuzz({ read, samples: sampleFiles(), seed, from, to }, (number) => {
  if (number === from + warmUp) memoryBefore = memoryNow();
  // Written at once: a reader that hangs leaves no time for anything else.
  writeSync(output, `${number}\n`);
});
const grown = to - from > 2 * warmUp ? memoryNow() - memoryBefore : 0;
writeSync(output, `${JSON.stringify({ finding, grown } satisfies FuzzAnswer)}\n`);

function memoryNow(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
