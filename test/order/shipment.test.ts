import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Decision, decideOrder } from '../../src/order/decide.ts';
import { formatDecimal, parseDecimal } from '../../src/order/decimal.ts';
import type { Ledger } from '../../src/order/ledger.ts';
import type { Order } from '../../src/order/order.ts';
import { shipNotice } from '../../src/order/ship-notice.ts';
import { applyShipment, stockTaken } from '../../src/order/shipment/apply.ts';
import { buildShipNotice } from '../../src/order/shipment/notice.ts';
import { contents, type PlannedCarton, planCartons } from '../../src/order/shipment/plan.ts';
import { type ShipmentRequest, shipmentRequest } from '../../src/order/shipment/request.ts';
import { sscc } from '../../src/order/shipment/sscc.ts';
import { isRefusal, type Refusal } from '../../src/order/transition.ts';
import { trials } from '../support/trials.ts';
import { anOrder, anyCase, aPolicy, facts, today } from './orders.ts';

const order = anOrder([{ quantity: '10' }, { quantity: '5' }, { quantity: '7' }], { department: 'D3' });
const decision = decideOrder(order, facts(order, { 'SKU-2': '2', 'SKU-3': '0' }), aPolicy(), today);

function plan(request: object, ledger = decision.ledger, lines = decision.lines): readonly PlannedCarton[] {
  return sure(planCartons(shipmentRequest.parse(request), ledger, lines));
}

function refusal(request: object, ledger = decision.ledger): readonly string[] {
  const outcome = planCartons(shipmentRequest.parse(request), ledger, decision.lines);
  assert.ok(isRefusal(outcome), 'the shipment was not refused');
  return outcome.refused;
}

describe('the cartons of a shipment', () => {
  it('hold everything confirmed when nothing is said, a carton for each line', () => {
    assert.deepEqual(plan({}), [
      { items: [{ line: '1', quantity: '10' }] },
      { items: [{ line: '2', quantity: '2' }] },
    ]);
  });

  it('are full cases first where the case is known', () => {
    const packed = decision.lines.map((line) => ({ ...line, casePack: '4.000' }));
    const quantities = plan({ lines: [{ line: '1', quantity: '9' }] }, decision.ledger, packed);
    assert.deepEqual(
      quantities.map(({ items }) => items[0]?.quantity),
      ['4', '4', '1'],
    );
  });

  it('are taken as they were packed', () => {
    const cartons = [
      {
        tracking: '1Z',
        weight: '2.5',
        items: [
          { line: '1', quantity: '3' },
          { line: '2', quantity: '2' },
        ],
      },
    ];
    assert.deepEqual(plan({ cartons, weightUnit: 'kg' }), cartons);
  });

  it('add up the quantities of a line that is named twice', () => {
    const twice = [
      { line: '1', quantity: '4' },
      { line: '1', quantity: '5.5' },
    ];
    assert.deepEqual(plan({ lines: twice }), [{ items: [{ line: '1', quantity: '9.5' }] }]);
  });

  it('are not more than a ship notice can hold', () => {
    const many = anOrder([{ quantity: '10000' }]);
    const decided = decideOrder(many, facts(many, { 'SKU-1': '10000' }, { casePack: '1' }), aPolicy(), today);
    const outcome = planCartons({}, decided.ledger, decided.lines);
    assert.ok(isRefusal(outcome));
    assert.match(outcome.refused[0] ?? '', /10000 cartons or more/);
  });
});

describe('a shipment is refused', () => {
  it('when it ships more than is confirmed, or a line that is not there, with every reason', () => {
    const lines = [
      { line: '1', quantity: '10.000001' },
      { line: '3', quantity: '1' },
      { line: '9', quantity: '1' },
    ];
    assert.deepEqual(refusal({ lines }), [
      'Line 1 has 10 left to ship, not 10.000001.',
      'Line 3 has 0 left to ship, not 1.',
      'The order has no line 9.',
    ]);
  });

  it('when the cartons together ship too much', () => {
    const carton = { items: [{ line: '1', quantity: '6' }] };
    assert.deepEqual(refusal({ cartons: [carton, carton] }), ['Line 1 has 10 left to ship, not 12.']);
  });

  it('when it has left before', () => {
    const gone = sure(applyShipment(decision.ledger, plan({})));
    assert.equal(gone.state, 'partially-shipped');
    assert.deepEqual(refusal({}, gone), ['Nothing that is confirmed is left to ship.']);
    assert.deepEqual(applyShipment(gone, plan({})), {
      refused: ['Line 1 has 0 left to ship, not 10.', 'Line 2 has 0 left to ship, not 2.'],
    });
  });

  it('when the order is held or rejected', () => {
    const held = { ...decision.ledger, state: 'held' as const };
    assert.match(refusal({}, held).join(), /order is held and cannot be shipped/);
    const rejected = { ...decision.ledger, state: 'rejected' as const };
    assert.match(refusal({}, rejected).join(), /order is rejected .*nothing more can happen/);
  });

  it('when the request says nothing possible', () => {
    const wrong: readonly object[] = [
      { lines: [{ line: '1', quantity: '0' }] },
      { lines: [{ line: '1', quantity: '-1' }] },
      { lines: [] },
      { lines: [{ line: '1', quantity: '1' }], cartons: [{ items: [{ line: '1', quantity: '1' }] }] },
      { weight: '12' },
      { shipedOn: today },
    ];
    for (const request of wrong) {
      assert.equal(shipmentRequest.safeParse(request).success, false, JSON.stringify(request));
    }
  });
});

