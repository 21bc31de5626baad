/** Checks the elements of a segment along the tape: presence, number, length, type, codes, conditional rules. */
import type { FaultCode, FaultDetails, Position } from '../fault.ts';
import { asked, brokenAt, type Condition, holds, mostPositions, nameOf } from './condition.ts';
import { hasControlCharacter } from './control-character.ts';
import { detached } from './decode.ts';
import type { ElementRule, ElementUse } from './dictionary/dictionary.ts';
import { dateFits, formatInWords } from './moment.ts';
import {
  anyText,
  type CompositePlan,
  calendarDate,
  closedCode,
  decimalNumber,
  lettersOnly,
  type SegmentPlan,
  type Slot,
  timeOfDay,
  type ValuePlan,
  wholeNumber,
} from './plan.ts';
import {
  componentMark,
  elementMark,
  firstMark,
  flagsOf,
  noTape,
  peculiar,
  repetitionMark,
  type Tape,
  tagOf,
  textOf,
} from './tape.ts';
import { codeKey, decimalDigits, isDate, isInteger, isTime } from './value.ts';

/**
 * Takes a finding about a segment of the tape.
 * @param soft no more than a warning
 */
export type Report = (
  code: FaultCode,
  details: FaultDetails,
  segment: number,
  at: Position,
  soft?: boolean,
) => void;

const minus = 45;
const point = 46;
const comma = 44;

/** Checks the segments of one message, one after the other. */
export class ElementChecker {
  readonly #edifact: boolean;
  readonly #report: Report;
  #tape: Tape = noTape;
  #bytes: Uint8Array = noTape.bytes;
  #marks: Int32Array = noTape.marks;
  #origin = 0;
  /** Character code of the decimal mark. */
  #decimal = point;
  #segment = 0;
  #peculiar = false;

  constructor(edifact: boolean, report: Report) {
    this.#edifact = edifact;
    this.#report = report;
  }

  /** Begins another message. */
  begin(tape: Tape, decimal: number): void {
    this.#tape = tape;
    this.#bytes = tape.bytes;
    this.#marks = tape.marks;
    this.#origin = tape.origin;
    this.#decimal = decimal;
  }

