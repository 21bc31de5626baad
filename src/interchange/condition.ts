/** Conditional rules between the elements of a segment (X12.6, 3.5.2): P, R, E, C, L. */
import type { FaultCode, FaultDetails, Position } from '../fault.ts';
import type { SyntaxRule } from './dictionary/dictionary.ts';
import type { Segment, Value } from './event.ts';

type Report = (
  code: FaultCode,
  details: FaultDetails,
  segment: Segment,
  at: Position,
  soft?: boolean,
) => void;

/**
 * Reports the rules that do not hold.
 * @param values elements of a segment, or components of a composite (then `at` names the element)
 */
export function checkSyntax(
  rules: readonly SyntaxRule[],
  values: readonly Value[],
  segment: Segment,
  at: Position,
  report: Report,
): void {
  for (const rule of rules) {
    const wrong = brokenAt(rule, values);
    if (wrong === 0) continue;
    const code = rule.kind === 'E' ? 'elements-exclusive' : 'elements-required';
    const place = at.element === undefined ? { element: wrong } : { ...at, component: wrong };
    const numbers = rule.positions.map((position) => String(position).padStart(2, '0'));
    const details = {
      tag: segment.tag,
      rule: `${rule.kind}${numbers.join('')}`,
      asked: asked(rule.kind, numbers),
    };
    report(code, details, segment, place, rule.soft);
  }
}

/** The position that breaks the rule; 0 when it holds. */
function brokenAt({ kind, positions }: SyntaxRule, values: readonly Value[]): number {
  const has = (position: number) => isPresent(values[position - 1]);
  const [first = 0] = positions;
  switch (kind) {
    case 'P':
      return firstMissingOfPair(positions, values);
    case 'R':
      return positions.some(has) ? 0 : first;
    case 'E': {
      const present = positions.filter(has);
      return present.length > 1 ? (present[1] ?? 0) : 0;
    }
    case 'C':
      return has(first) ? (positions.find((position) => !has(position)) ?? 0) : 0;
    case 'L':
      return has(first) && !positions.slice(1).some(has) ? (positions[1] ?? first) : 0;
  }
}

function firstMissingOfPair(positions: readonly number[], values: readonly Value[]): number {
  let present = 0;
  let missing = 0;
  for (const position of positions) {
    if (isPresent(values[position - 1])) present += 1;
    else if (missing === 0) missing = position;
  }
  return present > 0 ? missing : 0;
}

function isPresent(value: Value | undefined): boolean {
  if (value === undefined || value === '') return false;
  return typeof value === 'string' || value.some((part) => part !== '');
}

function asked(kind: SyntaxRule['kind'], [first = '', ...others]: readonly string[]): string {
  const all = [first, ...others].join(', ');
  switch (kind) {
    case 'P':
      return `${all} come together`;
    case 'R':
      return `at least one of ${all} is needed`;
    case 'E':
      return `only one of ${all} is allowed`;
    case 'C':
      return `${first} needs ${others.join(' and ')}`;
    case 'L':
      return `${first} needs at least one of ${others.join(', ')}`;
  }
}
