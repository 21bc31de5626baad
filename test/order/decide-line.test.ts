/** What is decided about one line, example by example. */
import assert from 'node:assert/strict';
import { type Decision, decideOrder } from '../../src/order/decide.ts';
import type { Order } from '../../src/order/order.ts';
import type { ItemFacts } from '../../src/order/rules/rule.ts';
import { anOrder, aPolicy, facts, today } from './orders.ts';

interface Example {
  readonly what: string;
  readonly line?: Partial<Order['lines'][number]>;
  readonly order?: Partial<Order>;
  readonly item?: Partial<ItemFacts> | null;
  readonly stock?: string;
  readonly policy?: object;
  /** State, the line's action, and confirmed / backordered / cut. */
  readonly gives: readonly [Decision['state'], string, string];
  readonly also?: object;
  readonly holds?: readonly string[];
  readonly faults?: readonly string[];
}

const priced = (price: object) => ({ price });

const examples: readonly Example[] = [
  {
    what: 'all in stock',
    gives: ['accepted', 'accepted', '10/0/0'],
    also: { price: '2.00', shipOn: '2027-03-02' },
  },
  {
    what: 'part in stock, backorder',
    stock: '4',
    gives: ['partially-accepted', 'partly-backordered', '4/6/0'],
    also: { backorderOn: '2027-03-15' },
  },
  { what: 'none in stock, backorder', stock: '0', gives: ['partially-accepted', 'backordered', '0/10/0'] },
  {
    what: 'backorder past the cancel date is cut',
    stock: '4',
    order: { cancelAfter: '2027-03-14' },
    gives: ['partially-accepted', 'quantity-changed', '4/0/6'],
  },
  {
    what: 'part in stock, cut',
    stock: '4',
    policy: { shortage: 'cut' },
    gives: ['partially-accepted', 'quantity-changed', '4/0/6'],
  },
  {
    what: 'none in stock, cut',
    stock: '0',
    policy: { shortage: 'cut' },
    gives: ['rejected', 'rejected', '0/0/10'],
  },
  {
    what: 'part in stock, reject-line',
    stock: '9.999999',
    policy: { shortage: 'reject-line' },
    gives: ['rejected', 'rejected', '0/0/10'],
  },
  {
    what: 'short: whole cases only',
    stock: '9',
    item: { casePack: '4.000' },
    gives: ['partially-accepted', 'partly-backordered', '8/2/0'],
  },
  {
    what: 'not short: broken cases as ordered',
    item: { casePack: '4' },
    gives: ['accepted', 'accepted', '10/0/0'],
  },
  {
    what: 'less than a case, cut',
    stock: '3',
    item: { casePack: '4' },
    policy: { shortage: 'cut' },
    gives: ['rejected', 'rejected', '0/0/10'],
  },
  {
    what: 'fractions',
    line: { quantity: '0.3' },
    stock: '0.2',
    gives: ['partially-accepted', 'partly-backordered', '0.2/0.1/0'],
  },
  { what: 'unknown item', item: null, gives: ['rejected', 'rejected', '0/0/10'], faults: ['item-unknown'] },
  {
    what: 'unknown item, hold',
    item: null,
    policy: { unknownItem: 'hold' },
    gives: ['held', 'held', '0/0/0'],
    holds: ['item-unknown'],
  },
  {
    what: 'quantity of zero',
    line: { quantity: '0' },
    gives: ['rejected', 'rejected', '0/0/0'],
    faults: ['quantity-not-positive'],
  },
  {
    what: 'quantity below zero',
    line: { quantity: '-5' },
    gives: ['rejected', 'rejected', '0/0/0'],
    faults: ['quantity-not-positive'],
  },
  { what: 'other unit', line: { unit: 'case' }, gives: ['held', 'held', '0/0/0'], holds: ['unit-differs'] },
  {
    what: 'other currency',
    order: { currency: 'EUR' },
    gives: ['held', 'held', '0/0/0'],
    holds: ['currency-differs'],
  },
  {
    what: 'price on the edge of the percent tolerance',
    line: { price: '2.05' },
    policy: priced({ percent: '2.5' }),
    gives: ['accepted', 'accepted', '10/0/0'],
    also: { price: '2.05' },
  },
  {
    what: 'price a millionth past it',
    line: { price: '2.050001' },
    policy: priced({ percent: '2.5' }),
    gives: ['held', 'held', '0/0/0'],
    holds: ['price-outside-tolerance'],
  },
  {
    what: 'price below ours on the edge of the absolute tolerance: the larger of the two holds',
    line: { price: '1.9' },
    policy: priced({ absolute: '0.10', percent: '1' }),
    gives: ['accepted', 'accepted', '10/0/0'],
  },
  {
    what: 'inside the tolerance, ours wins',
    line: { price: '1.95' },
    item: { price: '2.000000' },
    policy: priced({ absolute: '0.10', winner: 'ours' }),
    gives: ['accepted', 'price-changed', '10/0/0'],
    also: { price: '2' },
  },
  {
    what: 'outside, ours',
    line: { price: '1.5' },
    policy: priced({ outside: 'ours' }),
    gives: ['accepted', 'price-changed', '10/0/0'],
    also: { price: '2' },
  },
  {
    what: 'outside, reject',
    line: { price: '1.5' },
    policy: priced({ outside: 'reject' }),
    gives: ['rejected', 'rejected', '0/0/10'],
    faults: ['price-outside-tolerance'],
  },
  {
    what: 'a price below zero is outside every tolerance',
    line: { price: '-0.01' },
    policy: priced({ absolute: '100' }),
    gives: ['held', 'held', '0/0/0'],
    holds: ['price-outside-tolerance'],
  },
  {
    what: 'no price, ours',
    line: { price: undefined },
    gives: ['accepted', 'accepted', '10/0/0'],
    also: { price: '2' },
  },
  {
    what: 'price of 0, ours',
    line: { price: '0.00' },
    gives: ['accepted', 'price-changed', '10/0/0'],
    also: { price: '2' },
  },
  {
    what: 'no price, hold',
    line: { price: undefined },
    policy: { missingPrice: 'hold' },
    gives: ['held', 'held', '0/0/0'],
    holds: ['price-missing'],
  },
  {
    what: 'we have no price',
    item: { price: undefined },
    gives: ['held', 'held', '0/0/0'],
    holds: ['price-unlisted'],
  },
  {
    what: 'short and at our price: several changes',
    line: { price: '1.5' },
    stock: '4',
    policy: { shortage: 'cut', price: { outside: 'ours' } },
    gives: ['partially-accepted', 'changed', '4/0/6'],
  },
  {
    what: 'ships on the day asked for',
    order: { requestedOn: '2027-03-20' },
    gives: ['accepted', 'accepted', '10/0/0'],
    also: { shipOn: '2027-03-20' },
  },
  {
    what: 'never before the window opens',
    order: { shipNotBefore: '2027-03-10', shipNotAfter: '2027-03-12' },
    gives: ['accepted', 'accepted', '10/0/0'],
    also: { shipOn: '2027-03-10' },
  },
  {
    what: 'within the window when delivery is asked for after it',
    order: { requestedOn: '2027-03-20', shipNotAfter: '2027-03-12' },
    gives: ['accepted', 'accepted', '10/0/0'],
    also: { shipOn: '2027-03-12' },
  },
  {
    what: 'asked for before the window opens: the window holds',
    order: { requestedOn: '2027-03-05', shipNotBefore: '2027-03-10' },
    gives: ['accepted', 'date-changed', '10/0/0'],
    also: { shipOn: '2027-03-10' },
  },
  {
    what: 'too early, promise',
    order: { requestedOn: '2027-03-04' },
    policy: { leadDays: 5 },
    gives: ['accepted', 'date-changed', '10/0/0'],
    also: { shipOn: '2027-03-06' },
  },
  {
    what: 'too early and in part later: the backorder has its own date',
    stock: '4',
    order: { requestedOn: '2027-03-04' },
    policy: { leadDays: 5 },
    gives: ['partially-accepted', 'partly-backordered', '4/6/0'],
  },
  {
    what: 'too early, hold',
    order: { shipNotAfter: '2027-03-01' },
    policy: { lateDate: 'hold' },
    gives: ['held', 'held', '0/0/0'],
    holds: ['date-too-early'],
  },
  {
    what: 'too early, reject',
    order: { shipNotAfter: '2027-03-01' },
    policy: { lateDate: 'reject-line' },
    gives: ['rejected', 'rejected', '0/0/10'],
  },
  {
    what: 'cancelled before we can ship',
    order: { cancelAfter: '2027-03-01' },
    gives: ['held', 'held', '0/0/0'],
    holds: ['cancel-date-too-early'],
  },
];

