/**
 * Reading what partners say of our messages: 997, 999, TA1, CONTRL, 824 and APERAK, message by message, with their reasons in
 * plain language. Their acknowledgments are often thin or odd, so that nothing here needs an element to be there.
 */
import type { Message } from './interchange.ts';
import { read824 } from './verdict-824.ts';
import { read997 } from './verdict-997.ts';
import type { Acknowledgment, Answer, Finding, Stated } from './verdict-answer.ts';
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
  const named = answers.filter(({ scope }) => scope === 'message');
  const around = answers.filter(({ scope }) => scope !== 'message');
  const only = sent.length === 1;
  const strangers = answers.filter((answer) => !sent.some((one) => isAbout(answer, one, only)));
  const trusted = around.map((answer) => {
    const counts = answer.counted !== null && (answer.counted !== sent.length || strangers.length > 0);
    return counts ? { ...answer, inside: 'unknown' as const } : answer;
  });
  return { said: sent.map((one) => sayOf(named, trusted, one, only)), strangers };
}

function sayOf(named: readonly Answer[], around: readonly Answer[], sent: Sent, only: boolean): Said | null {
  const own = named.filter((answer) => isAbout(answer, sent, only));
  const outer = around.filter((answer) => isAbout(answer, sent, only));
  if (own.length + outer.length === 0) return null;
  const innermost = outer.findLast(({ scope }) => scope === 'group') ?? outer[0];
  const refusedBy = outer.filter(({ verdict }) => verdict === 'rejected');
  const verdict =
    refusedBy.length > 0
      ? 'rejected'
      : own.length > 0
        ? worst(own.map((answer) => answer.verdict))
        : (innermost?.inside ?? 'unknown');
  const findings = [...own, ...outer].flatMap((answer) => answer.findings);
  const bare = findings.length === 0 ? refusedBy : [];
  return {
    verdict,
    findings,
    reasons: [...findings.map(({ reason }) => reason), ...bare.map(({ sentence }) => sentence.slice(0, -1))],
  };
}

/** A message that is not named by its control number is the only one that we sent there. */
function isAbout({ scope, group, type, control }: Answer, sent: Sent, only: boolean): boolean {
  if (scope === 'interchange') return true;
  if (scope === 'group') return group === null || sameControl(group, sent.group ?? '');
  if (type !== null && type !== sent.type) return false;
  if (group !== null && sent.group !== null && !sameControl(group, sent.group)) return false;
  return control === null ? only : sameControl(control, sent.control);
}

const fromWorst: readonly Stated[] = ['rejected', 'partly', 'unknown', 'noted', 'accepted', 'received'];

/** Of contradicting verdicts on one message: a refusal is never talked away. */
export function worst(verdicts: readonly Stated[]): Stated {
  return fromWorst.find((one) => verdicts.includes(one)) ?? 'unknown';
}

/** Whether two control numbers are the same number. */
export function sameControl(theirs: string | null, ours: string): boolean {
  return theirs !== null && bareControl(theirs) === bareControl(ours);
}

/** A control number without its leading zeros. */
export function bareControl(control: string): string {
  return control.trim().replace(/^0+(?=.)/, '');
}
