/** Checks the elements of a segment against its rule: presence, number, length, type, codes, conditional rules. */
import type { FaultCode, FaultDetails, Position } from '../fault.ts';
import { checkSyntax } from './condition.ts';
import { hasControlCharacter } from './control-character.ts';
import { detached } from './decode.ts';
import type { ComponentUse, ElementRule, ElementUse, SegmentRule } from './dictionary/dictionary.ts';
import type { Segment, Value } from './event.ts';
import { dateFits } from './moment.ts';
import { decimalDigits, isDate, isInteger, isTime } from './value.ts';

/** Takes a finding about an element. `soft`: no more than a warning. */
export type ElementReport = (
  code: FaultCode,
  details: FaultDetails,
  segment: Segment,
  at: Position,
  soft?: boolean,
) => void;

/** What the message's interchange says about values. */
export interface ValueContext {
  /** Character code of the decimal mark. */
  readonly decimal: number;
  /** True when the message may hold control characters: only then are values searched for them. */
  readonly suspicious: boolean;
  readonly edifact: boolean;
}

/** Reports what is wrong with the elements of one segment. */
export function checkElements(
  segment: Segment,
  rule: SegmentRule,
  context: ValueContext,
  report: ElementReport,
): void {
  const { values } = segment;
  const { elements } = rule;
  for (let index = 0; index < elements.length; index += 1) {
    const use = elements[index] as ElementUse;
    const value = values[index];
    if (value === undefined || value === '') {
      if (use.mandatory) missing(segment, use, context, report);
    } else checkUse(segment, use, value, context, report);
  }
  if (values.length > elements.length) surplus(segment, elements.length, report);
  if (rule.syntax.length > 0) checkSyntax(rule.syntax, values, segment, {}, report);
  if (segment.repeats !== undefined) checkRepeats(segment, rule, context, report);
}

function missing(segment: Segment, use: ElementUse, context: ValueContext, report: ElementReport): void {
  const name = use.element?.name ?? use.composite?.components[0]?.element.name ?? '';
  const element = placeName(use, use.element ?? null, context);
  report('element-missing', { tag: segment.tag, element, name }, segment, { element: use.position });
}

/** More elements than the rule has; empty ones at the end harm nobody. */
function surplus(segment: Segment, max: number, report: ElementReport): void {
  const first = segment.values.findIndex((value, index) => index >= max && isPresent(value));
  if (first < 0) return;
  report('element-too-many', { tag: segment.tag, max }, segment, { element: first + 1 });
}

function checkUse(
  segment: Segment,
  use: ElementUse,
  value: Value,
  context: ValueContext,
  report: ElementReport,
  repetition = 0,
): void {
  if (use.element !== null && typeof value === 'string') {
    checkValue(segment, use, use.element, value, 0, repetition, context, report);
  } else
    checkComposite(segment, use, typeof value === 'string' ? [value] : value, repetition, context, report);
}

function checkComposite(
  segment: Segment,
  use: ElementUse,
  parts: readonly string[],
  repetition: number,
  context: ValueContext,
  report: ElementReport,
): void {
  if (!isPresent(parts)) {
    if (use.mandatory) missing(segment, use, context, report);
    return;
  }
  const components = use.composite?.components ?? simpleAsComposite(use);
  for (let index = 0; index < components.length; index += 1) {
    const part = parts[index] ?? '';
    const { element, mandatory } = components[index] as ComponentUse;
    if (part !== '') checkValue(segment, use, element, part, index + 1, repetition, context, report);
    else if (mandatory) {
      const details = { tag: segment.tag, element: placeName(use, element, context), name: element.name };
      report('element-missing', details, segment, placeOf(use, index + 1, repetition));
    }
  }
  if (parts.length > components.length)
    surplusComponents(segment, use, parts, components.length, context, report);
  if (use.composite === null) return;
  if (use.composite.id === 'C507') checkMoment(segment, use, parts, context, report);
  const { syntax } = use.composite;
  if (syntax.length > 0) checkSyntax(syntax, parts, segment, { element: use.position }, report);
}

/** A simple element with components in the data: its only component is the element itself. */
function simpleAsComposite({ element }: ElementUse): readonly ComponentUse[] {
  return element === null ? [] : [{ mandatory: true, element }];
}

function surplusComponents(
  segment: Segment,
  use: ElementUse,
  parts: readonly string[],
  max: number,
  context: ValueContext,
  report: ElementReport,
): void {
  const extra = parts.findIndex((part, index) => index >= max && part !== '');
  if (extra < 0) return;
  const details = { tag: segment.tag, element: placeName(use, use.element, context), max };
  report('component-too-many', details, segment, { element: use.position, component: extra + 1 });
}

