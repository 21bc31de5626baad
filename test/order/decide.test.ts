import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Decision, decideOrder, rejectOrder, releaseHold } from '../../src/order/decide.ts';
import { formatDecimal, parseDecimal } from '../../src/order/decimal.ts';
import { quantitiesOf } from '../../src/order/ledger.ts';
import { type Order, orderResponse } from '../../src/order/order.ts';
import { brokenInvariant } from '../../src/order/quantities.ts';
import { buildResponse } from '../../src/order/response.ts';
import type { ItemFacts } from '../../src/order/rules/rule.ts';
import { type AnyCase, anOrder, anyCase, aPolicy, facts, today } from './orders.ts';

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

describe('a decision about several lines', () => {
  it('gives shared stock in the sequence of the lines, and reserves it once', () => {
    const order = anOrder([{ quantity: '6' }, { quantity: '6' }, { quantity: '6' }]);
    const items = order.lines.map(() => ({ sku: 'A', price: '2' }));
    const decision = decideOrder(order, { items, available: new Map([['A', '10']]) }, aPolicy(), today);
    assert.deepEqual(
      decision.lines.map((line) => line.confirmed),
      ['6', '4', '0'],
    );
    assert.deepEqual(decision.reservations, [{ sku: 'A', quantity: '10' }]);
  });

  it('gives a rejected line nothing, so that later lines find its stock', () => {
    const order = anOrder([{ price: '9' }, {}]);
    const items = order.lines.map(() => ({ sku: 'A', price: '2' }));
    const policy = aPolicy({ price: { outside: 'reject' } });
    const decision = decideOrder(order, { items, available: new Map([['A', '10']]) }, policy, today);
    assert.deepEqual(
      decision.lines.map((line) => line.confirmed),
      ['0', '10'],
    );
  });

  it('fills only the first line of a repeated number', () => {
    const order = anOrder([{ number: '1' }, { number: '1' }]);
    const decision = decideOrder(order, facts(order), aPolicy(), today);
    assert.deepEqual(
      decision.lines.map((line) => line.action),
      ['accepted', 'rejected'],
    );
    assert.deepEqual(
      decision.faults.map(({ code, at }) => [code, at]),
      [['line-number-repeated', { orderLine: '1' }]],
    );
  });

  it('holds the whole order for one line, reserves nothing, and says why', () => {
    const order = anOrder([{}, { price: '9.00' }]);
    const decision = decideOrder(order, facts(order), aPolicy(), today);
    assert.equal(decision.state, 'held');
    assert.deepEqual(decision.reservations, []);
    assert.deepEqual(
      decision.ledger.lines.map((line) => line.state),
      ['held', 'held'],
    );
    assert.deepEqual(decision.lines[1]?.reasons, [
      'Line 2 orders SKU-2 at 9.00; our price is 2, and the difference exceeds the tolerance.',
    ]);
  });

  it('refuses facts that do not fit and orders that are no originals', () => {
    const order = anOrder([{}, {}]);
    assert.throws(
      () => decideOrder(order, { ...facts(order), items: [] }, aPolicy(), today),
      /one item for each/,
    );
    assert.throws(
      () => decideOrder({ ...order, purpose: 'cancel' }, facts(order), aPolicy(), today),
      /not for the rules/,
    );
  });
});

