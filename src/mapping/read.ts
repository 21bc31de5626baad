/**
 * Reading: takes a message placed in loops; gives the frame of a document, filled by the compiled guide. What no line of
 * the guide reads is reported, never dropped. Values that cannot be read are faults.
 */
import { fault } from '../fault.ts';
import { isLoop, type Loop, type Segment, type Value } from '../interchange/interchange.ts';
import { isTooOften, reportMissing, reportTooOften } from './agreed.ts';
import type { GuidePlan } from './compile.ts';
import { hierarchyOf, isHierarchical, type Node, noNodes, triggerOf } from './hierarchy.ts';
import { closeItem, openItem } from './items.ts';
import {
  allComponents,
  type Candidate,
  type Constant,
  type EntryPlan,
  type Frame,
  type LevelPlan,
  positionOf,
  type ReadContext,
  reportUnmapped,
  valueAt,
} from './plan.ts';

const serviceTags = new Set(['ST', 'SE', 'UNH', 'UNT']);

/** Reads a message's root loop into a new document frame. */
export function readMessage(plan: GuidePlan, root: Loop, context: ReadContext): Frame {
  const frame: Frame = { object: {}, parent: null, list: '', index: 0 };
  readLevel(plan.root, root, 0, hierarchyOf(root.members), frame, context);
  for (const settle of context.late) settle();
  for (const setDefault of plan.defaults) setDefault(frame, context);
  return frame;
}

function readLevel(
  level: LevelPlan,
  loop: Loop,
  from: number,
  nodes: readonly Node[],
  frame: Frame,
  context: ReadContext,
): void {
  const { members } = loop;
  if (members.length === from && nodes.length === 0 && !level.demanding) return;
  const taken = level.noneTaken.slice();
  for (let index = from; index < members.length; index++) {
    const member = members[index] as Segment | Loop;
    if (!isLoop(member)) readOne(level, member, null, noNodes, frame, context, taken);
    else if (!isHierarchical(member)) {
      const trigger = triggerOf(member);
      if (trigger !== undefined) readOne(level, trigger, member, noNodes, frame, context, taken);
    }
  }
  for (const node of nodes) readOne(level, node.trigger, node.loop, node.children, frame, context, taken);
  if (!level.demanding) return;
  for (const { entry, index } of level.requiring) if (taken[index] === 0) reportAbsent(entry, loop, context);
  for (const { entry, index } of level.agreed) if (taken[index] === 0) reportMissing(entry, loop, context);
}

/** @param taken how many segments each entry of the level has taken in this loop */
function readOne(
  level: LevelPlan,
  segment: Segment,
  loop: Loop | null,
  nodes: readonly Node[],
  frame: Frame,
  context: ReadContext,
  taken: number[],
): void {
  const entry = entryFor(level, segment, loop, nodes, taken, context);
  if (entry === undefined) reportAll(segment, loop, nodes, context);
  else if (!entry.ignore) readEntry(entry, segment, loop, nodes, frame, context);
}

/** The first entry whose constants the segment has, and which is not used up. */
function entryFor(
  level: LevelPlan,
  segment: Segment,
  loop: Loop | null,
  nodes: readonly Node[],
  taken: number[],
  context: ReadContext,
): EntryPlan | undefined {
  const candidates = candidatesFor(level, segment.tag, loop);
  if (candidates === undefined) return undefined;
  for (const { entry, index, most } of candidates) {
    if (!hasConstants(entry, segment) || !isItsLevel(entry, candidates, nodes)) continue;
    const count = taken[index] as number;
    taken[index] = count + 1;
    if (count < most) return entry;
    if (isTooOften(entry)) reportTooOften(entry, segment, context);
  }
  return undefined;
}

/** The entries of the tag; where the guide has it at several places, those of this place. */
function candidatesFor(
  { byTag, byPlace }: LevelPlan,
  tag: string,
  loop: Loop | null,
): readonly Candidate[] | undefined {
  if (byPlace.size === 0) return byTag.get(tag);
  return byPlace.get(`${tag} ${loop?.id ?? ''}`) ?? byTag.get(tag);
}

/** CPS has no qualifier: of two kinds beside each other, the one with levels under it takes those that have any. */
function isItsLevel(entry: EntryPlan, candidates: readonly Candidate[], nodes: readonly Node[]): boolean {
  if (entry.depth === null || candidates.length === 1 || entry.constants.length > 0) return true;
  return entry.level === nodes.length > 0;
}

