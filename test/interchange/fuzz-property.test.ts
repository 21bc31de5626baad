/** What holds for any bytes, and for any list of segments: fast-check makes them, and makes what fails smaller. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readInterchanges } from '../../src/interchange/interchange.ts';
import { defaultLimits } from '../../src/interchange/limits.ts';
import { trials } from '../support/trials.ts';
import { cutAt, eventsFrom, textOf } from './fuzz-events.ts';
import { brokenPromise } from './fuzz-promises.ts';
import { edifact, x12 } from './samples.ts';

/** Reads a file whole and in small blocks: nothing is thrown, all promises are kept, and both say the same. */
async function keepsPromises(file: Buffer, blockBytes: number): Promise<void> {
  const events = await eventsFrom(readInterchanges, [file]);
  assert.equal(brokenPromise(events, file, defaultLimits), null);
  const again = await eventsFrom(readInterchanges, [file], { limits: { blockBytes } });
  assert.equal(textOf(again), textOf(events));
}

const block = fc.integer({ min: 1, max: 64 });
const tag = fc.constantFrom(
  ...[
    'BEG',
    'N1',
    'PO1',
    'CTT',
    'ST',
    'SE',
    'GS',
    'GE',
    'TA1',
    'BIN',
    'BGM',
    'LIN',
    'QTY',
    'UNS',
    'UNH',
    'UNT',
  ],
  ...['UNG', 'UNE', 'ISA', 'IEA', 'UNA', 'UNB', 'UNZ', 'Q', '', 'ZZZZ'],
);
const value = fc.oneof(
  fc.constantFrom('', '1', '0001', '850', 'EA', '20261122', 'ORDERS:D:96A:UN', '220', '1:2:3', '?', '>', '^'),
  fc.string({ maxLength: 8 }),
);
const segments = fc.array(fc.tuple(tag, fc.array(value, { maxLength: 6 })), { maxLength: 12 });
const textIn = (list: readonly (readonly [string, readonly string[]])[], separator: string) =>
  list.map(([name, values]) => [name, ...values].join(separator));

describe('Any input', () => {
  it('any bytes', async function () {
    this.timeout(0);
    const bytes = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(bytes, block, (array, size) => keepsPromises(Buffer.from(array), size)),
      { numRuns: trials(500) },
    );
  });

  it('any bytes behind the beginning of a header', async function () {
    this.timeout(0);
    const begin = fc.constantFrom(
      'ISA',
      'ISA*',
      'UNA',
      "UNA:+.? '",
      'UNB+',
      'UNB+UNOC:3+',
      '\ufeffUNA',
      ' \r\nISA|',
    );
    const bytes = fc.uint8Array({ maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(begin, bytes, block, (start, array, size) =>
        keepsPromises(Buffer.concat([Buffer.from(start), Buffer.from(array)]), size),
      ),
      { numRuns: trials(500) },
    );
  });

  it('any segments between good headers and trailers', async function () {
    this.timeout(0);
    await fc.assert(
      fc.asyncProperty(segments, block, async (list, size) => {
        await keepsPromises(Buffer.from(x12(textIn(list, '*'))), size);
        await keepsPromises(Buffer.from(edifact(textIn(list, '+'))), size);
      }),
      { numRuns: trials(400) },
    );
  });

  it('values come back as they were written, wherever the file is cut', async function () {
    this.timeout(0);
    const plain = fc.array(
      fc.string({ maxLength: 12 }).map((text) => text.replace(/[^ !-)+-}]/g, 'a')),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    await fc.assert(
      fc.asyncProperty(plain, fc.nat(), async (values, at) => {
        const released = values.map((text) => text.replace(/[?+:']/g, '?$&'));
        const file = Buffer.from(edifact([`FTX+${released.join('+')}+.`]));
        const events = await eventsFrom(readInterchanges, cutAt(file, [at % file.length]), {
          limits: { blockBytes: 1 + (at % 50) },
        });
        const message = events.find((event) => event.kind === 'message');
        assert.deepEqual(message?.segments[1]?.values, [...values, '.']);
      }),
      { numRuns: trials(300) },
    );
  });
});
