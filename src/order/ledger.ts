/**
 * The ledger: what became of every ordered quantity, line by line. Plain JSON with decimal strings, stored beside the
 * order. Every event gives a new ledger whose quantities were checked (quantities.ts) and whose states the transition
 * table allows; quantities that break their promises are our mistake and throw.
 */
import { formatDecimal, parseDecimal } from './decimal.ts';
import type { Order } from './order.ts';
import { brokenInvariant, type Quantities, type QuantityName, undecidedQuantities } from './quantities.ts';
import {
  type LineState,
  nextLineState,
  nextOrderState,
  type OrderEvent,
  type OrderState,
  type Refusal,
  refusalOf,
} from './transition.ts';

export interface LedgerLine extends Readonly<Record<QuantityName, string>> {
  /** The buyer's line number. */
  readonly number: string;
  readonly state: LineState;
}

export interface Ledger {
  readonly state: OrderState;
  /** In the order's sequence. */
  readonly lines: readonly LedgerLine[];
}

/** The fate of one line, in millionths of its unit. What is confirmed is allocated from stock. */
export interface LineFate {
  readonly confirmed: bigint;
  readonly backordered: bigint;
  readonly cut: bigint;
}

/** The ledger of an order that was received and not looked at. A quantity below zero counts as nothing ordered. */
export function openLedger(order: Order): Ledger {
  const lines = order.lines.map((line) => {
    const quantity = parseDecimal(line.quantity);
    return written(line.number, 'open', undecidedQuantities(quantity > 0n ? quantity : 0n));
  });
  return { state: 'received', lines };
}

/** A rule asks for a person: nothing is settled. Refused once the order is decided. */
export function recordHold(ledger: Ledger): Ledger | Refusal {
  return step(ledger, 'held', (_line, before) => before);
}

/**
 * Every line has its answer.
 * @param fates by line, in the order's sequence
 * @returns the new ledger, or why the order can no longer be decided
 * @throws Error when a line's fates do not add up to what was ordered
 */
export function recordDecision(ledger: Ledger, fates: readonly LineFate[]): Ledger | Refusal {
  return step(ledger, 'decided', (_line, before, at) => {
    const fate = fates[at];
    if (fate === undefined) throw new Error(`The decision has no answer for line ${at + 1}`);
    return { ...before, ...fate, allocated: fate.confirmed };
  });
}

/**
 * Goods have left.
 * @param shipped millionths by line number; every number must be in the ledger and nothing may exceed what is open: the
 *   caller has asked shipment/apply.ts, which gives reasons
 * @throws Error when more would be shipped than is confirmed
 */
export function recordShipped(ledger: Ledger, shipped: ReadonlyMap<string, bigint>): Ledger | Refusal {
  const positions = firstPositions(ledger);
  return step(ledger, 'shipped', (line, before, at) => {
    const quantity = positions.get(line.number) === at ? shipped.get(line.number) : undefined;
    return quantity === undefined ? null : { ...before, shipped: before.shipped + quantity };
  });
}

/** The buyer takes back what has not left; what was cut or has shipped stays as it is. */
export function recordCancel(ledger: Ledger): Ledger | Refusal {
  return step(ledger, 'cancelled', (line, before) => {
    if (refusalOf('line', line.state, 'cancelled') !== null) return null;
    return {
      ...before,
      confirmed: before.shipped,
      backordered: 0n,
      cancelledByBuyer: before.ordered - before.shipped - before.cut,
      allocated: before.shipped,
    };
  });
}

/** The quantities of a ledger line, in millionths of its unit. */
export function quantitiesOf(line: LedgerLine): Quantities {
  return {
    ordered: parseDecimal(line.ordered),
    confirmed: parseDecimal(line.confirmed),
    backordered: parseDecimal(line.backordered),
    cut: parseDecimal(line.cut),
    cancelledByBuyer: parseDecimal(line.cancelledByBuyer),
    allocated: parseDecimal(line.allocated),
    shipped: parseDecimal(line.shipped),
  };
}

/** Where each line number first stands: a number that the buyer repeats means its first line. */
export function firstPositions(ledger: Ledger): ReadonlyMap<string, number> {
  const positions = new Map<string, number>();
  ledger.lines.forEach((line, at) => {
    if (!positions.has(line.number)) positions.set(line.number, at);
  });
  return positions;
}

/** Gives a line's quantities after the event, or null when the event does not concern the line. */
type Change = (line: LedgerLine, before: Quantities, at: number) => Quantities | null;

function step(ledger: Ledger, event: OrderEvent, change: Change): Ledger | Refusal {
  const refused = refusalOf('order', ledger.state, event);
  if (refused !== null) return { refused: [refused] };
  const after: Quantities[] = [];
  const lines = ledger.lines.map((line, at) => {
    const before = quantitiesOf(line);
    const changed = change(line, before, at);
    after.push(changed ?? before);
    return changed === null ? line : written(line.number, nextLineState(line.state, event, changed), changed);
  });
  return { state: nextOrderState(ledger.state, event, after), lines };
}

/** @throws Error when the quantities break a promise: never stored, never answered */
function written(number: string, state: LineState, q: Quantities): LedgerLine {
  const broken = brokenInvariant(q, state !== 'open' && state !== 'held');
  if (broken !== null) throw new Error(`Ledger of line ${number} (${state}): ${broken}`);
  return {
    number,
    state,
    ordered: formatDecimal(q.ordered),
    confirmed: formatDecimal(q.confirmed),
    backordered: formatDecimal(q.backordered),
    cut: formatDecimal(q.cut),
    cancelledByBuyer: formatDecimal(q.cancelledByBuyer),
    allocated: formatDecimal(q.allocated),
    shipped: formatDecimal(q.shipped),
  };
}
