/**
 * Compiles a guide, checking it on the way against the dictionary (segments, order, elements, codes) and the canonical
 * document (fields, types). Every wrong line is a problem with its place; a guide with a problem is not compiled.
 */
import {
  knownMessages,
  type LoopUse,
  loadMessageRules,
  type MessageRules,
} from '../interchange/dictionary/dictionary.ts';
import { canonicalFields, canonicalNames } from './canon.ts';
import type { CellPlan } from './cell.ts';
import { compileCell, coverOf } from './cells.ts';
import { checkClaims } from './claims.ts';
import { compileDefaults, whenPlan } from './defaults.ts';
import { eachOf } from './each.ts';
import { type CodeLine, type Entry, type GuideFile, type GuideHead, positionText } from './notation.ts';
import { documentScope, resolveWithin, type Scope } from './path.ts';
import type { Candidate, EntryPlan, LevelPlan, SetDefault, SyntaxPlan, WholePlan } from './plan.ts';
import { nearMiss, type Problems } from './problem.ts';
import { sharedPlan, sharePlan } from './shared.ts';
import { sourcesOf } from './sources.ts';
import { hierarchyTags, standingOf } from './structure.ts';
import type { GuideTables } from './tables.ts';

interface Compilation {
  readonly message: MessageRules;
  readonly standard: 'x12' | 'edifact';
  readonly codes: ReadonlyMap<string, readonly CodeLine[]>;
  readonly tables: GuideTables;
  readonly problems: Problems;
}

/** A guide's segments compiled, with what it says of the document as a whole. */
export interface GuidePlan {
  readonly root: LevelPlan;
  readonly defaults: readonly SetDefault[];
}

/** The dictionary's rules of the message that a guide names; null (and a problem) when it has none. */
export function rulesOf(file: GuideHead, problems: Problems): MessageRules | null {
  const rules = loadMessageRules(file.standard, file.release, file.message.value);
  if (rules !== null) return rules;
  const known = knownMessages().map(({ standard, release, type }) => `${standard} ${release} ${type}`);
  const wanted = `${file.standard} ${file.release} ${file.message.value}`;
  problems.add(
    file.message.at,
    `The dictionary has no ${wanted}.`,
    nearMiss(wanted, known) ?? `It has ${known.join(', ')}.`,
  );
  return null;
}

/** Compiles a whole guide (what it extends is already in it); null when there is any problem in it. */
export function compileGuide(
  file: GuideFile,
  message: MessageRules,
  tables: GuideTables,
  problems: Problems,
): GuidePlan | null {
  const before = problems.count;
  const type = canonicalFields(file.canonical.value);
  if (type === null) {
    const names = canonicalNames();
    problems.add(
      file.canonical.at,
      `There is no canonical document '${file.canonical.value}'.`,
      nearMiss(file.canonical.value, names) ?? `One of ${names.join(', ')}.`,
    );
    return null;
  }
  const scope = documentScope(type);
  const { standard, codes } = file;
  const into: Compilation = { message, standard, codes, tables, problems };
  const root = compileLevel(file.segments, message.root, scope, 0, into);
  const defaults = compileDefaults(file.defaults, scope, problems);
  return problems.count > before ? null : { root, defaults };
}

function compileLevel(
  entries: readonly Entry[],
  loop: LoopUse,
  scope: Scope,
  depth: number,
  into: Compilation,
): LevelPlan {
  const plans: EntryPlan[] = [];
  let after = 0;
  for (const entry of entries) {
    const standing = standingOf(entry, loop, after, into.message, into.problems);
    if (standing === null) continue;
    after = standing.rank;
    const plan = entryPlan(entry, standing, scope, depth, into);
    if (plan !== null) plans.push(plan);
  }
  const level = levelOf(plans);
  checkClaims(level.byTag, into.problems);
  return level;
}

function levelOf(entries: readonly EntryPlan[]): LevelPlan {
  const candidates = entries.map((entry, index): Candidate => {
    return { entry, index, most: Math.min(entry.times, entry.agreed?.most ?? Number.POSITIVE_INFINITY) };
  });
  const read = candidates.filter(({ entry }) => entry.only !== 'write');
  const byTag = new Map<string, Candidate[]>();
  for (const candidate of read) {
    const same = byTag.get(candidate.entry.tag);
    if (same === undefined) byTag.set(candidate.entry.tag, [candidate]);
    else same.push(candidate);
  }
  const requiring = candidates.filter(({ entry }) => isRequiring(entry));
  const agreed = read.filter(({ entry }) => entry.agreed !== null);
  return {
    entries,
    byTag,
    byPlace: placesOf(byTag),
    requiring,
    agreed,
    noneTaken: entries.map(() => 0),
    demanding: requiring.length > 0 || agreed.length > 0,
  };
}