  check(segment: number, plan: SegmentPlan): void {
    const marks = this.#marks;
    const { slots } = plan;
    this.#segment = segment;
    this.#peculiar = (flagsOf(this.#tape, segment) & peculiar) !== 0;
    const last = firstMark(this.#tape, segment + 1) - 1;
    let mark = firstMark(this.#tape, segment);
    let from = ((marks[mark] as number) >>> 2) + 1;
    let present = 0;
    let surplus = 0;
    let element = 0;
    for (; mark < last; element += 1) {
      const first = mark + 1;
      mark = first;
      let kinds = 0;
      for (let kind = (marks[mark] as number) & 3; kind !== elementMark; kind = (marks[mark] as number) & 3) {
        kinds |= kind;
        mark += 1;
      }
      const to = (marks[mark] as number) >>> 2;
      if (to > from) {
        const slot = slots[element];
        if (slot === undefined) {
          if (surplus === 0 && to - from > mark - first) surplus = element + 1;
        } else if (first === mark && slot.value !== null) {
          present |= bitOf(element);
          const { value } = slot;
          const length = to - from;
          const fits = value.kind === anyText && !value.closed && length <= value.max && length >= value.min;
          if (!fits || this.#peculiar) this.#value(slot.use, value, from, to, 0, 0);
        } else if (this.#parts(slot, from, first, mark, kinds)) present |= bitOf(element);
        else if (slot.mandatory) this.#missing(slot.use);
      } else if (element < plan.needed && slots[element]?.mandatory)
        this.#missing((slots[element] as Slot).use);
      from = to + 1;
    }
    for (; element < plan.needed; element += 1) {
      const slot = slots[element] as Slot;
      if (slot.mandatory) this.#missing(slot.use);
    }
    if (surplus > 0) this.#surplus(slots.length, surplus);
    // Lines of one message mostly have the same elements.
    if (plan.conditions.length === 0 || present === plan.sound) return;
    if (this.#conditions(plan.conditions, present, null)) plan.sound = present;
  }

  /** True when all conditions hold. */
  #conditions(conditions: readonly Condition[], present: number, within: ElementUse | null): boolean {
    let sound = true;
    for (const condition of conditions) {
      if (holds(condition, present)) continue;
      sound = false;
      const { rule } = condition;
      const wrong = brokenAt(condition, present);
      const code = rule.kind === 'E' ? 'elements-exclusive' : 'elements-required';
      const details = { tag: this.#tag, rule: nameOf(rule), asked: asked(rule) };
      const at = within === null ? { element: wrong } : { element: within.position, component: wrong };
      this.#report(code, details, this.#segment, at, rule.soft);
    }
    return sound;
  }

  /** Checks an element that has parts or may have them; false when all of them are empty. */
  #parts(slot: Slot, start: number, first: number, last: number, kinds: number): boolean {
    const marks = this.#marks;
    const { use, value, composite, repeat } = slot;
    if (composite !== null && (kinds & repetitionMark) === 0)
      return this.#components(use, composite, composite.components, start, first, last, 0);
    const whole = !this.#edifact && composite === null && repeat === 1;
    if (whole && value !== null) {
      this.#value(use, value, start, (marks[last] as number) >>> 2, 0, 0);
      return true;
    }
    let present = false;
    let repetition = 0;
    let from = start;
    let begin = first;
    for (let mark = first; mark <= last; mark += 1) {
      const kind = (marks[mark] as number) & 3;
      if (kind === componentMark || (kind === repetitionMark && !this.#edifact && repeat === 1)) continue;
      repetition += 1;
      const nth = repetition === 1 ? 0 : repetition;
      if (this.#repetition(slot, from, begin, mark, nth)) present = true;
      from = ((marks[mark] as number) >>> 2) + 1;
      begin = mark + 1;
    }
    if (repetition > repeat) {
      const details = {
        tag: this.#tag,
        element: this.#placeName(use, use.element),
        max: repeat,
        received: repetition,
      };
      this.#report('element-repeated', details, this.#segment, {
        element: use.position,
        repetition: repeat + 1,
      });
    }
    return present;
  }

  /** One repetition of an element, up to the mark `last`; false when it is empty. */
  #repetition(slot: Slot, from: number, first: number, last: number, repetition: number): boolean {
    const to = (this.#marks[last] as number) >>> 2;
    const { use, value, composite } = slot;
    if (composite !== null)
      return this.#components(use, composite, composite.components, from, first, last, repetition);
    if (value === null || to === from) return false;
    if (first === last || !this.#edifact) {
      this.#value(use, value, from, to, 0, repetition);
      return true;
    }
    // Components where the element is simple: the first one is the element itself.
    return this.#components(use, null, [value], from, first, last, repetition);
  }

  #components(
    use: ElementUse,
    composite: CompositePlan | null,
    components: readonly ValuePlan[],
    start: number,
    first: number,
    last: number,
    repetition: number,
  ): boolean {
    const marks = this.#marks;
    let from = start;
    let present = 0;
    let surplus = 0;
    let component = 0;
    for (let mark = first; mark <= last; mark += 1) {
      const kind = (marks[mark] as number) & 3;
      if (kind === repetitionMark && mark < last) continue;
      const to = (marks[mark] as number) >>> 2;
      const plan = components[component];
      component += 1;
      if (to > from && plan !== undefined) {
        present |= bitOf(component - 1);
        const length = to - from;
        const fits = plan.kind === anyText && !plan.closed && length <= plan.max && length >= plan.min;
        if (!fits || this.#peculiar) this.#value(use, plan, from, to, component, repetition);
      } else if (to > from && surplus === 0) surplus = component;
      from = to + 1;
    }
    if (present === 0 && surplus === 0) return false;
    for (let index = 0; index < components.length; index += 1) {
      const plan = components[index] as ValuePlan;
      if (plan.mandatory && (present & (1 << index)) === 0)
        this.#missingPart(use, plan.rule, index + 1, repetition);
    }
    if (surplus > 0) this.#surplusPart(use, components.length, surplus, repetition);
    if (composite?.moment) this.#moment(use, composite, first, last);
    if (composite !== null && composite.conditions.length > 0)
      this.#conditions(composite.conditions, present, use);
    return true;
  }

  /** EDIFACT C507: a date or time (2380) written as its format (2379) says. */
  #moment(use: ElementUse, composite: CompositePlan, first: number, last: number): void {
    const marks = this.#marks;
    if (first === last) return;
    const from = ((marks[first] as number) >>> 2) + 1;
    const to = (marks[first + 1] as number) >>> 2;
    if (from === to) return;
    const formatFrom = to + 1;
    const formatTo = first + 1 === last ? formatFrom : (marks[first + 2] as number) >>> 2;
    if (this.#isDay(from, to, formatFrom, formatTo)) return;
    const value = this.#text(from, to);
    const qualifier = this.#text(formatFrom, Math.max(formatFrom, formatTo));
    if (dateFits(value, qualifier)) return;
    const rule = composite.rule.components[1]?.element ?? null;
    const details = {
      tag: this.#tag,
      element: this.#placeName(use, rule),
      name: rule?.name ?? '',
      value,
      format: formatInWords(qualifier),
    };
    this.#report('date-invalid', details, this.#segment, { element: use.position, component: 2 });
  }

  /** Format 102, CCYYMMDD, is by far the most frequent one. */
  #isDay(from: number, to: number, formatFrom: number, formatTo: number): boolean {
    const bytes = this.#bytes;
    const at = this.#origin + formatFrom;
    const is102 =
      formatTo - formatFrom === 3 && bytes[at] === 49 && bytes[at + 1] === 48 && bytes[at + 2] === 50;
    return is102 && to - from === 8 && isDate(bytes, this.#origin + from, this.#origin + to);
  }

  #value(
    use: ElementUse,
    plan: ValuePlan,
    from: number,
    to: number,
    component: number,
    repetition: number,
  ): void {
    const wrong = this.#problem(plan, this.#origin + from, this.#origin + to);
    if (wrong === null && !this.#peculiar) return;
    const value = this.#text(from, to);
    const control = this.#peculiar && hasControl(value);
    if (wrong === null && !control) return;
    const { name, min, max } = plan.rule;
    const element = this.#placeName(use, plan.rule);
    const details = { tag: this.#tag, element, name, min, max, value, format: '' };
    const at = placeOf(use, component, repetition);
    if (wrong !== null) this.#report(wrong, details, this.#segment, at);
    if (control) this.#report('character-invalid', details, this.#segment, at);
  }

  /** What is wrong with the value between two indexes; null when nothing is. */
  #problem(plan: ValuePlan, from: number, to: number): FaultCode | null {
    const wrong = this.#formProblem(plan, from, to);
    if (wrong !== null || !plan.closed || this.#codeFits(plan, from, to)) return wrong;
    return 'code-invalid';
  }

  #formProblem(plan: ValuePlan, from: number, to: number): FaultCode | null {
    const bytes = this.#bytes;
    switch (plan.kind) {
      // A code of another length is one that the list does not have.
      case closedCode:
        return null;
      case wholeNumber:
        if (!isInteger(bytes, from, to)) return 'number-invalid';
        return lengthProblem(plan, bytes[from] === minus ? to - from - 1 : to - from);
      case decimalNumber:
        return this.#numberProblem(plan, from, to);
      case calendarDate:
        return lengthProblem(plan, to - from) ?? (isDate(bytes, from, to) ? null : 'date-invalid');
      case timeOfDay:
        return lengthProblem(plan, to - from) ?? (isTime(bytes, from, to) ? null : 'time-invalid');
      case lettersOnly:
        return hasDigit(bytes, from, to) ? 'letters-invalid' : lengthProblem(plan, to - from);
      default:
        return lengthProblem(plan, to - from);
    }
  }

  #codeFits(plan: ValuePlan, from: number, to: number): boolean {
    if (to - from <= 3) return plan.codes.has(codeKey(this.#bytes, from, to));
    return plan.rule.codes?.meanings.has(this.#text(from - this.#origin, to - this.#origin)) ?? false;
  }

  #numberProblem(plan: ValuePlan, from: number, to: number): FaultCode | null {
    const decimal = this.#decimal;
    const digits = decimalDigits(this.#bytes, from, to, decimal, !this.#edifact);
    if (digits >= 0) return lengthProblem(plan, digits);
    const other = this.#edifact
      ? decimalDigits(this.#bytes, from, to, decimal === point ? comma : point, false)
      : -1;
    return other >= 0 ? 'decimal-mark-wrong' : 'number-invalid';
  }

  #missing(use: ElementUse): void {
    const name = use.element?.name ?? use.composite?.components[0]?.element.name ?? '';
    const details = { tag: this.#tag, element: this.#placeName(use, use.element), name };
    this.#report('element-missing', details, this.#segment, { element: use.position });
  }

  #missingPart(use: ElementUse, rule: ElementRule, component: number, repetition: number): void {
    const details = { tag: this.#tag, element: this.#placeName(use, rule), name: rule.name };
    this.#report('element-missing', details, this.#segment, placeOf(use, component, repetition));
  }

  /** More elements than the rule has; empty ones at the end harm nobody. */
  #surplus(max: number, element: number): void {
    this.#report('element-too-many', { tag: this.#tag, max }, this.#segment, { element });
  }

  #surplusPart(use: ElementUse, max: number, component: number, repetition: number): void {
    const details = { tag: this.#tag, element: this.#placeName(use, use.element), max };
    this.#report('component-too-many', details, this.#segment, placeOf(use, component, repetition));
  }

  get #tag(): string {
    return detached(tagOf(this.#tape, this.#segment).slice(0, 20));
  }

  #text(from: number, to: number): string {
    return textOf(this.#tape, this.#segment, from, to);
  }

  /** X12 counts positions ('PO106'), EDIFACT names data elements ('DTM 2380'). */
  #placeName(use: ElementUse, element: ElementRule | null): string {
    const id = element?.id ?? use.composite?.id ?? '';
    return this.#edifact ? ` ${id}` : String(use.position).padStart(2, '0');
  }
}

/** The bit of an element, by its index; no condition reaches beyond the 32nd. */
function bitOf(index: number): number {
  return index < mostPositions ? 1 << index : 0;
}

/** The length that counts: signs and decimal marks of numbers do not. */
function lengthProblem({ min, max }: ValuePlan, length: number): FaultCode | null {
  if (length > max) return 'element-too-long';
  return length < min ? 'element-too-short' : null;
}

function hasDigit(bytes: Uint8Array, from: number, to: number): boolean {
  for (let index = from; index < to; index += 1) {
    const code = bytes[index] as number;
    if (code >= 48 && code <= 57) return true;
  }
  return false;
}

function placeOf(use: ElementUse, component: number, repetition: number): Position {
  return {
    element: use.position,
    ...(component === 0 ? {} : { component }),
    ...(repetition === 0 ? {} : { repetition }),
  };
}

/** Tab, a line end or DEL; other control characters are a graver fault, found for whole segments. */
function hasControl(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return /[\x00-\x1f\x7f]/.test(value) && !hasControlCharacter(value);
}
