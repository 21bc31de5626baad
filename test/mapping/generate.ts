/**
 * Canonical documents made from a guide: they fill its fields, loops, lists in lists, groups, pairs and repeats, as far as
 * one segment can carry them. Which fields stand where, which values fit and how items are grouped is read off the guide's
 * tree; only whether a segment is whole is asked of the guide's own cells.
 */

import type { Slot } from '../../src/mapping/path.ts';
import { climb } from '../../src/mapping/path.ts';
import { type Fields, type Frame, type ListPlan, listIn, listMade } from '../../src/mapping/plan.ts';
import { decideCells, freeUses, without } from './generate-cells.ts';
import { defaultValue } from './generate-defaults.ts';
import {
  carry,
  decideDeciders,
  decideOne,
  isOptionalList,
  known,
  remember,
  remove,
  type State,
} from './generate-state.ts';
import type { CellNode, Model, ModelDefault, Node } from './generate-types.ts';
import type { Choices } from './generate-values.ts';

/** One document. @param items how many are in each list, everything being there that may; 0: what is there is left to chance */
export function generate(model: Model, standard: 'x12' | 'edifact', choices: Choices, items: number): Fields {
  const state: State = {
    model,
    standard,
    choices,
    full: items > 0,
    items,
    serial: 10,
    carriedSoFar: 0,
    known: new WeakMap(),
    decided: [],
    lists: new WeakMap(),
    made: [],
    said: new WeakMap(),
  };
  const frame: Frame = { object: {}, parent: null, list: '', index: 0 };
  decideDeciders(state, frame, '');
  fillLevel(state, model.root, frame, true);
  for (const each of model.defaults) applyDefault(state, each, frame);
  tidyUp(state);
  return frame.object;
}

function fillLevel(state: State, nodes: readonly Node[], frame: Frame, loop: boolean): void {
  const room = new Map(nodes.map(({ rank, room: most }) => [rank, most]));
  const out = withoutRoom(state, nodes);
  for (const node of nodes) {
    const { entry, rank } = node;
    if (entry.ignore !== null || entry.only === 'read') continue;
    const left = room.get(rank) ?? 0;
    let times = 0;
    if (left <= 0 || out.has(node)) leaveOut(state, node, frame);
    else if (node.each !== null) times = fillItems(state, node, frame, loop, left);
    else if (fillEntry(state, node, frame, loop && node.forced)) {
      times = 1;
      for (const each of node.defaults) applyDefault(state, each, frame);
    }
    room.set(rank, left - times);
  }
}

/** Where the guide has more lines for a place than the dictionary lets segments stand there: those whose turn it is not. */
function withoutRoom({ choices }: State, nodes: readonly Node[]): Set<Node> {
  const out = new Set<Node>();
  const written = nodes.filter(({ entry }) => entry.ignore === null && entry.only !== 'read');
  for (const rank of new Set(written.map((node) => node.rank))) {
    const here = written.filter((node) => node.rank === rank);
    const most = here[0]?.room ?? 0;
    const free = here.filter(({ forced }) => !forced);
    const surplus = here.length - most;
    if (surplus <= 0) continue;
    const start = choices.pick(free.length);
    for (let index = 0; index < surplus; index++) {
      const node = free[(start + index) % free.length];
      if (node !== undefined) out.add(node);
    }
  }
  return out;
}

/** Decides about the fields of one segment, and about all under it. Gives whether it will be written. */
function fillEntry(state: State, node: Node, frame: Frame, forced: boolean): boolean {
  if (!holds(state, node, frame)) return false;
  for (const cell of node.cells) if (cell.shape === 'repeat') fillRepeat(state, node, cell, frame);
  const { said, shell } = decideCells(state, node, frame, forced);
  if (!shell) for (const cell of node.cells) if (cell.shape === 'repeat') emptyList(state, cell, frame);
  const constant = node.plan.constant;
  const there = said || constant;
  if (there) noteConditions(state, node, frame);
  const before = state.carriedSoFar;
  const below = node.below.filter(({ each }) => !isGiven(each));
  if (shell) fillLevel(state, below, frame, there || forced);
  else for (const child of below) leaveOut(state, child, frame);
  const written = there || state.carriedSoFar > before;
  if (written) noteConditions(state, node, frame);
  return written;
}

/** Whether the entry's conditions hold; what is undecided is decided for it. */
function holds(state: State, node: Node, frame: Frame): boolean {
  return node.when.every(({ slot, values }, index) => {
    // An object is there when one of its fields is: the segments under the condition bring them.
    if (slot.type.kind === 'object') return values[0] === 'present' || slot.get(frame) === undefined;
    if (known(state, frame, slot) === undefined) decideOne(state, frame, slot, state.choices.chance());
    return node.plan.when[index]?.holds(frame) === true;
  });
}

function isGiven(each: Node['each']): boolean {
  return each !== null && each.given > 0;
}

