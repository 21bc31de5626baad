/** The rules in the order in which they are asked. A new rule is one file here and one line in one of the lists. */
import { currency } from './currency.ts';
import { dates } from './dates.ts';
import { knownItem } from './known-item.ts';
import { lineNumber } from './line-number.ts';
import { price } from './price.ts';
import { quantity } from './quantity.ts';
import type { LineRule, OrderRule } from './rule.ts';
import { stock } from './stock.ts';
import { unit } from './unit.ts';

/** Over the order as a whole; what they find holds for every line. */
export const orderRules: readonly OrderRule[] = [dates];

/** Over one line, until one rejects it. Stock comes last, so that only a line that stands takes from it. */
export const lineRules: readonly LineRule[] = [quantity, lineNumber, knownItem, unit, currency, price, stock];
