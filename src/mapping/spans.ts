/** Cells that span several positions: pairs, composites side by side, items of a list, one text over components. */

import { type CellPlan, type CellScope, compileArms, compileField, requiredPart } from './cell.ts';
import type { Arm, Binding, CellPosition, FieldBinding } from './notation.ts';
import { resolveEach, resolvePath } from './path.ts';
import { type Fields, put, type Row, reportUnmapped, saidBit, valueAt, type WriteCell } from './plan.ts';
import type { Port } from './ports.ts';
import type { Place } from './problem.ts';
import { checkCode, type RuledSpot, spotOf } from './spot.ts';

/** X12: qualifier, value, qualifier, value … in any order when read, in the guide's order when written. */
export function pairsCell(
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
    early: pairsWriter(arms, ports, (row, pair, code, text) => {
      put(row, first + pair * 2, null, code);
      put(row, first + 1 + pair * 2, null, text);
      row.said |= saidBit(first + 1 + pair * 2);
    }),
    cover: Array.from({ length: last - first + 1 }, (_, index) => [first + index, 'all'] as const),
    field: true,
  };
}

/** EDIFACT: composites of value and qualifier (C212), each element of the span holding one. */
export function compositesCell(
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
    early: pairsWriter(arms, ports, (row, index, code, text) => {
      put(row, first + index, 1, text);
      put(row, first + index, 2, code);
      row.said |= saidBit(first + index);
    }),
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

type Putter = (row: Row, index: number, code: string, text: string) => void;

/** Each canonical field is written once, under the first of its codes that fits. */
function pairsWriter(arms: readonly Arm[], ports: readonly Map<string, Port>[], place: Putter): WriteCell {
  const names = arms.map(({ key, binding }) => (binding.kind === 'field' ? binding.path.value : key.value));
  const twins = names.map((name, index) =>
    names.indexOf(name, 0) !== index
      ? names.slice(0, index).flatMap((other, at) => (other === name ? [at] : []))
      : [],
  );
  return (row, frame, context) => {
    let index = 0;
    let written = 0;
    for (let arm = 0; arm < arms.length; arm++) {
      const code = arms[arm]?.key.value ?? '';
      if (twins[arm]?.some((twin) => (written & (1 << twin)) !== 0) === true) continue;
      const text = ports[index]?.get(code)?.write(frame, context) ?? '';
      if (text === '') continue;
      place(row, index++, code, text);
      written |= 1 << arm;
    }
  };
}

/** `{ repeat: distribution, of: [location, quantity] }`: items of a list side by side in one segment. */
export function repeatCell(
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
        const item = { object: {}, parent: frame, list: list.list, index: items.length };
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
            const item = { object, parent: frame, list: list.list, index };
            put(row, element, null, port?.write(item, context) ?? '');
            row.said |= saidBit(element);
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
export function spreadCell(
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
      row.said |= saidBit(element);
    },
    cover: Array.from({ length: last - first + 1 }, (_, index) => [element, first + index] as const),
    ...requiredPart(binding, spot, at),
    field: true,
  };
}
