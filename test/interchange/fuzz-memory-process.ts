/**
 * Reads the streams of fuzz-memory-streams.ts, and says of each, a line of JSON, by how many bytes the memory in use grew. In a
 * process of its own, and started with --expose-gc: what a whole test run has loaded makes each collection take a second.
 */
import assert from 'node:assert/strict';
import { readInterchanges } from '../../src/interchange/interchange.ts';
import type { Limits } from '../../src/interchange/limits.ts';
import { streams } from './fuzz-memory-streams.ts';
import { edifact, order, orders, x12 } from './samples.ts';

/** Bytes of each stream. */
const streamed = 6_000_000;
/** How often the heap is looked at. */
const looks = 2;

/** So low that what is kept within them does not hide what is kept without any. */
const limits: Partial<Limits> = {
  segmentBytes: 100_000,
  segmentsPerMessage: 1_000,
  messageBytes: 200_000,
  linesPerMessage: 500,
  controlNumbers: 1_000,
};

// What is loaded once is loaded.
for await (const _ of readInterchanges([Buffer.from(x12(order) + edifact(orders))]));
for (const [name, [first, again]] of Object.entries(streams))
  process.stdout.write(`${JSON.stringify({ name, grown: await grownBy(first, again) })}\n`);

/** Bytes in use, of the heap and of buffers outside of it. */
function inUse(): number {
  assert.ok(global.gc, 'started without --expose-gc');
  global.gc();
  // The buffers that the first collection found are given back by the second.
  global.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Reads a stream; gives the most memory that was in use while it lasted, over what was in use before. */
async function grownBy(first: string, again: (nth: number) => string): Promise<number> {
  const before = inUse();
  let most = before;
  function* chunks(): Generator<Buffer> {
    yield Buffer.from(first);
    let nth = 0;
    for (let look = 0; look < looks; look += 1) {
      for (let bytes = 0; bytes < streamed / looks; ) {
        let text = '';
        while (text.length < 60_000) text += again(nth++);
        bytes += text.length;
        yield Buffer.from(text, 'latin1');
      }
      most = Math.max(most, inUse());
    }
  }
  let events = 0;
  for await (const event of readInterchanges(chunks(), { limits })) events += event.kind === 'stray' ? 0 : 1;
  assert.ok(events >= 0);
  return most - before;
}
