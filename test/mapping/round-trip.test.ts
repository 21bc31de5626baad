/**
 * What must hold of every guide that we ship, tried with documents made from the guide itself: reading gives back what was
 * written, through real bytes and the dictionary's checks; every bound field and loop is tried; every value has its lineage, both
 * ways; and nothing that the guide does not read is dropped silently. PORTOLAN_TEST_TRIALS=100 tries more documents.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc, { type GeneratorValue } from 'fast-check';
import { compileGuide } from '../../src/mapping/compile.ts';
import type { Guide } from '../../src/mapping/guide.ts';
import { type LoadedGuides, loadGuides } from '../../src/mapping/load.ts';
import { makeGuide } from '../../src/mapping/make.ts';
import { Problems, problemText } from '../../src/mapping/problem.ts';
import { loadTables, type Tables } from '../../src/mapping/tables.ts';
import { type CanonicalDocument, canonicalDocuments } from '../../src/order/canonical.ts';
import { seed, trials } from '../support/trials.ts';
import { messagesOf, toBytes } from './exchange.ts';
import { generate } from './generate.ts';
import { boundBy, type Coverage, cover, coverageOf, missing, nameOf } from './generate-coverage.ts';
import { nodesOf, withJunk } from './generate-junk.ts';
import { leavesOf, withoutLineage, withoutOrigin } from './generate-lineage.ts';
import { modelOf } from './generate-model.ts';
import { readOnlyLines, writingLine } from './generate-read-only.ts';
import type { Model, Node } from './generate-types.ts';
import type { Choices } from './generate-values.ts';

/** Documents in which everything stands that can, one choice after the other; then with gaps, until nothing is untried. */
const fullRuns = 6;
const mostRuns = 30;

/**
 * Lines that are only read, and of which no whole message can be made by writing them, since other lines write the same
 * items in another way, or only a part of them stands there. Fixtures read by them.
 */
const neverWhole: ReadonlySet<string> = new Set([
  'order: CTB',
  'order-change: CTB',
  'order: LIN',
  'order-change: LIN',
  'receiving-advice: CPS LIN QVR',
  'receiving-advice: CPS CPS LIN QVR',
  'ship-notice: RFF',
  'ship-notice: CPS LIN',
]);

/** Fields of messages that only partners write: POC03 needs POC04, in which this one says something for people. */
const neverWritten: ReadonlySet<string> = new Set([
  'thornbury-and-vale/860: mappings/standard/x12-004010/860.yaml:74 lines.quantity',
]);

