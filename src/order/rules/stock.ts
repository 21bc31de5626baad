import { nextWorkday } from '../calendar.ts';
import { addDays, latest } from '../day.ts';
import { formatDecimal, parseDecimal, wholeMultiple } from '../decimal.ts';
import { type Finding, itemName, type LineCase } from './rule.ts';

/**
 * What is in stock is confirmed; policy.shortage says what becomes of the rest. Part of a line is confirmed in whole cases
 * where the case is known. Nothing is backordered past the day on which the buyer cancels: that is cut.
 */
export function stock(found: LineCase): Finding {
  const { quantity, policy } = found;
  const inStock = confirmable(found);
  if (inStock === quantity) return { kind: 'quantity', confirmed: quantity, backordered: 0n, cut: 0n };
  const short = `${formatDecimal(inStock)} of ${formatDecimal(quantity)} of ${itemName(found)} can ship from stock`;
  if (policy.shortage === 'reject-line') return { kind: 'reject', reason: `Only ${short}.` };
  const rest = quantity - inStock;
  const promised = latest(addDays(found.today, policy.backorderDays), found.shipOn);
  const backorderOn = nextWorkday(found.calendar, promised);
  if (policy.shortage === 'backorder' && !pastCancel(found, backorderOn)) {
    const reason = `${short}; ${formatDecimal(rest)} follows by ${backorderOn}.`;
    return { kind: 'quantity', confirmed: inStock, backordered: rest, cut: 0n, backorderOn, reason };
  }
  if (inStock === 0n) return { kind: 'reject', reason: `${short}.` };
  return {
    kind: 'quantity',
    confirmed: inStock,
    backordered: 0n,
    cut: rest,
    reason: `${short}; the rest is cut.`,
  };
}

/** All of the line if stock reaches, else what stock has, in whole cases where the case is known. */
function confirmable({ quantity, available, item }: LineCase): bigint {
  if (available >= quantity) return quantity;
  const pack = item?.casePack === undefined ? 0n : parseDecimal(item.casePack);
  return pack > 0n ? wholeMultiple(available, pack) : available;
}

function pastCancel({ order }: LineCase, on: string): boolean {
  return order.cancelAfter !== undefined && on > order.cancelAfter;
}
