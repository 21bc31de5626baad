/**
 * `{ repeat: distribution, of: [location, quantity] }`: items of a list side by side in the elements of one segment, and
 * `{ repeats: notes, of: . }`: items in the repetitions of one element (X12 from 004020, EDIFACT syntax 4).
 */
import type { Position } from '../fault.ts';
import type { ElementUse } from '../interchange/dictionary/dictionary.ts';
import type { Segment } from '../interchange/interchange.ts';
import { type CellPlan, type CellScope, compileField } from './cell.ts';
import type { Binding, CellPosition } from './notation.ts';
import { resolveEach, resolvePath, type Scope, type Slot } from './path.ts';
import {
  type Fields,
  type Frame,
  put,
  type ReadContext,
  reportUnmapped,
  saidBit,
  textAt,
  type WriteCell,
  type WriteContext,
  writeFault,
} from './plan.ts';
import { type Port, readPort } from './ports.ts';
import type { Place } from './problem.ts';
import { elementUse, type RuledSpot, spotOf } from './spot.ts';

interface Field {
  readonly element: number;
  readonly component: number | null;
  readonly spot: RuledSpot;
  readonly port: Port;
}

type RepeatBinding = Binding & { kind: 'repeat' | 'repeats' };

/** The list that is repeated, and what its items are. */
interface Items {
  readonly slot: Slot;
  readonly scope: Scope;
  /** The items are texts, not objects. */
  readonly plain: boolean;
}

function itemsOf(binding: RepeatBinding, { scope, problems }: CellScope): Items | null {
  const list = resolveEach(binding.list, scope, problems);
  const slot = list === null ? null : resolvePath(binding.list, scope, problems);
  return list === null || slot === null ? null : { slot, scope: list, plain: list.type.kind !== 'object' };
}

function frameFor({ scope, plain }: Items, item: unknown, parent: Frame, index: number): Frame {
  return { object: plain ? { '.': item } : (item as Fields), parent, list: scope.list, index };
}

/** Items in groups of elements, or in one composite each. */
export function repeatCell(
  binding: Binding & { kind: 'repeat' },
  position: CellPosition,
  at: Place,
  into: CellScope,
): CellPlan | null {
  const items = itemsOf(binding, into);
  if (items === null) return null;
  const { length } = into.rule.elements;
  const last = Math.min(position.to ?? length, length);
  const size = binding.components === null ? binding.of.length : 1;
  const groups: Field[][] = [];
  for (let first = position.element; first + size - 1 <= last; first += size) {
    const group = groupAt(binding, first, at, items, into, groups[0]);
    if (group === null) return null;
    groups.push(group);
  }
  return {
    read: (segment, frame, context) => {
      const { length } = segment.values;
      for (let nth = 0; position.element + nth * size <= length; nth++) {
        const group = groups[nth];
        if (group === undefined) return;
        readItem(items, group, segment, frame, context);
      }
    },
    repeat: {
      first: position.element,
      list: items.slot.get,
      perSegment: groups.length,
      write: (row, some, frame, context) => {
        for (const [index, item] of some.entries()) {
          const own = frameFor(items, item, frame, index);
          for (const { element, component, spot, port } of groups[index] ?? []) {
            const text = port.write(own, context, spot);
            if (text !== '' || component === null) put(row, element, component, text);
            row.said |= saidBit(element);
          }
        }
      },
    },
    cover: Array.from(
      { length: groups.length * size },
      (_, index) => [position.element + index, 'all'] as const,
    ),
    field: true,
  };
}

/** The fields of one item; one that falls on a composite takes its first component. `like`: another item's, whose ports it shares. */
function groupAt(
  { of, components }: RepeatBinding,
  first: number,
  at: Place,
  { scope }: Items,
  into: CellScope,
  like?: readonly Field[],
): Field[] | null {
  const group: Field[] = [];
  for (const [index, field] of of.entries()) {
    const element = components === null ? first + index : first;
    const use = elementUse(into.rule, { element, component: null, to: null }, at, into.problems);
    if (use === null) return null;
    const component = components?.[index] ?? (use.composite === null ? null : 1);
    const spot = spotOf(into.rule, { element, component, to: null }, at, into.problems);
    const twin = like?.[index];
    const port =
      spot === null || twin?.spot.rule === spot.rule
        ? (twin?.port ?? null)
        : compileField(field, spot, { ...into, scope });
    if (spot === null || port === null) return null;
    group.push({ element, component, spot, port });
  }
  return group;
}

function readItem(
  items: Items,
  group: readonly Field[],
  segment: Segment,
  frame: Frame,
  context: ReadContext,
): void {
  let item: Frame | null = null;
  for (const { element, component, spot, port } of group) {
    const raw = textAt(segment, element, component);
    if (raw === '') continue;
    item ??= frameFor(items, items.plain ? undefined : {}, frame, listOf(items, frame).length);
    readPort(port, raw, segment, item, context, '', spot);
  }
  reportRest(group, segment, context);
  if (item === null) return;
  const value = items.plain ? item.object['.'] : item.object;
  if (value !== undefined) listOf(items, frame).push(value);
}

