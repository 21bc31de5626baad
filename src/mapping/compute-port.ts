/** `{ compute: "…" }`, `{ read: "…", as: path }`, `defaults: { path: { compute: "…" } }`: values that expressions make. */
import { fault } from '../fault.ts';
import { isDay } from './calendar.ts';
import type { FieldType } from './canon.ts';
import type { CellScope } from './cell.ts';
import { lineOf } from './cite.ts';
import { type Expression, meet, type Outcome } from './computing.ts';
import { parseExpression } from './expression.ts';
import type { ComputeBinding, Text } from './notation.ts';
import { resolvePath, type Slot } from './path.ts';
import { type Frame, positionOf, type ReadContext, reportUnmapped } from './plan.ts';
import { fitted, leaveTrace, type Port, type Spot, store } from './ports.ts';
import type { Problems } from './problem.ts';

/** A port whose values expressions make; null when one of them is wrong, which is then among the problems. */
export function computePort(binding: ComputeBinding, into: CellScope): Port | null {
  const { problems, scope } = into;
  const before = problems.count;
  const write = binding.write === null ? null : parseExpression(binding.write, problems);
  const read = binding.read === null ? null : parseExpression(binding.read, problems);
  const slot =
    binding.path === null
      ? null
      : valueSlot(resolvePath(binding.path, scope, problems), problems, binding.path);
  if (problems.count > before) return null;
  return {
    format: null,
    quick: null,
    read(raw, segment, frame, context, _format, spot) {
      const { element, component } = spot;
      if (read === null || slot === null) {
        if (write === null) reportUnmapped(context, segment, element, component, raw);
        return;
      }
      const outcome = meet(context.computing, jobOf(read, frame, raw));
      const text = textOf(outcome, read, slot.type);
      if (typeof text === 'string') {
        if (text !== '') store(text, raw, slot, segment, frame, context, spot, read.place);
        return;
      }
      const at = positionOf(context, segment, element, component);
      context.faults.push(fault(text.code, { where: whereOf(spot), ...text.details, value: raw }, at));
      if (context.trace !== null) leaveTrace(slot, segment, frame, context, spot, read.place, true);
    },
    write(frame, context, spot) {
      if (write === null) return '';
      const text = textOf(meet(context.computing, jobOf(write, frame, null)), write, null);
      if (typeof text === 'string') return text === '' ? '' : fitted(text, spot, false, context);
      const { tag, element, component } = spot;
      const at = { tag, element, ...(component === null ? {} : { component }) };
      context.faults.push(fault(text.code, { where: whereOf(spot), ...text.details }, at));
      return '';
    },
  };
}

function whereOf({ tag, element }: Spot): string {
  return `${tag} element ${element}`;
}

/** The maker of a default that an expression gives; null when it is wrong, which is then among the problems. */
export function computeMaker(
  expression: Text,
  slot: Slot,
  problems: Problems,
): ((frame: Frame, context: ReadContext) => string | undefined) | null {
  const parsed = parseExpression(expression, problems);
  if (parsed === null || valueSlot(slot, problems, expression) === null) return null;
  return (frame, context) => {
    const text = textOf(meet(context.computing, jobOf(parsed, frame, null)), parsed, slot.type);
    if (typeof text === 'string') return text === '' ? undefined : text;
    const { at } = context.message;
    context.faults.push(fault(text.code, { where: `The default of ${slot.name}`, ...text.details }, at));
    return undefined;
  };
}

function valueSlot(slot: Slot | null, problems: Problems, { at }: Text): Slot | null {
  if (slot === null || (slot.type.kind !== 'object' && slot.type.kind !== 'list')) return slot;
  problems.add(at, `'${slot.name}' is no single value.`);
  return null;
}

function jobOf(expression: Expression, frame: Frame, value: string | null) {
  let root = frame;
  while (root.parent !== null) root = root.parent;
  return { expression, input: frame.object, document: root.object, value };
}

interface Failure {
  readonly code: 'compute-failed' | 'compute-too-long';
  readonly details: Readonly<Record<string, string | number>>;
}

/** The text that an outcome gives, '' for none; or what went wrong. */
function textOf(outcome: Outcome | null, { place }: Expression, type: FieldType | null): string | Failure {
  if (outcome === null || 'skipped' in outcome) return '';
  const guide = lineOf(place);
  if ('limitMs' in outcome) return { code: 'compute-too-long', details: { guide, limit: outcome.limitMs } };
  if ('problem' in outcome) return { code: 'compute-failed', details: { guide, problem: outcome.problem } };
  const { text } = outcome;
  if (text === '' || type === null || fits(text, type)) return text;
  const wanted = type.kind === 'choice' ? `one of ${type.values.join(', ')}` : `a ${type.kind}`;
  const problem = `it gave '${text.slice(0, 100)}', and ${wanted} is wanted.`;
  return { code: 'compute-failed', details: { guide, problem } };
}

function fits(text: string, type: FieldType): boolean {
  switch (type.kind) {
    case 'choice':
      return type.values.includes(text);
    case 'decimal':
      return /^-?\d{1,15}(\.\d{1,6})?$/.test(text);
    case 'date': {
      const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
      return isDay(Number(year), Number(month), Number(day));
    }
    case 'datetime':
      return (
        /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) &&
        !Number.isNaN(Date.parse(text))
      );
    default:
      return true;
  }
}
