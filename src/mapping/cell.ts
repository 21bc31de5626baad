/** What compiling a position of a segment needs, and the ports that may stand there. */

import type { FaultDetails } from '../fault.ts';
import type { SegmentRule } from '../interchange/dictionary/dictionary.ts';
import type { Segment } from '../interchange/interchange.ts';
import { lineOf } from './cite.ts';
import { computePort } from './compute-port.ts';
import { codecOf, periodStyle } from './field-codec.ts';
import { checkLimits, limitedPort } from './limits.ts';
import { lookupPort } from './lookup-port.ts';
import type { Arm, Binding, Cell, CodeLine, FieldBinding, PeriodBinding } from './notation.ts';
import { resolvePath, type Scope } from './path.ts';
import {
  type Constant,
  type ReadCell,
  type RepeatPlan,
  type RequiredCell,
  textAt,
  type WriteCell,
} from './plan.ts';
import { fieldPort, type Port, periodPort, perPort } from './ports.ts';
import { nearMiss, type Place, type Problems } from './problem.ts';
import { checkFit, type RuledSpot } from './spot.ts';
import type { GuideTables } from './tables.ts';

/** What compiling a cell needs to know. */
export interface CellScope {
  readonly standard: 'x12' | 'edifact';
  readonly rule: SegmentRule;
  readonly scope: Scope;
  readonly codes: ReadonlyMap<string, readonly CodeLine[]>;
  readonly tables: GuideTables;
  /** All cells of the entry: what one says may hold for another. */
  readonly cells: readonly Cell[];
  /** The entry is read or written only. */
  readonly only: 'read' | 'write' | null;
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
  /** A count or sum: a segment that has one is always written. */
  readonly total?: true;
}

/** A port for what may stand under a qualifier or by itself: a field, a period, or a choice by another field. */
export function compilePort(binding: Binding, spot: RuledSpot, at: Place, into: CellScope): Port | null {
  const { scope, problems } = into;
  if (binding.kind === 'field') return compileField(binding, spot, into);
  if (binding.kind === 'period') return compilePeriod(binding, spot, at, into);
  if (binding.kind === 'limited') return compileLimited(binding, spot, at, into);
  if (binding.kind === 'lookup') return lookupPort(binding, spot, into);
  if (binding.kind === 'compute') return computePort(binding, into);
  if (binding.kind === 'per') {
    const decider = resolvePath(binding.path, scope, problems);
    const arms = compileArms(binding.arms, spot, into);
    if (decider?.type.kind === 'choice') checkChoices(binding.arms, decider.type.values, into);
    return decider === null ? null : perPort(decider, arms);
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
    if (binding.kind === 'compute') {
      into.problems.add(key.at, 'An expression stands at a position by itself, not under a code.');
      continue;
    }
    const port = compilePort(binding, spot, key.at, into);
    if (port !== null) ports.set(key.value, port);
  }
  return ports;
}

function compilePeriod(binding: PeriodBinding, spot: RuledSpot, at: Place, into: CellScope): Port | null {
  const { scope, problems } = into;
  const from = resolvePath(binding.from, scope, problems);
  const to = resolvePath(binding.to, scope, problems);
  if (from === null || to === null) return null;
  const timed = from.type.kind === 'datetime';
  for (const slot of [from, to])
    checkFit(slot.type, timed ? 'datetime' : 'date', slot.name, spot, at, problems);
  const style = periodStyle(binding, timed, spot, into);
  return style === null ? null : periodPort(from, to, at, style);
}

function compileLimited(
  { limits, binding }: Binding & { kind: 'limited' },
  spot: RuledSpot,
  at: Place,
  into: CellScope,
): Port | null {
  checkLimits(limits, spot, at, into.problems);
  const port = compilePort(binding, spot, at, into);
  return port === null ? null : limitedPort(port, limits, at);
}

export function compileField(binding: FieldBinding, spot: RuledSpot, into: CellScope): Port | null {
  const slot = resolvePath(binding.path, into.scope, into.problems);
  const codec = slot === null ? null : codecOf(binding, slot, spot, into);
  return slot === null || codec === null ? null : fieldPort(binding, slot, binding.path.at, codec);
}

/** The name of the field that must be there: `number!`, also within limits. */
export function requiredName(binding: Binding): string | null {
  if (binding.kind === 'limited') return requiredName(binding.binding);
  return binding.kind === 'field' && binding.required ? binding.path.value : null;
}

export function requiredPart(binding: Binding, spot: RuledSpot, at: Place): { required?: RequiredCell } {
  const name = requiredName(binding);
  if (name === null) return {};
  const says = binding.kind === 'limited' ? (binding.limits.says ?? '') : '';
  return { required: { element: spot.element, component: spot.component, name, says, guide: lineOf(at) } };
}

/** What the fault of a missing value says. */
export function missing({ name, guide, says }: RequiredCell): FaultDetails {
  return { name, guide, says };
}

/** The code of the layout that stands in a segment beside a date; '' for none. */
export function layoutIn(segment: Segment, { layoutAt }: RuledSpot): string {
  return layoutAt === null ? '' : textAt(segment, layoutAt.element, layoutAt.component);
}
