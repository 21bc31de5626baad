/** Positions of a segment, compiled into what reads and writes them, checked against dictionary and canon on the way. */
import type { SegmentRule } from '../interchange/dictionary/dictionary.ts';
import { readInstant, writeInstant } from './convert.ts';
import type { Arm, Binding, Cell, CellPosition, CodeLine, FieldBinding } from './notation.ts';
import { resolveEach, resolvePath, type Scope, type Slot } from './path.ts';
import {
  allComponents,
  type Constant,
  type Fields,
  put,
  type ReadCell,
  type RepeatPlan,
  type RequiredCell,
  readFault,
  reportUnmapped,
  valueAt,
  type WriteCell,
} from './plan.ts';
import { fieldPort, fitted, type Port, periodPort, perPort } from './ports.ts';
import { nearMiss, type Place, type Problems } from './problem.ts';
import { checkCode, checkFit, elementUse, type RuledSpot, spotOf } from './spot.ts';
import { countOf, sumOf } from './total.ts';

/** What compiling a cell needs to know. */
export interface CellScope {
  readonly standard: 'x12' | 'edifact';
  readonly rule: SegmentRule;
  readonly scope: Scope;
  readonly codes: ReadonlyMap<string, readonly CodeLine[]>;
  /** Elements in which the guide has more than values that it writes of itself. */
  readonly shared: ReadonlySet<number>;
  readonly problems: Problems;
}

/** A compiled cell. `early` fields and constants are written before `late` ones, which depend on what is there. */
export interface CellPlan {
  readonly read?: ReadCell;
  readonly early?: WriteCell;
  readonly late?: WriteCell;
  /** Positions it binds: component null is the first, 'all' the whole element. */
  readonly cover: readonly (readonly [element: number, component: number | null | 'all'])[];
  readonly required?: RequiredCell;
  readonly constant?: Constant;
  readonly repeat?: RepeatPlan;
  /** An element that the guide writes of itself. */
  readonly writes?: number;
  /** A canonical value may stand here. */
  readonly field: boolean;
}

/** Compiles one cell; null when it is wrong, which is then among the problems. */
export function compileCell(cell: Cell, into: CellScope): CellPlan | null {
  const { binding, position, at } = cell;
  switch (binding.kind) {
    case 'constant':
      return constantCell(binding.values, position, at, into);
    case 'write':
      return writeOnlyCell(binding.value, position, at, into);
    case 'ignore':
      return (
        elementUse(into.rule, position, at, into.problems) && {
          cover: ignored(position, into.rule),
          field: false,
        }
      );
    case 'none':
      return { cover: [], field: false };
    case 'count':
    case 'sum':
      return totalCell(binding, position, at, into);
    case 'by':
      return byCell(binding.qualifier, binding.arms, position, at, into);
    case 'pairs':
      return into.standard === 'x12'
        ? pairsCell(binding.arms, position, at, into)
        : compositesCell(binding.arms, position, at, into);
    case 'repeat':
      return repeatCell(binding, position, at, into);
    case 'field':
      if (position.component !== null && position.to !== null) return spreadCell(binding, position, at, into);
      if (binding.time !== null) return instantCell(binding, binding.time, position, at, into);
  }
  return portCell(binding, position, at, into);
}

function constantCell(
  values: readonly string[],
  position: CellPosition,
  at: Place,
  into: CellScope,
): CellPlan | null {
  const spot = spotOf(into.rule, position, at, into.problems);
  if (spot === null) return null;
  for (const value of values) checkCode(value, spot, at, into.problems);
  const { element, component } = spot;
  const first = values[0] ?? '';
  return {
    constant: { element, component, values },
    early: (row) => put(row, element, component, first),
    cover: [[element, component]],
    field: false,
  };
}

/** Written whenever the segment is; beside fields of a composite, only when one of them is. Reading takes whatever stands there. */
function writeOnlyCell(value: string, position: CellPosition, at: Place, into: CellScope): CellPlan | null {
  const spot = spotOf(into.rule, position, at, into.problems);
  if (spot === null) return null;
  checkCode(value, spot, at, into.problems);
  const { element, component } = spot;
  const alone = component === null || !into.shared.has(element);
  return {
    late: (row) => {
      if (alone || row.values[element - 1] !== undefined) put(row, element, component, value);
    },
    cover: [[element, component]],
    field: false,
  };
}

