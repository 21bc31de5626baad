/** The canonical documents as they are published: JSON Schemas, a page, and types for other people's programs. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { canonicalFiles, canonicalNames, canonicalSchema } from '../../scripts/schemas.ts';
import { canonicalFields } from '../../src/mapping/canon.ts';
import { canonicalDocuments } from '../../src/order/canonical.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';
import { anOrder } from './orders.ts';

const sample = anOrder([{}]);
const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

describe('The published canonical documents', () => {
  for (const [path, text] of canonicalFiles())
    it(`are what ${path} says; npx tsx scripts/schemas.ts writes it anew`, () =>
      assert.equal(readFileSync(join(root, path), 'utf8'), text));

  it('have a schema each, and there are no others', () => {
    const files = readdirSync(join(root, 'schemas/canonical')).sort();
    assert.deepEqual(files, canonicalNames.map((name) => `${name}.json`).sort());
  });

  it('say of every field of the document what carries it, limit every list and text, and take nothing else', () => {
    for (const name of canonicalNames) {
      const { title, description } = canonicalSchema(name);
      assert.ok(title && description, name);
    }
    const found = canonicalNames.flatMap((name) => careless(canonicalSchema(name), name));
    assert.deepEqual(found, []);
  });

  it('hold only what a guide can bind', () => {
    for (const name of canonicalNames) assert.equal(canonicalFields(name)?.kind, 'object');
  });

  it('refuse a field that they do not know', () => {
    assert.ok(canonicalDocuments.order.safeParse(sample).success);
    assert.ok(!canonicalDocuments.order.safeParse({ ...sample, colour: 'red' }).success);
  });
});

interface Piece {
  readonly [key: string]: unknown;
}

/** Places in a schema without a limit, open to anything, or without a word of what they are. */
function careless(schema: object, path: string): string[] {
  const piece = schema as Piece;
  const found: string[] = [];
  const shape = piece.pattern ?? piece.format ?? piece.enum ?? piece.maxLength;
  if (piece.type === 'string' && shape === undefined) found.push(`${path}: any length`);
  if (piece.type === 'array' && piece.maxItems === undefined) found.push(`${path}: any number`);
  if (piece.type === 'object' && piece.additionalProperties !== false) found.push(`${path}: anything`);
  for (const [name, field] of Object.entries((piece.properties ?? {}) as Readonly<Record<string, Piece>>))
    if (field.description === undefined) found.push(`${path}.${name}: nothing says what it is`);
  const inside = Object.entries(piece).filter(([, value]) => typeof value === 'object' && value !== null);
  return [...found, ...inside.flatMap(([key, value]) => careless(value as object, `${path}.${key}`))];
}

describe('portolan/canonical', function () {
  this.timeout(60_000);
  let folder: TestFolder;
  const at = (...path: string[]) => join(folder.path, ...path);

  before(async () => {
    folder = await testFolder('canonical');
    await mkdir(at('node_modules'));
    await symlink(root, at('node_modules', 'portolan'));
    await writeFile(at('package.json'), '{"type":"module","private":true}');
  });
  after(() => folder?.remove());

  it('has types that hold in a strict program', async () => {
    await writeFile(
      at('types.mts'),
      `import { type CanonicalDocument, type CanonicalName, type CanonicalTypes, canonicalDocuments } from 'portolan/canonical';
import type { Invoice, Order } from 'portolan/canonical';
export const first = (order: Order): string => order.lines[0]?.quantity ?? '0';
export const due = ({ totals }: Invoice): string | undefined => totals.total;
export const any = (document: CanonicalTypes['ship-notice']): CanonicalDocument => document;
export const name: CanonicalName = 'receiving-advice';
export const read = (json: unknown): Order => canonicalDocuments.order.parse(json);
// @ts-expect-error There is no such document.
export const none: CanonicalName = 'love-letter';
// @ts-expect-error Quantities are decimal strings.
export const wrong: Order['lines'][number]['quantity'] = 12;
// @ts-expect-error An order has its lines.
export const bare: Order = { number: 'P1', purpose: 'original' };
`,
    );
    const compilerOptions = {
      strict: true,
      skipLibCheck: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      module: 'nodenext',
      target: 'es2023',
      lib: ['es2023'],
      types: [],
      noEmit: true,
    };
    await writeFile(at('tsconfig.json'), JSON.stringify({ compilerOptions, files: ['types.mts'] }));
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = await run(process.execPath, [compiler, '-p', folder.path]).catch((error) => error);
    assert.equal(stdout, '');
  });

  it('reads a document, and says what is wrong with one', async () => {
    await writeFile(
      at('run.mjs'),
      `import { canonicalDocuments } from 'portolan/canonical';
const order = ${JSON.stringify(sample)};
const without = { ...order, number: undefined };
const issues = canonicalDocuments.order.safeParse(without).error.issues.map(({ path }) => path.join('.'));
console.log(canonicalDocuments.order.parse(order).number, issues.join());
`,
    );
    const { stdout } = await run(process.execPath, ['run.mjs'], { cwd: folder.path });
    assert.equal(stdout, `${sample.number} number\n`);
  });
});
