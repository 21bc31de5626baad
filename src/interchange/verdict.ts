/**
 * Reading what partners say of our messages: 997 and CONTRL, message by message, with their reasons in plain language.
 * Their acknowledgments are often thin or odd, so that nothing here needs an element to be there.
 */
import type { AnswerVerdict } from './acknowledge.ts';
import type { Message, Verdict } from './interchange.ts';
import { read997 } from './verdict-997.ts';
import { readContrl } from './verdict-contrl.ts';

/** One message of ours that the acknowledgment names. */
export interface AcknowledgedMessage {
  /** ST01 or UNH 0065 as they wrote it; null when left out. */
  readonly type: string | null;
  /** ST02 or UNH 0062 as they wrote it. */
  readonly control: string | null;
  /** GS06 or UNG 0048 of its group; null for CONTRL without UCF. */
  readonly groupControl: string | null;
  readonly verdict: Verdict | 'unknown';
  /** Why, down to segment and element. */
  readonly notes: readonly string[];
}

export interface Acknowledgment {
  readonly type: '997' | 'CONTRL';
  /** AK101: GS01 of the group it answers. */
  readonly groupType: string | null;
  /** AK102: GS06 of the group it answers; null for CONTRL. */
  readonly groupControl: string | null;
  /** UCI 0020: UNB 0020 of the interchange it answers; null for a 997. */
  readonly interchangeControl: string | null;
  /** Of the group (997) or interchange (CONTRL) as a whole. */
  readonly verdict: AnswerVerdict | 'unknown';
  /** Reasons about the group or interchange itself. */
  readonly notes: readonly string[];
  readonly messages: readonly AcknowledgedMessage[];
  /** What holds for its messages that are not named. */
  readonly others: Verdict | 'unknown';
  /** `others` was reckoned from counts, and holds only where we sent so many messages (AK902); absent: whatever their number. */
  readonly othersOf?: number;
}

/**
 * Reads a 997 (X12 AK1 to AK9) or a CONTRL (UCI to UCD).
 * @returns null when the message is neither
 */
export function readAcknowledgment(message: Message): Acknowledgment | null {
  if (message.type === '997') return read997(message.segments);
  if (message.type === 'CONTRL') return readContrl(message.segments);
  return null;
}

/**
 * What an acknowledgment says of one message that we sent. Leading zeros do not matter: partners drop them.
 * @param control ST02 or UNH 0062 as we wrote it
 * @param groupControl UNG 0048 where CONTRL names groups; left out, the first message with the control number counts
 */
export function verdictOn(
  acknowledgment: Acknowledgment,
  control: string,
  groupControl?: string,
): Pick<AcknowledgedMessage, 'verdict' | 'notes'> {
  const named = acknowledgment.messages.find(
    (message) =>
      sameControl(message.control, control) &&
      (groupControl === undefined ||
        message.groupControl === null ||
        sameControl(message.groupControl, groupControl)),
  );
  return named ?? { verdict: acknowledgment.others, notes: [] };
}

/** What an acknowledgment says of all that we sent where it points. */
export interface Judged {
  /** In the order of what we sent. */
  readonly verdicts: readonly Pick<AcknowledgedMessage, 'verdict' | 'notes'>[];
  /** Control numbers that it names and we did not send. */
  readonly strangers: readonly string[];
}

/**
 * Judges all messages that we sent in the group (997) or interchange (CONTRL) that it answers. What it reckons for messages
 * that it does not name counts for nothing when it counts or names others than we sent.
 * @param controls ST02 or UNH 0062 of each message, as we wrote them
 */
export function judge(acknowledgment: Acknowledgment, controls: readonly string[]): Judged {
  const ours = new Set(controls.map(bare));
  const strangers = acknowledgment.messages.flatMap(({ control }) =>
    control === null || ours.has(bare(control)) ? [] : [control],
  );
  const { othersOf } = acknowledgment;
  const reckoned = othersOf !== undefined && (othersOf !== controls.length || strangers.length > 0);
  const trusted: Acknowledgment = reckoned ? { ...acknowledgment, others: 'unknown' } : acknowledgment;
  return { verdicts: controls.map((control) => verdictOn(trusted, control)), strangers };
}

/** Whether two control numbers are the same number. */
export function sameControl(theirs: string | null, ours: string): boolean {
  return theirs !== null && bare(theirs) === bare(ours);
}

function bare(control: string): string {
  return control.trim().replace(/^0+(?=.)/, '');
}
