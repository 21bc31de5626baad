import { parseDecimal, sumOfProducts } from './decimal.ts';
import type { Order } from './order.ts';

/**
 * What makes an order the same order: its number, its release (a blanket order has one number for many), and where it
 * ships to, since some buyers use one number for all their stores. Case, spacing and Unicode form do not count.
 * The place is known by the buyer's code, else the GLN, else the name.
 */
export function businessKey(order: Order): string {
  const { code, gln, name } = order.shipTo ?? {};
  const place =
    code !== undefined
      ? `code:${normal(code)}`
      : gln !== undefined
        ? `gln:${normal(gln)}`
        : `name:${normal(name ?? '')}`;
  return [normal(order.number), normal(order.release ?? ''), place].join('|');
}

/**
 * What the order is worth as ordered, for lists and totals: the sum of quantity × price over the lines that have a price,
 * in the order's currency, rounded once to hundredths.
 * @returns a decimal such as '1200.50'; null when no line has a price, or the sum has more than 16 digits before the
 *   point, which is a mistake in the order and no value
 */
export function amountOf(order: Order): string | null {
  const priced = order.lines.flatMap((line): [bigint, bigint][] =>
    line.price === undefined ? [] : [[parseDecimal(line.quantity), parseDecimal(line.price)]],
  );
  if (priced.length === 0) return null;
  const sum = sumOfProducts(priced);
  return sum.length > mostAmountLength ? null : sum;
}

/** Longer than any number, code or name in the standards; keeps the key short enough for an index. */
const mostPartLength = 200;
/** 16 digits, the point and two more. */
const mostAmountLength = 19;

/** The separator of the parts is escaped, so that no two orders share a key by accident. */
function normal(text: string): string {
  const plain = text.normalize('NFC').trim().replace(/\s+/g, ' ').toUpperCase();
  return plain.replaceAll('%', '%25').replaceAll('|', '%7C').slice(0, mostPartLength);
}
