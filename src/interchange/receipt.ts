/** What an acknowledgment is made from: the faults of one received interchange, small enough to store and read back. */
import type { Fault } from '../fault.ts';
import { contextOf, type MessageContext } from './acknowledge-context.ts';
import type {
  GroupBegin,
  GroupEnd,
  InterchangeBegin,
  InterchangeEnd,
  InterchangeEvent,
  Message,
  Party,
  Standard,
  Verdict,
} from './interchange.ts';

export interface MessageReceipt {
  readonly type: string;
  readonly control: string;
  /** UNH version for EDIFACT ('D:96A:UN:EAN008'), the group's for X12. */
  readonly version: string;
  readonly verdict: Verdict;
  readonly faults: readonly Fault[];
  /** X12: what a 999 says besides; absent where nothing is wrong. */
  readonly context?: MessageContext;
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
  /** How many TA1s it brought; absent for none. */
  readonly ta1?: number;
}

/** An interchange whose end has come: what began it, and its receipt. */
export interface Received {
  readonly begin: InterchangeBegin;
  readonly end: InterchangeEnd;
  readonly receipt: Receipt;
}

/**
 * Turns the events of a file into receipts.
 * @returns a function that takes each event in turn and gives what was received when an interchange ends, else null
 */
export function receiptCollector(): (event: InterchangeEvent) => Received | null {
  let begin: InterchangeBegin | null = null;
  let group: GroupBegin | null = null;
  let groups: GroupReceipt[] = [];
  let messages: MessageReceipt[] = [];
  return (event) => {
    if (event.kind === 'interchange') {
      begin = event;
      groups = [];
    } else if (event.kind === 'group') {
      group = event;
      messages = [];
    } else if (event.kind === 'message') {
      messages.push(messageReceipt(event));
    } else if (event.kind === 'group-end' && group !== null) {
      groups.push(groupReceipt(group, event, messages));
    } else if (event.kind === 'interchange-end' && begin !== null) {
      return { begin, end: event, receipt: receiptOf(begin, event, groups) };
    }
    return null;
  };
}

export function messageReceipt(message: Message): MessageReceipt {
  const { type, control, version, verdict, faults } = message;
  const context = contextOf(message);
  return { type, control, version, verdict, faults, ...(context === null ? {} : { context }) };
}

export function groupReceipt(
  begin: GroupBegin,
  end: GroupEnd,
  messages: readonly MessageReceipt[],
): GroupReceipt {
  const { type, control, version, sender, receiver } = begin;
  const { declaredMessages, verdict, faults } = end;
  return { type, control, version, sender, receiver, declaredMessages, verdict, faults, messages };
}

/** The receipt of an interchange whose end has not come yet: accepted so far, without faults and groups. */
export function openReceipt(begin: InterchangeBegin): Receipt {
  const { standard, control, sender, receiver, version, test, acknowledgmentRequested } = begin;
  const [date, time] = preparedAt(begin);
  return {
    standard,
    control,
    sender,
    receiver,
    version,
    date,
    time,
    test,
    acknowledgmentRequested,
    verdict: 'accepted',
    faults: [],
    groups: [],
  };
}

export function receiptOf(
  begin: InterchangeBegin,
  end: InterchangeEnd,
  groups: readonly GroupReceipt[],
): Receipt {
  const ta1 = end.ta1.length;
  const receipt = { ...openReceipt(begin), verdict: end.verdict, faults: end.faults, groups };
  return ta1 === 0 ? receipt : { ...receipt, ta1 };
}

/** ISA09 and ISA10, or the components of UNB S004. */
function preparedAt({ standard, header }: InterchangeBegin): readonly [string, string] {
  const first = header.values[standard === 'x12' ? 8 : 3] ?? '';
  if (typeof first !== 'string') return [first[0] ?? '', first[1] ?? ''];
  const second = standard === 'x12' ? header.values[9] : undefined;
  return [first, typeof second === 'string' ? second : ''];
}
