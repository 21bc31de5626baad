/**
 * `extends`: a guide that states only what differs, laid over the guide it extends. A segment is found by its tag and its
 * constants; what the partner says of an element replaces what the standard said; what it does not mention stays.
 */
import type { MessageRules } from '../interchange/dictionary/dictionary.ts';
import type { Cell, Default, Entry, GuideBody, GuideFile, GuideHead, GuideSource } from './notation.ts';
import { constantsOf, positionText, qualifiersOf } from './notation.ts';
import { nearMiss, type Problems } from './problem.ts';
import { ranksIn } from './structure.ts';

/** Where a segment may go: its ranks at its place in the message, by the dictionary; the larger, the later. */
type RanksOf = (path: readonly string[], tag: string) => readonly number[];

/** What a chain of files says as one; everything that a file does not touch is the very object of the file below it. */
interface Laid {
  readonly parts: ReadonlyMap<string, Entry>;
  readonly codes: GuideBody['codes'];
  readonly defaults: readonly Default[];
  readonly segments: readonly Entry[];
}

const nothing: Laid = { parts: new Map(), codes: new Map(), defaults: [], segments: [] };

type Chain = readonly [GuideSource, ...GuideSource[]];

/** By what a file is laid over what it extends. */
interface Laying {
  readonly rules: MessageRules;
  readonly ranksOf: RanksOf;
  readonly problems: Problems;
}

/**
 * The whole guide: a chain of files, each laid over the one it extends.
 * @param chain the guide itself first, then what it extends, and so on
 * @param rules of the message of the guide itself
 */
export function wholeGuide(
  chain: Chain,
  head: GuideHead,
  rules: MessageRules,
  problems: Problems,
): GuideFile {
  const [source, ...parents] = chain;
  const { name, at, extends: parent } = source;
  const into = { rules, ranksOf: ranksIn(rules), problems };
  const { codes, defaults, segments } = laidOn(source, parents, belowOf(parents, into), into);
  return { ...head, name, at, extends: parent, codes, defaults, segments };
}

/** Files that many guides extend are laid once. */
const memory = new WeakMap<GuideSource, { rules: MessageRules; below: Laid; whole: Laid }[]>();

/** What a file is laid over. */
function belowOf([source, ...parents]: readonly GuideSource[], into: Laying): Laid {
  if (source === undefined) return nothing;
  const below = belowOf(parents, into);
  const known = memory.get(source) ?? [];
  const found = known.find((each) => each.rules === into.rules && each.below === below);
  if (found !== undefined) return found.whole;
  const before = into.problems.count;
  const whole = laidOn(source, parents, below, into);
  if (into.problems.count === before) memory.set(source, [...known, { rules: into.rules, below, whole }]);
  return whole;
}

function laidOn(source: GuideSource, parents: readonly GuideSource[], below: Laid, into: Laying): Laid {
  const whole = laidOver(source, parents, below, into);
  return isAnother(source, parents) ? { ...whole, segments: inOrder(whole.segments, [], into) } : whole;
}

/** Whether what a file extends is of another release, or another message. */
function isAnother({ head }: GuideSource, parents: readonly GuideSource[]): boolean {
  const theirs = parents.find((parent) => parent.head !== null)?.head;
  if (head === null || theirs === undefined || theirs === null) return false;
  return head.release !== theirs.release || head.message.value !== theirs.message.value;
}

/** Segments that stand elsewhere in this release are put in its order; entries in which nothing moves stay as they are. */
function inOrder(entries: readonly Entry[], path: readonly string[], into: Laying): Entry[] {
  const { ranksOf } = into;
  const placed: (Entry | null)[] = [];
  const late: Entry[] = [];
  let after = 0;
  for (const entry of entries) {
    const ranks = ranksOf(path, entry.tag);
    const rank = ranks.find((each) => each >= after);
    if (rank === undefined && ranks.length > 0) late.push(entry);
    else placed.push(entry);
    after = rank ?? after;
  }
  for (const entry of late) insert(placed, entry, path, ranksOf, nothingAdded);
  return placed.flatMap((entry) => {
    if (entry === null) return [];
    const below = inOrder(entry.below, [...path, entry.tag], into);
    return [below.every((each, index) => each === entry.below[index]) ? entry : { ...entry, below }];
  });
}

