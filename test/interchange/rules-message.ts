/** Messages made of what the dictionary asks for: as small as can be, around one segment or loop of interest. */
import type { LoopUse, MessageRules, SegmentUse } from '../../src/interchange/dictionary/dictionary.ts';
import { isLoop, type Loop } from '../../src/interchange/interchange.ts';
import { rightSegment } from './rules-segment.ts';

export type Use = SegmentUse | LoopUse;

/** A segment of a message to be written; `values` are its elements as text. */
export interface Written {
  readonly tag: string;
  readonly values: readonly string[];
  /** Where the dictionary has it; null: nowhere. */
  readonly use: SegmentUse | null;
}

/** What encloses a place of the dictionary: the root first, the loop that has the place last. */
export type Path = readonly LoopUse[];

/** Every segment of a message, with the loops that it stands in. */
export function segmentUses(loop: LoopUse, path: Path = []): { use: SegmentUse; path: Path }[] {
  const inside = [...path, loop];
  return loop.members.flatMap((member) =>
    member.kind === 'segment' ? [{ use: member, path: inside }] : segmentUses(member, inside),
  );
}

/** Every loop of a message, with the loops that it stands in; the message itself is not among them. */
export function loopUses(loop: LoopUse, path: Path = []): { use: LoopUse; path: Path }[] {
  const inside = [...path, loop];
  return loop.members.flatMap((member) =>
    member.kind === 'loop' ? [{ use: member, path: inside }, ...loopUses(member, inside)] : [],
  );
}

/** The first segment of a loop. */
export function triggerOf(loop: LoopUse): SegmentUse {
  const first = loop.members[0];
  if (first?.kind !== 'segment') throw new Error(`the loop ${loop.id} starts with no segment`);
  return first;
}

export function tagOf(use: Use): string {
  return use.kind === 'segment' ? use.tag : triggerOf(use).tag;
}

const lean = new Map<SegmentUse['rule'], readonly string[]>();

/** A segment at its place, with what it must have. */
export function written(use: SegmentUse): Written {
  let values = lean.get(use.rule);
  if (values === undefined) {
    values = rightSegment(use.rule);
    lean.set(use.rule, values);
  }
  return { tag: use.tag, values, use };
}

/** The smallest loop: what is mandatory in it, and `wanted` members of it or of loops in it. */
export function smallest(loop: LoopUse, wanted: ReadonlySet<Use> = new Set()): Written[] {
  return loop.members.flatMap((member) => {
    if (!member.mandatory && !wanted.has(member) && !holds(member, wanted)) return [];
    return member.kind === 'segment' ? [written(member)] : smallest(member, wanted);
  });
}

function holds(member: Use, wanted: ReadonlySet<Use>): boolean {
  return member.kind === 'loop' && member.members.some((inner) => wanted.has(inner) || holds(inner, wanted));
}

/**
 * The smallest message that has a place of the dictionary, and more where the tag would be taken for another place without
 * it; null when the place cannot be told from another (a collision in the standard itself).
 */
export function messageAround(rules: MessageRules, use: Use, path: Path): Written[] | null {
  const choices: Use[][] = [[], ...between(use, path).map((one) => [one])];
  for (const more of choices) {
    const message = smallest(rules.root, new Set([use, ...more]));
    if (standsAsMeant(rules.root, message)) return message;
  }
  return null;
}

/** Optional members before a place, in its loop and in those around it: one of them may tell it from an earlier place. */
function between(use: Use, path: Path): Use[] {
  const chain: Use[] = [...path.slice(1), use];
  return path
    .flatMap((loop, depth) => {
      const at = loop.members.indexOf(chain[depth] as Use);
      return loop.members.slice(depth === 0 ? 0 : 1, at).filter((member) => !member.mandatory);
    })
    .reverse();
}

/** Whether each segment is taken for the place that it was written for. */
export function standsAsMeant(root: LoopUse, message: readonly Written[]): boolean {
  const places = placesOf(root, message);
  return message.every(({ use }, index) => use === places[index]);
}