function decideExample(example: Example): { order: Order; decision: Decision } {
  const order = anOrder([example.line ?? {}], example.order);
  const stock = example.stock === undefined ? {} : { 'SKU-1': example.stock };
  const known = facts(order, stock, example.item ?? {});
  const items = example.item === null ? [null] : known.items;
  return { order, decision: decideOrder(order, { ...known, items }, aPolicy(example.policy), today) };
}

describe('a decision about one line', () => {
  for (const example of examples) {
    it(`${example.what}: ${example.gives.join(' ')}`, () => {
      const { decision } = decideExample(example);
      const line = decision.lines[0];
      assert.ok(line);
      const quantities = `${line.confirmed}/${line.backordered}/${line.cut}`;
      assert.deepEqual([decision.state, line.action, quantities], example.gives);
      assert.deepEqual(
        decision.holds.map((hold) => hold.code),
        example.holds ?? [],
      );
      assert.deepEqual(
        decision.faults.map((fault) => fault.code),
        example.faults ?? [],
      );
      for (const [key, value] of Object.entries(example.also ?? {}))
        assert.equal(line[key as 'price'], value);
      if (!['accepted'].includes(line.action)) assert.notEqual(line.reasons.length, 0);
    });
  }

  it('comes to every action that the canon has words for', () => {
    const actions = new Set(examples.map((example) => example.gives[1]));
    assert.deepEqual([...actions].sort(), [
      'accepted',
      'backordered',
      'changed',
      'date-changed',
      'held',
      'partly-backordered',
      'price-changed',
      'quantity-changed',
      'rejected',
    ]);
  });
});
