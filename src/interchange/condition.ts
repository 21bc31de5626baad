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
    if (values.length < rule.from || isWholePair(rule, values)) continue;
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

/** By far the most frequent case, a pair of which both or none are there, is settled first. */
function isWholePair({ kind, positions }: SyntaxRule, values: readonly Value[]): boolean {
  if (kind !== 'P' || positions.length !== 2) return false;
  return isPresent(values[(positions[0] as number) - 1]) === isPresent(values[(positions[1] as number) - 1]);
}

/** The position that breaks the rule; 0 when it holds. */
function brokenAt({ kind, positions }: SyntaxRule, values: readonly Value[]): number {
  const first = positions[0] ?? 0;
  switch (kind) {
    case 'P': {
      const present = nextAt(positions, values, 0, true);
      return present < 0 ? 0 : (positions[nextAt(positions, values, 0, false)] ?? 0);
    }
    case 'R':
      return nextAt(positions, values, 0, true) < 0 ? first : 0;
    case 'E': {
      const present = nextAt(positions, values, 0, true);
      return present < 0 ? 0 : (positions[nextAt(positions, values, present + 1, true)] ?? 0);
    }
    case 'C':
      return isPresent(values[first - 1]) ? (positions[nextAt(positions, values, 1, false)] ?? 0) : 0;
    case 'L':
      return isPresent(values[first - 1]) && nextAt(positions, values, 1, true) < 0
        ? (positions[1] ?? first)
        : 0;
  }
}

/** Index in `positions`, from `from` on, of the first that is present (or absent); -1 when there is none. */
function nextAt(
  positions: readonly number[],
  values: readonly Value[],
  from: number,
  present: boolean,
): number {
  for (let index = from; index < positions.length; index += 1) {
    if (isPresent(values[(positions[index] as number) - 1]) === present) return index;
  }
  return -1;
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
