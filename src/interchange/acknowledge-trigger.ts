/** Which element a conditional rule was broken by: 999 names it beside the one that is missing or too much. */
import type { Position } from '../fault.ts';

/**
 * The element that makes another one necessary, or forbids it (X12.6: P, C, L and E rules).
 * @param rule as the fault names it: 'P0304'
 * @param at where the rule was found broken; with a component, the rule is one of the composite
 * @returns element, and component within a composite; null when the rule alone does not tell which one it was
 */
export function triggerOf(
  rule: string | undefined,
  at: Position | undefined,
): readonly [element: number, component?: number] | null {
  const element = at?.element;
  if (rule === undefined || element === undefined) return null;
  const positions = (rule.slice(1).match(/\d\d/g) ?? []).map(Number);
  const trigger = triggerIn(rule.slice(0, 1), positions, at?.component ?? element);
  if (trigger === null) return null;
  return at?.component === undefined ? [trigger] : [element, trigger];
}

function triggerIn(kind: string, positions: readonly number[], wrong: number): number | null {
  const [first = null] = positions;
  const index = positions.indexOf(wrong);
  switch (kind) {
    case 'C':
    case 'L':
      return first;
    // The fault stands at the first that is missing: those before it are there.
    case 'P':
      return index > 0 ? first : positions.length === 2 ? (positions[1] ?? null) : null;
    // The fault stands at the second that is there.
    case 'E':
      return index === 1 ? first : null;
    default:
      return null;
  }
}