/** Every guide that has a message, by the files. */
const guideNames = readdirSync('mappings', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.yaml') && /^message:/m.test(readFileSync(join('mappings', path), 'utf8')))
  .map((path) => path.replaceAll('\\', '/').slice(0, -'.yaml'.length))
  .sort();

let loaded: LoadedGuides;
let tables: Tables;
let names: ReadonlyMap<string, Guide>;

describe('Every shipped guide', function () {
  this.timeout(120_000);

  before(async () => {
    loaded = await loadGuides('mappings');
    tables = await loadTables('mappings', [], new Problems());
    names = new Map(loaded.guides.all.map((guide) => [guide.name, guide]));
  });

  it('loads', () => {
    assert.deepEqual(loaded.problems.map(problemText), []);
    assert.deepEqual([...names.keys()].sort(), guideNames);
  });

  for (const name of guideNames)
    describe(name, () => {
      let guide: Guide;
      let coverage: Coverage;

      before(() => {
        guide = names.get(name) ?? assert.fail(`${name} does not load`);
        coverage = coverageOf(modelFor(guide));
      });

      it('reads what it wrote', async () => {
        const model = modelFor(guide);
        for (let round = 0; round < mostRuns && (round < 2 || missing(coverage).length > 0); round++)
          await comesBack(guide, model, ...documentOf(round), coverage);
        await fc.assert(
          fc.asyncProperty(fc.gen(), (value) => comesBack(guide, model, atRandom(value), 0, coverage)),
          { numRuns: trials(1), endOnFailure: true },
        );
      });

      it('reads by the lines that are only read', async () => {
        const untried: string[] = [];
        for (const path of readOnlyLines(guide.whole.segments))
          if (isNew(guide, path) && !(await isReadBy(guide, path))) untried.push(lineName(guide, path));
        assert.deepEqual(
          untried.filter((line) => !neverWhole.has(line)),
          [],
        );
      });

      it('leaves no bound field and no loop untried', () =>
        assert.deepEqual(
          missing(coverage).flatMap(({ name: line }) => (neverWritten.has(`${name}: ${line}`) ? [] : [line])),
          [],
        ));

      it('reports every value that it does not bind, with its place', () => reportsJunk(guide));
    });
});

const models = new Map<Guide, Model>();

function modelFor(guide: Guide): Model {
  const model = models.get(guide) ?? modelOf(guide.whole, guide.rules, tables.of(chainOf(guide)));
  models.set(guide, model);
  return model;
}

/** The guide and those that it extends: whose tables it may look into. */
function chainOf({ name, whole }: Guide): string[] {
  const parent = whole.extends === null ? undefined : names.get(whole.extends.value);
  return [name, ...(parent === undefined ? [] : chainOf(parent))];
}

/** One choice after the other, from run to run. */
function inTurn(round: number): Choices {
  return { pick: (of) => (of <= 0 ? 0 : round % of), chance: () => true };
}

/** Two items in every list, then one and another choice in each document, then documents with gaps. */
function documentOf(round: number): [Choices, number] {
  if (round < fullRuns) return [inTurn(round), round === 0 ? 2 : 1];
  return [shuffled(round), 0];
}

/** Choices that look random and are the same in every run (a linear congruence, modulo 2³²). */
function shuffled(round: number): Choices {
  let state = seed + round;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return { pick: (of) => Math.floor(next() * of), chance: () => next() < 0.5 };
}

function atRandom(value: GeneratorValue): Choices {
  return { pick: (of) => (of <= 1 ? 0 : value(fc.nat, { max: of - 1 })), chance: () => value(fc.boolean) };
}

async function comesBack(
  guide: Guide,
  model: Model,
  choices: Choices,
  items: number,
  coverage: Coverage,
): Promise<void> {
  const document = generate(model, guide.standard, choices, items);
  const { segments } = await writtenBy(guide, document);
  const lineage = await readsBack(guide, document, toBytes(guide, segments));
  assert.deepEqual(withoutOrigin(modelFor(guide), document, lineage), [], 'values without an origin');
  cover(coverage, lineage);
}

async function writtenBy(guide: Guide, document: object): ReturnType<Guide['write']> {
  const valid = canonicalDocuments[guide.canonical].safeParse(document);
  assert.deepEqual(
    valid.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
    undefined,
  );
  const written = await guide.write(document as CanonicalDocument);
  assert.deepEqual(written.faults, []);
  return written;
}

async function readsBack(guide: Guide, document: object, bytes: Buffer): ReturnType<Guide['lineage']> {
  const [message] = await messagesOf(bytes);
  assert(message);
  const errors = message.faults.filter(({ severity }) => severity === 'error');
  assert.deepEqual(errors, [], bytes.toString());
  const { document: read, faults, unmapped } = await guide.read(message);
  assert.deepEqual(
    faults.filter(({ severity }) => severity === 'error'),
    [],
    bytes.toString(),
  );
  assert.deepEqual(unmapped, [], bytes.toString());
  if (!isDeepStrictEqual(read, document)) assert.fail(differences(guide, document, read ?? {}));
  const lineage = await guide.lineage(message);
  assert.deepEqual(withoutLineage(modelFor(guide), message, lineage), [], 'elements without lineage');
  return lineage;
}

/** What came back otherwise, with the lines of the guide that bind it. */
function differences(guide: Guide, written: object, read: object): string {
  const [before, after] = [leavesOf(written), leavesOf(read)];
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.get(path) !== after.get(path),
  );
  const cells = nodesOf(modelFor(guide).root).flatMap(({ cells: all }) => all);
  const lines = paths.slice(0, 10).map((path) => {
    const uses = cells.flatMap((cell) => cell.uses.filter(({ slot }) => slot.name === nameOf(path)));
    const places = [...new Set(uses.map(({ place }) => `${place.file}:${place.line}`))];
    return `${path}: wrote ${before.get(path)}, read ${after.get(path)} (${places.join(', ') || 'bound nowhere'})`;
  });
  return `${guide.name} read another document than it wrote\n  ${lines.join('\n  ')}`;
}

