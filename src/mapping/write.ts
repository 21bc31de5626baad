/**
 * Writing: takes a canonical document; gives the segments of a message in the guide's order, without ST/SE or UNH/UNT.
 * A segment is written when one of its fields, or something under it, has a value; a segment of constants always.
 */
import type { OutSegment } from '../interchange/write.ts';
import { reportWritten } from './agreed.ts';
import type { GuidePlan } from './compile.ts';
import {
  type EachPlan,
  type EntryPlan,
  type Fields,
  type Frame,
  type Getter,
  type LevelPlan,
  type ListPlan,
  listIn,
  type RepeatPlan,
  type Row,
  saidBit,
  type WriteContext,
  writeFault,
} from './plan.ts';

/** Writes a document through a compiled guide; segments and faults are collected in the context. */
export function writeDocument(plan: GuidePlan, document: Fields, context: WriteContext): void {
  writeLevel(plan.root, { object: document, parent: null, list: '', index: 0 }, context);
}

function writeLevel(level: LevelPlan, frame: Frame, context: WriteContext): void {
  for (const entry of level.entries) {
    if (entry.ignore || entry.only === 'read') continue;
    const times = isPassedBy(entry, frame) ? 0 : writeAll(entry, frame, context);
    if (entry.agreed !== null) reportWritten(entry, times, context);
  }
}

function isPassedBy({ sources }: EntryPlan, { object }: Frame): boolean {
  if (sources === null) return false;
  for (const key of sources) if (object[key] !== undefined) return false;
  return true;
}

function writeAll(entry: EntryPlan, frame: Frame, context: WriteContext): number {
  return entry.each === null
    ? writeEntry(entry, frame, context)
    : writeItems(entry, entry.each, frame, context);
}

/** Gives how many segments were written. */
function writeItems(entry: EntryPlan, each: EachPlan, outer: Frame, context: WriteContext): number {
  const frames = each.given > 0 ? membersOf(outer, each) : itemsOf(outer, each.chain, each.plain);
  const written = each.by === null ? frames : groupsOf(frames, each.by);
  let times = 0;
  for (const frame of written) times += writeEntry(entry, frame, context);
  return times;
}

/** The items of the group around, or of lists in them. */
function* membersOf({ members = [] }: Frame, { chain, given, plain }: EachPlan): Generator<Frame> {
  for (const member of members) yield* itemsOf(member, chain.slice(given), plain);
}

function* itemsOf(outer: Frame, chain: readonly ListPlan[], plain: boolean): Generator<Frame> {
  const [list, ...inner] = chain;
  if (list === undefined) {
    yield outer;
    return;
  }
  for (const [index, item] of (listIn(outer.object, list) ?? []).entries()) {
    const object = plain && inner.length === 0 ? { '.': item } : (item as Fields);
    const frame: Frame = { object, parent: outer, list: list.name, index };
    if (inner.length === 0) yield frame;
    else yield* itemsOf(frame, inner, plain);
  }
}

/** One frame for each distinct combination of values, in the order of their first item. */
function groupsOf(frames: Iterable<Frame>, by: readonly Getter[]): Frame[] {
  const groups = new Map<string, [Frame, ...Frame[]]>();
  for (const frame of frames) {
    const key = JSON.stringify(by.map((get) => get(frame) ?? null));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [frame]);
    else group.push(frame);
  }
  return [...groups.values()].map((members) => ({ ...members[0], members }));
}

function writeEntry(entry: EntryPlan, frame: Frame, context: WriteContext): number {
  if (!entry.when.every(({ holds }) => holds(frame))) return 0;
  if (entry.repeat !== null && entry.each === null) return writeRepeated(entry, entry.repeat, frame, context);
  const row: Row = { values: [], said: 0 };
  for (const write of entry.writeCells) write(row, frame, context);
  if (entry.repeat !== null) writeBeside(entry, entry.repeat, row, frame, context);
  dropIncomplete(row, entry);
  if (frame.members !== undefined) reportDifferences(entry, row, frame.members, context);
  if (row.said === 0 && !entry.constant && entry.children.entries.length === 0) return 0;
  const at = context.out.length;
  const faults = context.faults.length;
  context.out.push(toSegment(entry, row));
  writeLevel(entry.children, frame, context);
  if (row.said !== 0 || entry.constant || context.out.length > at + 1) return 1;
  context.out.length = at;
  forgetMissing(context, faults);
  return 0;
}

