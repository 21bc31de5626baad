/** What is decided about whole orders: shared stock, holds and their release, and what holds of any decision. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Decision, decideOrder, rejectOrder, releaseHold } from '../../src/order/decide.ts';
import { formatDecimal, parseDecimal } from '../../src/order/decimal.ts';
import { quantitiesOf } from '../../src/order/ledger.ts';
import type { Order } from '../../src/order/order.ts';
import { orderResponse } from '../../src/order/order-response.ts';
import { brokenInvariant } from '../../src/order/quantities.ts';
import { buildResponse } from '../../src/order/response.ts';
import { trials } from '../support/trials.ts';
import { type AnyCase, anOrder, anyCase, aPolicy, facts, today } from './orders.ts';

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

  it('ships complete or not at all where the policy says so, and says which line could not', () => {
    const order = anOrder([{ quantity: '6' }, { quantity: '6' }]);
    const items = order.lines.map(() => ({ sku: 'A', price: '2' }));
    const policy = aPolicy({ shipComplete: true });
    const killed = decideOrder(order, { items, available: new Map([['A', '11']]) }, policy, today);
    assert.equal(killed.state, 'rejected');
    assert.deepEqual(killed.reservations, []);
    assert.deepEqual(
      killed.lines.map(({ action, cut }) => [action, cut]),
      [
        ['rejected', '6'],
        ['rejected', '6'],
      ],
    );
    assert.match(killed.lines[0]?.reasons.at(-1) ?? '', /line 2 cannot ship in full/);
    const filled = decideOrder(order, { items, available: new Map([['A', '12']]) }, policy, today);
    assert.equal(filled.state, 'accepted');
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
      { numRuns: trials(500) },
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
      { numRuns: trials(500) },
    );
  });

  it('is answered by a response that is a valid canonical document, and is plain JSON', () => {
    fc.assert(
      fc.property(anyCase, (found) => {
        const decision = decideAny(found);
        assert.deepEqual(JSON.parse(JSON.stringify(decision)), decision);
        checkResponse(found.order, decision);
      }),
      { numRuns: trials(300) },
    );
  });

  it('is never held again for what was released', () => {
    fc.assert(
      fc.property(anyCase, (found) => {
        const { order, facts: known, policy } = found;
        const released = releaseHold(order, known, policy, today, decideHeld(found));
        assert.notEqual(released.state, 'held');
      }),
      { numRuns: trials(300) },
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
