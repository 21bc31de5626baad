import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Ledger,
  type LineFate,
  openLedger,
  quantitiesOf,
  recordCancel,
  recordDecision,
  recordHold,
  recordShipped,
} from '../../src/order/ledger.ts';
import {
  dueDocuments,
  isRefusal,
  lineStates,
  type OrderEvent,
  orderEvents,
  orderStates,
  type Refusal,
  transitions,
} from '../../src/order/transition.ts';
import { anOrder } from './orders.ts';

/** The whole numbers of these tests, in millionths. */
const n = (value: number): bigint => BigInt(value) * 1_000_000n;
const fate = (confirmed: number, backordered: number, cut: number): LineFate => ({
  confirmed: n(confirmed),
  backordered: n(backordered),
  cut: n(cut),
});
const full = fate(10, 0, 0);
const later = fate(0, 10, 0);
const none = fate(0, 0, 10);
const some = fate(4, 3, 3);
const fates = [full, later, none, some];

interface Decide {
  readonly event: 'decided';
  readonly fates: readonly LineFate[];
}
interface Ship {
  readonly event: 'shipped';
  readonly of: readonly number[];
}
type Deed = Decide | Ship | { readonly event: 'held' } | { readonly event: 'cancelled' };

function perform(ledger: Ledger, deed: Deed): Ledger | Refusal {
  switch (deed.event) {
    case 'held':
      return recordHold(ledger);
    case 'decided':
      return recordDecision(ledger, deed.fates);
    case 'shipped':
      return recordShipped(ledger, quantities(deed.of));
    case 'cancelled':
      return recordCancel(ledger);
  }
}

function quantities(of: readonly number[]): Map<string, bigint> {
  const all = of.map((quantity, at): [string, bigint] => [String(at + 1), n(quantity)]);
  return new Map(all.filter(([, quantity]) => quantity > 0n));
}

function rowName(of: string, from: string, event: string, to: string): string {
  return `${of}: ${from} + ${event} -> ${to}`;
}

/** What a deed did, as rows of the table; a line is counted only where the deed concerned it. */
function rowsOf(before: Ledger, after: Ledger, deed: Deed): string[] {
  const rows = [rowName('order', before.state, deed.event, after.state)];
  after.lines.forEach((line, at) => {
    const from = before.lines[at]?.state ?? 'open';
    if (line !== before.lines[at]) rows.push(rowName('line', from, deed.event, line.state));
  });
  return rows;
}

const twoLines = openLedger(anOrder([{}, {}]));
const decided = (a: LineFate, b: LineFate): Deed => ({ event: 'decided', fates: [a, b] });
const shipped = (...of: number[]): Deed => ({ event: 'shipped', of });
const hold: Deed = { event: 'held' };
const cancel: Deed = { event: 'cancelled' };

const walks: readonly (readonly Deed[])[] = [
  [decided(full, full), shipped(4, 0), shipped(3, 10), shipped(3, 0)],
  [decided(full, full), shipped(10, 10)],
  [decided(full, full), cancel],
  [decided(full, later), shipped(10, 0), cancel],
  [decided(some, none), shipped(4, 0)],
  [decided(fate(4, 0, 6), none), shipped(4, 0)],
  [decided(full, none), cancel],
  [decided(none, none)],
  [decided(full, later), shipped(3, 0), cancel],
  [cancel],
  [hold, hold, decided(full, full)],
  [hold, decided(some, later)],
  [hold, decided(none, none)],
  [hold, cancel],
];

describe('the transition table', () => {
  const seen = new Set<string>();
  const ended: Ledger[] = [];
  before(() => {
    for (const walk of walks) {
      let ledger = twoLines;
      for (const deed of walk) {
        const after = perform(ledger, deed);
        assert.ok(!isRefusal(after), `${JSON.stringify(after)} in ${ledger.state}`);
        for (const row of rowsOf(ledger, after, deed)) seen.add(row);
        ledger = after;
      }
      ended.push(ledger);
    }
  });

  it('leaves no line waiting in an order that has ended', () => {
    for (const { state, lines } of ended.filter((ledger) =>
      ['cancelled', 'shipped'].includes(ledger.state),
    )) {
      for (const line of lines) assert.match(line.state, /^(cancelled|shipped|rejected)$/, `order ${state}`);
    }
  });

  it('is exercised as a whole by real orders, and they do nothing outside it', () => {
    const table = transitions.map(({ of, from, event, to }) => rowName(of, from, event, to));
    assert.deepEqual([...seen].sort(), table.sort());
  });

  it('reaches every state of orders and lines', () => {
    const reached = (of: string) => new Set(transitions.filter((row) => row.of === of).map((row) => row.to));
    assert.deepEqual(
      orderStates.filter((state) => !reached('order').has(state)),
      ['received'],
    );
    assert.deepEqual(
      lineStates.filter((state) => !reached('line').has(state)),
      ['open'],
    );
  });

  it('refuses, with a reason, every event it has no row for', () => {
    const deeds: Record<OrderEvent, Deed> = {
      held: hold,
      decided: decided(full, full),
      shipped: shipped(1, 1),
      cancelled: cancel,
    };
    for (const state of orderStates) {
      for (const event of orderEvents) {
        if (transitions.some((row) => row.of === 'order' && row.from === state && row.event === event))
          continue;
        const outcome = perform({ ...twoLines, state }, deeds[event]);
        assert.ok(isRefusal(outcome), `${state} + ${event}`);
        assert.match(outcome.refused.join(), new RegExp(`The order is ${state} and cannot be ${event}`));
      }
    }
  });

  it('has exactly one target for whatever happens, on any walk', () => {
    const aFate = fc.constantFrom(...fates);
    const deed: fc.Arbitrary<Deed> = fc.oneof(
      fc.constantFrom(hold, cancel),
      fc.tuple(aFate, aFate).map(([a, b]) => decided(a, b)),
      fc.tuple(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 10 })).map((of) => shipped(...of)),
    );
    fc.assert(fc.property(fc.array(deed, { maxLength: 6 }), oneTargetEach));
  });

  it('says which documents fall due', () => {
    assert.deepEqual(orderEvents.map(dueDocuments), [[], ['order-response'], ['ship-notice'], []]);
  });
});

function oneTargetEach(walk: readonly Deed[]): void {
  let ledger = twoLines;
  for (const deed of walk) {
    const open = ledger.lines.map((line) => Number(line.confirmed) - Number(line.shipped));
    const possible: Deed =
      deed.event === 'shipped' ? { ...deed, of: deed.of.map((q, at) => Math.min(q, open[at] ?? 0)) } : deed;
    if (possible.event === 'shipped' && possible.of.every((q) => q === 0)) continue;
    const after = perform(ledger, possible);
    if (isRefusal(after)) continue;
    const quantities = after.lines.map(quantitiesOf);
    const targets = transitions.filter(
      (row) =>
        row.of === 'order' &&
        row.from === ledger.state &&
        row.event === deed.event &&
        row.guard(quantities) === null,
    );
    assert.deepEqual(
      targets.map((row) => row.to),
      [after.state],
    );
    ledger = after;
  }
}
