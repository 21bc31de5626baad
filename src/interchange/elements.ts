/** Checks the elements of a segment against its rule: presence, number, length, type, codes, conditional rules. */
import type { FaultCode, FaultDetails, Position } from '../fault.ts';
import { checkSyntax } from './condition.ts';
import { detached } from './decode.ts';
import type { ElementRule, ElementUse, SegmentRule } from './dictionary/dictionary.ts';
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

/** Where an element stands, as the faults about it say. */
interface Place {
  readonly segment: Segment;
  readonly at: Position;
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
  repetition?: number,
): void {
  const at = { element: use.position, ...(repetition === undefined ? {} : { repetition }) };
  if (use.element !== null && typeof value === 'string') {
    checkValue(use.element, value, { segment, at }, use, context, report);
  } else checkComposite(segment, use, typeof value === 'string' ? [value] : value, at, context, report);
}

function checkComposite(
  segment: Segment,
  use: ElementUse,
  parts: readonly string[],
  at: Position,
  context: ValueContext,
  report: ElementReport,
): void {
  const components =
    use.composite?.components ?? (use.element === null ? [] : [{ mandatory: true, element: use.element }]);
  if (parts.every((part) => part === '')) {
    if (use.mandatory) missing(segment, use, context, report);
    return;
  }
  for (const [index, component] of components.entries()) {
    const part = parts[index] ?? '';
    const place = { segment, at: { ...at, component: index + 1 } };
    if (part !== '') checkValue(component.element, part, place, use, context, report);
    else if (component.mandatory) {
      const element = placeName(use, component.element, context);
      const details = { tag: segment.tag, element, name: component.element.name };
      report('element-missing', details, segment, place.at);
    }
  }
  const extra = parts.findIndex((part, index) => index >= components.length && part !== '');
  if (extra >= 0) {
    const details = { tag: segment.tag, element: placeName(use, null, context), max: components.length };
    report('component-too-many', details, segment, { ...at, component: extra + 1 });
  }
  if (use.composite?.id === 'C507') checkMoment(parts, use, { segment, at }, context, report);
  if (use.composite !== null && use.composite.syntax.length > 0) {
    checkSyntax(use.composite.syntax, parts, segment, at, report);
  }
}

/** EDIFACT C507: a date or time (2380) written as its format (2379) says. */
function checkMoment(
  parts: readonly string[],
  use: ElementUse,
  place: Place,
  context: ValueContext,
  report: ElementReport,
): void {
  const [, value = '', format = ''] = parts;
  if (value === '' || dateFits(value, format)) return;
  const rule = use.composite?.components[1]?.element ?? null;
  const details = {
    tag: place.segment.tag,
    element: placeName(use, rule, context),
    name: rule?.name ?? '',
    value: detached(value),
  };
  report('date-invalid', details, place.segment, { ...place.at, component: 2 });
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
  rule: ElementRule,
  value: string,
  place: Place,
  use: ElementUse,
  context: ValueContext,
  report: ElementReport,
): void {
  const fail = (code: FaultCode, details: FaultDetails = {}): void => {
    const { tag } = place.segment;
    const element = placeName(use, rule, context);
    report(
      code,
      { tag, element, name: rule.name, value: detached(value), ...details },
      place.segment,
      place.at,
    );
  };
  const length = typedLength(rule, value, context, fail);
  if (length > rule.max) fail('element-too-long', { max: rule.max });
  else if (length >= 0 && length < rule.min) fail('element-too-short', { min: rule.min });
  else if (rule.codes?.closed && !rule.codes.meanings.has(value)) fail('code-invalid');
  if (context.suspicious && hasControl(value)) fail('character-invalid');
}

type Fail = (code: FaultCode, details?: FaultDetails) => void;

/** The length that counts for the rule: signs and decimal marks do not. -1 when the value has not its type (reported). */
function typedLength(rule: ElementRule, value: string, context: ValueContext, fail: Fail): number {
  switch (rule.type) {
    case 'N':
      if (isInteger(value)) return value.charCodeAt(0) === minus ? value.length - 1 : value.length;
      fail('number-invalid');
      return -1;
    case 'R':
    case 'n':
      return numberLength(value, context, fail);
    case 'DT':
      if (value.length >= rule.min && value.length <= rule.max && !isDate(value)) fail('date-invalid');
      return value.length;
    case 'TM':
      if (value.length >= rule.min && value.length <= rule.max && !isTime(value)) fail('time-invalid');
      return value.length;
    case 'a':
      if (/\d/.test(value)) fail('letters-invalid');
      return value.length;
    default:
      return value.length;
  }
}

const minus = 45;
const point = 46;
const comma = 44;

function numberLength(value: string, { decimal, edifact }: ValueContext, fail: Fail): number {
  const digits = decimalDigits(value, decimal);
  if (digits >= 0) return digits;
  const other = edifact ? decimalDigits(value, decimal === point ? comma : point) : -1;
  fail(other >= 0 ? 'decimal-mark-wrong' : 'number-invalid');
  return other;
}

/** X12 counts positions ('PO106'), EDIFACT names data elements ('DTM 2380'). */
function placeName(use: ElementUse, element: ElementRule | null, { edifact }: ValueContext): string {
  const id = element?.id ?? use.composite?.id ?? '';
  return edifact ? ` ${id}` : String(use.position).padStart(2, '0');
}

function isPresent(value: Value): boolean {
  return typeof value === 'string' ? value !== '' : value.some((part) => part !== '');
}

function hasControl(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return /[\x00-\x1f\x7f]/.test(value);
}