function placesOf(byTag: ReadonlyMap<string, readonly Candidate[]>): Map<string, Candidate[]> {
  const byPlace = new Map<string, Candidate[]>();
  for (const [tag, same] of byTag) {
    const loops = new Set(same.map(({ entry }) => entry.loop));
    if (loops.size > 1)
      for (const loop of loops)
        byPlace.set(
          `${tag} ${loop}`,
          same.filter(({ entry }) => entry.loop === loop),
        );
  }
  return byPlace;
}

type Standing = NonNullable<ReturnType<typeof standingOf>>;

function entryPlan(
  entry: Entry,
  standing: Standing,
  scope: Scope,
  depth: number,
  into: Compilation,
): EntryPlan | null {
  const { rule, loop } = standing;
  const surroundings = { rule, loop, scope, depth, codes: into.codes };
  const shared = sharedPlan(entry, surroundings);
  if (shared !== undefined) return shared;
  const before = [into.problems.count, into.tables.used().length] as const;
  const plan = compileEntry(entry, standing, scope, depth, into);
  // What looks things up in a table is this guide's own: another folder may have another table of that name.
  const own = into.problems.count > before[0] || into.tables.used().length > before[1];
  if (plan !== null && !own) sharePlan(entry, surroundings, plan);
  return plan;
}

function compileEntry(
  entry: Entry,
  standing: Standing,
  outer: Scope,
  depth: number,
  into: Compilation,
): EntryPlan | null {
  const { problems } = into;
  const found = eachOf(entry, outer, problems);
  const scope = found === null ? null : scopeWithin(entry, found.scope, problems);
  if (found === null || scope === null) return null;
  if (entry.ignore === '') problems.add(entry.at, "'ignore' needs a reason.");
  const hierarchical = hierarchyTags.has(entry.tag);
  const level = hierarchical ? depth + 1 : depth;
  const cells = compileCells(entry, standing, scope, into);
  const children = compileChildren(entry, standing, scope, level, into);
  const required = cells.flatMap(({ required }) => (required === undefined ? [] : [required]));
  const constant =
    !cells.some(({ field }) => field) &&
    (entry.below.length === 0 || cells.some(({ total }) => total === true));
  const each = found.plan;
  // One literal, without spreading: each spread of so many fields has a hidden class of its own, and reading is far slower then.
  return {
    tag: entry.tag,
    place: entry.at,
    loop: standing.loop?.id ?? '',
    times: timesOf(entry, cells),
    agreed: agreedOf(entry, standing, problems),
    says: entry.says,
    level: hierarchical && entry.below.some(({ tag }) => tag === entry.tag),
    constants: cells.flatMap(({ constant }) => (constant === undefined ? [] : [constant])),
    ignore: entry.ignore !== null,
    only: entry.only,
    each,
    repeat: cells.find(({ repeat }) => repeat !== undefined)?.repeat ?? null,
    when: whenPlan(entry, scope, problems),
    readCells: cells.flatMap(({ read }) => (read === undefined ? [] : [read])),
    writeCells: [
      ...cells.flatMap(({ early }) => (early === undefined ? [] : [early])),
      ...cells.flatMap(({ late }) => (late === undefined ? [] : [late])),
    ],
    cover: withHierarchy(coverOf(cells), entry.tag),
    required,
    syntax: syntaxOf(standing, cells),
    wholes: wholesOf(standing, cells),
    constant,
    sources: sourcesOf(entry, { constant, each, required, children }, scope),
    defaults: compileDefaults(entry.defaults, scope, problems),
    children,
    depth: hierarchical ? level : null,
  };
}

function compileCells(entry: Entry, standing: Standing, scope: Scope, into: Compilation): CellPlan[] {
  const { standard, codes, tables, problems } = into;
  const shared = new Set(
    entry.cells.flatMap(({ binding, position }) =>
      binding.kind === 'write' || binding.kind === 'ignore' ? [] : [position.element],
    ),
  );
  const { cells, only } = entry;
  checkSpans(entry, problems);
  const own = { standard, rule: standing.rule, scope, codes, tables, cells, only, shared, problems };
  return entry.cells.flatMap((cell) => {
    if (isWritersWork(entry.tag, cell.position.element)) {
      problems.add(
        cell.at,
        `${entry.tag} element ${cell.position.element} is made by the writer.`,
        'Leave it out.',
      );
      return [];
    }
    const plan = compileCell(cell, own);
    return plan === null ? [] : [plan];
  });
}