/** EDIFACT C507: a date or time (2380) written as its format (2379) says. */
function checkMoment(
  segment: Segment,
  use: ElementUse,
  parts: readonly string[],
  context: ValueContext,
  report: ElementReport,
): void {
  const [, value = '', format = ''] = parts;
  if (value === '' || dateFits(value, format)) return;
  const rule = use.composite?.components[1]?.element ?? null;
  const element = placeName(use, rule, context);
  const details = { tag: segment.tag, element, name: rule?.name ?? '', value: detached(value) };
  report('date-invalid', details, segment, { element: use.position, component: 2 });
}

function checkRepeats(
  segment: Segment,
  rule: SegmentRule,
  context: ValueContext,
  report: ElementReport,
): void {
  for (const [key, all] of Object.entries(segment.repeats ?? {})) {
    const use = rule.elements[Number(key)];
    if (use === undefined) continue;
    if (all.length > use.repeat) {
      const element = placeName(use, use.element, context);
      const details = { tag: segment.tag, element, max: use.repeat, received: all.length };
      report('element-repeated', details, segment, { element: use.position, repetition: use.repeat + 1 });
    }
    for (const [index, value] of all.entries()) {
      if (index > 0 && isPresent(value)) checkUse(segment, use, value, context, report, index + 1);
    }
  }
}

function checkValue(
  segment: Segment,
  use: ElementUse,
  rule: ElementRule,
  value: string,
  component: number,
  repetition: number,
  context: ValueContext,
  report: ElementReport,
): void {
  const wrong = problemOf(rule, value, context);
  const control = context.suspicious && hasControl(value);
  if (wrong === null && !control) return;
  const { name, min, max } = rule;
  const element = placeName(use, rule, context);
  const details = { tag: segment.tag, element, name, min, max, value: detached(value) };
  const at = placeOf(use, component, repetition);
  if (wrong !== null) report(wrong, details, segment, at);
  if (control) report('character-invalid', details, segment, at);
}

function problemOf(rule: ElementRule, value: string, context: ValueContext): FaultCode | null {
  switch (rule.type) {
    case 'N':
      if (!isInteger(value)) return 'number-invalid';
      return lengthProblem(rule, value.charCodeAt(0) === minus ? value.length - 1 : value.length);
    case 'R':
    case 'n':
      return numberProblem(rule, value, context);
    case 'DT':
      return lengthProblem(rule, value.length) ?? (isDate(value) ? null : 'date-invalid');
    case 'TM':
      return lengthProblem(rule, value.length) ?? (isTime(value) ? null : 'time-invalid');
    case 'a':
      return /\d/.test(value) ? 'letters-invalid' : lengthProblem(rule, value.length);
    default: {
      const { codes } = rule;
      if (codes?.closed && !codes.meanings.has(value)) return 'code-invalid';
      return lengthProblem(rule, value.length);
    }
  }
}

/** The length that counts: signs and decimal marks of numbers do not. */
function lengthProblem(rule: ElementRule, length: number): FaultCode | null {
  if (length > rule.max) return 'element-too-long';
  return length < rule.min ? 'element-too-short' : null;
}

const minus = 45;
const point = 46;
const comma = 44;

function numberProblem(
  rule: ElementRule,
  value: string,
  { decimal, edifact }: ValueContext,
): FaultCode | null {
  const digits = decimalDigits(value, decimal);
  if (digits >= 0) return lengthProblem(rule, digits);
  const other = edifact ? decimalDigits(value, decimal === point ? comma : point) : -1;
  return other >= 0 ? 'decimal-mark-wrong' : 'number-invalid';
}

function placeOf(use: ElementUse, component: number, repetition: number): Position {
  return {
    element: use.position,
    ...(component === 0 ? {} : { component }),
    ...(repetition === 0 ? {} : { repetition }),
  };
}

/** X12 counts positions ('PO106'), EDIFACT names data elements ('DTM 2380'). */
function placeName(use: ElementUse, element: ElementRule | null, { edifact }: ValueContext): string {
  const id = element?.id ?? use.composite?.id ?? '';
  return edifact ? ` ${id}` : String(use.position).padStart(2, '0');
}

function isPresent(value: Value): boolean {
  if (typeof value === 'string') return value !== '';
  for (const part of value) if (part !== '') return true;
  return false;
}

/** Tab, a line end or DEL; other control characters are a graver fault, found for whole segments. */
function hasControl(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return /[\x00-\x1f\x7f]/.test(value) && !hasControlCharacter(value);
}