/** What conditions say is found again by reading. */
function noteConditions(state: State, node: Node, frame: Frame): void {
  for (const { slot, values } of node.when) {
    const found = known(state, frame, slot);
    if (found !== undefined && slot.get(frame) === values[0]) carry(state, found);
  }
}

/** The items of the lists that an entry walks, each with its segment; in groups where the entry says so. */
function fillItems(state: State, node: Node, outer: Frame, loop: boolean, room: number): number {
  const { each } = node;
  if (each === null) return 0;
  const inner = node.below.some((child) => walksGroup(child));
  const frames =
    each.given > 0 ? membersOf(outer, each.given, node, state) : makeItems(state, node, outer, inner, loop);
  const groups = each.by === null ? frames.map((frame) => [frame]) : inGroups(frames, node, inner);
  let times = 0;
  for (const members of groups) if (times < room && fillGroup(state, node, members)) times++;
  return times;
}

function walksGroup(node: Node): boolean {
  return isGiven(node.each) || node.below.some(walksGroup);
}

function membersOf(outer: Frame, given: number, node: Node, state: State): Frame[] {
  const chain = node.each?.chain.slice(given) ?? [];
  return (outer.members ?? []).flatMap((member) => itemsBelow(state, node, member, chain, false, true));
}

function makeItems(state: State, node: Node, outer: Frame, grouped: boolean, loop: boolean): Frame[] {
  return itemsBelow(state, node, outer, node.each?.chain ?? [], grouped, loop && node.forced);
}

function itemsBelow(
  state: State,
  node: Node,
  outer: Frame,
  [list, ...chain]: readonly ListPlan[],
  grouped: boolean,
  forced: boolean,
): Frame[] {
  if (list === undefined) return [outer];
  const path = pathOf(outer);
  const own = hasFields(state, path === '' ? list.name : `${path}.${list.name}`);
  const lonely = chain.length > 0 && (!own || (!grouped && node.each?.by !== null));
  const items = itemsOf(state, node, outer, list, chain.length === 0, lonely, forced, grouped);
  return items.flatMap((item) => itemsBelow(state, node, item, chain, grouped, forced));
}

/** The guide writes something of the items themselves, by which reading can tell them apart. */
function hasFields({ model }: State, list: string): boolean {
  const known = lists.get(model) ?? new Set<string>();
  if (!lists.has(model))
    for (const [use] of model.uses.values())
      if (use !== undefined) known.add(use.slot.name.slice(0, -use.slot.keys.join('.').length - 1));
  lists.set(model, known);
  return known.has(list);
}

/** Lists of whose items themselves the guide writes something. */
const lists = new WeakMap<Model, Set<string>>();

/** The list's items, made when the first entry walks them. */
function itemsOf(
  state: State,
  node: Node,
  parent: Frame,
  list: ListPlan,
  last: boolean,
  lonely: boolean,
  forced: boolean,
  grouped: boolean,
): Frame[] {
  const lists = state.lists.get(parent.object) ?? new Map<string, Frame[]>();
  state.lists.set(parent.object, lists);
  const old = lists.get(list.name);
  if (old !== undefined) return old;
  const path = pathOf(parent);
  const least = forced || !isOptionalList(state, path, list) || !last ? 1 : 0;
  const many = state.full
    ? grouped && node.each?.by !== null && node.each?.chain.length === 1
      ? state.items * 2
      : state.items
    : least + state.choices.pick(2);
  const count = lonely ? 1 : Math.max(least, last ? Math.min(many, node.most) : many);
  const items: Frame[] = [];
  lists.set(list.name, items);
  for (let index = 0; index < count; index++) {
    const frame: Frame = { object: {}, parent, list: list.name, index };
    items.push(frame);
    listMade(parent.object, list).push(frame.object);
    decideDeciders(state, frame, path === '' ? list.name : `${path}.${list.name}`);
  }
  state.made.push({ parent, list, items });
  return items;
}

function pathOf({ parent, list }: Frame): string {
  if (parent === null) return '';
  const before = pathOf(parent);
  return before === '' ? list : `${before}.${list}`;
}

/** Which items stand in one group: neighbours in one list, or the items at the same place of several lists. */
function inGroups(frames: readonly Frame[], { each }: Node, grouped: boolean): Frame[][] {
  if (!grouped) return frames.map((frame) => [frame]);
  const groups = new Map<string, Frame[]>();
  for (const frame of frames) {
    const key = (each?.chain.length ?? 1) > 1 ? String(frame.index) : String(Math.floor(frame.index / 2));
    groups.set(key, [...(groups.get(key) ?? []), frame]);
  }
  return [...groups.values()];
}