/**
 * Where each segment belongs: the innermost loop that is open, from the last place on, before the loops around it, but
 * not behind a mandatory member that has not come, unless the segment can be neither one too many nor too late. Null
 * where it has no place; what has none leaves everything as it is.
 */
export function placesOf(root: LoopUse, message: readonly Written[]): (SegmentUse | null)[] {
  let open: readonly Open[] = [{ loop: root, at: 0, count: 0 }];
  return message.map(({ tag }) => {
    const found = placeIn(open, tag);
    if (found === null) return null;
    open = found.open;
    return found.use;
  });
}

function placeIn(open: readonly Open[], tag: string): { use: SegmentUse; open: readonly Open[] } | null {
  let blocked = false;
  let beyond: [depth: number, index: number] | null = null;
  for (let depth = open.length - 1; depth >= 0; depth -= 1) {
    const { loop, at, count } = open[depth] as Open;
    for (const index of placesByTag(loop).get(tag) ?? []) {
      if (depth > 0 && index === 0) continue;
      const isFull = index === at && count >= (loop.members[index]?.max ?? 0);
      if (index < at || isFull) blocked = true;
      else if (!loop.members.slice(at + 1, index).some((one) => one.mandatory))
        return enter(open, depth, index);
      else beyond ??= [depth, index];
    }
  }
  return blocked || beyond === null ? null : enter(open, ...beyond);
}

/** What is open once a segment stands at a place. */
function enter(
  open: readonly Open[],
  depth: number,
  index: number,
): { use: SegmentUse; open: readonly Open[] } {
  const { loop, at, count } = open[depth] as Open;
  const member = loop.members[index] as Use;
  const frames = [...open.slice(0, depth), { loop, at: index, count: index === at ? count + 1 : 1 }];
  if (member.kind === 'segment') return { use: member, open: frames };
  return { use: triggerOf(member), open: [...frames, { loop: member, at: 0, count: 1 }] };
}

const placesKnown = new WeakMap<LoopUse, ReadonlyMap<string, readonly number[]>>();

/** Where each tag stands among the members of a loop, itself or as the trigger of a loop. */
function placesByTag(loop: LoopUse): ReadonlyMap<string, readonly number[]> {
  const known = placesKnown.get(loop);
  if (known !== undefined) return known;
  const places = new Map<string, number[]>();
  for (const [index, member] of loop.members.entries()) {
    places.set(tagOf(member), [...(places.get(tagOf(member)) ?? []), index]);
  }
  placesKnown.set(loop, places);
  return places;
}

interface Open {
  readonly loop: LoopUse;
  readonly at: number;
  readonly count: number;
}

/** Where each segment of a message was meant to stand: 'PO1/N1 N3'. */
export function placesMeant(root: LoopUse, message: readonly Written[]): string[] {
  const paths = pathsIn(root);
  return message.map(({ tag, use }) => {
    const path = (use === null ? undefined : paths.get(use)) ?? [];
    return placeText(path.slice(1), tag);
  });
}

const paths = new WeakMap<LoopUse, ReadonlyMap<SegmentUse, Path>>();

function pathsIn(root: LoopUse): ReadonlyMap<SegmentUse, Path> {
  let known = paths.get(root);
  if (known === undefined) {
    known = new Map(segmentUses(root).map(({ use, path }) => [use, path]));
    paths.set(root, known);
  }
  return known;
}

/** Where a reader put each segment. */
export function placesRead(loop: Loop, path: readonly Loop[] = []): string[] {
  return loop.members.flatMap((member) =>
    isLoop(member) ? placesRead(member, [...path, member]) : [placeText(path, member.tag)],
  );
}

function placeText(path: readonly { readonly id: string }[], tag: string): string {
  return `${path.map(({ id }) => id).join('/')} ${tag}`;
}