/** Parts of a composite that no field of the item takes. */
function reportRest(group: readonly Field[], segment: Segment, context: ReadContext): void {
  for (const { element, component } of group) {
    const value = segment.values[element - 1];
    if (
      typeof value !== 'object' ||
      group.find((field) => field.element === element)?.component !== component
    )
      continue;
    const taken = group.flatMap((field) => (field.element === element ? [field.component ?? 1] : []));
    for (const [part, text] of value.entries())
      if (text !== '' && !taken.includes(part + 1)) reportUnmapped(context, segment, element, part + 1, text);
  }
}

function listOf({ slot }: Items, frame: Frame): unknown[] {
  const found = slot.get(frame) as unknown[] | undefined;
  if (found !== undefined) return found;
  const list: unknown[] = [];
  slot.set(frame, list);
  return list;
}

/** Items in the repetitions of one element. */
export function repeatsCell(
  binding: Binding & { kind: 'repeats' },
  position: CellPosition,
  at: Place,
  into: CellScope,
): CellPlan | null {
  const { element } = position;
  const items = itemsOf(binding, into);
  const use = items === null ? null : repeatingUse(element, at, into);
  const group = items === null || use === null ? null : groupAt(binding, element, at, items, into);
  if (items === null || use === null || group === null) return null;
  if (binding.components === null && group.length > 1) {
    into.problems.add(
      at,
      "A repetition is one value, or a composite: 'of' names one field, or fields by component.",
    );
    return null;
  }
  return {
    read: (segment, frame, context) => readRepetitions(items, group, element, segment, frame, context),
    early: repetitionsWriter(items, group, use, into.rule.tag),
    cover: [[element, 'all']],
    field: true,
  };
}

/** The element, which the dictionary must let repeat: another is not split when it is read. */
function repeatingUse(element: number, at: Place, { rule, problems }: CellScope): ElementUse | null {
  const use = elementUse(rule, { element, component: null, to: null }, at, problems);
  if (use === null || use.repeat > 1) return use;
  const others = rule.elements.filter(({ repeat }) => repeat > 1).map(({ position }) => String(position));
  problems.add(
    at,
    `${rule.tag} element ${element} does not repeat.`,
    others.length === 0
      ? `No element of ${rule.tag} does: give each value a segment of its own with 'each'.`
      : `${rule.tag} has repetitions in element ${others.join(', ')}.`,
  );
  return null;
}

/** Each repetition is read as if it stood there alone; what is said of it names which one it is. */
function readRepetitions(
  items: Items,
  group: readonly Field[],
  element: number,
  segment: Segment,
  frame: Frame,
  context: ReadContext,
): void {
  const all = segment.repeats?.[element - 1] ?? segment.values.slice(element - 1, element);
  for (const [nth, value] of all.entries()) {
    const values = [...segment.values];
    values[element - 1] = value;
    const marks = [context.faults.length, context.unmapped.length, context.trace?.length ?? 0];
    readItem(items, group, { ...segment, values }, frame, context);
    if (nth === 0) continue;
    for (const [kind, found] of [context.faults, context.unmapped, context.trace ?? []].entries())
      for (let index = marks[kind] ?? 0; index < found.length; index++) {
        const each = found[index] as { readonly at?: Position };
        (found as unknown[])[index] = { ...each, at: { ...each.at, repetition: nth + 1 } };
      }
  }
}

function repetitionsWriter(
  { slot, scope, plain }: Items,
  group: readonly Field[],
  { repeat, position, composite }: ElementUse,
  tag: string,
): WriteCell {
  const items = { slot, scope, plain };
  const needed = composite?.components.flatMap(({ mandatory }, index) => (mandatory ? [index] : [])) ?? [];
  return (row, frame, context) => {
    const list = (slot.get(frame) as unknown[] | undefined) ?? [];
    const all = list.map((item, at) => repetition(group, frameFor(items, item, frame, at), context));
    // A composite with a mandatory part is written whole or not at all.
    const said = all.filter(
      (value) => value.length > 0 && needed.every((part) => partOf(value, part) !== ''),
    );
    const [first, ...rest] = said;
    if (first === undefined) return;
    if (said.length > repeat) {
      const details = { element: String(position).padStart(2, '0'), max: repeat, received: said.length };
      writeFault(context, 'element-repeated', tag, { element: position, component: null }, details);
    }
    row.values[position - 1] = first;
    if (rest.length > 0) row.repeats = { ...row.repeats, [position - 1]: rest };
    row.said |= saidBit(position);
  };
}

function partOf(value: string | readonly string[], part: number): string {
  return typeof value === 'string' ? (part === 0 ? value : '') : (value[part] ?? '');
}

/** '' or [] when the item says nothing here. */
function repetition(group: readonly Field[], item: Frame, context: WriteContext): string | string[] {
  const parts: string[] = [];
  for (const { component, spot, port } of group) {
    const text = port.write(item, context, spot);
    if (component === null) return text;
    if (text !== '') parts[component - 1] = text;
  }
  return Array.from(parts, (part) => part ?? '');
}
