/** Cells that span several positions: one text over components. */
import { type CellPlan, type CellScope, compileField, requiredPart } from './cell.ts';
import type { CellPosition, FieldBinding } from './notation.ts';
import { put, saidBit, valueAt } from './plan.ts';
import { readPort } from './ports.ts';
import type { Place } from './problem.ts';
import { spotOf } from './spot.ts';

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
        if (value === '') continue;
        const full = text === '' || valueAt(segment, element, part - 1).length === spot.max;
        text += full ? value : ` ${value}`;
      }
      const raw = text.trim();
      if (raw !== '') readPort(port, raw, segment, frame, context, '', whole);
    },
    early: (row, frame, context) => {
      const text = port.write(frame, context, whole);
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
