/** Two readers that were written apart see the same: ours and the partner's, on what the simulated partners send. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Message, readInterchanges } from '../../src/interchange/interchange.ts';
import type { Answer } from '../../src/simulator/answer.ts';
import { readEdifact } from '../../src/simulator/edifact-read.ts';
import type { OrderFile, OrderSpec } from '../../src/simulator/trading-partner.ts';
import { x12Volume } from '../../src/simulator/volume.ts';
import { readX12 } from '../../src/simulator/x12-read.ts';
import { trials } from '../support/trials.ts';
import { harborPine, nordlicht, order, x12Addresses } from './example.ts';

describe('our reader and the partners, on what the partners send', () => {
  it('finds no fault in a clean 850 and a clean ORDERS, nor in one marked as a test', async () => {
    for (const spec of [order, { ...order, test: true }, { ...order, currency: 'EUR' }])
      for (const file of [harborPine().order(spec), nordlicht().order(spec)]) {
        const { faults } = await ours(file.bytes);
        assert.deepEqual(faults, [], file.name);
      }
  });

  it('sees every segment of a clean order as the partner wrote it, whatever is ordered', async () => {
    await fc.assert(
      fc.asyncProperty(anyOrder(), async (spec) => {
        await seenAlike(harborPine().order(spec), readX12);
        await seenAlike(nordlicht().order(spec), readEdifact);
      }),
      { numRuns: trials(40) },
    );
  });

  it('finds no fault in orders by volume', async () => {
    const items = [{ upc: '099999000108', sellerId: 'TEA-01', price: '3.50' }];
    const sizes = { interchanges: 2, ordersPer: 50, linesPer: 20, startControl: 1, startNumber: 1 };
    for (const { bytes } of x12Volume({ addresses: x12Addresses, items, ...sizes })) {
      const { faults, messages } = await ours(bytes);
      assert.deepEqual(faults, []);
      assert.equal(messages.length, 50);
    }
  });
});

async function ours(bytes: Buffer) {
  const messages: Message[] = [];
  const faults: unknown[] = [];
  for await (const event of readInterchanges([bytes])) {
    if (event.kind === 'message') messages.push(event);
    if ('faults' in event) faults.push(...event.faults);
  }
  return { messages, faults };
}

async function seenAlike(
  file: OrderFile,
  theirs: (file: string, bytes: Buffer) => readonly Answer[],
): Promise<void> {
  const { messages, faults } = await ours(file.bytes);
  assert.deepEqual(faults, []);
  const answers = theirs(file.name, file.bytes);
  assert.deepEqual(
    answers.flatMap(({ problems }) => problems),
    [],
  );
  assert.equal(messages.length, 1);
  assert.equal(answers.length, 1);
  const seen = (messages[0]?.segments ?? [])
    .slice(1, -1)
    .map(({ tag, values }) => [
      tag,
      ...values.map((value) => (typeof value === 'string' ? [value] : [...value])),
    ]);
  const theirSegments = answers[0]?.segments.map(({ tag, elements }) => [
    tag,
    ...elements.map((parts) => [...parts]),
  ]);
  assert.deepEqual(seen, theirSegments);
}

/** Orders with any printable text where text may stand; delimiters of X12 are left out, for the generator cannot release. */
function anyOrder(): fc.Arbitrary<OrderSpec> {
  const text = (most: number) =>
    fc.stringMatching(
      new RegExp(`^[A-Za-z0-9+:'?.,&/()#-][A-Za-z0-9 +:'?.,&/()#-]{0,${most - 2}}[A-Za-z0-9)]$`),
    );
  const quantity = fc.integer({ min: 1, max: 99_999 }).map(String);
  const price = fc.integer({ min: 1, max: 999_999 }).map((cents) => (cents / 100).toFixed(2));
  const line = fc.record({
    gtin: fc.constant('4099999000104'),
    sellerId: fc.stringMatching(/^[A-Z0-9]{1,12}$/),
    description: text(35),
    quantity,
    price,
    unit: fc.constantFrom('each' as const, 'case' as const),
  });
  return fc.record({
    number: fc.stringMatching(/^[A-Z0-9]{1,15}$/),
    orderedOn: fc.constant('2026-11-20'),
    requestedOn: fc.constant('2026-12-01'),
    lines: fc.array(line, { minLength: 1, maxLength: 12 }),
    shipTo: fc.record({
      name: text(35),
      code: fc.constant('DC07'),
      gln: fc.constant('4099999000036'),
      city: text(19),
    }),
  });
}
