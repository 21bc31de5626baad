/** What compiling a position of a segment needs, and the ports that may stand there. */

import type { SegmentRule } from '../interchange/dictionary/dictionary.ts';
import type { Arm, Binding, CodeLine, FieldBinding } from './notation.ts';
import { resolvePath, type Scope, type Slot } from './path.ts';
import {
  type Constant,
  type ReadCell,
  type RepeatPlan,
  type RequiredCell,
  valueAt,
  type WriteCell,
} from './plan.ts';
import { fieldPort, type Port, periodPort, perPort } from './ports.ts';
import { nearMiss, type Place, type Problems } from './problem.ts';
import { checkCode, checkFit, type RuledSpot } from './spot.ts';

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

/** A port for what may stand under a qualifier or by itself: a field, a period, or a choice by another field. */
export function compilePort(binding: Binding, spot: RuledSpot, at: Place, into: CellScope): Port | null {
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

export function compileArms(arms: readonly Arm[], spot: RuledSpot, into: CellScope): Map<string, Port> {
  const ports = new Map<string, Port>();
  for (const { key, binding } of arms) {
    const port = compilePort(binding, spot, key.at, into);
    if (port !== null) ports.set(key.value, port);
  }
  return ports;
}

export function compileField(binding: FieldBinding, spot: RuledSpot, into: CellScope): Port | null {
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

export function requiredPart(binding: Binding, spot: RuledSpot): { required?: RequiredCell } {
  if (binding.kind !== 'field' || !binding.required) return {};
  return { required: { element: spot.element, component: spot.component, name: binding.path.value } };
}

export function formatAt(
  segment: Parameters<ReadCell>[0],
  element: number,
  component: number | null,
): string {
  return component === null ? '' : valueAt(segment, element, component);
}
