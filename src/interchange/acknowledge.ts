/**
 * Acknowledging: the faults of one received interchange in, the segments of its 997s or its CONTRL out. What is answered
 * follows from the verdicts that the reader gave; nothing is judged again here.
 */

import { groupsToAnswer, x997For } from './acknowledge-997.ts';
import { contrlFor, mayAnswerEdifact } from './acknowledge-contrl.ts';
import type { Separators } from './interchange.ts';
import type { Receipt } from './receipt.ts';
import type { OutSegment } from './write.ts';

/**
 * What an acknowledgment says as a whole. accepted, noted (accepted with errors), partly (some messages rejected),
 * rejected; received: CONTRL 0083 = 8, receipt only, no judgement.
 */
export type AnswerVerdict = 'accepted' | 'noted' | 'partly' | 'rejected' | 'received';

export interface AcknowledgeOptions {
  /** What the answer will be written with: echoed data that X12 could not write with them is left out. */
  readonly separators: Separators;
  /** CONTRL: name every message, not only those rejected. */
  readonly everyMessage?: boolean;
  /** CONTRL: say only that the interchange arrived (0083 = 8), as 0031 = 2 asks. */
  readonly receiptOnly?: boolean;
}

/** One acknowledgment, without ST/SE or UNH/UNT, and what its envelope needs. */
export interface AcknowledgmentMessage {
  readonly type: '997' | 'CONTRL';
  /** GS01; null for EDIFACT. */
  readonly groupType: 'FA' | null;
  /** GS08, that of the answered group; null for EDIFACT. */
  readonly groupVersion: string | null;
  /** GS02 and GS03 of the answer: the received GS03 and GS02; null for EDIFACT. */
  readonly groupSender: string | null;
  readonly groupReceiver: string | null;
  /** UNH S009 from 0052 on; null for X12. */
  readonly version: string | null;
  /** GS06 of the answered group, or UNB 0020 of the answered interchange. */
  readonly answers: string;
  readonly segments: readonly OutSegment[];
  readonly verdict: AnswerVerdict;
}

/**
 * The syntax acknowledgments of one received interchange: a 997 for each group (X12 004010, 997), or one CONTRL
 * (ISO 9735, CONTRL 2.2 and D.3). Groups of acknowledgments, and an interchange of CONTRLs, get none.
 */
export function acknowledge(receipt: Receipt, options: AcknowledgeOptions): readonly AcknowledgmentMessage[] {
  if (receipt.standard === 'x12') {
    return groupsToAnswer(receipt).map((group) => x997For(receipt, group, options.separators));
  }
  return mayAnswerEdifact(receipt) ? [contrlFor(receipt, options)] : [];
}

/** Whether anything in the interchange may be acknowledged: never an acknowledgment, nor what has no control number. */
export function mayAcknowledge(receipt: Receipt): boolean {
  return receipt.standard === 'x12' ? groupsToAnswer(receipt).length > 0 : mayAnswerEdifact(receipt);
}
