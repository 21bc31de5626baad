/** Positions of a segment, compiled into what reads and writes them, checked against dictionary and canon on the way. */

import type { SegmentRule } from '../interchange/dictionary/dictionary.ts';
import {
  type CellPlan,
  type CellScope,
  compileArms,
  compilePort,
  layoutIn,
  missing,
  requiredPart,
} from './cell.ts';
import { instantCell } from './instant.ts';
import type { Arm, Binding, Cell, CellPosition, Text } from './notation.ts';
import { pairsCell } from './pairs.ts';
import {
  allComponents,
  put,
  type Row,
  readFault,
  reportUnmapped,
  saidBit,
  textAt,
  valueAt,
  type WriteCell,
  writeFault,
} from './plan.ts';
import { fitted, type Port, readPort } from './ports.ts';
import type { Place } from './problem.ts';
import { repeatCell, repeatsCell } from './repeat.ts';
import { spreadCell } from './spans.ts';
import { checkCode, elementUse, type RuledSpot, spotOf } from './spot.ts';
import { countOf, sumOf } from './total.ts';

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
      return pairsCell(binding, position, at, into);
    case 'repeat':
      return repeatCell(binding, position, at, into);
    case 'repeats':
      return repeatsCell(binding, position, at, into);
    case 'limited':
      return otherwiseCell(portCell(binding, position, at, into), binding.limits.otherwise, position, into);
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
    ...(component === null ? { writes: element } : {}),
    field: false,
  };
}

/** `{ is: …, else: "00" }`: written whenever the segment is, and the field has no value. */
function otherwiseCell(
  plan: CellPlan | null,
  other: Text | null,
  position: CellPosition,
  into: CellScope,
): CellPlan | null {
  const fallback = other === null ? null : writeOnlyCell(other.value, position, other.at, into);
  if (plan === null || fallback === null) return other === null ? plan : null;
  const { element, component } = position;
  return {
    ...plan,
    late: (row, frame, context) => {
      const value = row.values[element - 1];
      const own = Array.isArray(value) ? value[(component ?? 1) - 1] : value;
      if ((own ?? '') === '') fallback.late?.(row, frame, context);
    },
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
    total: true,
  };
}

function portCell(binding: Binding, position: CellPosition, at: Place, into: CellScope): CellPlan | null {
  const spot = spotOf(into.rule, position, at, into.problems);
  const port = spot === null ? null : compilePort(binding, spot, at, into);
  if (spot === null || port === null) return null;
  const { element, component } = spot;
  const { required } = requiredPart(binding, spot, at);
  const write: WriteCell = (row, frame, context) => {
    const text = port.write(frame, context, spot);
    if (text !== '') putText(row, spot, port, text);
  };
  return {
    read: (segment, frame, context) => {
      const raw = textAt(segment, element, component);
      if (raw !== '') readPort(port, raw, segment, frame, context, layoutIn(segment, spot), spot);
      else if (required !== undefined) readFault(context, 'value-missing', segment, spot, missing(required));
    },
    early: write,
    cover: [[element, component], ...layoutCover(spot)],
    ...(required === undefined ? {} : { required }),
    field: true,
  };
}

function putText(row: Row, { element, component, layoutAt }: RuledSpot, port: Port, text: string): void {
  put(row, element, component, text);
  if (port.format !== null && layoutAt !== null) put(row, layoutAt.element, layoutAt.component, port.format);
  row.said |= saidBit(element);
}

function layoutCover({ layoutAt }: RuledSpot): (readonly [number, number | null])[] {
  return layoutAt === null ? [] : [[layoutAt.element, layoutAt.component]];
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
  const sign = spotOf(into.rule, qualifier, into.problems.within(at, 'by:'), into.problems);
  if (spot === null || sign === null) return null;
  for (const { key } of arms) checkCode(key.value, sign, key.at, into.problems);
  const ports = compileArms(arms.map(unrequired), spot, into);
  const { element, component } = spot;
  const wanted = arms.map(({ binding }) => requiredPart(binding, spot, at)).find((part) => part.required);
  return {
    read: (segment, frame, context) => {
      const raw = textAt(segment, element, component);
      if (raw === '') {
        if (wanted?.required !== undefined)
          readFault(context, 'value-missing', segment, spot, missing(wanted.required));
        return;
      }
      const code = valueAt(segment, sign.element, sign.component);
      const port = ports.get(code) ?? ports.get('*');
      if (port === undefined) reportUnmapped(context, segment, element, component, raw);
      else readPort(port, raw, segment, frame, context, layoutIn(segment, spot), spot);
    },
    early: (row, frame, context) => {
      for (const [code, port] of ports) {
        const text = port.write(frame, context, spot);
        if (text === '') continue;
        if (code !== '*') put(row, sign.element, sign.component, code);
        putText(row, spot, port, text);
        return;
      }
      if (wanted?.required !== undefined)
        writeFault(context, 'value-missing', spot.tag, spot, missing(wanted.required));
    },
    cover: [[element, component], [sign.element, sign.component], ...layoutCover(spot)],
    field: true,
  };
}

/** `{ by: "03", of: { "92": code!, UL: gln } }`: one of the arms must have a value; which of them does not matter. */
function unrequired(arm: Arm): Arm {
  const { binding } = arm;
  return binding.kind === 'field' && binding.required
    ? { ...arm, binding: { ...binding, required: false } }
    : arm;
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
