/**
 * `extends`: a guide that states only what differs, laid over the guide it extends. A segment is found by its tag and its
 * constants; what the partner says of an element replaces what the standard said; what it does not mention stays.
 */
import type {
  Cell,
  CodeLine,
  Default,
  Entry,
  GuideBody,
  GuideFile,
  GuideHead,
  GuideSource,
} from './notation.ts';
import { constantsOf, positionText, qualifiersOf } from './notation.ts';
import { nearMiss, type Problems } from './problem.ts';

/** Where a new segment goes: its rank at its place in the message, by the dictionary; the larger, the later. */
export type RankOf = (path: readonly string[], tag: string) => number;

/**
 * The whole guide: a chain of files, each laid over the one it extends.
 * @param chain the guide itself first, then what it extends, and so on
 * @param rankOf by the message of the guide itself
 */
export function wholeGuide(
  chain: readonly [GuideSource, ...GuideSource[]],
  head: GuideHead,
  rankOf: RankOf,
  problems: Problems,
): GuideFile {
  const downwards = [...chain].reverse();
  const parts = mergeParts(downwards, rankOf, problems);
  let codes: GuideBody['codes'] = new Map();
  let defaults: readonly Default[] = [];
  let segments: readonly Entry[] = [];
  for (const source of downwards) {
    codes = mergeCodes(codes, source.codes);
    defaults = mergeDefaults(defaults, source.defaults);
    const own = withParts(source.segments, [], { parts, rankOf, problems, taking: [] });
    segments = segments.length === 0 ? own : mergeEntries(segments, own, [], rankOf, problems);
  }
  const [{ name, at, extends: parent }] = chain;
  return { ...head, name, at, extends: parent, codes, defaults, segments };
}

/** A part that a partner names again is laid over the part of that name: so a change of it counts wherever it is taken. */
function mergeParts(
  downwards: readonly GuideSource[],
  rankOf: RankOf,
  problems: Problems,
): ReadonlyMap<string, Entry> {
  const parts = new Map<string, Entry>();
  for (const source of downwards)
    for (const [name, part] of source.parts) {
      const old = parts.get(name);
      parts.set(name, old === undefined ? part : mergeEntry(old, part, [], rankOf, problems));
    }
  return parts;
}

interface Taking {
  readonly parts: ReadonlyMap<string, Entry>;
  readonly rankOf: RankOf;
  readonly problems: Problems;
  /** Parts on the way in which an entry stands: a part must not take itself. */
  readonly taking: readonly string[];
}

/** Lays each entry over the part that it is `like`, and so on below. */
function withParts(entries: readonly Entry[], path: readonly string[], into: Taking): Entry[] {
  return entries.map((entry) => withPart(entry, path, into));
}

function withPart(entry: Entry, path: readonly string[], into: Taking): Entry {
  const { parts, rankOf, problems, taking } = into;
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
  const laid = withPart({ ...part, tag: entry.tag }, path, { ...into, taking: [...taking, value] });
  return mergeEntry(laid, below({ ...entry, like: null }, taking), path, rankOf, problems);
}

function mergeCodes(parent: GuideBody['codes'], child: GuideBody['codes']): Map<string, readonly CodeLine[]> {
  const merged = new Map(parent);
  for (const [name, lines] of child) {
    const replaced = new Set(lines.map((line) => line.code));
    merged.set(name, [...lines, ...(parent.get(name) ?? []).filter((line) => !replaced.has(line.code))]);
  }
  return merged;
}

function mergeDefaults(parent: readonly Default[], child: readonly Default[]): Default[] {
  const replaced = new Set(child.map(({ path }) => path.value));
  return [...parent.filter(({ path }) => !replaced.has(path.value)), ...child];
}

function mergeEntries(
  parent: readonly Entry[],
  child: readonly Entry[],
  path: readonly string[],
  rankOf: RankOf,
  problems: Problems,
): Entry[] {
  const merged: (Entry | null)[] = [...parent];
  const taken = new Set<number>();
  for (const entry of child) {
    const index = indexOf(entry, parent, taken);
    const found = parent[index];
    if (found !== undefined) {
      taken.add(index);
      merged[merged.indexOf(found)] = entry.remove ? null : mergeEntry(found, entry, path, rankOf, problems);
    } else if (entry.remove) {
      const hint = `The guide it extends has: ${parent.map(qualifiersOf).join(', ')}.`;
      problems.add(entry.at, `There is no ${qualifiersOf(entry)} to remove.`, hint);
    } else insert(merged, entry, path, rankOf);
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

/** A new segment goes after the last one that may stand before it. */
function insert(entries: (Entry | null)[], entry: Entry, path: readonly string[], rankOf: RankOf): void {
  const rank = rankOf(path, entry.tag);
  const before = entries.findLastIndex((other) => other !== null && rankOf(path, other.tag) <= rank);
  entries.splice(before + 1, 0, entry);
}

function mergeEntry(
  parent: Entry,
  child: Entry,
  path: readonly string[],
  rankOf: RankOf,
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
    below: mergeEntries(parent.below, child.below, [...path, child.tag], rankOf, problems),
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