function hasConstants({ constants }: EntryPlan, segment: Segment): boolean {
  for (let index = 0; index < constants.length; index++) {
    const { element, component, values } = constants[index] as Constant;
    if (!values.includes(valueAt(segment, element, component))) return false;
  }
  return true;
}

function readEntry(
  entry: EntryPlan,
  segment: Segment,
  loop: Loop | null,
  nodes: readonly Node[],
  outer: Frame,
  context: ReadContext,
): void {
  const frame = entry.each === null ? outer : openItem(entry, entry.each, outer, context);
  const faults = context.faults.length;
  for (const read of entry.readCells) read(segment, frame, context);
  if (entry.says !== null && context.faults.length > faults) repeatWording(entry.says, faults, context);
  reportUncovered(entry, segment, context);
  for (const { set } of entry.when) set(frame);
  if (loop !== null) readLevel(entry.children, loop, 1, nodes, frame, context);
  if (entry.each !== null) closeItem(entry, entry.each, frame, outer, context);
  else for (const setDefault of entry.defaults) setDefault(frame, context);
}

/** What the partner says of the segment stands behind each fault of it that does not say it yet. */
function repeatWording(says: string, from: number, { faults }: ReadContext): void {
  for (let index = from; index < faults.length; index++) {
    const found = faults[index];
    if (found !== undefined && !found.message.includes(says))
      faults[index] = { ...found, message: `${found.message} ${says}` };
  }
}

/** Values of a segment that its entry does not bind. */
function reportUncovered({ cover }: EntryPlan, segment: Segment, context: ReadContext): void {
  const { values } = segment;
  for (let index = 0; index < values.length; index++) {
    const bits = index < cover.length ? (cover[index] as number) : 0;
    const value = values[index] as Value;
    if (bits === allComponents || value === '') continue;
    if (typeof value !== 'string') reportUncoveredParts(bits, value, segment, index + 1, context);
    else if ((bits & 1) === 0) reportUnmapped(context, segment, index + 1, null, value);
  }
  if (segment.repeats !== undefined) reportRepeats(cover, segment.repeats, segment, context);
}

function reportUncoveredParts(
  bits: number,
  parts: readonly string[],
  segment: Segment,
  element: number,
  context: ReadContext,
): void {
  for (let part = 0; part < parts.length; part++) {
    const text = parts[part] as string;
    if ((bits & (1 << part)) === 0 && text !== '') reportUnmapped(context, segment, element, part + 1, text);
  }
}

function reportRepeats(
  cover: readonly number[],
  repeats: NonNullable<Segment['repeats']>,
  segment: Segment,
  context: ReadContext,
): void {
  for (const [index, repetitions] of Object.entries(repeats)) {
    const element = Number(index) + 1;
    if (cover[Number(index)] === allComponents) continue;
    for (const value of repetitions.slice(1)) {
      const text = typeof value === 'string' ? value : value.join(' ');
      if (text !== '') reportUnmapped(context, segment, element, null, text);
    }
  }
}

/** Every value of a segment, and of the loop it opens, that no entry reads. */
function reportAll(segment: Segment, loop: Loop | null, nodes: readonly Node[], context: ReadContext): void {
  if (serviceTags.has(segment.tag)) return;
  for (const [index, value] of segment.values.entries()) {
    if (typeof value === 'string') {
      if (value !== '') reportUnmapped(context, segment, index + 1, null, value);
    } else
      for (const [part, text] of value.entries())
        if (text !== '') reportUnmapped(context, segment, index + 1, part + 1, text);
  }
  for (const member of loop?.members.slice(1) ?? []) {
    if (!isLoop(member)) reportAll(member, null, noNodes, context);
    else {
      const trigger = triggerOf(member);
      if (trigger !== undefined) reportAll(trigger, member, noNodes, context);
    }
  }
  for (const node of nodes) reportAll(node.trigger, node.loop, node.children, context);
}

/** A segment that did not come, though the guide says that a value in it must be there. */
function reportAbsent(entry: EntryPlan, loop: Loop, context: ReadContext): void {
  const trigger = triggerOf(loop);
  const place = trigger === undefined ? context.message.at : positionOf(context, trigger);
  for (const { element, component, name, guide, says } of entry.required) {
    const at = { ...place, tag: entry.tag, element, ...(component === null ? {} : { component }) };
    context.faults.push(fault('value-missing', { name, tag: entry.tag, element, guide, says }, at));
  }
}
