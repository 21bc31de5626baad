/** Orders of an invented buyer, and random ones. */
import fc from 'fast-check';
import type { OrderFacts } from '../../src/order/decide.ts';
import { formatDecimal } from '../../src/order/decimal.ts';
import { type Order, order as orderSchema } from '../../src/order/order.ts';
import type { OrderLine } from '../../src/order/order-line.ts';
import { type Policy, policy as policySchema } from '../../src/order/policy.ts';
import type { ItemFacts } from '../../src/order/rules/rule.ts';

export const today = '2027-03-01';

export function anOrder(lines: readonly Partial<OrderLine>[], more: Partial<Order> = {}): Order {
  return orderSchema.parse({
    number: 'PO-7',
    purpose: 'original',
    currency: 'USD',
    shipTo: { code: '0042', name: 'Quayside Stores 42' },
    seller: { name: 'Lantern Supply' },
    ...more,
    lines: lines.map((line, at) => ({
      number: String(at + 1),
      item: { sellerId: `SKU-${at + 1}` },
      quantity: '10',
      unit: 'each',
      price: '2.00',
      ...line,
    })),
  });
}

export function aPolicy(part: object = {}): Policy {
  return policySchema.parse(part);
}

/** Facts in which every line names the item of its place, priced at 2 USD, with plenty in stock unless told. */
export function facts(
  order: Order,
  available: Readonly<Record<string, string>> = {},
  item: Partial<ItemFacts> = {},
): OrderFacts {
  const items = order.lines.map((_, at) => ({
    sku: `SKU-${at + 1}`,
    price: '2.00',
    currency: 'USD',
    unit: 'each',
    ...item,
  }));
  const plenty = items.map(({ sku }): [string, string] => [sku, '1000']);
  return { items, available: new Map([...plenty, ...Object.entries(available)]) };
}

/** A decimal from `least` to `most` millionths, most of them whole. */
export function decimals(least: bigint, most: bigint): fc.Arbitrary<string> {
  const million = 1_000_000n;
  const whole = fc.bigInt({ min: least / million, max: most / million }).map((value) => value * million);
  const any = fc.bigInt({ min: least, max: most });
  return fc.oneof({ weight: 3, arbitrary: whole }, { weight: 1, arbitrary: any }).map(formatDecimal);
}

const skus = ['A', 'B', 'C'] as const;
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const days = fc.integer({ min: 0, max: 30 }).map((plus) => `2027-03-${String(plus + 1).padStart(2, '0')}`);

export const anyPolicy: fc.Arbitrary<Policy> = fc.record({
  shortage: fc.constantFrom('backorder', 'cut', 'reject-line'),
  shipComplete: fc.boolean(),
  backorderDays: fc.integer({ min: 0, max: 30 }),
  unknownItem: fc.constantFrom('reject-line', 'hold'),
  missingPrice: fc.constantFrom('ours', 'hold'),
  price: fc.record({
    absolute: fc.constantFrom('0', '0.05', '1'),
    percent: fc.constantFrom('0', '2.5', '100'),
    winner: fc.constantFrom('partner', 'ours'),
    outside: fc.constantFrom('hold', 'ours', 'reject'),
  }),
  leadDays: fc.integer({ min: 0, max: 10 }),
  lateDate: fc.constantFrom('promise', 'hold', 'reject-line'),
});

const anyItem: fc.Arbitrary<ItemFacts> = fc.record({
  sku: fc.constantFrom(...skus),
  price: maybe(decimals(0n, 4_000_000n)),
  currency: fc.constantFrom('USD', 'USD', 'USD', 'EUR'),
  unit: fc.constantFrom('each', 'each', 'each', 'case', undefined),
  casePack: maybe(fc.constantFrom('1', '6', '2.5')),
});

const anyLine = fc.record({
  number: fc.integer({ min: 1, max: 40 }).map(String),
  quantity: decimals(-2_000_000n, 60_000_000n),
  price: maybe(decimals(-1_000_000n, 4_000_000n)),
  item: fc.option(anyItem, { nil: null, freq: 8 }),
});

export interface AnyCase {
  readonly order: Order;
  readonly facts: OrderFacts;
  readonly policy: Policy;
}

/** Any order with facts and policy: numbers may repeat, quantities may be below zero, stock may be short or shared. */
export const anyCase: fc.Arbitrary<AnyCase> = fc
  .record({
    lines: fc.array(anyLine, { minLength: 1, maxLength: 8 }),
    stock: fc.dictionary(fc.constantFrom(...skus), decimals(0n, 150_000_000n)),
    dates: fc.record({
      requestedOn: maybe(days),
      shipNotBefore: maybe(days),
      shipNotAfter: maybe(days),
      cancelAfter: maybe(days),
    }),
    policy: anyPolicy,
  })
  .map(({ lines, stock, dates, policy }) => ({
    order: anOrder(
      lines.map(({ number, quantity, price }) => ({ number, quantity, price })),
      dates,
    ),
    facts: { items: lines.map(({ item }) => item), available: new Map(Object.entries(stock)) },
    policy,
  }));
