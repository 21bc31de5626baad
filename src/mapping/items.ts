/**
 * Items of lists while a message is read: opened when their segment comes, put into their list when all under it is read.
 * A group (`each: cartons by pallet`) is no item: what its segments say is given to every item that is read under it.
 */
import { climb } from './path.ts';
import {
  append,
  type EachPlan,
  type EntryPlan,
  type Fields,
  type Frame,
  type Group,
  type ListPlan,
  listMade,
  type ReadContext,
  type Trace,
} from './plan.ts';
import { implied, siblingOf } from './siblings.ts';

/** A new item of the lists that `each` walks; its fields are not in the document yet. */
export function openItem(entry: EntryPlan, each: EachPlan, outer: Frame, context: ReadContext): Frame {
  const { chain, by } = each;
  const [only] = chain;
  // Most lists are in what stands around, and their items are no group.
  if (only !== undefined && chain.length === 1 && each.given === 0 && by === null)
    return { object: {}, parent: outer, list: only.name, index: 0 };
  const around = each.given > 0 ? outer.group : undefined;
  let frame = around?.outer ?? outer;
  const start = frame;
  const traced = context.trace?.length ?? 0;
  chain.forEach(({ name }, level) => {
    const given = around === undefined || level >= each.given ? undefined : groupLevel(outer, each, level);
    const object = given === undefined ? {} : structuredClone(given.object);
    const next: Frame = { object, parent: frame, list: name, index: 0 };
    if (given !== undefined && around !== undefined) inheritTraces(around, outer, given, next, context);
    frame = next;
  });
  if (by === null) return frame;
  const group: Group = {
    entry,
    each,
    around: around === undefined ? null : outer,
    outer: start,
    traced,
    rows: null,
    items: 0,
  };
  return { ...frame, group };
}

/** The group's own frame of one of its lists: 0 is the outermost. */
function groupLevel(group: Frame, { given }: EachPlan, level: number): Frame {
  return climb(group, given - 1 - level);
}

/** Each item has the lineage of what its group said. */
function inheritTraces(group: Group, own: Frame, from: Frame, to: Frame, { trace }: ReadContext): void {
  if (trace === null) return;
  group.rows ??= tracesOf(group, own, trace);
  for (const row of group.rows) if (row.frame === from) trace.push({ ...row, frame: to });
}

function tracesOf(group: Group, own: Frame, trace: readonly Trace[]): Trace[] {
  const frames = new Set<Frame>();
  for (let frame: Frame | null = own; frame !== null && frame !== group.outer; frame = frame.parent)
    frames.add(frame);
  return trace.slice(group.traced).filter(({ frame }) => frames.has(frame));
}

/** Puts a whole item into its list. A group that had items is no item itself. */
export function closeItem(
  entry: EntryPlan,
  each: EachPlan,
  frame: Frame,
  outer: Frame,
  context: ReadContext,
): void {
  if (frame.group !== undefined && frame.group.items > 0) {
    forgetTraces(frame.group, context);
    if (outer.group !== undefined && each.given > 0) outer.group.items += frame.group.items;
    return;
  }
  for (const setDefault of entry.defaults) setDefault(frame, context);
  if (each.given > 0 && outer.group !== undefined) {
    outer.group.items += 1;
    setGroupDefaults(outer, each, frame, context);
  }
  attach(each, frame);
}

/** A field of the group that neither the group nor the item gave. */
function setGroupDefaults(
  around: Frame,
  { chain, given }: EachPlan,
  item: Frame,
  context: ReadContext,
): void {
  if (around.group === undefined) return;
  const level = climb(item, chain.length - given);
  for (const setDefault of around.group.entry.defaults) setDefault(level, context);
  if (around.group.around !== null) setGroupDefaults(around.group.around, around.group.each, level, context);
}

function forgetTraces({ rows }: Group, { trace }: ReadContext): void {
  if (trace === null || rows === null || rows.length === 0) return;
  const gone = new Set(rows);
  const kept = trace.filter((row) => !gone.has(row));
  trace.splice(0, trace.length, ...kept);
}

/**
 * Puts the item into its list; where `each` walks lists in lists, into the outer item that has equal values, or into the
 * only one that has all of them.
 */
function attach(each: EachPlan, frame: Frame): void {
  const parent = frame.parent;
  const last = each.chain[each.chain.length - 1];
  if (parent === null || last === undefined) return;
  const item = each.plain ? frame.object['.'] : frame.object;
  if (item === undefined) return;
  frame.index = append(parent.object, last, item);
  for (let level = each.chain.length - 1, inner = frame; level > 0; level--) {
    const middle = inner.parent;
    const [outerList, innerList] = [each.chain[level - 1], each.chain[level]];
    if (middle === null || outerList === undefined || innerList === undefined) return;
    joinOuter(middle, outerList, inner, innerList);
    inner = middle;
  }
}

function joinOuter(middle: Frame, outerList: ListPlan, inner: Frame, innerList: ListPlan): void {
  if (middle.parent === null) return;
  const siblings = listMade(middle.parent.object, outerList) as Fields[];
  const index = siblingOf(middle.object, siblings, innerList);
  const kept = siblings[index];
  middle.index = kept === undefined ? siblings.length : index;
  if (kept === undefined) {
    siblings.push(middle.object);
    implied(middle.object);
    return;
  }
  const items = listMade(kept, innerList);
  inner.index = items.length;
  items.push(...listMade(middle.object, innerList));
}
