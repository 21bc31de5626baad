/** schemas/partner.json: what partner.yaml may say, for editors that complete, check and explain it. */
import { z } from 'zod';
import { readerFaultCodes } from '../src/fault.ts';
import { partnerFile } from '../src/partner/partner.ts';
import { aboutPartner } from './partner-words.ts';

/** A JSON Schema of draft 7, which every editor's YAML tools know, or a part of one. */
export interface Schema {
  readonly [key: string]: unknown;
}

/** The schema that checks partner.yaml, with the words of partner-words.ts for each of its keys. */
export function partnerSchema(): Schema {
  const { $schema, ...schema } = z.toJSONSchema(partnerFile, { io: 'input', target: 'draft-7' }) as Schema;
  const described = describe(schema, '') as Schema;
  return {
    $schema,
    $id: 'urn:portolan:partner',
    title: 'partner.yaml of Portolan',
    description: 'Who a partner is, what is agreed with them, and how bytes travel.',
    ...described,
  };
}

/** Adds the words of each key; keys of a map count as '*', variants stand beside each other. */
function describe(schema: unknown, path: string): unknown {
  if (Array.isArray(schema)) return schema.map((each) => describe(each, path));
  if (typeof schema !== 'object' || schema === null) return schema;
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') result[key] = properties(value as Schema, path);
    else if (key === 'additionalProperties') result[key] = describe(value, `${path}.*`);
    else result[key] = ['anyOf', 'oneOf', 'items'].includes(key) ? describe(value, path) : value;
  }
  // Of a whole number that has no bound, zod says what JavaScript can hold.
  for (const bound of ['minimum', 'maximum'] as const)
    if (Math.abs(Number(result[bound])) === Number.MAX_SAFE_INTEGER) delete result[bound];
  if (path.endsWith('.severities')) result.propertyNames = { type: 'string', enum: readerFaultCodes };
  return result;
}

function properties(all: Schema, path: string): Schema {
  const entries = Object.entries(all).map(([name, schema]) => {
    const full = path === '' ? name : `${path}.${name}`;
    const words = aboutPartner[full];
    const described = describe(schema, full) as Schema;
    return [name, words === undefined ? described : { description: words, ...described }];
  });
  return Object.fromEntries(entries);
}