function ignored(position: CellPosition, rule: SegmentRule): CellPlan['cover'] {
  const { element, component, to } = position;
  if (component !== null && to === null) return [[element, component]];
  const last = component !== null || to === null ? element : Math.min(to, rule.elements.length);
  return Array.from({ length: last - element + 1 }, (_, index) => [element + index, 'all'] as const);
}

/** count(lines), count(HL), sum(lines.quantity): written only; counts that were sent are checked with the message. */
function totalCell(
  binding: Binding & { kind: 'count' | 'sum' },
  position: CellPosition,
  at: Place,
  into: CellScope,
): CellPlan | null {
  const spot = spotOf(into.rule, position, at, into.problems);
  const total = binding.kind === 'count' ? countOf(binding.of, into) : sumOf(binding.of, into);
  if (spot === null || total === null) return null;
  const { element, component } = spot;
  return {
    early: (row, frame, context) =>
      put(row, element, component, fitted(total(frame, context), spot, false, context)),
    cover: [[element, component]],
    field: false,
  };
}

function portCell(binding: Binding, position: CellPosition, at: Place, into: CellScope): CellPlan | null {
  const spot = spotOf(into.rule, position, at, into.problems);
  const port = spot === null ? null : compilePort(binding, spot, at, into);
  if (spot === null || port === null) return null;
  const { element, component, formatComponent } = spot;
  const required = binding.kind === 'field' && binding.required ? binding.path.value : null;
  const write: WriteCell = (row, frame, context) => {
    const text = port.write(frame, context);
    if (text === '') return;
    put(row, element, component, text);
    if (port.format !== null && formatComponent !== null) put(row, element, formatComponent, port.format);
    row.said.add(element);
  };
  return {
    read: (segment, frame, context) => {
      const raw = valueAt(segment, element, component).trim();
      if (raw !== '') port.read(raw, segment, frame, context, formatAt(segment, element, formatComponent));
      else if (required !== null) readFault(context, 'value-missing', segment, spot, { name: required });
    },
    early: write,
    cover: [[element, component], ...(formatComponent === null ? [] : [[element, formatComponent] as const])],
    ...requiredPart(binding, spot),
    field: true,
  };
}

function requiredPart(binding: Binding, spot: RuledSpot): { required?: RequiredCell } {
  if (binding.kind !== 'field' || !binding.required) return {};
  return { required: { element: spot.element, component: spot.component, name: binding.path.value } };
}

/** A port for what may stand under a qualifier or by itself: a field, a period, or a choice by another field. */
function compilePort(binding: Binding, spot: RuledSpot, at: Place, into: CellScope): Port | null {
  const { scope, problems } = into;
  if (binding.kind === 'field') return compileField(binding, spot, into);
  if (binding.kind === 'period') {
    const from = resolvePath(binding.from, scope, problems);
    const to = resolvePath(binding.to, scope, problems);
    if (from === null || to === null) return null;
    for (const slot of [from, to]) checkFit(slot.type, 'date', slot.name, spot, at, problems);
    return periodPort(from, to, spot, at);
  }
  if (binding.kind === 'per') {
    const decider = resolvePath(binding.path, scope, problems);
    const arms = compileArms(binding.arms, spot, into);
    if (decider?.type.kind === 'choice') checkChoices(binding.arms, decider.type.values, into);
    return decider === null ? null : perPort(decider, arms, spot);
  }
  problems.add(at, `'${binding.kind}' cannot stand here.`);
  return null;
}

function checkChoices(arms: readonly Arm[], values: readonly string[], into: CellScope): void {
  for (const { key } of arms)
    if (key.value !== '*' && !values.includes(key.value))
      into.problems.add(
        key.at,
        `There is no '${key.value}'.`,
        nearMiss(key.value, values) ?? `One of ${values.join(', ')}.`,
      );
}

function compileArms(arms: readonly Arm[], spot: RuledSpot, into: CellScope): Map<string, Port> {
  const ports = new Map<string, Port>();
  for (const { key, binding } of arms) {
    const port = compilePort(binding, spot, key.at, into);
    if (port !== null) ports.set(key.value, port);
  }
  return ports;
}

function compileField(binding: FieldBinding, spot: RuledSpot, into: CellScope): Port | null {
  const { problems } = into;
  const slot = resolvePath(binding.path, into.scope, problems);
  const table = tableOf(binding, into);
  if (slot === null || table === undefined) return null;
  if (table === null) checkFit(slot.type, binding.form, slot.name, spot, binding.path.at, problems);
  else checkTable(table, slot, spot, into);
  return fieldPort(binding, slot, spot, binding.path.at, table);
}

