/**
 * Every rule of the dictionary, broken once. For each segment of each message a clean example is read and found clean, and
 * placed where it was meant; then each rule of the segment, and each rule of the message's structure, is broken in a
 * message of its own, and the reader must say exactly that, exactly there. Only the reader's front door is used.
 */
import assert from 'node:assert/strict';
import { type FaultCode, faultTable, type Severity } from '../../src/fault.ts';
import {
  knownMessages,
  loadMessageRules,
  type MessageRules,
  type SegmentRule,
} from '../../src/interchange/dictionary/dictionary.ts';
import { dialectOf, misreadings, type RuleCase } from './rules-file.ts';
import { messageAround, placesMeant, placesRead, segmentUses, type Written } from './rules-message.ts';
import { brokenSegments } from './rules-segment.ts';
import { brokenStructures, type Unbroken } from './rules-structure.ts';

const messages: readonly MessageRules[] = knownMessages().map(({ standard, release, type }) => {
  const rules = loadMessageRules(standard, release, type);
  if (rules === null) throw new Error(`no rules for ${type}`);
  return rules;
});

/** Kinds of rules that must be broken at least once in each standard; a kind that is not here is a mistake of ours. */
const kinds: Readonly<Record<MessageRules['standard'], readonly string[]>> = {
  x12: [
    ...['clean', 'mandatory element', 'elements', 'code', 'too long', 'too short'],
    ...['type AN', 'type ID', 'type N', 'type R', 'type DT', 'type TM'],
    ...['condition P', 'condition R', 'condition E', 'condition C', 'condition L'],
    ...['mandatory component', 'components', 'component too long', 'component too short'],
    ...['component type AN', 'component type ID', 'component type N', 'component type R'],
    ...['component condition P', 'repetitions', 'repeated too long', 'repeated type AN', 'repeated type ID'],
    ...['mandatory segment', 'mandatory loop', 'segment too often', 'loop too often', 'segment out of order'],
    ...['segment without its loop', 'segment of another message', 'unknown segment', 'no tag'],
  ],
  edifact: [
    ...['clean', 'mandatory element', 'elements', 'code', 'too long', 'too short'],
    ...['type a', 'type an', 'type n', 'decimal mark', 'date of a format'],
    ...['mandatory component', 'components', 'component too long', 'component too short'],
    ...['component type a', 'component type an', 'component type n', 'component decimal mark'],
    ...['repetitions'],
    ...['mandatory segment', 'mandatory loop', 'segment too often', 'loop too often', 'segment out of order'],
    ...['segment without its loop', 'segment of another message', 'unknown segment', 'no tag'],
  ],
};

/**
 * Rules that are not broken, counted. A collision: the standard has the segment once more further on, so that one too many
 * or too late is one in its place there. Unbounded: any number is right. Large: more than a message of this test holds.
 */
const notBroken: Readonly<Record<string, number>> = {
  'mandatory segment: collision': 3,
  'segment too often: collision': 5,
  'segment too often: unbounded': 792,
  'segment too often: large': 7,
  'loop too often: collision': 2,
  'loop too often: unbounded': 322,
  'loop too often: large': 38,
  'segment out of order: collision': 91,
};

/** What the envelope judges itself, before the dictionary is asked. */
const envelopes: Readonly<Record<string, number>> = { ST: 2, SE: 2, UNH: 2, UNT: 2 };

/** Messages of a release that borrows another's tables: what is found in them is no more than a warning. */
function isBorrowed({ release, tables }: MessageRules): boolean {
  return release !== tables;
}

function severityOf(rules: MessageRules, severity: Severity): Severity {
  return isBorrowed(rules) && severity === 'error' ? 'warning' : severity;
}

function cleanCases(rules: MessageRules, unbroken: Unbroken[]): RuleCase[] {
  return segmentUses(rules.root).flatMap(({ use, path }) => {
    const segments = messageAround(rules, use, path);
    const name = path.map(({ id }) => id).join('/');
    if (segments === null) {
      unbroken.push({
        kind: 'clean',
        name: `${rules.release} ${rules.type} ${name} ${use.tag}`,
        why: 'collision',
      });
      return [];
    }
    const places = placesMeant(rules.root, segments);
    return [{ kind: 'clean', name: `${name} ${use.tag}`, segments, expected: [], places }];
  });
}

