/** The envelope of an interchange as it is stored: a receipt whose messages have rows of their own. */
import type { Fault } from '../fault.ts';
import type { GroupBegin, GroupEnd, InterchangeBegin, InterchangeEnd } from '../interchange/interchange.ts';
import type { GroupReceipt, Receipt } from '../interchange/receipt.ts';

/** The receipt of an interchange whose end has not come yet. */
export function openEnvelope(begin: InterchangeBegin): Receipt {
  const [date, time] = preparedAt(begin);
  return {
    standard: begin.standard,
    control: begin.control,
    sender: begin.sender,
    receiver: begin.receiver,
    version: begin.version,
    date,
    time,
    test: begin.test,
    acknowledgmentRequested: begin.acknowledgmentRequested,
    verdict: 'accepted',
    faults: [],
    groups: [],
  };
}

export function closeGroup(begin: GroupBegin, end: GroupEnd): GroupReceipt {
  return {
    type: begin.type,
    control: begin.control,
    version: begin.version,
    sender: begin.sender,
    receiver: begin.receiver,
    declaredMessages: end.declaredMessages,
    verdict: end.verdict,
    faults: end.faults,
    messages: [],
  };
}

export function closeEnvelope(
  open: Receipt,
  end: InterchangeEnd,
  groups: readonly GroupReceipt[],
  further: readonly Fault[],
): Receipt {
  return { ...open, verdict: end.verdict, faults: [...end.faults, ...further], groups };
}

/** ISA09 and ISA10, or the two components of UNB S004 (the fourth element). */
function preparedAt(begin: InterchangeBegin): [string, string] {
  const { values } = begin.header;
  if (begin.standard === 'x12') return [String(values[8] ?? ''), String(values[9] ?? '')];
  const prepared = values[3] ?? '';
  return typeof prepared === 'string' ? [prepared, ''] : [prepared[0] ?? '', prepared[1] ?? ''];
}
