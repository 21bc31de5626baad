/**
 * Reading what partners say of our messages: 997, 999, TA1, CONTRL, 824 and APERAK, message by message, with their reasons in
 * plain language. Their acknowledgments are often thin or odd, so that nothing here needs an element to be there.
 */
import type { Message } from './interchange.ts';
import { read824 } from './verdict-824.ts';
import { read997 } from './verdict-997.ts';
import { type Acknowledgment, type Answer, type Finding, type Stated, worst } from './verdict-answer.ts';
import { readAperak } from './verdict-aperak.ts';
import { readContrl } from './verdict-contrl.ts';

export type { Acknowledgment, Answer, Finding, Level, Place, Reference, Stated } from './verdict-answer.ts';
export { readTa1 } from './verdict-ta1.ts';

/**
 * Reads a 997, 999, CONTRL, 824 or APERAK. (A TA1 is a segment, no message: `readTa1` reads it.)
 * @returns null when the message is none of these
 */
export function readAcknowledgment(message: Message): Acknowledgment | null {
  const { type, segments } = message;
  if (type === '997' || type === '999') return read997(type, segments);
  if (type === 'CONTRL') return readContrl(segments);
  if (type === '824') return read824(segments);
  return type === 'APERAK' ? readAperak(segments) : null;
}

/** One message that we sent where the answers point. */
export interface Sent {
  /** GS06 or UNG 0048; null for EDIFACT without groups. */
  readonly group: string | null;
  /** ST01 or UNH 0065. */
  readonly type: string;
  /** ST02 or UNH 0062, as we wrote it. */
  readonly control: string;
}

/** What they say of one message of ours. */
export interface Said {
  readonly verdict: Stated;
  /** Of the message, then of the group and interchange around it. */
  readonly findings: readonly Finding[];
  /** The findings in short; without any, the word of the group or interchange that refuses the message. */
  readonly reasons: readonly string[];
}

export interface Judged {
  /** In the order of what we sent; null where no answer is about it. */
  readonly said: readonly (Said | null)[];
  /** Answers about messages that we did not send there. */
  readonly strangers: readonly Answer[];
}

/**
 * What answers say of all the messages that we sent in the group or interchange that they are about. Leading zeros of control
 * numbers do not matter: partners drop them. What is reckoned for messages that no answer names counts for nothing when the
 * answers count, or name, others than we sent. A message that is named twice has the worse verdict.
 */
export function judge(answers: readonly Answer[], sent: readonly Sent[]): Judged {
  const around = answers.filter(({ scope }) => scope !== 'message');
  const named = byControl(
    answers.filter(({ scope }) => scope === 'message'),
    ({ control }) => control,
  );
  const strangers = strangersAmong(answers, sent);
  const trusted = around.map((answer) => {
    const counts = answer.counted !== null && (answer.counted !== sent.length || strangers.length > 0);
    return counts ? { ...answer, inside: 'unknown' as const } : answer;
  });
  const nameless = sent.length === 1 ? (named.get(null) ?? []) : [];
  const said = sent.map((one) => {
    const own = [...(named.get(bareControl(one.control)) ?? []), ...nameless];
    return sayOf(
      own.filter((answer) => isAbout(answer, one)),
      trusted.filter((answer) => isAbout(answer, one)),
    );
  });
  return { said, strangers };
}

/** Answers that are about nothing of what we sent. A message without a control number is the only one that we sent, if it is. */
function strangersAmong(answers: readonly Answer[], sent: readonly Sent[]): Answer[] {
  const known = byControl(sent, ({ control }) => control);
  return answers.filter((answer) => {
    if (answer.scope !== 'message') return !sent.some((one) => isAbout(answer, one));
    const same = answer.control === null ? sent : (known.get(bareControl(answer.control)) ?? []);
    return (answer.control === null && sent.length !== 1) || !same.some((one) => isAbout(answer, one));
  });
}

/** Messages by their control number without leading zeros; null: it is left out. */
function byControl<T>(all: readonly T[], controlOf: (one: T) => string | null): Map<string | null, T[]> {
  const found = new Map<string | null, T[]>();
  for (const one of all) {
    const control = controlOf(one);
    const key = control === null ? null : bareControl(control);
    const same = found.get(key);
    if (same === undefined) found.set(key, [one]);
    else same.push(one);
  }
  return found;
}

/** @param own answers about the message; outer: about its group and its interchange */
function sayOf(own: readonly Answer[], outer: readonly Answer[]): Said | null {
  if (own.length + outer.length === 0) return null;
  const innermost = outer.findLast(({ scope }) => scope === 'group') ?? outer[0];
  const refusedBy = outer.filter(({ verdict }) => verdict === 'rejected');
  const stated = own.length > 0 ? worst(own.map(({ verdict }) => verdict)) : (innermost?.inside ?? 'unknown');
  const findings = [...own, ...outer].flatMap((answer) => answer.findings);
  const bare = findings.length === 0 ? refusedBy : [];
  return {
    verdict: refusedBy.length > 0 ? 'rejected' : stated,
    findings,
    reasons: [...findings.map(({ reason }) => reason), ...bare.map(({ sentence }) => sentence.slice(0, -1))],
  };
}

/** Whether type and group do not speak against it; control numbers of messages are compared elsewhere. */
function isAbout({ scope, group, type }: Answer, sent: Sent): boolean {
  if (scope === 'interchange') return true;
  if (scope === 'group') return group === null || sameControl(group, sent.group ?? '');
  if (type !== null && type !== sent.type) return false;
  return group === null || sent.group === null || sameControl(group, sent.group);
}

/** Whether two control numbers are the same number. */
export function sameControl(theirs: string | null, ours: string): boolean {
  return theirs !== null && bareControl(theirs) === bareControl(ours);
}

/** A control number without its leading zeros. */
export function bareControl(control: string): string {
  return control.trim().replace(/^0+(?=.)/, '');
}
