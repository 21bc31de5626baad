import { fault } from '../../fault.ts';
import { atLine, type Finding, type LineCase } from './rule.ts';

/** Prices in two currencies cannot be compared. An order that names no currency is taken to be in ours. */
export function currency(found: LineCase): Finding | null {
  if (!currenciesDiffer(found)) return null;
  const { line, item, order } = found;
  const details = { line: line.number, sku: item?.sku, value: order.currency, currency: item?.currency };
  return {
    kind: 'hold',
    fault: fault('currency-differs', details, atLine(line.number)),
    released: { kind: 'price', price: line.price, changed: false },
  };
}

/** Whether our price and the order are in different currencies. */
export function currenciesDiffer({ item, order }: LineCase): boolean {
  if (item?.price === undefined || item.currency === undefined || order.currency === undefined) return false;
  return item.currency !== order.currency;
}
