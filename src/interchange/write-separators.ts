/** The delimiters of what we write: which may be used, and which to choose where the agreement leaves them open. */
import type { Separators, Standard, Value } from './event.ts';
import type { OutMessage } from './write.ts';

/** Usual delimiters first, then the control characters that X12.5 recommends: no data that can be written holds those. */
export const delimiterCandidates: readonly string[] = [
  ...['*', '~', '>', '^', '|', '!', '<'],
  ...['\u001d', '\u001c', '\u001f', '\u001e'],
];

/** Finds delimiters for data that comes message by message. */
export interface SeparatorChoice {
  /** Notes what a text holds: a name or id of the envelope. */
  see(text: string): void;
  /** Notes what a message holds. */
  seeMessage(message: OutMessage): void;
  /** The delimiters for all that was seen; null when no choice is free of conflict. */
  choose(): Separators | null;
}

/**
 * Picks delimiters that the data does not hold, for callers whose agreement leaves the choice to us. Those wanted are kept
 * where they can be, each of the others is the first candidate that is neither in the data nor taken. EDIFACT keeps all:
 * it releases. Memory does not grow with the data.
 * @param candidates single characters, no letters, digits or blanks, in the order in which they are tried
 */
export function separatorChoice(
  wanted: Separators,
  candidates: readonly string[] = delimiterCandidates,
): SeparatorChoice {
  const held = new Uint8Array(256);
  const see = (text: string): void => {
    for (let index = 0; index < text.length; index += 1) held[text.charCodeAt(index)] = 1;
  };
  const seeValue = (value: Value): void => {
    if (typeof value === 'string') see(value);
    else for (const text of value) see(text);
  };
  return {
    see,
    seeMessage({ segments }) {
      for (const { values, repeats } of segments) {
        for (const value of values) seeValue(value);
        if (repeats !== undefined) for (const value of Object.values(repeats).flat(1)) seeValue(value);
      }
    },
    choose: () => (wanted.release === null ? choose(wanted, candidates, held) : wanted),
  };
}

/** The delimiters for messages that are all at hand; see `separatorChoice`. */
export function chooseSeparators(
  messages: Iterable<OutMessage>,
  wanted: Separators,
  candidates: readonly string[] = delimiterCandidates,
): Separators | null {
  const choice = separatorChoice(wanted, candidates);
  for (const message of messages) choice.seeMessage(message);
  return choice.choose();
}

/** Why these separators cannot be used, or null. UTF-8 and EDIFACT need such as are one byte in every character set. */
export function separatorsRule(
  standard: Standard,
  separators: Separators,
  newline: string,
  utf8: boolean,
): string | null {
  const { element, component, repetition, segment, release, decimal } = separators;
  const released = standard === 'x12' ? null : release;
  const used = [element, component, segment, repetition, released].filter((each) => each !== null);
  const last = standard === 'x12' && !utf8 ? 0xff : 0x7f;
  if (used.some((each) => each.length !== 1 || each.charCodeAt(0) > last || /[0-9A-Za-z \0]/.test(each))) {
    return 'each is one character that is no letter, digit or blank';
  }
  if (used.some((each) => each !== segment && /[\r\n]/.test(each))) return 'a line end may only end segments';
  if (new Set(used).size < used.length) return 'they must differ from each other';
  if (!/^(\r?\n)?$/.test(newline)) return 'what stands behind a terminator is nothing or a line end';
  return /^[.,]$/.test(decimal) ? null : 'the decimal mark is a point or a comma';
}

function choose(wanted: Separators, candidates: readonly string[], held: Uint8Array): Separators | null {
  const isHeld = (each: string): boolean => held[each.charCodeAt(0)] === 1;
  const asked = [wanted.element, wanted.segment, wanted.component, wanted.repetition].filter(
    (each) => each !== null,
  );
  const kept = new Set(asked.filter((each) => !isHeld(each)));
  const free = candidates.filter((each) => !kept.has(each) && !isHeld(each) && !/^[0-9A-Za-z ]?$/.test(each));
  const pick = (each: string): string => (kept.delete(each) ? each : (free.shift() ?? ''));
  const element = pick(wanted.element);
  const segment = pick(wanted.segment);
  const component = pick(wanted.component);
  const repetition = wanted.repetition === null ? null : pick(wanted.repetition);
  if ([element, segment, component, repetition].includes('')) return null;
  return { ...wanted, element, segment, component, repetition };
}
