/** Examples of a segment: one that is right, and one for each of its rules that is broken. */
import { type FaultCode, faultTable, type Position, type Severity } from '../../src/fault.ts';
import type { CompositeRule, ElementUse, SegmentRule } from '../../src/interchange/dictionary/dictionary.ts';
import { type Absence, absences, breaches, complete, type Slots } from './rules-presence.ts';
import { placeName, rightValue, type WrongValue, wrongValues } from './rules-values.ts';

/** What a reader must say of a broken segment; the place is within the segment. */
export interface Finding {
  readonly code: FaultCode;
  readonly severity: Severity;
  readonly at: Position;
}

/** A segment that breaks a rule. */
export interface BrokenSegment {
  readonly kind: string;
  readonly name: string;
  /** Its elements as they are written. */
  readonly values: readonly string[];
  readonly findings: readonly Finding[];
}

/** How the values of a message are written and judged. */
export interface Dialect {
  readonly edifact: boolean;
  readonly repetition: string;
  /** Whether any element may be written several times, also one that must not be (EDIFACT's syntax 4). */
  readonly repeatsAll: boolean;
}

const component = ':';

/** The elements of a segment that has all it needs, those at `wanted`, and no more. */
export function rightSegment(rule: SegmentRule, wanted: readonly number[] = []): string[] {
  const present = complete(slotsOf(rule), wanted);
  if (present === null) throw new Error(`${rule.tag} cannot hold its element ${wanted.join(' and ')}`);
  return written(rule, present);
}

/** The segment once for each of its rules, which it breaks. */
export function brokenSegments(rule: SegmentRule, dialect: Dialect): BrokenSegment[] {
  return [
    ...rule.elements.flatMap((use) => brokenElement(rule, use, dialect)),
    ...brokenConditions(rule),
    tooManyElements(rule),
  ];
}

function brokenElement(rule: SegmentRule, use: ElementUse, dialect: Dialect): BrokenSegment[] {
  const { position, element, composite } = use;
  const name = placeName(rule.tag, use, dialect.edifact);
  const base = rightSegment(rule, [position]);
  const put = (text: string) => base.with(position - 1, text);
  const broken: BrokenSegment[] = [];
  if (use.mandatory) broken.push(withoutElement(rule, position, name));
  if (element !== null) {
    const simple = wrongValues(element, dialect.edifact).map((wrong) =>
      brokenValue(wrong, name, put(wrong.text), { element: position }),
    );
    broken.push(...simple);
    if (dialect.edifact) broken.push(tooManyComponents(name, position, 1, put, rightValue(element)));
  }
  if (composite !== null) broken.push(...brokenComposite(composite, name, position, dialect, put));
  if (use.repeat > 1 || dialect.repeatsAll) broken.push(...brokenRepeats(use, name, dialect, put));
  return broken;
}

function withoutElement(rule: SegmentRule, position: number, name: string): BrokenSegment {
  const slots = slotsOf(rule);
  const others = { ...slots, mandatory: slots.mandatory.filter((one) => one !== position) };
  const present = complete(others, [], [position]) ?? new Set(others.mandatory);
  const findings = absences(slots, present).map((one) => lacking(one, (element) => ({ element })));
  return { kind: 'mandatory element', name, values: written(rule, present), findings };
}

function brokenConditions(rule: SegmentRule): BrokenSegment[] {
  const slots = slotsOf(rule);
  return breaches(slots).map((breach) => ({
    kind: `condition ${breach.rule.kind}`,
    name: `${rule.tag} ${breach.name}`,
    values: written(rule, breach.present),
    findings: absences(slots, breach.present).map((one) => lacking(one, (element) => ({ element }))),
  }));
}

function tooManyElements({ tag, elements, ...rest }: SegmentRule): BrokenSegment {
  const base = rightSegment({ tag, elements, ...rest });
  const values = Array.from({ length: elements.length + 1 }, (_, index) => base[index] ?? '');
  values[elements.length] = 'X';
  const at = { element: elements.length + 1 };
  return { kind: 'elements', name: tag, values, findings: [finding('element-too-many', at)] };
}

function brokenComposite(
  composite: CompositeRule,
  name: string,
  position: number,
  { edifact }: Dialect,
  put: (text: string) => string[],
): BrokenSegment[] {
  const slots = slotsOf(composite);
  const at = (one: number) => ({ element: position, component: one });
  const say = (present: ReadonlySet<number>) => put(writtenComposite(composite, present));
  const parts = composite.components.flatMap(({ element, mandatory }, index) => {
    const values = complete(slots, [index + 1]);
    if (values === null) throw new Error(`${composite.id} cannot hold its component ${index + 1}`);
    const place = `${name} ${element.id} (${index + 1})`;
    const wrong = wrongValues(element, edifact).map((one) => {
      const text = writtenComposite(composite, values).split(component).with(index, one.text).join(component);
      return brokenValue({ ...one, kind: `component ${one.kind}` }, place, put(text), at(index + 1));
    });
    const without = mandatory ? withoutComponent(composite, index + 1, place, at, say) : null;
    return without === null ? wrong : [without, ...wrong];
  });
  const conditions = breaches(slots).map((breach) => ({
    kind: `component condition ${breach.rule.kind}`,
    name: `${name} ${breach.name}`,
    values: say(breach.present),
    findings: absences(slots, breach.present).map((one) => lacking(one, at)),
  }));
  return [
    ...parts,
    ...conditions,
    ...(composite.id === 'C507' ? [wrongMoment(name, position, put)] : []),
    tooManyComponents(name, position, composite.components.length, put, writtenComposite(composite)),
  ];
}

