/**
 * What an order and its lines may become: one table. Nothing outside the table is possible; which of several targets holds
 * follows from the quantities after the event. What we owe for an order (997, 855, 856) is not a state of it: only when
 * such a document falls due stands here.
 */
import type { CanonicalName } from './canonical.ts';
import type { Quantities } from './quantities.ts';

export const orderStates = [
  'received',
  'held',
  'accepted',
  'partially-accepted',
  'rejected',
  'partially-shipped',
  'shipped',
  'cancelled',
] as const;
export const lineStates = [
  'open',
  'held',
  'confirmed',
  'backordered',
  'rejected',
  'partially-shipped',
  'shipped',
  'cancelled',
] as const;
/**
 * held: a rule asks for a person. decided: every line has its answer, by the rules or by a person who released or rejected.
 * shipped: a shipment was recorded. cancelled: the buyer takes back what has not left.
 */
export const orderEvents = ['held', 'decided', 'shipped', 'cancelled'] as const;

export type OrderState = (typeof orderStates)[number];
export type LineState = (typeof lineStates)[number];
export type OrderEvent = (typeof orderEvents)[number];

/** Why something that was asked for cannot be done, in plain sentences. A value: the asker is told. */
export interface Refusal {
  readonly refused: readonly string[];
}

export function isRefusal(outcome: object): outcome is Refusal {
  return 'refused' in outcome;
}

/** Null when the target describes the quantities after the event (of all lines, or of the one line), else why not. */
export type Guard = (after: readonly Quantities[]) => string | null;

export interface Transition {
  readonly of: 'order' | 'line';
  readonly from: OrderState | LineState;
  readonly event: OrderEvent;
  readonly to: OrderState | LineState;
  readonly guard: Guard;
}

const undecided: Guard = unless(
  (q) => q.confirmed === 0n && q.backordered === 0n && q.cut === 0n,
  'a line is decided already',
);
const inFull: Guard = unless(
  (q) => q.confirmed > 0n && q.confirmed === q.ordered,
  'not all of it is confirmed',
);
const notAtAll: Guard = unless((q) => !promised(q), 'some of it is confirmed or backordered');
const fromStock: Guard = unless((q) => q.confirmed > 0n, 'none of it is in stock');
const later: Guard = unless(
  (q) => q.confirmed === 0n && q.backordered > 0n,
  'it does not wait for stock alone',
);
const inPart: Guard = (after) => {
  if (!after.some(promised)) return 'nothing is confirmed or backordered';
  return inFull(after) === null ? 'all of it is confirmed' : null;
};
const nothingLeft: Guard = (after) => {
  if (!after.some((q) => q.shipped > 0n)) return 'nothing has shipped';
  return after.some(waiting) ? 'some of it has not shipped' : null;
};
const someLeft: Guard = (after) => {
  if (!after.some((q) => q.shipped > 0n)) return 'nothing has shipped';
  return after.some(waiting) ? null : 'all of it has shipped';
};
const nothingShipped: Guard = unless(
  (q) => q.shipped === 0n && !promised(q),
  'some of it has shipped or still will',
);

