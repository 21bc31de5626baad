/** The rules of segments, compiled once into what the checks walk along. */
import { compileCheckDigits, type NumberCheck } from './check-digits.ts';
import { type Condition, compileConditions } from './condition.ts';
import type {
  CompositeRule,
  ElementRule,
  ElementUse,
  MessageRules,
  SegmentRule,
} from './dictionary/dictionary.ts';
import { keyOfTag } from './tape.ts';
import { codeKey } from './value.ts';

/** How a value is checked; a number, because it is asked for every value. */
export const anyText = 0;
export const closedCode = 1;
export const wholeNumber = 2;
export const decimalNumber = 3;
export const calendarDate = 4;
export const timeOfDay = 5;
export const lettersOnly = 6;

/** An element or a component. */
export interface ValuePlan {
  readonly rule: ElementRule;
  readonly kind: number;
  readonly min: number;
  readonly max: number;
  /** The list of codes is whole: any other is a fault. */
  readonly closed: boolean;
  /** Codes of up to three characters by `keyOfCode`; empty unless the list is closed. */
  readonly codes: ReadonlySet<number>;
  readonly mandatory: boolean;
}

export interface CompositePlan {
  readonly rule: CompositeRule;
  readonly components: readonly ValuePlan[];
  readonly conditions: readonly Condition[];
  /** EDIFACT C507: date, time or period, whose form its own format names. */
  readonly moment: boolean;
}

/** An element at its place in a segment: `value` or `composite`, the other being null. */
export interface Slot {
  readonly use: ElementUse;
  readonly mandatory: boolean;
  readonly repeat: number;
  readonly value: ValuePlan | null;
  readonly composite: CompositePlan | null;
}

export interface SegmentPlan {
  readonly rule: SegmentRule;
  /** Of the segment among those of the release. */
  readonly index: number;
  /** Checks its check digits; null where it has none. */
  readonly numbers: NumberCheck | null;
  readonly slots: readonly Slot[];
  readonly conditions: readonly Condition[];
  /** How many elements there are up to the last mandatory one. */
  readonly needed: number;
  /** A set of present elements for which all conditions were found to hold; -1 before the first. */
  sound: number;
}

/** Compiles segments when they are first met: a message uses few of those that its release has. */
export class LazyPlans {
  readonly #plans = new Map<number, SegmentPlan>();
  readonly #rules = new Map<number, { readonly rule: SegmentRule; readonly index: number }>();
  readonly #numbers: ReadonlyMap<number, NumberCheck>;

  constructor(rules: MessageRules) {
    this.#numbers = compileCheckDigits(rules);
    for (const [tag, rule] of rules.segments)
      this.#rules.set(keyOfTag(tag), { rule, index: this.#rules.size });
  }

  /** Segments of the release. */
  get size(): number {
    return this.#rules.size;
  }

  /** The index of a segment; -1 when its release does not have it. */
  indexOf(tag: string): number {
    return this.#rules.get(keyOfTag(tag))?.index ?? -1;
  }

  /** The plan of a segment by the key of its tag; null when its release does not have it. */
  get(key: number): SegmentPlan | null {
    const known = this.#plans.get(key);
    if (known !== undefined) return known;
    const found = this.#rules.get(key);
    if (found === undefined) return null;
    const plan = compileSegment(found.rule, found.index, this.#numbers.get(key) ?? null);
    this.#plans.set(key, plan);
    return plan;
  }
}

function compileSegment(rule: SegmentRule, index: number, numbers: NumberCheck | null): SegmentPlan {
  const slots = rule.elements.map(compileSlot);
  const needed = slots.findLastIndex((slot) => slot.mandatory) + 1;
  const conditions = compileConditions(rule.syntax);
  return { rule, index, numbers, slots, conditions, needed, sound: -1 };
}

function compileSlot(use: ElementUse): Slot {
  const { mandatory, repeat, element } = use;
  const value = element === null ? null : compileValue(element, true);
  return {
    use,
    mandatory,
    repeat,
    value,
    composite: use.composite === null ? null : compileComposite(use.composite),
  };
}

function compileComposite(rule: CompositeRule): CompositePlan {
  const components = rule.components.map(({ element, mandatory }) => compileValue(element, mandatory));
  return { rule, components, conditions: compileConditions(rule.syntax), moment: rule.id === 'C507' };
}

function compileValue(rule: ElementRule, mandatory: boolean): ValuePlan {
  const closed = rule.codes?.closed ?? false;
  const codes = closed
    ? [...(rule.codes?.meanings.keys() ?? [])].map(keyOfCode).filter((key) => key > 0)
    : [];
  const { min, max, type } = rule;
  return { rule, kind: kindOf(type, closed), min, max, closed, codes: new Set(codes), mandatory };
}

const kinds: Readonly<Partial<Record<ElementRule['type'], number>>> = {
  N: wholeNumber,
  R: decimalNumber,
  n: decimalNumber,
  DT: calendarDate,
  TM: timeOfDay,
  a: lettersOnly,
};

function kindOf(type: ElementRule['type'], closed: boolean): number {
  return kinds[type] ?? (closed ? closedCode : anyText);
}

/** The key of a code of up to three characters; 0 for a longer one. */
function keyOfCode(code: string): number {
  if (code.length === 0 || code.length > 3) return 0;
  return codeKey(Buffer.from(code, 'latin1'), 0, code.length);
}
