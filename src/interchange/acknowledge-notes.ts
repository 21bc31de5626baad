/** The segments and elements at fault of one set: AK3 and AK4 of a 997, IK3, IK4 and CTX of a 999. */
import { type Fault, wireAnswer } from '../fault.ts';
import type { MessageContext } from './acknowledge-context.ts';
import { type Echo, fitted } from './acknowledge-echo.ts';
import { triggerOf } from './acknowledge-trigger.ts';
import { loadMessageRules, type MessageRules, releaseOf } from './dictionary/dictionary.ts';
import type { Value } from './interchange.ts';
import type { MessageReceipt } from './receipt.ts';
import type { OutSegment } from './write.ts';

/** How a group is answered: with which set, and with the codes of which release. */
export interface Wording {
  readonly type: '997' | '999';
  /** Release 005010 or later: codes, repetitions and references that 004010 has not. */
  readonly modern: boolean;
  readonly echo: Echo;
}

/** The codes of one fault in the lists of the answer's release. 997 has none of the implementation's (I4, I12 …). */
export function codesOf({ code, at }: Fault, { type, modern }: Wording): Codes {
  const answer = wireAnswer(code);
  const pick = (older: string | undefined, newer: string | undefined): string | undefined =>
    modern && newer !== undefined && (type === '999' || !newer.startsWith('I')) ? newer : older;
  const ofSet = serviceCodes[at?.tag ?? '']?.[(at?.element ?? 0) - 1];
  if (ofSet !== undefined) {
    return { segment: undefined, element: undefined, set: pick(answer.ak502, answer.ik502) ?? ofSet };
  }
  return {
    segment: pick(answer.ak304, answer.ik304),
    element: pick(answer.ak403, answer.ik403),
    set: pick(answer.ak502, answer.ik502),
  };
}

interface Codes {
  readonly segment: string | undefined;
  readonly element: string | undefined;
  readonly set: string | undefined;
}

/** Where and how a fault is told within its set; null when it concerns the set as a whole. */
export interface Level {
  readonly tag: string;
  readonly ordinal: number;
  /** AK304. */
  readonly segment: string;
  /** AK403; absent: the segment alone is at fault. */
  readonly element?: string;
}

/** An error without any code is told as a segment with elements in error. */
export function levelOf(fault: Fault, wording: Wording): Level | null {
  const { at, severity } = fault;
  const codes = codesOf(fault, wording);
  const ordinal = at?.segment;
  const shown = wording.echo(at?.tag ?? '').trim();
  if (ordinal === undefined || ordinal === 0 || shown === '') return null;
  const tag = fitted(shown, leastTag, mostTag);
  if (at?.element !== undefined && codes.element !== undefined)
    return { tag, ordinal, segment: elementsInError, element: codes.element };
  if (codes.segment !== undefined) return { tag, ordinal, segment: codes.segment };
  const untold = codes.set === undefined && severity === 'error';
  return untold ? { tag, ordinal, segment: elementsInError } : null;
}

/**
 * AK3 or IK3 for each segment at fault, with what belongs below it, in the order of the message.
 * @param room how many segments there may be; an element's segment is never told without its element
 */
export function segmentNotes(
  message: MessageReceipt,
  faults: readonly Fault[],
  wording: Wording,
  room: number,
): OutSegment[] {
  const page = new Page(message, faults, wording);
  for (const fault of faults) {
    const level = levelOf(fault, wording);
    if (level === null) continue;
    const added = page.notesFor(fault, level);
    if (page.notes.length + added.length > room) break;
    page.notes.push(...added);
  }
  return page.notes;
}

/** AK502 of what is wrong with an element of ST or SE: these are told with the set, not by an AK3. */
const serviceCodes: Readonly<Record<string, readonly string[]>> = { ST: ['6', '7', '19'], SE: ['4', '7'] };
/** AK301. */
const leastTag = 2;
const mostTag = 3;
/** AK304: the segment is at fault only through what is in it. */
const elementsInError = '8';
const mostElementsInError = 99;
/** AK403 for what is missing: there is no value to hold up. */
const missing = new Set(['1', '2']);
/** C998. */
const mostContext = 35;

/** The notes of one set as they are written. */
class Page {
  readonly notes: OutSegment[] = [];
  readonly #message: MessageReceipt;
  readonly #rules: MessageRules | null;
  readonly #wording: Wording;
  readonly #business: Value | null;
  #open = 0;
  #elements = 0;

