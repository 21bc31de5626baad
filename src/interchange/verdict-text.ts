/** Looking into segments that may lack anything. Elements and components count from 1. */
import type { Segment } from './interchange.ts';

/** An element, or its first component; '' when absent. */
export function elementOf(segment: Segment | undefined, element: number): string {
  return componentOf(segment, element, 1);
}

/** A component; '' when absent. A simple element is its own first component. */
export function componentOf(segment: Segment | undefined, element: number, component: number): string {
  const value = segment?.values[element - 1];
  if (value === undefined) return '';
  if (typeof value === 'string') return component === 1 ? value.trim() : '';
  return (value[component - 1] ?? '').trim();
}

/** An element, or null when absent. */
export function elementOrNull(segment: Segment | undefined, element: number): string | null {
  return elementOf(segment, element) || null;
}

/** The elements from one position on that hold something. */
export function elementsFrom(segment: Segment | undefined, first: number): readonly string[] {
  const count = segment?.values.length ?? 0;
  const all = Array.from({ length: Math.max(0, count - first + 1) }, (_, index) =>
    elementOf(segment, first + index),
  );
  return all.filter((text) => text !== '');
}
