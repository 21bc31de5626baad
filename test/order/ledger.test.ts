import assert from 'node:assert/strict';
import {
  type Ledger,
  openLedger,
  recordCancel,
  recordDecision,
  recordShipped,
} from '../../src/order/ledger.ts';
import { isRefusal, type Refusal } from '../../src/order/transition.ts';
import { anOrder } from './orders.ts';

const million = 1_000_000n;
const open = openLedger(anOrder([{ quantity: '10' }, { quantity: '2.5' }]));
const decided = sure(
  recordDecision(open, [
    { confirmed: 6n * million, backordered: 0n, cut: 4n * million },
    { confirmed: 0n, backordered: 2_500_000n, cut: 0n },
  ]),
);

describe('the ledger', () => {
  it('opens with what was ordered and nothing else', () => {
    assert.equal(open.state, 'received');
    assert.deepEqual(open.lines[1], {
      number: '2',
      state: 'open',
      ordered: '2.5',
      confirmed: '0',
      backordered: '0',
      cut: '0',
      cancelledByBuyer: '0',
      allocated: '0',
      shipped: '0',
    });
  });

  it('takes a quantity below zero for nothing', () => {
    assert.equal(openLedger(anOrder([{ quantity: '-3' }])).lines[0]?.ordered, '0');
  });

  it('allocates what is confirmed', () => {
    const states = decided.lines.map(({ state, allocated }) => [state, allocated]);
    assert.deepEqual(states, [
      ['confirmed', '6'],
      ['backordered', '0'],
    ]);
  });

  it('cancels what has neither shipped nor been cut', () => {
    const shipped = sure(recordShipped(decided, new Map([['1', 2n * million]])));
    const cancelled = sure(recordCancel(shipped));
    assert.equal(cancelled.state, 'shipped');
    const fates = cancelled.lines.map((l) => [l.state, l.confirmed, l.cut, l.cancelledByBuyer, l.shipped]);
    assert.deepEqual(fates, [
      ['shipped', '2', '4', '4', '2'],
      ['cancelled', '0', '0', '2.5', '0'],
    ]);
  });

  it('throws when a decision loses or invents quantity, and leaves the ledger as it was', () => {
    const lost = [
      { confirmed: 9n * million, backordered: 0n, cut: 0n },
      { confirmed: 2_500_000n, backordered: 0n, cut: 0n },
    ];
    assert.throws(() => recordDecision(open, lost), /line 1 .*ordered differs/);
    assert.throws(() => recordDecision(open, lost.slice(1)), /no answer for line 2|ordered differs/);
    const below = [{ confirmed: 11n * million, backordered: -1n * million, cut: 0n }];
    assert.throws(() => recordDecision(open, below), /backordered is below zero/);
    assert.equal(open.lines[0]?.confirmed, '0');
  });

  it('throws when more would ship than is confirmed', () => {
    assert.throws(() => recordShipped(decided, new Map([['1', 7n * million]])), /shipped exceeds confirmed/);
  });
});

function sure(outcome: Ledger | Refusal): Ledger {
  assert.ok(!isRefusal(outcome), JSON.stringify(outcome));
  return outcome;
}