/** undefined: the guide names a table that it does not have. */
function tableOf(binding: FieldBinding, into: CellScope): readonly CodeLine[] | null | undefined {
  if (binding.codes === null) return binding.table;
  const { value, at } = binding.codes;
  const table = into.codes.get(value);
  if (table === undefined) {
    const names = [...into.codes.keys()];
    const hint = nearMiss(value, names) ?? `Under codes: ${names.join(', ') || 'nothing'}.`;
    into.problems.add(at, `There is no code table '${value}'.`, hint);
  }
  return table;
}

function checkTable(table: readonly CodeLine[], slot: Slot, spot: RuledSpot, into: CellScope): void {
  const { type } = slot;
  for (const { code, values, at } of table) {
    checkCode(code, spot, at, into.problems);
    if (type.kind !== 'choice') continue;
    for (const value of values)
      if (!type.values.includes(value))
        into.problems.add(
          at,
          `'${value}' is no ${slot.name}.`,
          nearMiss(value, type.values) ?? `One of ${type.values.join(', ')}.`,
        );
  }
}

/** `{ by: "03", of: { "92": shipTo.code } }`: the first field with a value is written, with its qualifier. */
function byCell(
  qualifier: CellPosition,
  arms: readonly Arm[],
  position: CellPosition,
  at: Place,
  into: CellScope,
): CellPlan | null {
  const spot = spotOf(into.rule, position, at, into.problems);
  const sign = spotOf(into.rule, qualifier, at, into.problems);
  if (spot === null || sign === null) return null;
  for (const { key } of arms) checkCode(key.value, sign, key.at, into.problems);
  const ports = compileArms(arms, spot, into);
  const { element, component, formatComponent } = spot;
  return {
    read: (segment, frame, context) => {
      const raw = valueAt(segment, element, component).trim();
      if (raw === '') return;
      const code = valueAt(segment, sign.element, sign.component);
      const port = ports.get(code) ?? ports.get('*');
      if (port === undefined) reportUnmapped(context, segment, element, component, raw);
      else port.read(raw, segment, frame, context, formatAt(segment, element, formatComponent));
    },
    early: (row, frame, context) => {
      for (const [code, port] of ports) {
        const text = port.write(frame, context);
        if (text === '') continue;
        put(row, element, component, text);
        if (code !== '*') put(row, sign.element, sign.component, code);
        if (port.format !== null && formatComponent !== null) put(row, element, formatComponent, port.format);
        row.said.add(element);
        return;
      }
    },
    cover: [
      [element, component],
      [sign.element, sign.component],
      ...(formatComponent === null ? [] : [[element, formatComponent] as const]),
    ],
    field: true,
  };
}

function formatAt(segment: Parameters<ReadCell>[0], element: number, component: number | null): string {
  return component === null ? '' : valueAt(segment, element, component);
}

/** X12: qualifier, value, qualifier, value … in any order when read, in the guide's order when written. */
function pairsCell(
  arms: readonly Arm[],
  position: CellPosition,
  at: Place,
  into: CellScope,
): CellPlan | null {
  const single = { ...position, to: null };
  const sign = spotOf(into.rule, single, at, into.problems);
  const spot = spotOf(into.rule, { ...single, element: position.element + 1 }, at, into.problems);
  if (sign === null || spot === null) return null;
  for (const { key } of arms) checkCode(key.value, sign, key.at, into.problems);
  const first = position.element;
  const last = Math.min(position.to ?? first + 1, into.rule.elements.length);
  const ports = armsAt(
    arms,
    into,
    (element) => ({ ...spot, element: first + 1 + element * 2 }),
    (last - first + 1) / 2,
  );
  return {
    read: (segment, frame, context) => {
      for (
        let element = first, pair = 0;
        element <= last && element <= segment.values.length;
        element += 2, pair++
      ) {
        const raw = valueAt(segment, element + 1, null).trim();
        const code = valueAt(segment, element, null);
        const port = ports[pair]?.get(code);
        if (raw !== '' && port !== undefined) port.read(raw, segment, frame, context, '');
        else if (raw !== '' || code !== '')
          reportUnmapped(context, segment, element + 1, null, raw === '' ? code : raw);
      }
    },
    early: (row, frame, context) => {
      writePairs(
        arms,
        ports,
        (pair, code, text) => {
          put(row, first + pair * 2, null, code);
          put(row, first + 1 + pair * 2, null, text);
          row.said.add(first + 1 + pair * 2);
        },
        frame,
        context,
      );
    },
    cover: Array.from({ length: last - first + 1 }, (_, index) => [first + index, 'all'] as const),
    field: true,
  };
}