/** A part that a file names again counts wherever it is taken, so that what it extends has to be laid anew. */
function laidOver(source: GuideSource, parents: readonly GuideSource[], below: Laid, into: Laying): Laid {
  const parts = mergeParts(below.parts, source.parts, into);
  const changed = [...source.parts.keys()].some((name) => below.parts.has(name));
  if (!changed) return layer(source, parts, below, into);
  const downwards = [source, ...parents].reverse();
  return downwards.reduce((lower, each) => layer(each, parts, lower, into), nothing);
}

function layer(source: GuideSource, parts: Laid['parts'], below: Laid, into: Laying): Laid {
  const { ranksOf, problems } = into;
  const own = withParts(source.segments, [], {
    parts,
    ranksOf,
    problems,
    taking: [],
    left: { parts: 5_000 },
  });
  return {
    parts,
    codes: mergeCodes(below.codes, source.codes),
    defaults: mergeDefaults(below.defaults, source.defaults),
    segments: mergeEntries(below.segments, own, [], ranksOf, problems),
  };
}

function mergeParts(
  parent: Laid['parts'],
  child: Laid['parts'],
  { ranksOf, problems }: Laying,
): Laid['parts'] {
  if (child.size === 0) return parent;
  const parts = new Map(parent);
  for (const [name, part] of child) {
    const old = parts.get(name);
    parts.set(name, old === undefined ? part : mergeEntry(old, part, [], ranksOf, problems));
  }
  return parts;
}

interface Taking {
  readonly parts: ReadonlyMap<string, Entry>;
  readonly ranksOf: RanksOf;
  readonly problems: Problems;
  /** Parts on the way in which an entry stands: a part must not take itself. */
  readonly taking: readonly string[];
  /** How many more parts the file may take: parts that take parts twice each grow without end. */
  readonly left: { parts: number };
}

/** Lays each entry over the part that it is `like`, and so on below. */
function withParts(entries: readonly Entry[], path: readonly string[], into: Taking): Entry[] {
  return entries.map((entry) => withPart(entry, path, into));
}

function withPart(entry: Entry, path: readonly string[], into: Taking): Entry {
  const { parts, ranksOf, problems, taking, left } = into;
  const below = (own: Entry, further: readonly string[]): Entry => ({
    ...own,
    below: withParts(own.below, [...path, entry.tag], { ...into, taking: further }),
  });
  if (entry.like === null) return below(entry, taking);
  const { value, at } = entry.like;
  const part = parts.get(value);
  if (part === undefined || taking.includes(value)) {
    if (part !== undefined) problems.add(at, `The part '${value}' takes itself.`);
    else {
      const hint =
        nearMiss(value, parts.keys()) ?? `Under parts: ${[...parts.keys()].join(', ') || 'nothing'}.`;
      problems.add(at, `There is no part '${value}'.`, hint);
    }
    return below({ ...entry, like: null }, taking);
  }
  if (--left.parts < 0) {
    if (left.parts === -1)
      problems.add(at, 'The guide takes more than 5000 parts.', 'Parts take parts here.');
    return { ...entry, like: null, below: [] };
  }
  const laid = withPart({ ...part, tag: entry.tag }, path, { ...into, taking: [...taking, value] });
  return mergeEntry(laid, below({ ...entry, like: null }, taking), path, ranksOf, problems);
}

function mergeCodes(parent: GuideBody['codes'], child: GuideBody['codes']): GuideBody['codes'] {
  if (child.size === 0) return parent;
  const merged = new Map(parent);
  for (const [name, lines] of child) {
    const replaced = new Set(lines.map((line) => line.code));
    merged.set(name, [...lines, ...(parent.get(name) ?? []).filter((line) => !replaced.has(line.code))]);
  }
  return merged;
}

function mergeDefaults(parent: readonly Default[], child: readonly Default[]): readonly Default[] {
  if (child.length === 0) return parent;
  const replaced = new Set(child.map(({ path }) => path.value));
  return [...parent.filter(({ path }) => !replaced.has(path.value)), ...child];
}

