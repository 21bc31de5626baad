/** Positions of a guide checked against the dictionary: is there such an element, what does it hold, which codes. */
import type { ElementRule, ElementUse, SegmentRule } from '../interchange/dictionary/dictionary.ts';
import type { FieldType } from './canon.ts';
import { type CellPosition, type Form, positionText } from './notation.ts';
import type { Spot } from './ports.ts';
import { nearMiss, type Place, type Problems } from './problem.ts';

/** A spot with the dictionary's rule of what stands there. */
export interface RuledSpot extends Spot {
  readonly rule: ElementRule;
  /** The rule of the place where the layout of a date is named. */
  readonly layoutRule: ElementRule | null;
}

/** The spot of a single position; null (and a problem) when the segment has no such place. */
export function spotOf(
  rule: SegmentRule,
  position: CellPosition,
  at: Place,
  problems: Problems,
): RuledSpot | null {
  const use = elementUse(rule, position, at, problems);
  if (use === null) return null;
  const { element, component } = position;
  const { tag } = rule;
  if (use.composite === null) {
    if (component === null && use.element !== null)
      return { ...plainSpot(use.element), ...elementLayout(rule, element), tag, element, component };
    problems.add(
      at,
      `${tag} element ${element} has no components.`,
      `Write ${positionText({ ...position, component: null, to: null })}.`,
    );
    return null;
  }
  const { components } = use.composite;
  const part = component === null ? undefined : components[component - 1];
  if (part === undefined) {
    const shown = String(element).padStart(2, '0');
    problems.add(
      at,
      `${tag} element ${element} is a composite of ${components.length}.`,
      `Write ${shown}.1 to ${shown}.${components.length}.`,
    );
    return null;
  }
  const layout =
    part.element.id === '2380' ? components.findIndex((other) => other.element.id === '2379') : -1;
  const named =
    layout < 0
      ? {}
      : {
          layoutAt: { element, component: layout + 1 },
          layoutRule: components[layout]?.element ?? null,
        };
  return { ...plainSpot(part.element), ...named, tag, element, component };
}

/** X12: element 1250 names the layout of the 1251 behind it. */
function elementLayout({ elements }: SegmentRule, element: number): Partial<RuledSpot> {
  const before = elements[element - 2]?.element;
  if (elements[element - 1]?.element?.id !== '1251' || before?.id !== '1250') return {};
  return { layoutAt: { element: element - 1, component: null }, layoutRule: before };
}

/** The element's use; null (and a problem) when the segment is shorter. */
export function elementUse(
  rule: SegmentRule,
  position: CellPosition,
  at: Place,
  problems: Problems,
): ElementUse | null {
  const use = rule.elements[position.element - 1];
  if (use === undefined)
    problems.add(at, `${rule.tag} has no element ${position.element}; its last is ${rule.elements.length}.`);
  return use ?? null;
}

function plainSpot(rule: ElementRule): Omit<RuledSpot, 'tag' | 'element' | 'component'> {
  const { max, type, decimals } = rule;
  const numeric = type === 'N' || type === 'R' || type === 'n';
  return { max, numeric, implied: type === 'N' ? decimals : null, layoutAt: null, layoutRule: null, rule };
}

/** A code of the guide that a closed list of the dictionary does not have, or that is too long, is a problem. */
export function checkCode(
  code: string,
  spot: Pick<RuledSpot, 'tag' | 'element' | 'rule'>,
  at: Place,
  problems: Problems,
): void {
  const { rule, tag, element } = spot;
  if (code === '' || code === '*') return;
  if (code.length > rule.max)
    problems.add(
      at,
      `'${code}' is too long for ${tag} element ${element}, which takes ${rule.max} characters.`,
    );
  else if (rule.codes?.closed === true && !rule.codes.meanings.has(code)) {
    const known = [...rule.codes.meanings.keys()];
    const hint =
      nearMiss(code, known) ?? `Known: ${known.slice(0, 30).join(', ')}${known.length > 30 ? ', …' : ''}.`;
    problems.add(at, `'${code}' is no code of ${tag} element ${element} (${rule.id}, ${rule.name}).`, hint);
  }
}

const suitable: Readonly<Record<string, readonly string[]>> = {
  decimal: ['N', 'R', 'n', 'an'],
  date: ['DT', 'AN', 'an'],
  datetime: ['DT', 'AN', 'an'],
  text: ['AN', 'ID', 'N', 'a', 'an', 'n'],
};

/** A canonical field whose type the element cannot hold is a problem. A code table fits any element. */
export function checkFit(
  type: FieldType,
  form: Form,
  field: string,
  spot: RuledSpot,
  at: Place,
  problems: Problems,
): void {
  const kind = type.kind;
  if (kind === 'object' || kind === 'list') {
    const hint =
      kind === 'list'
        ? `Use 'each: ${field}' on a segment that repeats.`
        : `Name one of its fields: ${field}.name`;
    problems.add(at, `'${field}' is ${kind === 'list' ? 'a list' : 'no single value'}.`, hint);
    return;
  }
  if (kind === 'choice') {
    problems.add(
      at,
      `'${field}' needs a code table: { ${field}: { CODE: ${type.values[0]} } }`,
      `It is one of ${type.values.join(', ')}.`,
    );
    return;
  }
  if (form !== 'infer' && form !== kind) {
    problems.add(at, `'${field}' is a ${kind}, not a ${form}.`);
    return;
  }
  if (!(suitable[kind] ?? []).includes(spot.rule.type)) {
    const { tag, element, rule } = spot;
    problems.add(
      at,
      `'${field}' is a ${kind}, but ${tag} element ${element} (${rule.name}) has type ${rule.type}.`,
    );
  }
}
