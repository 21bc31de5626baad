/**
 * The fault table. A **fault** is what is wrong with what we were sent: a value with a place, collected, answered and
 * shown, never thrown. (An Error is ours or the network's: thrown, retried by the queue, alarmed.)
 *
 * Each row gives the default severity, a sentence, a hint, and the codes that answer it on the wire. docs/faults.md lists
 * the same rows, and a test compares the two. Rows live in one file per room under this table: `src/fault/`.
 */
import { as2Faults } from './fault/as2.ts';
import { envelopeFaults } from './fault/envelope.ts';
import { guideFaults } from './fault/guide.ts';
import { messageFaults } from './fault/message.ts';
import { roadFaults } from './fault/road.ts';

/** error: the message (or more) is refused. warning: accepted, with the error reported. info: noted, never answered. */
export type Severity = 'error' | 'warning' | 'info';

/** Where a fault is. Ordinals count from 1; absent parts are left out. `offset` is in bytes from the start of the file. */
export interface Position {
  readonly offset?: number;
  readonly line?: number;
  readonly interchange?: number;
  readonly group?: number;
  readonly message?: number;
  /** Ordinal of the segment in its message, ST or UNH being 1. */
  readonly segment?: number;
  readonly tag?: string;
  readonly element?: number;
  readonly component?: number;
  readonly repetition?: number;
  /** The buyer's line number, where the fault is in what an order asks and not in how it is written. */
  readonly orderLine?: string;
}

/** What a fault says on the wire; which of them is used depends on the standard and on where the fault stands. */
export interface WireAnswer {
  /** 997 segment error, element 720 (AK304). */ readonly ak304?: string;
  /** 997 element error, element 723 (AK403). */ readonly ak403?: string;
  /** 997 transaction set error, element 718 (AK502). */ readonly ak502?: string;
  /** 999 segment error, element 620 (IK304), where it differs from AK304. */ readonly ik304?: string;
  /**
   * Element error from 005010 on, element 723 or 621 (AK403, IK403), where it differs from 004010's.
   */ readonly ik403?: string;
  /** Set error from 005010 on, element 718 or 618 (AK502, IK502), where it differs from 004010's. */ readonly ik502?: string;
  /** 997 group error, element 716 (AK905). */ readonly ak905?: string;
  /** TA1 note code, element I18 (TA105). */ readonly ta105?: string;
  /** CONTRL 0085 at the level of the interchange. */ readonly uci?: string;
  /** CONTRL 0085 at the level of the message. */ readonly ucm?: string;
  /** CONTRL 0085 at the level of the segment. */ readonly ucs?: string;
  /** CONTRL 0085 at the level of the element. */ readonly ucd?: string;
}

/** One row of the table. `message` and `hint` may hold {name} places, filled from the details given to `fault()`. */
export interface FaultRow {
  readonly severity: Severity;
  readonly message: string;
  readonly hint: string;
  readonly answer?: WireAnswer;
}

export const faultTable = {
  ...envelopeFaults,
  ...messageFaults,
  ...guideFaults,
  ...roadFaults,
  ...as2Faults,
} as const satisfies Record<string, FaultRow>;
export type FaultCode = keyof typeof faultTable;

/** Faults that the reader gives: those that acknowledgments tell, and whose severity can be agreed with a sender. */
export const readerFaultCodes: readonly FaultCode[] = [
  ...Object.keys(envelopeFaults),
  ...Object.keys(messageFaults),
] as FaultCode[];

/** One thing that is wrong with what we were sent. Plain JSON, so it can be stored and shown as it is. */
export interface Fault {
  readonly code: FaultCode;
  readonly severity: Severity;
  readonly message: string;
  readonly hint: string;
  readonly at?: Position;
  /** The offending value, cut to 99 characters (AK404 holds at most 99). */
  readonly value?: string;
  /** The conditional rule of the standard that is broken: 'P0304'. */
  readonly rule?: string;
}

export type FaultDetails = Readonly<Record<string, string | number | undefined>>;

/**
 * Makes a fault from its row.
 * @param code a row of the table
 * @param details fills the {places} in the row's message and hint; `value` also becomes the fault's value
 * @param at where it is; left out when the fault has no place
 */
export function fault(code: FaultCode, details: FaultDetails = {}, at?: Position): Fault {
  const row: FaultRow = faultTable[code];
  const value = details.value === undefined ? undefined : cut(String(details.value), maxValueLength);
  const shown = value === undefined ? details : { ...details, value };
  return {
    code,
    severity: row.severity,
    message: fill(row.message, shown),
    hint: fill(row.hint, shown),
    ...(at === undefined ? {} : { at }),
    ...(value === undefined ? {} : { value }),
    ...(conditional.has(code) && details.rule !== undefined ? { rule: String(details.rule) } : {}),
  };
}

const conditional: ReadonlySet<FaultCode> = new Set(['elements-required', 'elements-exclusive']);

/** The wire answer of a fault code; empty when the standards have none for it. */
export function wireAnswer(code: FaultCode): WireAnswer {
  const row: FaultRow = faultTable[code];
  return row.answer ?? {};
}

const maxValueLength = 99;
/** Of anything that a sentence quotes. */
const maxDetailLength = 2_000;

/** The first characters of a text; none of them is cut in half. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return Array.from(text.slice(0, 2 * length))
    .slice(0, length)
    .join('');
}

function fill(text: string, details: FaultDetails): string {
  return text.replace(/(?<=(")?)\{(\w+)\}/g, (place, mark: string | undefined, name: string) => {
    const value = details[name];
    if (value === '' && mark === undefined && quoted.has(name)) return '(nothing)';
    return value === undefined ? place : cut(String(value), maxDetailLength);
  });
}

/** What is quoted as it was received: a sentence with a hole in it is no sentence. Between quotation marks it is none. */
const quoted: ReadonlySet<string> = new Set(['value', 'control', 'version', 'tag']);
