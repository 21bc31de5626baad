/** What a guide says of fields beside the segments: defaults where the message gave nothing, conditions of writing. */
import { formatDecimal, parseDecimal } from '../order/decimal.ts';
import { computeMaker } from './compute-port.ts';
import { listPlan } from './each.ts';
import type { Default, DefaultValue, Entry, Text } from './notation.ts';
import { resolvePath, type Scope, type Slot } from './path.ts';
import { type EntryPlan, type Frame, listIn, type SetDefault } from './plan.ts';
import { nearMiss, type Place, type Problems } from './problem.ts';

/** The defaults of an entry or of a whole guide: each sets its field where nothing did. */
export function compileDefaults(
  defaults: readonly Default[],
  scope: Scope,
  problems: Problems,
): SetDefault[] {
  return defaults.flatMap(({ path, value }) => {
    const slot = resolvePath(path, scope, problems);
    if (slot !== null && value.kind === 'compute') return computedDefault(value.expression, slot, problems);
    const make = slot === null ? null : defaultMaker(value, slot, scope, path.at, problems);
    if (slot === null || make === null) return [];
    return [
      (frame: Frame) => {
        if (slot.get(frame) !== undefined) return;
        const made = make(frame);
        if (made !== undefined) slot.set(frame, made);
      },
    ];
  });
}

/** The expression is met whether or not its value is wanted, so that both walks over a message meet the same. */
function computedDefault(expression: Text, slot: Slot, problems: Problems): SetDefault[] {
  const make = computeMaker(expression, slot, problems);
  if (make === null) return [];
  return [
    (frame, context) => {
      const made = make(frame, context);
      if (made !== undefined && slot.get(frame) === undefined) slot.set(frame, made);
    },
  ];
}

function defaultMaker(
  value: DefaultValue,
  slot: Slot,
  scope: Scope,
  at: Place,
  problems: Problems,
): ((frame: Frame) => unknown) | null {
  switch (value.kind) {
    case 'text':
      if (value.text === 'position') return positionOf;
      checkChoice(value.text, at, slot, problems);
      checkShape(value.text, at, slot, problems);
      return () => value.text;
    case 'from':
      return resolvePath(value.path, scope, problems)?.get ?? null;
    case 'list':
      if (slot.type.kind !== 'list') problems.add(at, `'${slot.name}' is no list.`);
      return () => [];
    case 'difference':
      return differenceMaker(value.fields, scope, problems);
    case 'compute':
      problems.add(at, 'An expression stands by itself, not under a value.');
      return null;
    case 'per':
      return perMaker(value, slot, scope, at, problems);
  }
}

/** The item's place in its list, counted from 1: for lines that came without a number. */
function positionOf(frame: Frame): string {
  const list = frame.parent === null ? undefined : listIn(frame.parent.object, listPlan(frame.list));
  return String((list?.length ?? 0) + 1);
}

function perMaker(
  { path, arms }: DefaultValue & { kind: 'per' },
  slot: Slot,
  scope: Scope,
  at: Place,
  problems: Problems,
): ((frame: Frame) => unknown) | null {
  const decider = resolvePath(path, scope, problems);
  if (decider === null) return null;
  const makers = new Map(arms.map(({ key, value }) => [key, defaultMaker(value, slot, scope, at, problems)]));
  return (frame) => (makers.get(String(decider.get(frame))) ?? makers.get('*'))?.(frame);
}

function differenceMaker(
  fields: readonly Text[],
  scope: Scope,
  problems: Problems,
): ((frame: Frame) => string) | null {
  const [first, ...others] = fields.map((field) => resolvePath(field, scope, problems));
  if (first === null || first === undefined || others.includes(null)) return null;
  return (frame) => {
    const rest = others.map((other) => decimalOf(other?.get(frame)));
    return formatDecimal(rest.reduce((left, each) => left - each, decimalOf(first.get(frame))));
  };
}

function decimalOf(value: unknown): bigint {
  return typeof value === 'string' ? parseDecimal(value) : 0n;
}

/** When an entry is written, and what reading it says of its conditions. */
export function whenPlan({ when }: Entry, scope: Scope, problems: Problems): EntryPlan['when'] {
  return when.flatMap(({ path, values }) => {
    const slot = resolvePath(path, scope, problems);
    return slot === null ? [] : [conditionPlan(path, values, slot, problems)];
  });
}

function conditionPlan(
  path: Text,
  values: readonly string[],
  slot: Slot,
  problems: Problems,
): EntryPlan['when'][number] {
  const [first] = values;
  if (slot.type.kind === 'decimal' && first === 'nonzero')
    return { holds: (frame) => decimalOf(slot.get(frame)) !== 0n, set: () => {} };
  if (first === 'present') return { holds: (frame) => slot.get(frame) !== undefined, set: () => {} };
  if (first === 'absent') return { holds: (frame) => slot.get(frame) === undefined, set: () => {} };
  for (const value of slot.type.kind === 'choice' ? values : []) checkChoice(value, path.at, slot, problems);
  return {
    holds: (frame) => values.includes(String(slot.get(frame))),
    set: (frame) => {
      if (slot.get(frame) === undefined) slot.set(frame, first);
    },
  };
}

function checkChoice(value: string, at: Place, { type, name }: Slot, problems: Problems): void {
  if (type.kind !== 'choice' || type.values.includes(value)) return;
  problems.add(
    at,
    `'${value}' is no ${name}.`,
    nearMiss(value, type.values) ?? `One of ${type.values.join(', ')}.`,
  );
}

const shapes: Readonly<Record<string, { readonly shape: RegExp; readonly shown: string }>> = {
  decimal: { shape: /^-?\d{1,15}(\.\d{1,6})?$/, shown: 'a number, such as 12 or 3.50' },
  date: { shape: /^\d{4}-\d\d-\d\d$/, shown: 'a day, such as 2026-11-20' },
  datetime: { shape: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, shown: 'an instant, such as 2026-11-20T08:15:00Z' },
  list: { shape: /^$/, shown: 'a list, of which the default can only be []' },
  object: { shape: /^$/, shown: 'no single value' },
};

function checkShape(value: string, at: Place, { type, name }: Slot, problems: Problems): void {
  const wanted = shapes[type.kind];
  if (wanted === undefined || wanted.shape.test(value)) return;
  problems.add(at, `'${value}' cannot be the default of '${name}': it is ${wanted.shown}.`);
}
