/**
 * Reading: takes a message placed in loops; gives the frame of a document, filled by the compiled guide. What no line of
 * the guide reads is reported, never dropped. Values that cannot be read are faults.
 */
import { isDeepStrictEqual } from 'node:util';
import { fault } from '../fault.ts';
import { isLoop, type Loop, type Segment } from '../interchange/interchange.ts';
import type { GuidePlan } from './compile.ts';
import { hierarchyOf, isHierarchical, type Node, noNodes, triggerOf } from './hierarchy.ts';
import {
  allComponents,
  type EachPlan,
  type EntryPlan,
  type Fields,
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
  for (const setDefault of plan.defaults) setDefault(frame);
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
  const used: EntryPlan[] = [];
  const { members } = loop;
  for (let index = from; index < members.length; index++) {
    const member = members[index];
    if (member === undefined) continue;
    if (!isLoop(member)) readOne(level, member, null, noNodes, frame, context, used);
    else if (!isHierarchical(member)) {
      const trigger = triggerOf(member);
      if (trigger !== undefined) readOne(level, trigger, member, noNodes, frame, context, used);
    }
  }
  for (const node of nodes) readOne(level, node.trigger, node.loop, node.children, frame, context, used);
  for (const entry of level.requiring) if (!used.includes(entry)) reportAbsent(entry, loop, context);
}

function readOne(
  level: LevelPlan,
  segment: Segment,
  loop: Loop | null,
  nodes: readonly Node[],
  frame: Frame,
  context: ReadContext,
  used: EntryPlan[],
): void {
  const entry = entryFor(level, segment, used);
  if (entry !== undefined) readEntry(entry, segment, loop, nodes, frame, context);
  else reportAll(segment, loop, nodes, context);
}

/** The first entry whose constants the segment has, and which is not used up. */
function entryFor(level: LevelPlan, segment: Segment, used: EntryPlan[]): EntryPlan | undefined {
  const candidates = level.byTag.get(segment.tag);
  if (candidates === undefined) return undefined;
  for (const entry of candidates) {
    if (!hasConstants(entry, segment)) continue;
    if (entry.each !== null || entry.repeat !== null || entry.ignore) return entry;
    if (used.includes(entry)) continue;
    used.push(entry);
    return entry;
  }
  return undefined;
}

function hasConstants(entry: EntryPlan, segment: Segment): boolean {
  for (const { element, component, values } of entry.constants)
    if (!values.includes(valueAt(segment, element, component))) return false;
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
  if (entry.ignore) return;
  const frame = entry.each === null ? outer : newFrame(entry.each, outer);
  for (const read of entry.readCells) read(segment, frame, context);
  reportUncovered(entry, segment, context);
  for (const { set } of entry.when) set(frame);
  if (loop !== null) readLevel(entry.children, loop, 1, nodes, frame, context);
  for (const setDefault of entry.defaults) setDefault(frame);
  if (entry.each !== null) attach(entry.each, frame);
}

function newFrame(each: EachPlan, outer: Frame): Frame {
  let frame = outer;
  for (const list of each.chain) frame = { object: {}, parent: frame, list, index: 0 };
  return frame;
}

/** Puts the item into its list; where `each` walks lists in lists, into the outer item that has equal values. */
function attach(each: EachPlan, frame: Frame): void {
  const parent = frame.parent;
  if (parent === null) return;
  const item = each.plain ? frame.object['.'] : frame.object;
  if (item === undefined) return;
  const list = listOf(parent, frame.list);
  frame.index = list.length;
  list.push(item);
  for (let left = each.chain.length - 1, inner = frame; left > 0; left--) {
    const middle = inner.parent;
    if (middle === null) return;
    merge(middle, inner);
    inner = middle;
  }
}

function merge(middle: Frame, inner: Frame): void {
  if (middle.parent === null) return;
  const siblings = listOf(middle.parent, middle.list) as Fields[];
  const twin = siblings.findIndex((other) => sameBut(inner.list, other, middle.object));
  middle.index = twin < 0 ? siblings.length : twin;
  const kept = siblings[twin];
  if (kept === undefined) {
    siblings.push(middle.object);
    return;
  }
  const items = listOf({ ...middle, object: kept }, inner.list);
  inner.index = items.length;
  items.push(...((middle.object[inner.list] as unknown[] | undefined) ?? []));
}

function sameBut(list: string, a: Fields, b: Fields): boolean {
  return isDeepStrictEqual({ ...a, [list]: null }, { ...b, [list]: null });
}

function listOf(frame: Frame, name: string): unknown[] {
  const found = frame.object[name] as unknown[] | undefined;
  if (found !== undefined) return found;
  const list: unknown[] = [];
  frame.object[name] = list;
  return list;
}

/** Values of a segment that its entry does not bind. */
function reportUncovered(entry: EntryPlan, segment: Segment, context: ReadContext): void {
  const { values } = segment;
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    const bits = entry.cover[index] ?? 0;
    if (value === undefined || value === '' || bits === allComponents) continue;
    if (typeof value === 'string') {
      if ((bits & 1) === 0) reportUnmapped(context, segment, index + 1, null, value);
      continue;
    }
    for (let part = 0; part < value.length; part++) {
      const text = value[part] ?? '';
      if (text !== '' && (bits & (1 << part)) === 0)
        reportUnmapped(context, segment, index + 1, part + 1, text);
    }
  }
  if (segment.repeats !== undefined) reportRepeats(entry, segment, context);
}

function reportRepeats(entry: EntryPlan, segment: Segment, context: ReadContext): void {
  for (const [index, repetitions] of Object.entries(segment.repeats ?? {})) {
    const element = Number(index) + 1;
    if (entry.cover[Number(index)] === allComponents) continue;
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
  const trigger = loop.id === '' ? undefined : triggerOf(loop);
  const place = trigger === undefined ? context.message.at : positionOf(context, trigger);
  for (const { element, component, name } of entry.required) {
    const at = { ...place, tag: entry.tag, element, ...(component === null ? {} : { component }) };
    context.faults.push(fault('value-missing', { name, tag: entry.tag, element }, at));
  }
}
