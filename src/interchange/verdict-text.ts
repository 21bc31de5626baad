/** Looking into segments that may lack anything. Elements and components count from 1. */
import type { Segment, Value } from './interchange.ts';

/** An element, or its first component; '' when absent. */
export function elementOf(segment: Segment | undefined, element: number): string {
  return componentOf(segment, element, 1);
}

/** A component; '' when absent. A simple element is its own first component. */
export function componentOf(segment: Segment | undefined, element: number, component: number): string {
  return partOf(segment?.values[element - 1], component);
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

/** All components of an element that hold something. */
export function componentsOf(segment: Segment | undefined, element: number): readonly string[] {
  const value = segment?.values[element - 1] ?? '';
  return (typeof value === 'string' ? [value] : value)
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

/** All repetitions of an element; a simple element is its own first one. */
export function repetitionsOf(segment: Segment | undefined, element: number): readonly Value[] {
  const value = segment?.values[element - 1];
  return segment?.repeats?.[element - 1] ?? (value === undefined ? [] : [value]);
}

/** A component of one value; '' when absent. */
export function partOf(value: Value | undefined, component: number): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return component === 1 ? value.trim() : '';
  return (value[component - 1] ?? '').trim();
}

/**
 * Numbers of a composite of positions (C030, S011): element, component, repetition. A release that does not declare the
 * composite leaves it in one piece, which is cut here at whatever stands between the digits.
 */
export function positionsOf(segment: Segment | undefined, element: number): readonly (number | undefined)[] {
  const value = segment?.values[element - 1] ?? '';
  const parts = typeof value === 'string' ? value.split(/[^0-9]/) : value;
  return parts.map((part) => countOf(part));
}

/** A whole number from 1 on; undefined for anything else. */
export function countOf(text: string): number | undefined {
  const digits = text.trim();
  const number = Number(digits);
  return /^\d{1,9}$/.test(digits) && number > 0 ? number : undefined;
}

/** Leaves out what is undefined or empty, so that a place says only what was said. */
export function given<T extends object>(parts: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const said = Object.entries(parts).filter(([, part]) => part !== undefined && part !== '');
  return Object.fromEntries(said) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
