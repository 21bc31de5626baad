/**
 * A guide as the generator sees it: which canonical fields stand in which segments, under which conditions, with what the
 * dictionary says of each place. Made from the guide's tree, so that every guide is tried with documents that fill it.
 */
import type { LoopUse, MessageRules } from '../../src/interchange/dictionary/dictionary.ts';
import { canonicalFields } from '../../src/mapping/canon.ts';
import { compileGuide } from '../../src/mapping/compile.ts';
import { eachOf } from '../../src/mapping/each.ts';
import type { Default, Entry, GuideFile, Text } from '../../src/mapping/notation.ts';
import { documentScope, resolvePath, resolveWithin, type Scope } from '../../src/mapping/path.ts';
import type { EntryPlan, LevelPlan } from '../../src/mapping/plan.ts';
import { Problems, problemText } from '../../src/mapping/problem.ts';
import { hierarchyTags, standingOf } from '../../src/mapping/structure.ts';
import { type GuideTables, noTables } from '../../src/mapping/tables.ts';
import { cellNode, type Own } from './generate-bindings.ts';
import {
  type CellNode,
  type Condition,
  type Making,
  type Model,
  type ModelDefault,
  type Node,
  noteDecider,
  optionalKeys,
} from './generate-types.ts';

/** @throws Error when the guide has problems */
export function modelOf(file: GuideFile, rules: MessageRules, tables: GuideTables = noTables): Model {
  const problems = new Problems();
  const plan = compileGuide(file, rules, tables, problems);
  const type = canonicalFields(file.canonical.value);
  if (plan === null || type === null)
    throw new Error(`${file.name}: ${problems.found.map(problemText).join('\n')}`);
  const scope = documentScope(type);
  const into: Making = {
    file,
    type,
    rules,
    problems,
    tables,
    uses: new Map(),
    deciders: new Map(),
    spoken: new Map(),
  };
  const root = nodesOf(file.segments, plan.root, rules.root, scope, into);
  const defaults = defaultsOf(file.defaults, scope, into);
  return {
    name: file.name,
    type,
    root,
    defaults,
    uses: into.uses,
    deciders: into.deciders,
    spoken: into.spoken,
    computed: computedIn(defaults, root),
  };
}

function computedIn(defaults: readonly ModelDefault[], nodes: readonly Node[]): Set<string> {
  const own = defaults.flatMap(({ slot, of }) => (of.value.kind === 'compute' ? [slot.name] : []));
  return new Set([...own, ...nodes.flatMap((node) => [...computedIn(node.defaults, node.below)])]);
}

function nodesOf(
  entries: readonly Entry[],
  level: LevelPlan,
  loop: LoopUse,
  outer: Scope,
  into: Making,
): Node[] {
  let after = 0;
  const nodes = entries.map((entry, index) => {
    const standing = standingOf(entry, loop, after, into.rules, into.problems);
    const plan = level.entries[index];
    if (standing === null || plan === undefined || plan.tag !== entry.tag) throw new Error(`${entry.tag}?`);
    after = standing.rank;
    const each = eachOf(entry, outer, into.problems);
    const scope = each === null ? null : withinOf(entry, each.scope, into);
    if (each === null || scope === null) throw new Error(`${entry.tag}: each?`);
    const own: Own = {
      entry,
      rule: standing.rule,
      scope,
      siblings: entries,
      writes: isWritten(entry),
      limits: [],
      into,
    };
    const cells = entry.ignore === null ? entry.cells.map((cell) => cellNode(cell, own)) : [];
    const below =
      standing.loop === null || entry.ignore !== null
        ? []
        : nodesOf(
            entry.below,
            plan.children,
            standing.loop,
            scope,
            own.writes ? into : { ...into, uses: new Map() },
          );
    return {
      entry,
      plan,
      rule: standing.rule,
      scope,
      each: each.plan,
      by: entry.by.flatMap((field) => resolvePath(field, each.scope, into.problems) ?? []),
      rank: standing.rank,
      room: standing.max,
      most: Math.min(standing.max, entry.most?.times ?? Number.POSITIVE_INFINITY),
      when: entry.when.flatMap(({ path, values }) => conditionOf(path, values, scope, into)),
      cells,
      below,
      defaults: defaultsOf(entry.defaults, scope, into),
      forced:
        entry.must !== null ||
        (entry.each === null && entry.when.length === 0 && isNeeded(plan, cells, below, scope, into)),
    };
  });
  return nodes.map((node) => ({ ...node, forced: node.forced || isDemanded(node, nodes, loop) }));
}

/** Something without which the document is not whole stands in this segment, or under it. */
function isNeeded(
  plan: EntryPlan,
  cells: readonly CellNode[],
  below: readonly Node[],
  scope: Scope,
  { type }: Making,
): boolean {
  if (plan.required.length > 0) return true;
  const own = cells.filter(({ shape }) => shape === 'all').flatMap(({ uses }) => uses);
  if (own.some(({ slot }) => slot.up === 0 && optionalKeys(type, slot).every((optional) => !optional)))
    return true;
  return below.some((node) => node.scope.path === scope.path && node.forced && node.each === null);
}

function isWritten({ only, ignore }: Entry): boolean {
  return only !== 'read' && ignore === null;
}

/** The first entry of a segment that the dictionary demands in this loop. */
function isDemanded(
  node: { entry: Entry; rank: number },
  nodes: readonly { entry: Entry; rank: number }[],
  loop: LoopUse,
): boolean {
  const member = loop.members[node.rank];
  if (
    member === undefined ||
    !member.mandatory ||
    hierarchyTags.has(node.entry.tag) ||
    !isWritten(node.entry)
  )
    return false;
  return nodes.find(({ entry, rank }) => rank === node.rank && isWritten(entry)) === node;
}

function withinOf({ within }: Entry, scope: Scope, { problems }: Making): Scope | null {
  return within === null ? scope : resolveWithin(within, scope, problems);
}

function conditionOf(path: Text, values: readonly string[], scope: Scope, into: Making): Condition[] {
  const slot = resolvePath(path, scope, into.problems);
  if (slot === null) return [];
  if (!['nonzero', 'present', 'absent'].includes(values[0] ?? '')) {
    noteDecider(slot, scope, into);
    const spoken = into.spoken.get(slot.name) ?? new Set();
    into.spoken.set(slot.name, spoken);
    if (values[0] !== undefined) spoken.add(values[0]);
  }
  return [{ slot, values }];
}

function defaultsOf(defaults: readonly Default[], scope: Scope, { problems }: Making): ModelDefault[] {
  return defaults.flatMap((of) => {
    const slot = resolvePath(of.path, scope, problems);
    return slot === null ? [] : [{ slot, of, scope }];
  });
}