export const transitions: readonly Transition[] = [
  { of: 'order', from: 'received', event: 'held', to: 'held', guard: undecided },
  { of: 'order', from: 'received', event: 'decided', to: 'accepted', guard: inFull },
  { of: 'order', from: 'received', event: 'decided', to: 'partially-accepted', guard: inPart },
  { of: 'order', from: 'received', event: 'decided', to: 'rejected', guard: notAtAll },
  { of: 'order', from: 'received', event: 'cancelled', to: 'cancelled', guard: nothingShipped },
  { of: 'order', from: 'held', event: 'held', to: 'held', guard: undecided },
  { of: 'order', from: 'held', event: 'decided', to: 'accepted', guard: inFull },
  { of: 'order', from: 'held', event: 'decided', to: 'partially-accepted', guard: inPart },
  { of: 'order', from: 'held', event: 'decided', to: 'rejected', guard: notAtAll },
  { of: 'order', from: 'held', event: 'cancelled', to: 'cancelled', guard: nothingShipped },
  { of: 'order', from: 'accepted', event: 'shipped', to: 'partially-shipped', guard: someLeft },
  { of: 'order', from: 'accepted', event: 'shipped', to: 'shipped', guard: nothingLeft },
  { of: 'order', from: 'accepted', event: 'cancelled', to: 'cancelled', guard: nothingShipped },
  { of: 'order', from: 'partially-accepted', event: 'shipped', to: 'partially-shipped', guard: someLeft },
  { of: 'order', from: 'partially-accepted', event: 'shipped', to: 'shipped', guard: nothingLeft },
  { of: 'order', from: 'partially-accepted', event: 'cancelled', to: 'cancelled', guard: nothingShipped },
  { of: 'order', from: 'partially-shipped', event: 'shipped', to: 'partially-shipped', guard: someLeft },
  { of: 'order', from: 'partially-shipped', event: 'shipped', to: 'shipped', guard: nothingLeft },
  // What has left stays sold: cancelling takes back the rest, and then nothing is left to ship.
  { of: 'order', from: 'partially-shipped', event: 'cancelled', to: 'shipped', guard: nothingLeft },

  { of: 'line', from: 'open', event: 'held', to: 'held', guard: undecided },
  { of: 'line', from: 'open', event: 'decided', to: 'confirmed', guard: fromStock },
  { of: 'line', from: 'open', event: 'decided', to: 'backordered', guard: later },
  { of: 'line', from: 'open', event: 'decided', to: 'rejected', guard: notAtAll },
  { of: 'line', from: 'open', event: 'cancelled', to: 'cancelled', guard: nothingShipped },
  { of: 'line', from: 'held', event: 'held', to: 'held', guard: undecided },
  { of: 'line', from: 'held', event: 'decided', to: 'confirmed', guard: fromStock },
  { of: 'line', from: 'held', event: 'decided', to: 'backordered', guard: later },
  { of: 'line', from: 'held', event: 'decided', to: 'rejected', guard: notAtAll },
  { of: 'line', from: 'held', event: 'cancelled', to: 'cancelled', guard: nothingShipped },
  { of: 'line', from: 'confirmed', event: 'shipped', to: 'partially-shipped', guard: someLeft },
  { of: 'line', from: 'confirmed', event: 'shipped', to: 'shipped', guard: nothingLeft },
  { of: 'line', from: 'confirmed', event: 'cancelled', to: 'cancelled', guard: nothingShipped },
  { of: 'line', from: 'backordered', event: 'cancelled', to: 'cancelled', guard: nothingShipped },
  { of: 'line', from: 'partially-shipped', event: 'shipped', to: 'partially-shipped', guard: someLeft },
  { of: 'line', from: 'partially-shipped', event: 'shipped', to: 'shipped', guard: nothingLeft },
  { of: 'line', from: 'partially-shipped', event: 'cancelled', to: 'shipped', guard: nothingLeft },
];

/** Which documents an event makes due, by their canonical names; the partner's agreement says which types those are. */
const documentsDue: Readonly<Record<OrderEvent, readonly Exclude<CanonicalName, 'order'>[]>> = {
  held: [],
  decided: ['order-response'],
  shipped: ['ship-notice'],
  cancelled: [],
};

/** The documents that fall due when an event happens to an order: 'decided' a response, 'shipped' a ship notice. */
export function dueDocuments(event: OrderEvent): readonly Exclude<CanonicalName, 'order'>[] {
  return documentsDue[event];
}

/** Null when the table knows the event in that state, else why it cannot happen. */
export function refusalOf(
  of: Transition['of'],
  from: OrderState | LineState,
  event: OrderEvent,
): string | null {
  if (rowsOf(of, from, event).length > 0) return null;
  const possible = orderEvents.filter((other) => rowsOf(of, from, other).length > 0);
  const then =
    possible.length === 0 ? 'nothing more can happen to it' : `it can only be ${possible.join(' or ')}`;
  return `The ${of} is ${from} and cannot be ${event}: ${then}.`;
}

/** The order's state after the event. @throws Error when the table has no row that describes the quantities */
export function nextOrderState(
  from: OrderState,
  event: OrderEvent,
  after: readonly Quantities[],
): OrderState {
  return target('order', from, event, after) as OrderState;
}

/** The line's state after the event. @throws Error when the table has no row that describes the quantities */
export function nextLineState(from: LineState, event: OrderEvent, after: Quantities): LineState {
  return target('line', from, event, [after]) as LineState;
}

function target(of: Transition['of'], from: string, event: OrderEvent, after: readonly Quantities[]): string {
  const rows = rowsOf(of, from, event);
  const row = rows.find((candidate) => candidate.guard(after) === null);
  if (row !== undefined) return row.to;
  const reasons = rows.map((candidate) => `not ${candidate.to}: ${candidate.guard(after)}`);
  throw new Error(`No transition for the ${of}: ${from} and ${event} (${reasons.join('; ') || 'no row'})`);
}

const index = new Map<string, Transition[]>();
for (const row of transitions) {
  const key = keyOf(row.of, row.from, row.event);
  index.set(key, [...(index.get(key) ?? []), row]);
}

function rowsOf(of: string, from: string, event: string): readonly Transition[] {
  return index.get(keyOf(of, from, event)) ?? [];
}

function keyOf(of: string, from: string, event: string): string {
  return `${of} ${from} ${event}`;
}

function unless(holds: (q: Quantities) => boolean, reason: string): Guard {
  return (after) => (after.every(holds) ? null : reason);
}

function promised(q: Quantities): boolean {
  return q.confirmed > 0n || q.backordered > 0n;
}

function waiting(q: Quantities): boolean {
  return q.confirmed > q.shipped || q.backordered > 0n;
}
