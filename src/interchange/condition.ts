/** Conditional rules between the elements of a segment (X12.6, 3.5.2): P, R, E, C, L. */
import type { SyntaxRule } from './dictionary/dictionary.ts';

/** A rule made ready for sets of present positions: bit n-1 stands for position n. */
export interface Condition {
  readonly rule: SyntaxRule;
  /** All positions of the rule; of C and L, those behind the first. */
  readonly mask: number;
  /** C and L: the first position; else 0. */
  readonly head: number;
}

/** Positions that a set of bits can hold. */
export const mostPositions = 32;

/** @throws Error when a rule names a position beyond 32 */
export function compileConditions(rules: readonly SyntaxRule[]): readonly Condition[] {
  return rules.map((rule) => {
    if (Math.max(...rule.positions) > mostPositions)
      throw new Error(`dictionary: the rule ${nameOf(rule)} reaches beyond element ${mostPositions}`);
    const bits = rule.positions.map((position) => 1 << (position - 1));
    const led = rule.kind === 'C' || rule.kind === 'L';
    const mask = (led ? bits.slice(1) : bits).reduce((all, bit) => all | bit, 0);
    return { rule, mask, head: led ? (bits[0] ?? 0) : 0 };
  });
}

/** Whether a rule holds for the positions that are present. */
export function holds({ rule, mask, head }: Condition, present: number): boolean {
  const found = present & mask;
  switch (rule.kind) {
    case 'P':
      return found === 0 || found === mask;
    case 'R':
      return found !== 0;
    case 'E':
      return (found & (found - 1)) === 0;
    case 'C':
      return (present & head) === 0 || found === mask;
    case 'L':
      return (present & head) === 0 || found !== 0;
  }
}

/** The position to point at where a rule does not hold: the one that is missing, or the one too many. */
export function brokenAt({ rule: { kind, positions } }: Condition, present: number): number {
  const isThere = (position: number) => (present & (1 << (position - 1))) !== 0;
  const [first = 0, ...others] = positions;
  switch (kind) {
    case 'P':
      return positions.find((position) => !isThere(position)) ?? first;
    case 'R':
      return first;
    case 'E':
      return positions.filter(isThere)[1] ?? first;
    case 'C':
      return others.find((position) => !isThere(position)) ?? first;
    case 'L':
      return others[0] ?? first;
  }
}

/** 'P0304'. */
export function nameOf({ kind, positions }: SyntaxRule): string {
  return `${kind}${positions.map(twoDigits).join('')}`;
}

/** What a rule asks for, in words. */
export function asked({ kind, positions }: SyntaxRule): string {
  const [first = '', ...others] = positions.map(twoDigits);
  const all = [first, ...others].join(' and ');
  const any = [first, ...others].join(' or ');
  switch (kind) {
    case 'P':
      return `elements ${all} come together`;
    case 'R':
      return `at least one of the elements ${any} is needed`;
    case 'E':
      return `only one of the elements ${any} is allowed`;
    case 'C':
      return `element ${first} needs ${others.join(' and ')}`;
    case 'L':
      return `element ${first} needs at least one of ${others.join(' or ')}`;
  }
}

function twoDigits(position: number): string {
  return String(position).padStart(2, '0');
}