describe('a ship notice', () => {
  const request = { carrier: { scac: 'LNTN', pro: '77' }, billOfLading: 'B1', weightUnit: 'kg' as const };
  const cartons = plan({
    weightUnit: 'kg',
    cartons: [
      { weight: '1.5', items: [{ line: '1', quantity: '4' }] },
      { weight: '2', items: [{ line: '1', quantity: '6' }] },
    ],
  });
  const details = { number: 'S-1', createdAt: '2027-03-02T23:30:00-05:00', ssccs: numbers(2) };

  it('says what is in which carton, from where, and what it weighs', () => {
    const notice = buildShipNotice({ order, request, cartons }, details);
    assert.deepEqual(shipNotice.parse(notice), notice);
    assert.equal(notice.shippedOn, '2027-03-02');
    assert.equal(notice.weight, '3.5');
    assert.equal(notice.cartonCount, '2');
    assert.deepEqual(notice.shipFrom, { name: 'Lantern Supply' });
    assert.deepEqual(notice.orders[0]?.cartons[1], {
      sscc: '095011010000000018',
      weight: '2',
      items: [{ lineNumber: '1', item: { sellerId: 'SKU-1' }, quantity: '6', unit: 'each', ordered: '10' }],
    });
  });

  it('prefers what the request says', () => {
    const said = { ...request, weight: '4', shippedOn: '2027-03-01', shipFrom: { code: 'W2' } };
    const notice = buildShipNotice({ order, request: said, cartons }, details);
    assert.deepEqual([notice.weight, notice.shippedOn, notice.shipFrom], ['4', '2027-03-01', { code: 'W2' }]);
  });

  it('needs one SSCC for each carton', () => {
    const few = { ...details, ssccs: numbers(1) };
    assert.throws(() => buildShipNotice({ order, request, cartons }, few), /one SSCC for each carton/);
  });
});

describe('any shipments', () => {
  it('put into cartons exactly what the ledger says has shipped, take that from stock, and end', () => {
    const shares = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyCase, shares, (found, parts) => {
        const decided = decideOrder(found.order, found.facts, found.policy, today);
        fc.pre(decided.reservations.length > 0);
        shipInParts(found.order, decided, parts);
      }),
      // Most orders of any kind are held or rejected, and ship nothing.
      { numRuns: trials(60), maxSkipsPerRun: 1000 },
    );
  });
});

/** Ships a share of what is open, again and again, then the rest; compares cartons, notices, ledger and stock. */
function shipInParts(from: Order, decided: Decision, parts: readonly number[]): void {
  let ledger: Ledger = decided.ledger;
  const sent: PlannedCarton[] = [];
  for (const request of [...parts.map((part) => () => share(ledger, part)), () => ({})]) {
    const cartons = planCartons(request(), ledger, decided.lines);
    if (isRefusal(cartons)) continue;
    ledger = sure(applyShipment(ledger, cartons));
    const details = { number: 'S', createdAt: `${today}T08:00:00Z`, ssccs: numbers(cartons.length) };
    shipNotice.parse(buildShipNotice({ order: from, request: {}, cartons }, details));
    sent.push(...cartons);
  }
  const inCartons = contents(sent);
  const seen = new Set<string>();
  for (const { number, shipped, confirmed } of ledger.lines) {
    if (!seen.has(number)) assert.equal(shipped, formatDecimal(inCartons.get(number) ?? 0n));
    assert.equal(shipped, confirmed);
    seen.add(number);
  }
  const bySku = (a: { sku: string }, b: { sku: string }) => a.sku.localeCompare(b.sku);
  assert.deepEqual(stockTaken(decided.lines, sent).sort(bySku), [...decided.reservations].sort(bySku));
  const backordered = ledger.lines.some((line) => line.backordered !== '0');
  assert.equal(ledger.state, backordered ? 'partially-shipped' : 'shipped');
}

function share(ledger: Ledger, percent: number): ShipmentRequest {
  const lines = ledger.lines.flatMap(({ number, confirmed, shipped }) => {
    const open = ((parseDecimal(confirmed) - parseDecimal(shipped)) * BigInt(percent)) / 100n;
    return open > 0n ? [{ line: number, quantity: formatDecimal(open) }] : [];
  });
  return lines.length > 0 ? { lines } : {};
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, at) => sscc(0, '9501101', at));
}

function sure<T extends object>(outcome: T | Refusal): T {
  assert.ok(!isRefusal(outcome), JSON.stringify(outcome));
  return outcome;
}