function mergeEntries(
  parent: readonly Entry[],
  child: readonly Entry[],
  path: readonly string[],
  ranksOf: RanksOf,
  problems: Problems,
): Entry[] {
  if (parent.length === 0 && !child.some(({ remove }) => remove)) return [...child];
  const merged: (Entry | null)[] = [...parent];
  const taken = new Set<number>();
  const added = new Set<Entry>();
  for (const entry of child) {
    const index = indexOf(entry, parent, taken);
    const found = parent[index];
    if (found !== undefined) {
      taken.add(index);
      merged[merged.indexOf(found)] = entry.remove ? null : mergeEntry(found, entry, path, ranksOf, problems);
    } else if (entry.remove) {
      const hint = `The guide it extends has: ${parent.map(qualifiersOf).join(', ')}.`;
      problems.add(entry.at, `There is no ${qualifiersOf(entry)} to remove.`, hint);
    } else {
      insert(merged, entry, path, ranksOf, added);
      added.add(entry);
    }
  }
  return merged.filter((entry) => entry !== null);
}

/**
 * The entry that a partner's line is about: the one with the same constants; else the only one of its tag that has all the
 * constants which the line names, so that `BGM: { "03": … }` need not repeat what is not in doubt.
 */
function indexOf(entry: Entry, parent: readonly Entry[], taken: ReadonlySet<number>): number {
  const key = qualifiersOf(entry);
  const same = parent.findIndex((other, at) => !taken.has(at) && qualifiersOf(other) === key);
  if (same >= 0 || entry.ignore !== null) return same;
  const named = constantsOf(entry);
  const near = parent.flatMap((other, at) =>
    other.tag === entry.tag && !taken.has(at) && named.every((each) => constantsOf(other).includes(each))
      ? [at]
      : [],
  );
  return near.length === 1 ? (near[0] ?? -1) : -1;
}

function rankOf(ranksOf: RanksOf, path: readonly string[], tag: string): number {
  return ranksOf(path, tag)[0] ?? Number.POSITIVE_INFINITY;
}

const nothingAdded: ReadonlySet<Entry> = new Set();

/**
 * A new segment goes after the last one that may stand before it, but before the line of its tag that would take it as
 * well: a standard guide ends its references with a line for all that have none of their own.
 * @param added by the same file, which has them in the sequence that it means
 */
function insert(
  entries: (Entry | null)[],
  entry: Entry,
  path: readonly string[],
  ranksOf: RanksOf,
  added: ReadonlySet<Entry>,
): void {
  const rank = rankOf(ranksOf, path, entry.tag);
  const last = entries.findLastIndex((other) => other !== null && rankOf(ranksOf, path, other.tag) <= rank);
  const general = entries.findIndex(
    (other) => other !== null && !added.has(other) && isMoreGeneral(other, entry),
  );
  entries.splice(general >= 0 && general <= last ? general : last + 1, 0, entry);
}

/** Whether it takes every segment that the other takes, and more. */
function isMoreGeneral(entry: Entry, other: Entry): boolean {
  const [own, theirs] = [codesByPlace(entry), codesByPlace(other)];
  const takesAll = [...own].every(([place, codes]) =>
    theirs.get(place)?.every((code) => codes.includes(code)),
  );
  return entry.tag === other.tag && takesAll && constantsOf(entry).length < constantsOf(other).length;
}

function codesByPlace({ cells }: Entry): Map<string, readonly string[]> {
  return new Map(
    cells.flatMap(({ position, binding }) =>
      binding.kind === 'constant' ? [[positionText(position), binding.values] as const] : [],
    ),
  );
}

function mergeEntry(
  parent: Entry,
  child: Entry,
  path: readonly string[],
  ranksOf: RanksOf,
  problems: Problems,
): Entry {
  return {
    ...child,
    within: child.within ?? parent.within,
    each: child.each ?? parent.each,
    by: child.each === null ? parent.by : child.by,
    must: child.must ?? parent.must,
    most: child.most ?? parent.most,
    says: child.says ?? parent.says,
    when: child.when.length > 0 ? child.when : parent.when,
    only: child.only ?? parent.only,
    ignore: child.ignore ?? parent.ignore,
    defaults: mergeDefaults(parent.defaults, child.defaults),
    cells: mergeCells(parent.cells, child.cells),
    below: mergeEntries(parent.below, child.below, [...path, child.tag], ranksOf, problems),
  };
}

function mergeCells(parent: readonly Cell[], child: readonly Cell[]): Cell[] {
  const replaced = new Map(child.map((cell) => [positionText(cell.position), cell]));
  const kept = parent.map((cell) => replaced.get(positionText(cell.position)) ?? cell);
  const fresh = child.filter(
    (cell) => !parent.some((old) => positionText(old.position) === positionText(cell.position)),
  );
  return [...kept, ...fresh].filter(({ binding }) => binding.kind !== 'none');
}