/** A position that lies in the span of pairs, or of items side by side, would be read twice and written over. */
function checkSpans({ tag, cells }: Entry, problems: Problems): void {
  for (const { position, binding, at: place } of cells) {
    const { element: first, to } = position;
    if ((binding.kind !== 'pairs' && binding.kind !== 'repeat') || to === null) continue;
    for (const { position: other, at, binding: what } of cells)
      if (other.element > first && other.element <= to && what.kind !== 'none' && what.kind !== 'ignore')
        problems.add(
          at,
          `${tag} ${positionText(other)} lies in ${positionText(position)}, which line ${place.line} binds already.`,
          'End the span before it, or leave one of the two out.',
        );
  }
}

function compileChildren(
  entry: Entry,
  standing: Standing,
  scope: Scope,
  depth: number,
  into: Compilation,
): LevelPlan {
  if (standing.loop !== null) return compileLevel(entry.below, standing.loop, scope, depth, into);
  for (const child of entry.below)
    into.problems.add(
      child.at,
      `${entry.tag} opens no loop here, so ${child.tag} cannot stand under it.`,
      `Put ${child.tag} beside ${entry.tag}.`,
    );
  return levelOf([]);
}

/** Ids, parents and the child mark of HL and CPS. */
function isWritersWork(tag: string, element: number): boolean {
  return (tag === 'HL' && element !== 3) || (tag === 'CPS' && element !== 3);
}

function withHierarchy(cover: number[], tag: string): number[] {
  if (!hierarchyTags.has(tag)) return cover;
  return [-1, -1, cover[2] ?? 0, tag === 'HL' ? -1 : (cover[3] ?? 0)];
}

/** How often an entry takes a segment in one loop. */
function timesOf({ each, most, ignore }: Entry, cells: readonly CellPlan[]): number {
  if (each !== null || ignore !== null || cells.some(({ repeat }) => repeat !== undefined))
    return Number.POSITIVE_INFINITY;
  return most?.times ?? 1;
}

/** What the partner demands of the segment beyond the standard; null: nothing. */
function agreedOf(
  { must, most, says, at }: Entry,
  standing: Standing,
  problems: Problems,
): EntryPlan['agreed'] {
  if (must?.value === '')
    problems.add(must.at, "'must' says why the segment has to come, in the partner's words.");
  if (most !== null && most.times > standing.max && most.times !== Number.POSITIVE_INFINITY)
    problems.add(
      most.at,
      `The standard allows this segment ${standing.max} times, so ${most.times} cannot be agreed.`,
    );
  if (must === null && most === null) return null;
  const guide = `${at.file}:${(must?.at ?? most?.at ?? at).line}`;
  return { must: must?.value ?? null, most: most?.times ?? null, says: says ?? must?.value ?? '', guide };
}

function scopeWithin({ within }: Entry, scope: Scope, problems: Problems): Scope | null {
  return within === null ? scope : resolveWithin(within, scope, problems);
}

/** A segment that must come once when its loop does. */
function isRequiring({ required, each, when, only }: EntryPlan): boolean {
  return required.length > 0 && each === null && when.length === 0 && only !== 'write';
}

/** Elements that the standard pairs are written together or not at all; a lone qualifier written by the guide is left out. */
function syntaxOf({ rule }: Standing, cells: readonly CellPlan[]): SyntaxPlan[] {
  const written = new Set(cells.flatMap(({ writes }) => (writes === undefined ? [] : [writes])));
  return rule.syntax.flatMap(({ kind, positions }) => {
    const [first, ...others] = positions;
    if (kind === 'P') return [{ all: positions, drop: positions }];
    if (kind === 'C' && first !== undefined && written.has(first)) return [{ all: others, drop: [first] }];
    return [];
  });
}

/** A composite without one of its mandatory components is not written: a QTY that has a unit, but no quantity. */
function wholesOf({ rule }: Standing, cells: readonly CellPlan[]): WholePlan[] {
  const bound = new Set(cells.flatMap(({ cover }) => cover.map(([element]) => element)));
  return [...bound].flatMap((element) => {
    const parts = rule.elements[element - 1]?.composite?.components ?? [];
    const components = parts.flatMap(({ mandatory }, index) => (mandatory ? [index] : []));
    return components.length === 0 ? [] : [{ element, components }];
  });
}
