import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import { type CanonicalName, canonicalDocuments } from '../../src/order/canonical.ts';
import { quickCheck } from '../../src/order/quick-check.ts';

type Json = { [key: string]: Json } | Json[] | string | number | boolean | null;

/** Documents of the fixtures, each with the name of the one schema that takes it. */
function documents(): [CanonicalName, Json][] {
  const files = readdirSync('fixtures', { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.json'),
  );
  const found = files.flatMap((path) => {
    const content = JSON.parse(readFileSync(join('fixtures', path), 'utf8')) as { documents?: Json[] };
    return content.documents ?? [content as Json];
  });
  return found.flatMap((document) =>
    Object.entries(canonicalDocuments)
      .filter(([, schema]) => schema.safeParse(document).success)
      .map(([name]): [CanonicalName, Json] => [name as CanonicalName, document]),
  );
}

/** Every place of a value, itself included, as the holder and key. */
function places(value: Json, into: [Json, string][] = []): [Json, string][] {
  if (typeof value !== 'object' || value === null) return into;
  for (const [key, under] of Object.entries(value)) {
    into.push([value, key]);
    places(under, into);
  }
  return into;
}

const values: Json[] = [
  '',
  ' ',
  '-1',
  '1.5',
  '1e5',
  '2026-02-30',
  '2026-02-28',
  'each',
  7,
  true,
  null,
  {},
  [],
];
const long = 'x'.repeat(513);

describe('the quick check', () => {
  const all = documents();

  it('agrees with the schema on documents and on what chance makes of them', () => {
    const names = new Set(all.map(([name]) => name));
    assert.ok(names.size >= 3 && all.length >= 10, `${all.length} documents of ${[...names].join()}`);
    const change = fc.record({
      at: fc.nat(10_000),
      how: fc.constantFrom('set', 'drop', 'add', 'long', 'many'),
      to: fc.constantFrom(...values),
    });
    const property = fc.property(
      fc.constantFrom(...all),
      fc.array(change, { maxLength: 3 }),
      ([name, from], changes) => {
        const document = structuredClone(from);
        for (const { at, how, to } of changes) {
          const among = places(document);
          const [holder, key] = among[at % among.length] as [Record<string, Json>, string];
          if (how === 'set') holder[key] = to;
          else if (how === 'drop') delete holder[key];
          else if (how === 'add') holder[`${key}x`] = to;
          else if (how === 'long') holder[key] = long;
          else holder[key] = Array.from({ length: 101 }, () => to);
        }
        const schema = canonicalDocuments[name];
        assert.equal(quickCheck(schema)(document), schema.safeParse(document).success);
      },
    );
    fc.assert(property, { numRuns: 600 });
  });

  it('asks the schema about what it does not know', () => {
    const even = z.strictObject({ n: z.number().refine((n) => n % 2 === 0), text: z.email().optional() });
    for (const value of [
      { n: 2 },
      { n: 3 },
      { n: 2, text: 'a@b.example' },
      { n: 2, text: 'a' },
      {},
      [],
      null,
      'n',
    ])
      assert.equal(quickCheck(even)(value), even.safeParse(value).success, JSON.stringify(value));
    const whole = z.strictObject({ a: z.string() }).refine(({ a }) => a !== 'no');
    for (const a of ['no', 'yes']) assert.equal(quickCheck(whole)({ a }), a === 'yes');
    const open = z.object({ a: z.string() });
    assert.equal(quickCheck(open)({ a: '', b: 1 }), true);
  });
});
