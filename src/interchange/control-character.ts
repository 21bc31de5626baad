/**
 * Control characters of ISO 646 (C0) in data. Tab, CR and LF are borne, with a warning; no others have a meaning in data,
 * many systems refuse them, and databases cannot keep a NUL.
 */
import type { Position } from '../fault.ts';
import type { Segment, Value } from './event.ts';

export interface ControlCharacter {
  /** 'U+0000'. */
  readonly character: string;
  /** Where in the segment; empty: in its tag. */
  readonly at: Position;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const pattern = /[\x00-\x08\x0b\x0c\x0e-\x1f]/;

/** Whether a text holds one. */
export function hasControlCharacter(text: string): boolean {
  return pattern.test(text);
}

/** The first control character of a segment, or null. X12's BIN may hold any byte. */
export function controlCharacterIn({ tag, values, repeats }: Segment): ControlCharacter | null {
  if (tag === 'BIN') return null;
  if (pattern.test(tag)) return { character: nameIn(tag), at: {} };
  for (const [index, value] of values.entries()) {
    for (const [nth, one] of (repeats?.[index] ?? [value]).entries()) {
      const found = inValue(one);
      if (found === null) continue;
      const repetition = nth === 0 ? {} : { repetition: nth + 1 };
      return { ...found, at: { element: index + 1, ...found.at, ...repetition } };
    }
  }
  return null;
}

function inValue(value: Value): ControlCharacter | null {
  if (typeof value === 'string') return pattern.test(value) ? { character: nameIn(value), at: {} } : null;
  const component = value.findIndex((part) => pattern.test(part));
  return component < 0
    ? null
    : { character: nameIn(value[component] ?? ''), at: { component: component + 1 } };
}

function nameIn(text: string): string {
  const code = pattern.exec(text)?.[0].charCodeAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
