import { fault } from '../../fault.ts';
import { addWorkdays, nextWorkday, workdayBetween } from '../calendar.ts';
import { earliest, latest } from '../day.ts';
import type { Finding, OrderCase } from './rule.ts';

/**
 * When the order ships: on a working day, not before today and policy.leadDays working days, not before the buyer's window
 * opens, else on the day the buyer asks for, or the last working day before it. Too late for the buyer's dates: policy.lateDate promises our date, holds the order, or rejects its lines.
 * Past the day on which the buyer cancels nothing is promised without a person.
 */
export function dates({ order, policy, calendar, today }: OrderCase): Finding | null {
  const ready = addWorkdays(calendar, today, policy.leadDays);
  const wanted = earliest(order.requestedOn ?? order.shipNotBefore, order.shipNotAfter);
  const first = latest(ready, order.shipNotBefore);
  const best = latest(first, wanted);
  const shipOn = workdayBetween(calendar, first, best) ?? nextWorkday(calendar, best);
  const cancelled = order.cancelAfter !== undefined && shipOn > order.cancelAfter;
  const limit = earliest(order.requestedOn, order.shipNotAfter);
  if (!cancelled && (limit === undefined || shipOn <= limit)) return { kind: 'date', shipOn, changed: false };

  const by = (cancelled ? order.cancelAfter : limit) ?? '';
  const reason = cancelled
    ? `The buyer cancels after ${by}; we can ship on ${shipOn}.`
    : `Asked for by ${by}; we ship on ${shipOn}.`;
  if (policy.lateDate === 'reject-line') return { kind: 'reject', reason };
  const promise: Finding = { kind: 'date', shipOn, changed: true, reason };
  if (!cancelled && policy.lateDate === 'promise') return promise;
  const code = cancelled ? 'cancel-date-too-early' : 'date-too-early';
  return { kind: 'hold', fault: fault(code, { value: by, earliest: shipOn }), released: promise };
}
