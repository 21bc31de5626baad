/** What an answer repeats of theirs, so that it can be written and holds no error of its own. */
import type { Separators } from './interchange.ts';

/** Their text as X12 can carry it: without delimiters, control characters and what is outside ISO 8859-1. */
export type Echo = (text: string) => string;

/** @param separators those that the answer is written with */
export function echoer({ element, component, repetition, segment }: Separators): Echo {
  const delimiters = new Set([element, component, repetition ?? element, segment]);
  const plain = (character: string): boolean =>
    !delimiters.has(character) && /[\x20-\x7e\xa0-\xff]/.test(character);
  return (text) => (/^[0-9A-Za-z]*$/.test(text) ? text : [...text].filter(plain).join(''));
}

/** Cut to the longest that its element takes, and filled with zeros in front to the shortest. */
export function fitted(text: string, least: number, most: number): string {
  return text.trim().slice(0, most).padStart(least, '0');
}