/** The rules of segments that no earlier message of the release has had broken. */
function segmentCases(rules: MessageRules, done: Set<SegmentRule>): RuleCase[] {
  return segmentUses(rules.root).flatMap(({ use, path }) => {
    if (done.has(use.rule)) return [];
    const around = messageAround(rules, use, path);
    if (around === null) return [];
    done.add(use.rule);
    return casesOf(rules, use.rule, around);
  });
}

function casesOf(rules: MessageRules, rule: SegmentRule, around: readonly Written[]): RuleCase[] {
  const at = around.findIndex(({ use }) => use?.rule === rule);
  const own = envelopes[rule.tag] ?? 0;
  return brokenSegments(rule, dialectOf(rules))
    .filter(({ findings }) => findings.every((one) => (one.at.element ?? 0) > own))
    .map(({ kind, name, values, findings }) => ({
      kind,
      name,
      segments: around.with(at, { tag: rule.tag, values, use: null }),
      expected: findings.map((one) => ({
        code: one.code,
        severity: severityOf(rules, one.severity),
        at: { ...one.at, segment: at + 1 },
      })),
    }));
}

function structureCases(rules: MessageRules, unbroken: Unbroken[]): RuleCase[] {
  return brokenStructures(rules).flatMap((one) => {
    if ('why' in one) {
      unbroken.push({ ...one, name: `${rules.release} ${rules.type} ${one.name}` });
      return [];
    }
    const expected = one.findings.map(
      ({ code, ...at }: { code: FaultCode; segment: number; tag?: string }) => ({
        code,
        severity: severityOf(rules, faultTable[code].severity),
        at,
      }),
    );
    return [{ ...one, expected }];
  });
}

describe('every rule of the dictionary, broken once', function () {
  this.timeout(60_000);
  const broken = new Map<string, number>();
  const unbroken: Unbroken[] = [];
  const done = new Map<string, Set<SegmentRule>>();

  for (const rules of messages) {
    const { standard, release, tables, type } = rules;
    it(`${standard} ${release} ${type}`, async () => {
      const known = done.get(tables) ?? new Set();
      done.set(tables, known);
      const cases = [
        ...cleanCases(rules, unbroken),
        ...(isBorrowed(rules) ? [] : segmentCases(rules, known)),
        ...structureCases(rules, unbroken),
      ];
      for (const { kind } of cases)
        broken.set(`${standard} ${kind}`, (broken.get(`${standard} ${kind}`) ?? 0) + 1);
      const wrong = await misreadings(rules, cases, ({ root }) => (root === null ? [] : placesRead(root)));
      assert.equal(wrong.length, 0, `${wrong.length} of ${cases.length}:\n${wrong.slice(0, 10).join('\n')}`);
    });
  }

  it('leaves out no segment', () => {
    const left = messages
      .filter((rules) => !isBorrowed(rules))
      .flatMap((rules) =>
        segmentUses(rules.root)
          .filter(({ use }) => !done.get(rules.tables)?.has(use.rule))
          .map(({ use }) => `${rules.release} ${rules.type} ${use.tag}`),
      );
    assert.deepEqual(left, []);
  });

  it('leaves out no kind of rule, and says how many it broke', () => {
    const expected = Object.entries(kinds).flatMap(([standard, all]) =>
      all.map((kind) => `${standard} ${kind}`),
    );
    const lines = [...broken].map(([kind, count]) => `      ${String(count).padStart(6)} ${kind}`);
    console.log(lines.sort((a, b) => (a.slice(13) < b.slice(13) ? -1 : 1)).join('\n'));
    const clean = (broken.get('x12 clean') ?? 0) + (broken.get('edifact clean') ?? 0);
    const all = [...broken.values()].reduce((sum, count) => sum + count, 0);
    console.log(`      ${all - clean} rules broken, ${clean} clean examples`);
    assert.deepEqual([...broken.keys()].sort(), expected.sort());
  });

  it('says what it did not break, and why', () => {
    const found = new Map<string, number>();
    for (const { kind, why } of unbroken)
      found.set(`${kind}: ${why}`, (found.get(`${kind}: ${why}`) ?? 0) + 1);
    for (const [kind, count] of found) {
      const names = unbroken.filter((one) => `${one.kind}: ${one.why}` === kind).map(({ name }) => name);
      const shown = kind.endsWith('unbounded') ? '' : `: ${names.join(', ')}`;
      console.log(`      ${String(count).padStart(6)} not broken: ${kind}${shown}`);
    }
    assert.deepEqual(Object.fromEntries(found), notBroken);
  });
});
