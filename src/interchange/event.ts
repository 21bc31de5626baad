/**
 * The event model: one for both standards. A reader takes bytes and gives events, one message at a time; only the current
 * message is held. Faults are values with a place. Other rooms import these from interchange.ts, the room's front door.
 */
import type { Fault, FaultCode, Position, Severity } from '../fault.ts';

export type Standard = 'x12' | 'edifact';

/** Service characters as received or as they shall be written. `null`: the standard or partner has none. */
export interface Separators {
  readonly element: string;
  readonly component: string;
  readonly repetition: string | null;
  readonly segment: string;
  /** EDIFACT's release character; X12 has none. */
  readonly release: string | null;
  /** EDIFACT's decimal mark (UNA 3); '.' for X12. */
  readonly decimal: string;
}

/** An interchange address. X12: ISA05/06 or ISA07/08, id without its padding. EDIFACT: S002/S003 (id 0004/0010, qualifier 0007 or ''). */
export interface Party {
  readonly qualifier: string;
  readonly id: string;
}

/** One value: a string, or the components of a composite. Absent values are ''. */
export type Value = string | readonly string[];

/** A segment as read. `values[0]` is element 01. A composite is split only where the dictionary (X12) or the data (EDIFACT) has components. */
export interface Segment {
  readonly tag: string;
  readonly values: readonly Value[];
  /** Present only where an element repeats: all repetitions of element n+1, the first being `values[n]`. */
  readonly repeats?: Readonly<Record<number, readonly Value[]>>;
  /** Byte offset of the tag from the start of the file. */
  readonly offset: number;
  readonly line: number;
  /** Ordinal in the message, ST/UNH = 1; 0 outside messages. */
  readonly ordinal: number;
}

/** A loop (X12) or segment group (EDIFACT) as found, in document order. The message's own root loop has id ''. */
export interface Loop {
  /** The dictionary's id of the loop: its trigger's tag for X12 ('PO1', 'N1'), 'SG2' for EDIFACT; unique among its siblings. */
  readonly id: string;
  readonly members: readonly (Segment | Loop)[];
}

export function isLoop(member: Segment | Loop): member is Loop {
  return (member as Partial<Loop>).members !== undefined;
}

/** accepted: no fault above info. noted: accepted with errors reported. rejected: at least one error. */
export type Verdict = 'accepted' | 'noted' | 'rejected';

export interface InterchangeBegin {
  readonly kind: 'interchange';
  readonly standard: Standard;
  /** ISA13 or UNB 0020, as received: a string, never a number. */
  readonly control: string;
  readonly sender: Party;
  readonly receiver: Party;
  /** ISA12 ('00401') or UNB S001 ('UNOB:2'). */
  readonly version: string;
  /** ISA15 = T, or UNB 0035 = 1. */
  readonly test: boolean;
  /** ISA14 = 1, or UNB 0031: '1' asks for the full answer, '2' for a receipt only; '' asks for none. */
  readonly acknowledgmentRequested: string;
  /** UNB 0026, the application reference; '' for X12. */
  readonly application: string;
  readonly separators: Separators;
  /** The header's elements as received, UNB or ISA. */
  readonly header: Segment;
  readonly at: Position;
}

export interface GroupBegin {
  readonly kind: 'group';
  /** GS01 or UNG 0038; null for EDIFACT without UNG (such a group is implied: begin and end events still come). */
  readonly type: string | null;
  /** GS06 or UNG 0048. */
  readonly control: string | null;
  /** GS08 or UNG's version; null where there is none. */
  readonly version: string | null;
  /** GS02 / GS03 or UNG 0040 / 0044. */
  readonly sender: string | null;
  readonly receiver: string | null;
  /** GS or UNG, its elements as received; absent where the group is implied. */
  readonly header?: Segment;
  readonly at: Position;
}

export interface Message {
  readonly kind: 'message';
  /** ST01 or UNH 0065. */
  readonly type: string;
  /** ST02 or UNH 0062. */
  readonly control: string;
  /** GS08 ('004010') or UNH 'D:96A:UN:EAN008'. */
  readonly version: string;
  /** Release of the dictionary used to check it ('004010', 'D96A'), or null when the type is not known. */
  readonly release: string | null;
  readonly segmentCount: number;
  /** Every segment with ST/SE or UNH/UNT, in order. Made on first use, like `root`: a copy by spreading has neither. */
  readonly segments: readonly Segment[];
  /** The same segments placed in loops by the dictionary; null when the type is not known or the structure is broken. */
  readonly root: Loop | null;
  readonly faults: readonly Fault[];
  readonly verdict: Verdict;
  readonly at: Position;
}

export interface GroupEnd {
  readonly kind: 'group-end';
  /** GE01 or UNE 0060 as declared; null when the trailer is missing or there is none. */
  readonly declaredMessages: number | null;
  readonly receivedMessages: number;
  /** Faults of the group itself (count, control number, trailer). An error here refuses every message of the group. */
  readonly faults: readonly Fault[];
  readonly verdict: Verdict;
}

export interface InterchangeEnd {
  readonly kind: 'interchange-end';
  /** Bytes from the first of ISA/UNA/UNB up to the end of the trailer with its terminator, [begin, end) in the file. */
  readonly begin: number;
  readonly end: number;
  /** Faults of the envelope itself. An error here refuses the whole interchange. */
  readonly faults: readonly Fault[];
  readonly verdict: Verdict;
  /** TA1 segments found between ISA and the first GS (or among the groups). */
  readonly ta1: readonly Segment[];
}

/** A character set, by EDIFACT's name of the syntax level (ISO 9735) or by its own; also for X12. */
export type CharacterSet =
  | 'UNOA'
  | 'UNOB'
  | 'UNOC'
  | 'UNOD'
  | 'UNOE'
  | 'UNOF'
  | 'UNOW'
  | 'UNOY'
  | 'UTF-8'
  | 'ISO-8859-1'
  | 'ISO-8859-2'
  | 'ISO-8859-5'
  | 'ISO-8859-7';

/** How one sender's interchanges are read, where it differs from the rule. */
export interface InterchangeSettings {
  /** Severities in place of the table's. A header that could not be read at all stays an error. */
  readonly severities?: Readonly<Partial<Record<FaultCode, Severity>>>;
  /** The character set of values in place of the one that the header names. */
  readonly charset?: CharacterSet;
}

/** Faults outside any interchange: bytes before or between interchanges that are not EDI. */
export interface Stray {
  readonly kind: 'stray';
  readonly faults: readonly Fault[];
}

/**
 * For each interchange: interchange, (group, message…, group-end)…, interchange-end. Always closed in this order, also
 * when the file is cut: what is missing is a fault of the closing event.
 */
export type InterchangeEvent = InterchangeBegin | GroupBegin | Message | GroupEnd | InterchangeEnd | Stray;