/** One item, or several that share what the group's segments say. */
function fillGroup(state: State, node: Node, members: readonly Frame[]): boolean {
  const [first, ...others] = members;
  if (first === undefined) return false;
  const grouped = node.each?.by !== null;
  for (const slot of node.by)
    if (known(state, first, slot) === undefined)
      decideOne(state, first, slot, !isAsked(node, slot) || state.choices.chance());
  const frame = grouped ? { ...first, members } : first;
  if (!holds(state, node, frame)) {
    for (const other of others) share(state, first, other);
    return false;
  }
  const written = fillEntry(state, node, frame, true);
  for (const other of others) share(state, first, other);
  if (written) for (const member of members) say(state, member);
  for (const child of node.below)
    if (isGiven(child.each)) fillItems(state, child, frame, true, Number.POSITIVE_INFINITY);
  if (written)
    for (const member of members) for (const each of node.defaults) applyDefault(state, each, member);
  return written;
}

/** The entry is only for items that have the field, or that have it not. */
function isAsked({ when }: Node, { name }: Slot): boolean {
  return when.some(({ slot }) => slot.name === name);
}

/** The item stands in the message, and so do those around it. */
function say(state: State, frame: Frame): void {
  if (!state.said.has(frame.object)) state.said.set(frame.object, state.serial++);
  if (frame.parent !== null) say(state, frame.parent);
}

/** Gives another item of the group what is decided about the first. */
function share(state: State, from: Frame, to: Frame): void {
  for (const { slot, there, carried } of state.known.get(from.object)?.values() ?? []) {
    const own = { ...slot, up: 0 };
    if (known(state, to, own) !== undefined) continue;
    if (there) slot.set(to, slot.get(from));
    const copy = remember(state, to, own, there);
    if (carried) carry(state, copy);
  }
}

function fillRepeat(state: State, { entry }: Node, cell: CellNode, frame: Frame): void {
  const list: ListPlan = { name: cell.list.join('.'), keys: cell.list };
  const lists = state.lists.get(frame.object) ?? new Map<string, Frame[]>();
  state.lists.set(frame.object, lists);
  if (lists.has(list.name)) return;
  // Some segments repeat for as many items as there are; others hold what they hold.
  const most = entry.each !== null ? cell.room : cell.room + 2;
  const count = state.full
    ? state.items > 1
      ? most
      : 1
    : state.choices.chance()
      ? 1 + state.choices.pick(most)
      : 0;
  const items: Frame[] = [];
  lists.set(list.name, items);
  for (let index = 0; index < count; index++) {
    const item: Frame = { object: {}, parent: frame, list: list.name, index };
    for (const { slot } of cell.uses) carry(state, decideOne(state, item, slot, true));
    items.push(item);
    listMade(frame.object, list).push('.' in item.object ? item.object['.'] : item.object);
    say(state, item);
  }
}

function emptyList(state: State, { list }: CellNode, frame: Frame): void {
  state.lists.get(frame.object)?.set(list.join('.'), []);
  remove(frame.object, list);
}

/** No field of this entry, or of any under it, is there. */
function leaveOut(state: State, node: Node, frame: Frame): void {
  if (node.each !== null) {
    const [list] = node.each.chain;
    const lists = state.lists.get(frame.object) ?? new Map<string, Frame[]>();
    state.lists.set(frame.object, lists);
    if (list !== undefined && !isGiven(node.each) && !lists.has(list.name)) lists.set(list.name, []);
    return;
  }
  for (const use of freeUses(state, node, frame)) without(state, frame, use);
  for (const child of node.below) leaveOut(state, child, frame);
}

/** What reading sets where the message says nothing. */
function applyDefault(state: State, each: ModelDefault, frame: Frame): void {
  const { slot } = each;
  if (slot.get(frame) !== undefined && known(state, frame, slot)?.carried === true) return;
  if (listIn(climb(frame, slot.up).object, { name: '', keys: slot.keys })?.length) return;
  const value = defaultValue(each.of.value, each.scope, frame);
  if (value === undefined) return;
  slot.set(frame, value);
  carry(state, remember(state, frame, slot, true));
}

/** Takes away what no segment carries: fields, items, and lists without items. */
function tidyUp(state: State): void {
  for (const { frame, slot, there, carried } of state.decided) {
    const current = known(state, frame, slot);
    if (there && !carried && current?.carried !== true && slot.get(frame) !== undefined)
      remove(climb(frame, slot.up).object, slot.keys);
  }
  for (const { parent, list, items } of [...state.made].reverse()) {
    const place = ({ object }: Frame) => state.said.get(object) ?? 0;
    const kept = items
      .filter(({ object }) => state.said.has(object) && Object.keys(object).length > 0)
      .sort((a, b) => place(a) - place(b));
    if (kept.length === 0) remove(parent.object, list.keys);
    else {
      const values = listMade(parent.object, list);
      values.splice(0, values.length, ...kept.map(({ object }) => ('.' in object ? object['.'] : object)));
    }
  }
}
