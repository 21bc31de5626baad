/**
 * Writing: segments without envelopes in, the bytes of one interchange out. Counts, control numbers, trailing empties, HL
 * and CPS ids and parents are made here, never by the caller.
 */
import type { Party, Separators, Standard, Value } from './interchange.ts';

/** A segment to be written. Absent elements are ''; trailing empty ones are cut by the writer. */
export interface OutSegment {
  readonly tag: string;
  readonly values: readonly Value[];
  /** Repetitions of an element beyond the first, by index into `values`. */
  readonly repeats?: Readonly<Record<number, readonly Value[]>>;
  /**
   * HL and CPS only: how deep this level stands (1 = outermost). The writer gives the id (HL01, CPS 7164), the parent
   * (HL02, CPS 7166: the last level one less deep) and HL04 (1 when a deeper level follows, else 0).
   */
  readonly depth?: number;
}

/** One message without ST/SE or UNH/UNT. */
export interface OutMessage {
  /** '855' or 'ORDRSP'. */
  readonly type: string;
  /** X12: null, the group's version holds. EDIFACT: UNH S009 from 0052 on: 'D:96A:UN:EAN005'. */
  readonly version: string | null;
  /** ST02 or UNH 0062. */
  readonly control: string;
  readonly segments: readonly OutSegment[];
}

export interface OutGroup {
  /** GS01 ('PR'); EDIFACT groups are written only when `ung` is asked for, else null. */
  readonly type: string | null;
  readonly control: string | null;
  readonly version: string | null;
  readonly sender: string | null;
  readonly receiver: string | null;
  readonly messages: readonly OutMessage[];
}

/** Everything the envelope needs. Numbers come from the caller's control-number table, time from its clock. */
export interface OutInterchange {
  readonly standard: Standard;
  readonly control: string;
  readonly sender: Party;
  readonly receiver: Party;
  /** '00401' or 'UNOC:3'. */
  readonly version: string;
  readonly test: boolean;
  /** '' , '1' (ask for TA1 / CONTRL), '2' (EDIFACT: receipt only). */
  readonly acknowledgmentRequested: string;
  readonly application?: string;
  readonly separators: Separators;
  /** Written after each segment terminator: '' or '\n' or '\r\n'. */
  readonly newline: string;
  /** Preparation time, written in UTC unless the caller shifted it. */
  readonly at: Date;
  readonly groups: readonly OutGroup[];
}
