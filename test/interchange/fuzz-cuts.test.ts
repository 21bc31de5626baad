/**
 * However the bytes of a file come, the events are the same: stops at each place of the small sample files, random cuts of
 * large ones. PORTOLAN_TEST_TRIALS=3 stops at every place of every file alone, too.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readInterchanges } from '../../src/interchange/interchange.ts';
import { trials } from '../support/trials.ts';
import { cutAt, eventsFrom, textOf } from './fuzz-events.ts';
import { sampleFiles } from './fuzz-fixtures.ts';
import { firstChange } from './fuzz-siblings.ts';

const samples = sampleFiles();

/** Of the places where a file is cut alone, each file takes every third: a hundred files say the same in many words. */
const step = Math.max(1, Math.round(3 / trials(1)));

/** The events of a file that comes in chunks cut at `places` and is worked on in blocks of so many bytes, as text. */
async function read(file: Buffer, places: readonly number[], blockBytes = 65_536): Promise<string> {
  return textOf(await eventsFrom(readInterchanges, cutAt(file, places), { limits: { blockBytes } }));
}

function same(actual: string, expected: string, how: string): void {
  if (actual !== expected) assert.fail(`${how}: ${firstChange(expected, actual)}`);
}

describe('Files in pieces', () => {
  it('there are small ones to cut at every place', () => {
    assert.ok(samples.length > 20, `only ${samples.length} sample files`);
  });

  for (const [index, { name, bytes }] of samples.entries()) {
    it(`${name}: cut at every place at once, and at one after the other`, async function () {
      this.timeout(0);
      const whole = await read(bytes, []);
      same(await read(bytes, [], 1), whole, 'byte by byte');
      const everywhere = Array.from({ length: bytes.length - 1 }, (_, at) => at + 1);
      same(await read(bytes, everywhere), whole, 'in chunks of one byte');
      // The reader joins chunks into blocks: blocks of `at` bytes are what brings it to a stop at that place.
      for (let at = 1 + (index % step); at < bytes.length; at += step) {
        same(await read(bytes, [at], at), whole, `cut at ${at}`);
      }
    });
  }

  it('large files: cut at random places', async function () {
    this.timeout(0);
    const joined = Buffer.concat(samples.flatMap(({ bytes }) => [bytes, Buffer.from('\n')]));
    const file = Buffer.concat([joined, joined, joined]);
    const whole = await read(file, []);
    const cuts = fc.array(fc.integer({ min: 1, max: file.length - 1 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(cuts, fc.integer({ min: 100, max: 70_000 }), async (places, blockBytes) => {
        const sorted = places.toSorted((a, b) => a - b);
        same(await read(file, sorted, blockBytes), whole, `blocks of ${blockBytes}`);
      }),
      { numRuns: trials(15) },
    );
  });
});