/** C507: a value (2380) that its format (2379) does not allow. */
function wrongMoment(name: string, element: number, put: (text: string) => string[]): BrokenSegment {
  const findings = [finding('date-invalid', { element, component: 2 })];
  return { kind: 'date of a format', name, values: put('137:20260230:102'), findings };
}

/** Null when nothing else could stand in the composite: without its only component, it is absent itself. */
function withoutComponent(
  composite: CompositeRule,
  position: number,
  name: string,
  at: (component: number) => Position,
  say: (present: ReadonlySet<number>) => string[],
): BrokenSegment | null {
  const slots = slotsOf(composite);
  const others = { ...slots, mandatory: slots.mandatory.filter((one) => one !== position) };
  const other = composite.components.findIndex((_, index) => index + 1 !== position) + 1;
  if (other === 0) return null;
  const present = complete(others, [other], [position]) ?? new Set([...others.mandatory, other]);
  const findings = absences(slots, present).map((one) => lacking(one, at));
  return { kind: 'mandatory component', name, values: say(present), findings };
}

function tooManyComponents(
  name: string,
  element: number,
  max: number,
  put: (text: string) => string[],
  base: string,
): BrokenSegment {
  const parts = base.split(component);
  const text = [...Array.from({ length: max }, (_, index) => parts[index] ?? ''), 'X'].join(component);
  const at = { element, component: max + 1 };
  return { kind: 'components', name, values: put(text), findings: [finding('component-too-many', at)] };
}

function brokenRepeats(
  use: ElementUse,
  name: string,
  { edifact, repetition }: Dialect,
  put: (text: string) => string[],
): BrokenSegment[] {
  const right = valueFor(use);
  const many = Array.from({ length: use.repeat + 1 }, () => right).join(repetition);
  const place = { element: use.position, repetition: use.repeat + 1 };
  const tooMany = {
    kind: 'repetitions',
    name,
    values: put(many),
    findings: [finding('element-repeated', place)],
  };
  const rule = use.element ?? use.composite?.components[0]?.element;
  const at = { element: use.position, ...(use.element === null ? { component: 1 } : {}), repetition: 2 };
  // Where one more is one too many, what is wrong with it comes second: only the number is looked at.
  if (use.repeat === 1) return [tooMany];
  const second = (rule === undefined ? [] : wrongValues(rule, edifact)).map((wrong) =>
    brokenValue({ ...wrong, kind: `repeated ${wrong.kind}` }, name, put(right + repetition + wrong.text), at),
  );
  return [tooMany, ...second];
}

function brokenValue(
  { kind, code }: WrongValue,
  name: string,
  values: string[],
  at: Position,
): BrokenSegment {
  return { kind, name, values, findings: [finding(code, at)] };
}

function finding(code: FaultCode, at: Position): Finding {
  return { code, severity: faultTable[code].severity, at };
}

function lacking({ code, position, soft }: Absence, at: (position: number) => Position): Finding {
  const one = finding(code, at(position));
  return soft ? { ...one, severity: 'warning' } : one;
}

function slotsOf(rule: SegmentRule | CompositeRule): Slots {
  const uses = 'elements' in rule ? rule.elements : rule.components;
  return {
    mandatory: uses.flatMap((use, index) => (use.mandatory ? [index + 1] : [])),
    syntax: rule.syntax,
  };
}

function written(rule: SegmentRule, present: ReadonlySet<number>): string[] {
  return rule.elements
    .slice(0, Math.max(0, ...present))
    .map((use) => (present.has(use.position) ? valueFor(use) : ''));
}

function valueFor({ element, composite }: ElementUse): string {
  if (element !== null) return rightValue(element);
  return composite === null ? '' : writtenComposite(composite);
}

function writtenComposite(
  composite: CompositeRule,
  present: ReadonlySet<number> = leanest(composite),
): string {
  return composite.components
    .slice(0, Math.max(0, ...present))
    .map(({ element }, index) => (present.has(index + 1) ? rightValue(element) : ''))
    .join(component);
}

/** What must stand in a composite that is there: its mandatory components, or else the first. */
function leanest(composite: CompositeRule): ReadonlySet<number> {
  const slots = slotsOf(composite);
  return complete(slots, slots.mandatory.length > 0 ? [] : [1]) ?? new Set();
}
