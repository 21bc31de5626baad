/**
 * Writes schemas/canonical/<name>.json and docs/canonical.md from the canonical documents, and the schemas of guides and of
 * partner.yaml for editors: `npx tsx scripts/schemas.ts`. Tests compare them.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type CanonicalName, canonicalDocuments } from '../src/order/canonical.ts';
import { canonicalPage, type Schema } from './canonical-page.ts';
import { guideSchema } from './guide-schema.ts';
import { partnerSchema } from './partner-schema.ts';

export const canonicalNames = Object.keys(canonicalDocuments) as CanonicalName[];

/** The JSON Schema of one canonical document. */
export function canonicalSchema(name: CanonicalName): Schema {
  const { $schema, ...schema } = z.toJSONSchema(canonicalDocuments[name]) as Schema & { $schema: string };
  return { $schema, $id: `urn:portolan:canonical:${name}`, ...schema } as Schema;
}

/** Every file that is made from the canonical documents, by its path in the project. */
export function canonicalFiles(): Map<string, string> {
  const schemas = new Map(canonicalNames.map((name) => [name, canonicalSchema(name)]));
  const files = [...schemas].map(([name, schema]): [string, string] => [
    `schemas/canonical/${name}.json`,
    `${JSON.stringify(schema, null, 2)}\n`,
  ]);
  return new Map([...files, ['docs/canonical.md', canonicalPage(schemas)]]);
}

/** What editors check guides and partner.yaml with, by its path in the project. */
export function editorFiles(): Map<string, string> {
  return new Map([
    ['schemas/guide.json', `${JSON.stringify(guideSchema(), null, 2)}\n`],
    ['schemas/partner.json', `${JSON.stringify(partnerSchema(), null, 2)}\n`],
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  mkdirSync(`${root}schemas/canonical`, { recursive: true });
  for (const [path, text] of [...canonicalFiles(), ...editorFiles()]) writeFileSync(root + path, text);
}