  constructor(message: MessageReceipt, faults: readonly Fault[], wording: Wording) {
    this.#message = message;
    this.#wording = wording;
    const choice = releaseOf('x12', message.type, message.version);
    this.#rules = choice === null ? null : loadMessageRules('x12', choice.release, message.type);
    this.#business = businessName(message.context, faults, wording);
  }

  notesFor(fault: Fault, level: Level): OutSegment[] {
    const notes: OutSegment[] = [];
    const inElements = level.segment === elementsInError;
    if (!inElements || this.#open !== level.ordinal) {
      notes.push(...this.#segmentNote(level));
      this.#elements = 0;
    }
    this.#open = inElements ? level.ordinal : 0;
    if (level.element === undefined || ++this.#elements > mostElementsInError) return notes;
    return [...notes, ...this.#elementNote(fault, level, level.element)];
  }

  /** AK3 or IK3; below IK3 the document that the segment belongs to. */
  #segmentNote({ tag, ordinal, segment }: Level): OutSegment[] {
    const values = [tag, String(ordinal), this.#loopAt(ordinal), segment];
    if (this.#wording.type === '997') return [{ tag: 'AK3', values }];
    const within = (this.#message.context?.business?.segment ?? Infinity) <= ordinal;
    const context = within && this.#business !== null ? [{ tag: 'CTX', values: [this.#business] }] : [];
    return [{ tag: 'IK3', values }, ...context];
  }

  /** AK303 holds what LS01 says; loops without LS have no identifier in the standard. */
  #loopAt(ordinal: number): string {
    const bounded = this.#message.context?.bounded ?? [];
    const loop = bounded.find(({ from, to }) => from <= ordinal && ordinal <= to)?.loop ?? '';
    const { echo, modern } = this.#wording;
    return echo(loop).slice(0, modern ? 4 : 6);
  }

  /** AK4 or IK4; below IK4 the element that makes a missing one necessary, or an unwanted one wrong. */
  #elementNote(fault: Fault, level: Level, code: string): OutSegment[] {
    const { at, value } = fault;
    const { type, echo } = this.#wording;
    const shown = value === undefined || missing.has(code) || echo(value) !== value ? '' : value;
    const reference = this.#reference(level.tag, at?.element ?? 0, at?.component);
    const values = [this.#position(fault), reference, code, shown];
    if (type === '997') return [{ tag: 'AK4', values }];
    return [{ tag: 'IK4', values }, ...this.#trigger(fault, level)];
  }

  /** C030: element, component, and from 005010 on the repetition. */
  #position({ at }: Fault): Value {
    const element = String(at?.element ?? 0);
    const component = at?.component === undefined ? '' : String(at.component);
    const repeated = this.#wording.modern && at?.repetition !== undefined;
    if (repeated) return [element, component, String(at?.repetition)];
    return component === '' ? element : [element, component];
  }

  /** Element 725: the number of the data element in the dictionary; composites have none. */
  #reference(tag: string, element: number, component: number | undefined): string {
    const use = this.#rules?.segments.get(tag)?.elements[element - 1];
    const rule = use?.element ?? use?.composite?.components[(component ?? 0) - 1]?.element;
    return /^\d{1,4}$/.test(rule?.id ?? '') ? (rule?.id ?? '') : '';
  }

  #trigger(fault: Fault, { tag, ordinal }: Level): OutSegment[] {
    const position = triggerOf(fault.rule, fault.at);
    if (position === null) return [];
    const [element, component] = position;
    const place: Value = component === undefined ? String(element) : [String(element), String(component)];
    const reference = this.#reference(tag, element, component);
    const values = ['SITUATIONAL TRIGGER', tag, String(ordinal), this.#loopAt(ordinal), place, reference];
    return [{ tag: 'CTX', values }];
  }
}

/** C998: the place that names the business document, and its number; null where that is unknown or itself at fault. */
function businessName(
  context: MessageContext | undefined,
  faults: readonly Fault[],
  { echo }: Wording,
): Value | null {
  const business = context?.business;
  if (business === undefined || echo(business.value) !== business.value) return null;
  const { tag, segment, element, value } = business;
  const wrong = faults.some(({ at, code }) => {
    const there = at?.segment === segment && at.element === element;
    return there && code !== 'element-too-long';
  });
  return wrong ? null : [`${tag}${String(element).padStart(2, '0')}`, value.slice(0, mostContext).trimEnd()];
}
