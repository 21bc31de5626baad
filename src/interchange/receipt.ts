/** What an acknowledgment is made from: the faults of one received interchange, small enough to store and read back. */
import type { Fault } from '../fault.ts';
import type { Party, Standard, Verdict } from './interchange.ts';

export interface MessageReceipt {
  readonly type: string;
  readonly control: string;
  /** UNH version for EDIFACT ('D:96A:UN:EAN008'), the group's for X12. */
  readonly version: string;
  readonly verdict: Verdict;
  readonly faults: readonly Fault[];
}

export interface GroupReceipt {
  readonly type: string | null;
  readonly control: string | null;
  readonly version: string | null;
  readonly sender: string | null;
  readonly receiver: string | null;
  readonly declaredMessages: number | null;
  readonly verdict: Verdict;
  readonly faults: readonly Fault[];
  readonly messages: readonly MessageReceipt[];
}

/** One received interchange, without its data. */
export interface Receipt {
  readonly standard: Standard;
  readonly control: string;
  readonly sender: Party;
  readonly receiver: Party;
  readonly version: string;
  /** ISA09 + ISA10 ('YYMMDD', 'HHMM') or UNB S004 parts, as received; TA1 echoes them. */
  readonly date: string;
  readonly time: string;
  readonly test: boolean;
  readonly acknowledgmentRequested: string;
  readonly verdict: Verdict;
  readonly faults: readonly Fault[];
  readonly groups: readonly GroupReceipt[];
}