/** Guides share lines: each is tried in the first guide of its standard that has it. */
function isNew({ standard, whole }: Guide, path: readonly number[]): boolean {
  let entries = whole.segments;
  let at = '';
  for (const index of path) {
    const entry = entries[index];
    at += ` ${entry?.at.file}:${entry?.at.line}`;
    entries = entry?.below ?? [];
  }
  const fresh = !triedLines.has(standard + at);
  triedLines.add(standard + at);
  return fresh;
}

const triedLines = new Set<string>();

/** A line by its tags: 'ORDERS: SG1 RFF', without the guide, since guides share lines. */
function lineName(guide: Guide, path: readonly number[]): string {
  let entries = guide.whole.segments;
  const tags = path.map((index) => {
    const entry = entries[index];
    entries = entry?.below ?? [];
    return entry?.tag ?? '';
  });
  return `${guide.canonical}: ${tags.join(' ')}`;
}

/** Writes messages by a guide in which the line is written, and reads them by the guide as it is. */
async function isReadBy(guide: Guide, path: readonly number[]): Promise<boolean> {
  const file = writingLine(guide.whole, path);
  const plan = compileGuide(file, guide.rules, tables.of(chainOf(guide)), new Problems());
  if (plan === null) return false;
  const writer = makeGuide(guide, () => ({ plan, whole: file }));
  const model = modelOf(file, guide.rules, tables.of(chainOf(guide)));
  const bound = boundBy(nodeAt(model, path), false, () => [], model).filter(
    ({ name }) => !name.includes(' each '),
  );
  const coverage: Coverage = { bound, seen: new Set() };
  for (let round = 0; round < fullRuns && missing(coverage).length > 0; round++) {
    const document = generate(model, guide.standard, inTurn(round), round === 0 ? 2 : 1);
    const { segments } = await writer.write(document as unknown as CanonicalDocument);
    const [message] = await messagesOf(toBytes(guide, segments));
    assert(message);
    const { document: read } = await guide.read(message);
    if (!isDeepStrictEqual(read, document)) return false;
    cover(coverage, await guide.lineage(message));
  }
  return missing(coverage).length === 0;
}

function nodeAt(model: Model, path: readonly number[]): Node {
  let nodes = model.root;
  let node: Node | undefined;
  for (const index of path) {
    node = nodes[index];
    nodes = node?.below ?? [];
  }
  return node ?? assert.fail(path.join());
}

/** Values in elements that the guide does not bind are told, each with the place where it stands. */
async function reportsJunk(guide: Guide): Promise<void> {
  const model = modelFor(guide);
  const document = generate(model, guide.standard, inTurn(0), 1);
  const { segments, junk } = withJunk(model, (await writtenBy(guide, document)).segments);
  const [message] = await messagesOf(toBytes(guide, segments));
  assert(message);
  const { unmapped } = await guide.read(message);
  const told = new Set(
    unmapped.map(({ tag, element, value, at }) => [tag, element, value, at.segment, at.element].join('|')),
  );
  const silent = junk.filter(
    ({ tag, element, value, segment }) => !told.has([tag, element, value, segment, element].join('|')),
  );
  assert.deepEqual(silent, []);
}