/** EDIFACT: composites of value and qualifier (C212), each element of the span holding one. */
function compositesCell(
  arms: readonly Arm[],
  position: CellPosition,
  at: Place,
  into: CellScope,
): CellPlan | null {
  const first = position.element;
  const last = Math.min(position.to ?? first, into.rule.elements.length);
  const spot = spotOf(into.rule, { element: first, component: 1, to: null }, at, into.problems);
  const sign = spotOf(into.rule, { element: first, component: 2, to: null }, at, into.problems);
  if (spot === null || sign === null) return null;
  for (const { key } of arms) checkCode(key.value, sign, key.at, into.problems);
  const ports = armsAt(arms, into, (index) => ({ ...spot, element: first + index }), last - first + 1);
  return {
    read: (segment, frame, context) => {
      for (let element = first; element <= last && element <= segment.values.length; element++) {
        const raw = valueAt(segment, element, 1).trim();
        const port = ports[element - first]?.get(valueAt(segment, element, 2));
        if (raw !== '' && port !== undefined) port.read(raw, segment, frame, context, '');
        else if (raw !== '') reportUnmapped(context, segment, element, 1, raw);
      }
    },
    early: (row, frame, context) => {
      writePairs(
        arms,
        ports,
        (index, code, text) => {
          put(row, first + index, 1, text);
          put(row, first + index, 2, code);
          row.said.add(first + index);
        },
        frame,
        context,
      );
    },
    cover: Array.from(
      { length: last - first + 1 },
      (_, index) =>
        [
          [first + index, 1],
          [first + index, 2],
        ] as const,
    ).flat(),
    field: true,
  };
}

/** The arms compiled for each place where they may stand, so that faults and lineage name the right one. */
function armsAt(
  arms: readonly Arm[],
  into: CellScope,
  spotAt: (index: number) => RuledSpot,
  places: number,
): Map<string, Port>[] {
  const before = into.problems.count;
  const first = compileArms(arms, spotAt(0), into);
  if (into.problems.count > before) return [first];
  return Array.from({ length: Math.floor(places) }, (_, index) =>
    index === 0 ? first : compileArms(arms, spotAt(index), into),
  );
}

/** Each canonical field is written once, under the first of its codes that fits. */
function writePairs(
  arms: readonly Arm[],
  ports: readonly Map<string, Port>[],
  place: (index: number, code: string, text: string) => void,
  ...[frame, context]: [Parameters<WriteCell>[1], Parameters<WriteCell>[2]]
): void {
  const done = new Set<string>();
  let index = 0;
  for (const { key, binding } of arms) {
    const name = binding.kind === 'field' ? binding.path.value : key.value;
    const text = done.has(name) ? '' : (ports[index]?.get(key.value)?.write(frame, context) ?? '');
    if (text === '') continue;
    place(index++, key.value, text);
    done.add(name);
  }
}

/** `{ repeat: distribution, of: [location, quantity] }`: items of a list side by side in one segment. */
function repeatCell(
  binding: Binding & { kind: 'repeat' },
  position: CellPosition,
  at: Place,
  into: CellScope,
): CellPlan | null {
  const { problems, rule } = into;
  const list = resolveEach(binding.list, into.scope, problems);
  const slot = list === null ? null : resolvePath(binding.list, into.scope, problems);
  if (list === null || slot === null) return null;
  const size = binding.of.length;
  const last = Math.min(position.to ?? rule.elements.length, rule.elements.length);
  const perSegment = Math.floor((last - position.element + 1) / size);
  const inner = { ...into, scope: list };
  const before = problems.count;
  const groups = Array.from({ length: perSegment }, (_, group) =>
    binding.of.map((field, index) => {
      const element = position.element + group * size + index;
      const spot =
        problems.count > before ? null : spotOf(rule, { element, component: null, to: null }, at, problems);
      const port = spot === null ? null : compileField(field, spot, inner);
      return { element, port };
    }),
  );
  return {
    read: (segment, frame, context) => {
      for (const group of groups) {
        if (group.every(({ element }) => valueAt(segment, element, null).trim() === '')) continue;
        const items = (slot.get(frame) as Fields[] | undefined) ?? [];
        if (items.length === 0) slot.set(frame, items);
        const item = { object: {}, parent: frame, list: binding.list.value, index: items.length };
        for (const { element, port } of group) {
          const raw = valueAt(segment, element, null).trim();
          if (raw !== '') port?.read(raw, segment, item, context, '');
        }
        items.push(item.object);
      }
    },
    repeat: {
      list: slot.get,
      perSegment,
      write: (row, items, frame, context) => {
        for (const [index, object] of items.entries())
          for (const { element, port } of groups[index] ?? []) {
            const item = { object, parent: frame, list: binding.list.value, index };
            put(row, element, null, port?.write(item, context) ?? '');
            row.said.add(element);
          }
      },
    },
    cover: Array.from(
      { length: perSegment * size },
      (_, index) => [position.element + index, 'all'] as const,
    ),
    field: true,
  };
}

