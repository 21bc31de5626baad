/** Where a segment may stand: the guide's order and nesting against the dictionary's. */
import type { LoopUse, MessageRules, SegmentRule, SegmentUse } from '../interchange/dictionary/dictionary.ts';
import type { Entry } from './notation.ts';
import { nearMiss, type Problems } from './problem.ts';

/** A segment's place among its siblings: its rule, and the loop that it opens, if it opens one. */
export interface Standing {
  readonly rule: SegmentRule;
  readonly loop: LoopUse | null;
  readonly rank: number;
  readonly max: number;
}

/** Segments whose loops form a tree by ids and parents, though the standard lists them flat. */
export const hierarchyTags: ReadonlySet<string> = new Set(['HL', 'CPS']);

/**
 * Finds where an entry stands.
 * @param after rank of the entry before it: the place found is not before that where it can be avoided
 * @returns null when it cannot stand here, which is then among the problems
 */
export function standingOf(
  entry: Entry,
  loop: LoopUse,
  after: number,
  message: MessageRules,
  problems: Problems,
): Standing | null {
  const places = placesOf(entry.tag, loop);
  const place = places.find(({ rank }) => rank >= after) ?? places[0];
  if (place === undefined) {
    reportAbsent(entry, loop, message, problems);
    return null;
  }
  if (place.rank < after) {
    const before = nameOf(loop.members[after]);
    problems.add(
      entry.at,
      `${entry.tag} stands too late: in the ${message.type} it comes before ${before}.`,
      'Segments stand in the order of the standard.',
    );
    return null;
  }
  return place;
}

/** The ranks of a tag below a path of loop triggers, for placing what a partner adds; none when it is not known there. */
export function ranksIn(message: MessageRules): (path: readonly string[], tag: string) => readonly number[] {
  return (path, tag) => {
    let loop: LoopUse | null = message.root;
    for (const trigger of path) loop = loop === null ? null : (placesOf(trigger, loop)[0]?.loop ?? null);
    return loop === null ? [] : placesOf(tag, loop).map(({ rank }) => rank);
  };
}

const places = new WeakMap<LoopUse, ReadonlyMap<string, readonly Standing[]>>();

/** Looked up for every segment of every guide, so it is made once for each loop of the dictionary. */
function placesOf(tag: string, loop: LoopUse): readonly Standing[] {
  const known = places.get(loop) ?? placesIn(loop);
  places.set(loop, known);
  return known.get(tag) ?? [];
}

/** The places of each tag in a loop, in the order of the standard. */
function placesIn(loop: LoopUse): Map<string, Standing[]> {
  const found = new Map<string, Standing[]>();
  const add = (tag: string, standing: Standing) => found.set(tag, [...(found.get(tag) ?? []), standing]);
  const [self] = loop.members;
  for (const [rank, member] of loop.members.entries()) {
    const trigger = triggerOf(member);
    if (trigger === null || (rank === 0 && loop.id !== '')) continue;
    const opened = member.kind === 'loop' ? member : null;
    add(trigger.tag, { rule: trigger.rule, loop: opened, rank, max: member.max });
  }
  if (self?.kind === 'segment' && hierarchyTags.has(self.tag))
    add(self.tag, { rule: self.rule, loop, rank: loop.members.length, max: loop.max });
  return found;
}

function triggerOf(member: SegmentUse | LoopUse): SegmentUse | null {
  if (member.kind === 'segment') return member;
  const first = member.members[0];
  return first?.kind === 'segment' ? first : null;
}

function nameOf(member: SegmentUse | LoopUse | undefined): string {
  return member === undefined ? 'the end' : (triggerOf(member)?.tag ?? member.kind);
}

function reportAbsent(entry: Entry, loop: LoopUse, message: MessageRules, problems: Problems): void {
  const { tag, at } = entry;
  if (!message.segments.has(tag)) {
    problems.add(
      at,
      `There is no segment ${tag} in ${message.release}.`,
      nearMiss(tag, message.segments.keys()),
    );
    return;
  }
  const here = loop.members.map(nameOf);
  const place = loop.id === '' ? `at the top of the ${message.type}` : `in the loop of ${here[0]}`;
  const hint = nearMiss(tag, here) ?? `There may stand: ${here.slice(loop.id === '' ? 0 : 1).join(', ')}.`;
  problems.add(at, `${tag} cannot stand ${place}.`, hint);
}
