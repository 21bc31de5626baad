/**
 * Acknowledging: the faults of one received interchange in, the segments of its 997s, 999s or its CONTRL out. What is answered
 * follows from the verdicts that the reader gave; nothing is judged again here.
 */

import { contrlFor, mayAnswerEdifact } from './acknowledge-contrl.ts';
import { functionalAnswer, groupsToAnswer, x12Acknowledgments } from './acknowledge-x12.ts';
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
  /** X12: groups of 005010 and later get a 999; older ones, which do not know it, a 997. */
  readonly implementation?: boolean;
  /** CONTRL: name every message, not only those rejected. */
  readonly everyMessage?: boolean;
  /** CONTRL: say only that the interchange arrived (0083 = 8), as 0031 = 2 asks. */
  readonly receiptOnly?: boolean;
}

/** One acknowledgment, without ST/SE or UNH/UNT, and what its envelope needs. */
export interface AcknowledgmentMessage {
  readonly type: '997' | '999' | 'CONTRL';
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
 * The syntax acknowledgments of one received interchange: a 997 or 999 for each group (X12 004010, 005010), or one CONTRL
 * (ISO 9735, CONTRL 2.2, D.3 and 4.1). A TA1 is another matter: acknowledge-ta1.ts. Groups of acknowledgments, and an interchange of CONTRLs, get none.
 */
export function acknowledge(receipt: Receipt, options: AcknowledgeOptions): readonly AcknowledgmentMessage[] {
  if (receipt.standard === 'x12') {
    return groupsToAnswer(receipt).map((group) => functionalAnswer(receipt, group, options));
  }
  return mayAnswerEdifact(receipt) ? [contrlFor(receipt, options)] : [];
}

/** Whether a message (ST01, UNH 0065) is a syntax acknowledgment: such a one is never acknowledged. */
export function isAcknowledgment(type: string): boolean {
  return type === 'CONTRL' || x12Acknowledgments.has(type);
}

/** Whether anything in the interchange may be acknowledged: never an acknowledgment, nor what has no control number. */
export function mayAcknowledge(receipt: Receipt): boolean {
  return receipt.standard === 'x12' ? groupsToAnswer(receipt).length > 0 : mayAnswerEdifact(receipt);
}