/** "04.1..5": one text over several components. A full component runs on into the next, others are joined by a blank. */
function spreadCell(
  binding: FieldBinding,
  position: CellPosition,
  at: Place,
  into: CellScope,
): CellPlan | null {
  const { element, component } = position;
  const first = component ?? 1;
  const spot = spotOf(into.rule, { element, component: first, to: null }, at, into.problems);
  if (spot === null) return null;
  const last = Math.min(
    position.to ?? first,
    into.rule.elements[element - 1]?.composite?.components.length ?? first,
  );
  const whole = { ...spot, max: spot.max * (last - first + 1) };
  const port = compileField(binding, whole, into);
  if (port === null) return null;
  return {
    read: (segment, frame, context) => {
      let text = '';
      for (let part = first; part <= last; part++) {
        const value = valueAt(segment, element, part);
        const full = valueAt(segment, element, part - 1).length === spot.max;
        if (value !== '') text += text === '' || full ? value : ` ${value}`;
      }
      if (text.trim() !== '') port.read(text.trim(), segment, frame, context, '');
    },
    early: (row, frame, context) => {
      const text = port.write(frame, context);
      if (text === '') return;
      for (let part = first, from = 0; part <= last && from < text.length; part++, from += spot.max)
        put(row, element, part, text.slice(from, from + spot.max));
      row.said.add(element);
    },
    cover: Array.from({ length: last - first + 1 }, (_, index) => [element, first + index] as const),
    ...requiredPart(binding, spot),
    field: true,
  };
}

/** `createdAt datetime(04)`: date here, time in another element (X12 373 and 337). */
function instantCell(
  binding: FieldBinding,
  time: number,
  position: CellPosition,
  at: Place,
  into: CellScope,
): CellPlan | null {
  const spot = spotOf(into.rule, position, at, into.problems);
  const clock = spotOf(into.rule, { element: time, component: null, to: null }, at, into.problems);
  const slot = resolvePath(binding.path, into.scope, into.problems);
  if (spot === null || clock === null || slot === null) return null;
  checkFit(slot.type, 'datetime', slot.name, spot, at, into.problems);
  const port = fieldPort(binding, slot, spot, at, null);
  const { element } = spot;
  return {
    read: (segment, frame, context) => {
      const raw = valueAt(segment, element, null).trim();
      const instant = readInstant(raw, '', valueAt(segment, time, null).trim());
      if (instant !== undefined)
        port.read(raw + instant.slice(11, 19).replaceAll(':', ''), segment, frame, context, '204');
      else if (raw !== '')
        readFault(context, 'value-unreadable', segment, spot, { value: raw, expected: 'a date' });
    },
    early: (row, frame) => {
      const value = slot.get(frame);
      if (typeof value !== 'string') return;
      const [day, minute] = writeInstant(value);
      put(row, element, null, day);
      put(row, time, null, minute);
      row.said.add(element);
    },
    cover: [
      [element, null],
      [time, null],
    ],
    field: true,
  };
}

/** Bits of the components that the cells bind, by element. */
export function coverOf(cells: readonly CellPlan[]): number[] {
  const cover: number[] = [];
  for (const [element, component] of cells.flatMap((cell) => cell.cover)) {
    const bits = component === 'all' ? allComponents : 1 << ((component ?? 1) - 1);
    cover[element - 1] = (cover[element - 1] ?? 0) | bits;
  }
  return Array.from(cover, (bits) => bits ?? 0);
}
