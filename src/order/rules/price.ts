import { fault } from '../../fault.ts';
import { formatDecimal, parseDecimal } from '../decimal.ts';
import type { Policy } from '../policy.ts';
import { currenciesDiffer } from './currency.ts';
import { atLine, type Finding, type LineCase } from './rule.ts';

/**
 * The buyer's price against ours. Within the tolerance policy.price.winner says whose price holds; outside,
 * policy.price.outside. A price of zero counts as none given.
 */
export function price(found: LineCase): Finding | null {
  const { line, item, policy } = found;
  if (item === null || currenciesDiffer(found)) return null;
  const given = line.price === undefined ? 0n : parseDecimal(line.price);
  if (given === 0n) return missing(found);
  if (item.price === undefined) return unlisted(found);
  const ours = parseDecimal(item.price);
  if (given === ours) return { kind: 'price', price: line.price, changed: false };
  if (!within(given, ours, policy.price)) return outside(found);
  return policy.price.winner === 'ours'
    ? atOurs(found)
    : { kind: 'price', price: line.price, changed: false };
}

function missing(found: LineCase): Finding {
  const { line, item, policy } = found;
  if (item?.price === undefined) return unlisted(found);
  const ours: Finding = {
    kind: 'price',
    price: plain(item.price),
    // Where the order leaves the price to us, nothing is changed by saying it; a price of 0 is.
    changed: line.price !== undefined,
    reason: `The order gives no price; ours is ${plain(item.price)}.`,
  };
  if (policy.missingPrice === 'ours') return ours;
  const details = { line: line.number, sku: item.sku };
  return { kind: 'hold', fault: fault('price-missing', details, atLine(line.number)), released: ours };
}

function unlisted({ line, item }: LineCase): Finding {
  const details = { line: line.number, sku: item?.sku, value: line.price };
  return {
    kind: 'hold',
    fault: fault('price-unlisted', details, atLine(line.number)),
    released: { kind: 'price', price: line.price, changed: false },
  };
}

function outside(found: LineCase): Finding {
  const { line, item, policy } = found;
  if (policy.price.outside === 'ours') return atOurs(found);
  const details = { line: line.number, sku: item?.sku, value: line.price, price: plain(item?.price) };
  const mismatch = fault('price-outside-tolerance', details, atLine(line.number));
  if (policy.price.outside === 'reject') {
    const reason = `The price ${line.price} differs from ours, ${plain(item?.price)}, by more than is agreed.`;
    return { kind: 'reject', reason, fault: mismatch };
  }
  return { kind: 'hold', fault: mismatch, released: { kind: 'price', price: line.price, changed: false } };
}

function atOurs({ line, item }: LineCase): Finding {
  const ours = plain(item?.price);
  return {
    kind: 'price',
    price: ours,
    changed: true,
    reason: `The order's price is ${line.price}; ours is ${ours}.`,
  };
}

/** |given - ours| <= max(absolute, ours * percent / 100), exactly. A price below zero is never within. */
function within(given: bigint, ours: bigint, rule: Policy['price']): boolean {
  if (given < 0n) return false;
  const difference = given > ours ? given - ours : ours - given;
  if (difference <= parseDecimal(rule.absolute)) return true;
  return difference * hundredPercent <= ours * parseDecimal(rule.percent);
}

/** Our price without the trailing zeros that the price table gives it. */
function plain(price: string | undefined): string | undefined {
  return price === undefined ? undefined : formatDecimal(parseDecimal(price));
}

const hundredPercent = parseDecimal('100');