/** What a group says of its items has to be true of each: the lot of the first carton is not that of all. */
function reportDifferences(
  entry: EntryPlan,
  row: Row,
  members: readonly Frame[],
  context: WriteContext,
): void {
  for (const member of members.slice(1)) {
    const other: Row = { values: [], said: 0 };
    for (const write of entry.writeCells) write(other, member, { ...context, faults: [] });
    dropIncomplete(other, entry);
    const element = differenceOf(row, other);
    if (element === null) continue;
    const [value, another] = [row, other].map(({ values }) => shown(values[element - 1]));
    writeFault(context, 'group-differs', entry.tag, { element, component: null }, { value, another });
    return;
  }
}

/** The first element in which a field has another value; totals are of the whole group, and so not compared. */
function differenceOf(a: Row, b: Row): number | null {
  for (let element = 1; element <= Math.max(a.values.length, b.values.length); element++) {
    if (((a.said | b.said) & saidBit(element)) === 0) continue;
    if (shown(a.values[element - 1]) !== shown(b.values[element - 1])) return element;
  }
  return null;
}

function shown(value: Row['values'][number]): string {
  const text = Array.isArray(value) ? value.join(' ') : (value ?? '');
  return text === '' ? 'nothing' : text;
}

/** What has to stand in a loop is not missing where the loop is not written. */
function forgetMissing({ faults }: WriteContext, from: number): void {
  const kept = faults.slice(from).filter(({ code }) => code !== 'guide-segment-missing');
  faults.splice(from, faults.length - from, ...kept);
}

function dropIncomplete(row: Row, { syntax, wholes }: EntryPlan): void {
  const { values } = row;
  for (const { element, components } of wholes) {
    const value = values[element - 1];
    if (!Array.isArray(value) || components.every((part) => (value[part] ?? '') !== '')) continue;
    values[element - 1] = undefined;
    row.said &= ~saidBit(element);
  }
  for (const { all, drop } of syntax) {
    if (all.every((element) => (values[element - 1] ?? '') !== '')) continue;
    for (const element of drop) {
      values[element - 1] = undefined;
      row.said &= ~saidBit(element);
    }
  }
}

/** In the segment of an item of its own, an RCD: as many as it has places for. */
function writeBeside(
  { tag }: EntryPlan,
  repeat: RepeatPlan,
  row: Row,
  frame: Frame,
  context: WriteContext,
): void {
  const items = (repeat.list(frame) as Fields[] | undefined) ?? [];
  repeat.write(row, items.slice(0, repeat.perSegment), frame, context);
  const left = items.length - repeat.perSegment;
  if (left <= 0) return;
  const at = { element: repeat.first, component: null };
  writeFault(context, 'places-full', tag, at, { places: repeat.perSegment, value: `${left} more` });
}

/** As many segments as the items need: an SDQ holds ten locations. */
function writeRepeated(entry: EntryPlan, repeat: RepeatPlan, frame: Frame, context: WriteContext): number {
  const items = (repeat.list(frame) as Fields[] | undefined) ?? [];
  for (let from = 0; from < items.length; from += repeat.perSegment) {
    const row: Row = { values: [], said: 0 };
    for (const write of entry.writeCells) write(row, frame, context);
    repeat.write(row, items.slice(from, from + repeat.perSegment), frame, context);
    context.out.push(toSegment(entry, row));
  }
  return Math.ceil(items.length / repeat.perSegment);
}

function toSegment({ tag, depth }: EntryPlan, { values: cells, repeats }: Row): OutSegment {
  const values: (string | string[])[] = [];
  let last = cells.length;
  while (last > 0 && cells[last - 1] === undefined) last--;
  for (let index = 0; index < last; index++) values.push(filled(cells[index]));
  if (repeats !== undefined) return { tag, values, repeats, ...(depth === null ? {} : { depth }) };
  return depth === null ? { tag, values } : { tag, values, depth };
}

function filled(cell: string | string[] | undefined): string | string[] {
  if (cell === undefined) return '';
  if (typeof cell === 'string') return cell;
  for (let part = 0; part < cell.length; part++) cell[part] ??= '';
  return cell;
}
