/**
 * Writing: takes a canonical document; gives the segments of a message in the guide's order, without ST/SE or UNH/UNT.
 * A segment is written when one of its fields, or something under it, has a value; a segment of constants always.
 */
import type { OutSegment } from '../interchange/write.ts';
import type { GuidePlan } from './compile.ts';
import type { EntryPlan, Fields, Frame, LevelPlan, Row, WriteContext } from './plan.ts';

/** Writes a document through a compiled guide; segments and faults are collected in the context. */
export function writeDocument(plan: GuidePlan, document: Fields, context: WriteContext): void {
  writeLevel(plan.root, { object: document, parent: null, list: '', index: 0 }, context);
}

function writeLevel(level: LevelPlan, frame: Frame, context: WriteContext): void {
  for (const entry of level.entries) {
    if (entry.ignore || entry.only === 'read') continue;
    if (entry.each === null) writeEntry(entry, frame, context);
    else writeEach(entry, entry.each.chain, entry.each.plain, frame, context);
  }
}

function writeEach(
  entry: EntryPlan,
  [list = '', ...inner]: readonly string[],
  plain: boolean,
  outer: Frame,
  context: WriteContext,
): void {
  const items = (outer.object[list] as unknown[] | undefined) ?? [];
  for (const [index, item] of items.entries()) {
    const object = plain && inner.length === 0 ? { '.': item } : (item as Fields);
    const frame: Frame = { object, parent: outer, list, index };
    if (inner.length === 0) writeEntry(entry, frame, context);
    else writeEach(entry, inner, plain, frame, context);
  }
}

function writeEntry(entry: EntryPlan, frame: Frame, context: WriteContext): void {
  if (!entry.when.every(({ holds }) => holds(frame))) return;
  if (entry.repeat !== null) {
    writeRepeated(entry, frame, context);
    return;
  }
  const faults = context.faults.length;
  const row: Row = { values: [], said: new Set() };
  for (const write of entry.writeCells) write(row, frame, context);
  dropIncomplete(row, entry);
  const at = context.out.length;
  context.out.push(toSegment(entry, row));
  writeLevel(entry.children, frame, context);
  const written = row.said.size > 0 || entry.constant || context.out.length > at + 1;
  if (written) return;
  context.out.length = at;
  if (entry.required.length === 0) context.faults.length = faults;
}

function dropIncomplete({ values, said }: Row, { syntax, wholes }: EntryPlan): void {
  for (const { element, components } of wholes) {
    const value = values[element - 1];
    if (!Array.isArray(value) || components.every((part) => (value[part] ?? '') !== '')) continue;
    values[element - 1] = undefined;
    said.delete(element);
  }
  for (const { all, drop } of syntax) {
    if (all.every((element) => (values[element - 1] ?? '') !== '')) continue;
    for (const element of drop) {
      values[element - 1] = undefined;
      said.delete(element);
    }
  }
}

/** As many segments as the items need: an SDQ holds ten locations. */
function writeRepeated(entry: EntryPlan, frame: Frame, context: WriteContext): void {
  const repeat = entry.repeat;
  if (repeat === null) return;
  const items = (repeat.list(frame) as Fields[] | undefined) ?? [];
  for (let from = 0; from < items.length; from += repeat.perSegment) {
    const row: Row = { values: [], said: new Set() };
    for (const write of entry.writeCells) write(row, frame, context);
    repeat.write(row, items.slice(from, from + repeat.perSegment), frame, context);
    context.out.push(toSegment(entry, row));
  }
}

function toSegment(entry: EntryPlan, row: Row): OutSegment {
  const values = Array.from(row.values, (value) => {
    if (value === undefined) return '';
    return typeof value === 'string' ? value : Array.from(value, (part) => part ?? '');
  });
  return { tag: entry.tag, values, ...(entry.depth === null ? {} : { depth: entry.depth }) };
}
