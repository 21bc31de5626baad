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
 * Where each segment belongs: the innermost loop that is open, from the last place on, before the loops around it; null
 * where it has no place. What has none leaves everything as it is.
 */
export function placesOf(root: LoopUse, message: readonly Written[]): (SegmentUse | null)[] {
  let open: Open[] = [{ loop: root, at: 0, count: 0 }];
  return message.map(({ tag }) => {
    for (let depth = open.length - 1; depth >= 0; depth -= 1) {
      const { loop, at, count } = open[depth] as Open;
      const index = loop.members.findIndex(
        (member, place) =>
          tagOf(member) === tag &&
          place >= at &&
          !(depth > 0 && place === 0) &&
          !(place === at && count >= member.max),
      );
      const member = loop.members[index];
      if (member === undefined) continue;
      open = [
        ...open.slice(0, depth),
        { loop, at: index, count: index === at ? count + 1 : 1 },
        ...(member.kind === 'loop' ? [{ loop: member, at: 0, count: 1 }] : []),
      ];
      return member.kind === 'loop' ? triggerOf(member) : member;
    }
    return null;
  });
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