describe('a held order', () => {
  const order = anOrder([{}, { price: '9.00' }], { cancelAfter: '2027-03-01' });
  const held = decideOrder(order, facts(order), aPolicy(), today);

  it("is filled at the buyer's price and our date once released", () => {
    assert.deepEqual(
      held.holds.map((hold) => hold.code),
      ['cancel-date-too-early', 'price-outside-tolerance'],
    );
    const released = releaseHold(order, facts(order), aPolicy(), today, held);
    assert.equal(released.state, 'accepted');
    assert.deepEqual(
      released.lines.map((line) => [line.action, line.price, line.shipOn]),
      [
        ['date-changed', '2.00', '2027-03-02'],
        ['date-changed', '9.00', '2027-03-02'],
      ],
    );
    assert.deepEqual(
      released.faults.map((fault) => fault.code),
      held.holds.map((hold) => hold.code),
    );
  });

  it('is held again for what the person has not seen', () => {
    const again = releaseHold(order, facts(order, {}, { unit: 'case' }), aPolicy(), today, held);
    assert.deepEqual(
      again.holds.map((hold) => hold.code),
      ['unit-differs', 'unit-differs'],
    );
  });

  it('still cannot be given an item that we do not have', () => {
    const one = anOrder([{}]);
    const nothing = { items: [null], available: new Map<string, string>() };
    const policy = aPolicy({ unknownItem: 'hold' });
    const released = releaseHold(one, nothing, policy, today, decideOrder(one, nothing, policy, today));
    assert.equal(released.state, 'rejected');
    assert.deepEqual(
      released.faults.map((fault) => fault.code),
      ['item-unknown'],
    );
  });

  it('is rejected as a whole by a person, with the reason', () => {
    const rejected = rejectOrder(order, 'The buyer withdrew it by telephone.', held.ledger);
    assert.equal(rejected.state, 'rejected');
    assert.deepEqual(
      rejected.lines.map(({ action, cut, reasons }) => ({ action, cut, reasons })),
      [
        { action: 'rejected', cut: '10', reasons: ['The buyer withdrew it by telephone.'] },
        { action: 'rejected', cut: '10', reasons: ['The buyer withdrew it by telephone.'] },
      ],
    );
    assert.throws(
      () => rejectOrder(order, 'again', rejected.ledger),
      /order is rejected and cannot be decided/,
    );
  });
});

describe('any decision', () => {
  const decideAny = ({ order, facts: known, policy }: AnyCase) => decideOrder(order, known, policy, today);

  it('keeps the ledger, gives each quantity one fate, and is the same every time', () => {
    fc.assert(
      fc.property(anyCase, (found) => {
        const decision = decideAny(found);
        assert.deepEqual(decideAny(found), decision);
        const decided = decision.state !== 'held';
        for (const line of decision.ledger.lines)
          assert.equal(brokenInvariant(quantitiesOf(line), decided), null);
        assert.equal(decision.holds.length > 0, !decided);
      }),
      { numRuns: 500 },
    );
  });

  it('never confirms more of an item than there is, and reserves exactly that', () => {
    fc.assert(
      fc.property(anyCase, (found) => {
        const decision = decideAny(found);
        const confirmed = new Map<string, bigint>();
        for (const { sku, confirmed: text } of decision.lines) {
          const quantity = parseDecimal(text);
          if (quantity > 0n) confirmed.set(sku ?? '', (confirmed.get(sku ?? '') ?? 0n) + quantity);
        }
        for (const [sku, sum] of confirmed) {
          assert.ok(sum <= parseDecimal(found.facts.available.get(sku) ?? '0'));
        }
        const expected = [...confirmed].map(([sku, sum]) => ({ sku, quantity: formatDecimal(sum) }));
        assert.deepEqual(decision.reservations, expected);
      }),
      { numRuns: 500 },
    );
  });

  it('is answered by a response that is a valid canonical document, and is plain JSON', () => {
    fc.assert(
      fc.property(anyCase, (found) => {
        const decision = decideAny(found);
        assert.deepEqual(JSON.parse(JSON.stringify(decision)), decision);
        checkResponse(found.order, decision);
      }),
      { numRuns: 300 },
    );
  });

  it('is never held again for what was released', () => {
    fc.assert(
      fc.property(anyCase, (found) => {
        const { order, facts: known, policy } = found;
        const released = releaseHold(order, known, policy, today, decideHeld(found));
        assert.notEqual(released.state, 'held');
      }),
      { numRuns: 300 },
    );
  });

  function decideHeld(found: AnyCase): Decision {
    const decision = decideAny(found);
    fc.pre(decision.state === 'held');
    return decision;
  }
});

function checkResponse(order: Order, decision: Decision): void {
  const response = buildResponse(order, decision, { number: 'R-1', respondedOn: today });
  assert.deepEqual(orderResponse.parse(response), response);
  const expected: Record<Decision['state'], readonly string[]> = {
    held: ['held'],
    rejected: ['rejected'],
    accepted: ['accepted', 'accepted-with-changes'],
    'partially-accepted': ['accepted-with-changes'],
  };
  assert.ok(expected[decision.state].includes(response.action));
}
