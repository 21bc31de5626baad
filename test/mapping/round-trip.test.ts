/** read(write(document)) is the document, for every guide that we ship: through real bytes and the dictionary's checks. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Guide, Guides } from '../../src/mapping/guide.ts';
import { loadGuides } from '../../src/mapping/load.ts';
import { problemText } from '../../src/mapping/problem.ts';
import type { CanonicalDocument } from '../../src/order/canonical.ts';
import type { LineAction } from '../../src/order/order-response.ts';
import { type Carries, orderResponses, orders, shipNotices } from './documents.ts';
import { messagesOf, toBytes } from './exchange.ts';

const allActions: readonly LineAction[] = [
  'accepted',
  'quantity-changed',
  'price-changed',
  'date-changed',
  'changed',
  'backordered',
  'partly-backordered',
  'rejected',
  'held',
];
const heads = ['accepted', 'accepted-with-changes', 'rejected', 'held'] as const;
const but = <T>(all: readonly T[], ...without: T[]) => all.filter((each) => !without.includes(each));

const x12 = { standard: 'x12' } as const;
const edifact = { standard: 'edifact' } as const;
/** One line for each shipped guide; a guide without one fails the test below. */
const trips: Readonly<Record<string, fc.Arbitrary<CanonicalDocument>>> = {
  'standard/x12-004010/850': orders(x12),
  'standard/x12-004010/855': orderResponses({ ...x12, actions: allActions, headActions: heads }),
  'standard/x12-004010/856': shipNotices(x12),
  'standard/edifact-D96A/ORDERS': orders(edifact),
  'standard/edifact-D96A/ORDRSP': edifactResponses(['accepted', 'changed', 'rejected', 'held'], heads),
  'standard/edifact-D96A/DESADV': shipNotices({ ...edifact, never: ['tracking'] }),
  'harbor-and-pine/850': orders(x12),
  'harbor-and-pine/855': orderResponses({
    ...x12,
    actions: but(allActions, 'held'),
    headActions: but(heads, 'held'),
  }),
  'harbor-and-pine/856': shipNotices(x12),
  'nordlicht/ORDERS': orders(edifact),
  'nordlicht/ORDRSP': edifactResponses(['accepted', 'changed', 'rejected'], but(heads, 'held'), [
    'description',
  ]),
  'nordlicht/DESADV': shipNotices({ ...edifact, never: ['tracking', 'carrier'] }),
};

/** Element 1229 has one code for all changes, so only 'changed' comes back. */
function edifactResponses(
  actions: readonly LineAction[],
  headActions: NonNullable<Carries['headActions']>,
  never: readonly string[] = [],
): fc.Arbitrary<CanonicalDocument> {
  return orderResponses({ ...edifact, actions, headActions, never });
}

describe('Every shipped guide', () => {
  let guides: Guides;

  before(async () => {
    const loaded = await loadGuides('mappings');
    assert.deepEqual(loaded.problems.map(problemText), []);
    guides = loaded.guides;
  });

  it('is among the round trips', () => {
    assert.deepEqual(guides.all.map(({ name }) => name).sort(), Object.keys(trips).sort());
  });

  for (const [name, documents] of Object.entries(trips)) {
    it(`reads what it wrote: ${name}`, async () => {
      const guide = guides.all.find((each) => each.name === name);
      assert(guide);
      await fc.assert(
        fc.asyncProperty(documents, (document) => comesBack(guide, document)),
        { numRuns: 60 },
      );
    });
  }
});

async function comesBack(guide: Guide, document: CanonicalDocument): Promise<void> {
  const written = await guide.write(document);
  assert.deepEqual(written.faults, []);
  const [message] = await messagesOf(toBytes(guide, written.segments));
  assert(message);
  assert.deepEqual(message.faults, []);
  const { document: read, faults, unmapped } = await guide.read(message);
  assert.deepEqual(faults, []);
  assert.deepEqual(unmapped, []);
  assert.deepEqual(read, document);
}
