import { parseDecimal, sumOfProducts } from './decimal.ts';
import type { Order } from './order.ts';

/**
 * What the order is worth as ordered, for lists and totals: the sum of quantity × price over the lines that have a price,
 * in the order's currency, rounded once to hundredths.
 * @returns a decimal such as '1200.50'; undefined when no line has a price, or the sum has more than 16 digits before the
 *   point, which is a mistake in the order and no value
 */
export function amount(order: Order): string | undefined {
  const priced = order.lines.flatMap((line): [bigint, bigint][] =>
    line.price === undefined ? [] : [[parseDecimal(line.quantity), parseDecimal(line.price)]],
  );
  if (priced.length === 0) return undefined;
  const sum = sumOfProducts(priced);
  return sum.length > mostAmountLength ? undefined : sum;
}

/** 16 digits, the point and two more. */
const mostAmountLength = 19;
