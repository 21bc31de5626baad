/** The quick look never accepts what a canonical schema refuses, and knows every canonical document. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { z } from 'zod';
import { quickCheck } from '../../src/mapping/valid.ts';
import { canonicalDocuments } from '../../src/order/canonical.ts';

type Json = Record<string, unknown>;
interface Def {
  readonly type: string;
  readonly format?: string;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly entries?: Readonly<Record<string, string>>;
}

const texts = ['12', '3.50', '2026-11-22', '2026-11-22T04:00:00Z', 'USD', '034000010000000012', 'Store 7'];

/** A value that the schema accepts. */
function sample(schema: z.ZodType): unknown {
  const def = schema.def as unknown as Def;
  if (def.type === 'optional' && def.innerType) return sample(def.innerType);
  if (def.type === 'object')
    return Object.fromEntries(Object.entries(def.shape ?? {}).map(([name, field]) => [name, sample(field)]));
  if (def.type === 'array' && def.element) return [sample(def.element)];
  if (def.type === 'enum') return Object.values(def.entries ?? {})[0];
  const fit = texts.find((text) => schema.safeParse(text).success);
  assert(fit !== undefined, JSON.stringify(def));
  return fit;
}

/** A schema and all that it is made of. */
function* schemasIn(schema: z.ZodType, seen = new Set<z.ZodType>()): Generator<z.ZodType> {
  if (seen.has(schema)) return;
  seen.add(schema);
  yield schema;
  const { innerType, element, shape = {} } = schema.def as unknown as Def;
  for (const part of [innerType, element, ...Object.values(shape)]) if (part) yield* schemasIn(part, seen);
}

const wrong: readonly unknown[] = [
  ...[undefined, null, '', 0, 1.5, true, [], {}, 'x', '1e3', '12.', '1234567890123456', '0.1234567'],
  ...['2026-02-30', '2026-11-22T24:00:00Z', '2026-11-22T04:00:00', 'a'.repeat(513), ['', ''], { a: 1 }],
  ...[Array.from({ length: 10_001 }, () => ({})), 'USDX', '03400001000000001'],
];

describe('The quick look at a document', () => {
  for (const [name, schema] of Object.entries(canonicalDocuments)) {
    it(`accepts a full ${name}, and nothing that the schema refuses`, () => {
      const whole = sample(schema);
      const quick = quickCheck(schema);
      assert.equal(schema.safeParse(whole).success, true);
      assert.equal(quick(whole), true, 'a document with every field is accepted at first sight');
      for (const part of schemasIn(schema)) {
        const full = sample(part);
        const cut =
          typeof full === 'object'
            ? Object.keys(full ?? {}).map((key) => ({ ...full, [key]: undefined }))
            : [];
        for (const value of [full, ...cut, ...wrong])
          if (quickCheck(part)(value))
            assert.equal(part.safeParse(value).success, true, JSON.stringify(value));
      }
      const stranger = structuredClone(whole) as Json;
      stranger.stranger = '1';
      assert.equal(quick(stranger), false);
    });
  }

  it('agrees with the schema on anything at all', () => {
    const { order } = canonicalDocuments;
    fc.assert(
      fc.property(
        fc.anything({ maxDepth: 3 }),
        (value) => !quickCheck(order)(value) || order.safeParse(value).success,
      ),
    );
  });
});
