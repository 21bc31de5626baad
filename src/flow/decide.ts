/**
 * decide: the third step.
 * Takes orders that were received, or that a person has freed. Gives, in one transaction: the decision with its reasons, the
 * ledger, the stock reserved for it, and the order response that we owe; or a hold, with why.
 * Faults: an unknown item, a price or date that does not fit. Errors: the database's.
 * May run twice: an order that is decided is left alone. Stock rows are locked in the order of their keys.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { addDays } from '../order/day.ts';
import { type Decision, decideOrder, type OrderFacts } from '../order/decide.ts';
import { formatDecimal, parseDecimal } from '../order/decimal.ts';
import type { Ledger } from '../order/ledger.ts';
import type { Partner } from '../partner/partner.ts';
import { insertEvents } from '../store/events.ts';
import { insertFaults, type NewFault } from '../store/faults.ts';
import { lockOrders, type OrderRow, updateDecided } from '../store/orders.ts';
import { claimAlike, doneReady, type ReadyRow } from '../store/ready.ts';
import { lockStock, reserve } from '../store/stock.ts';
import type { Tx } from '../store/store.ts';
import { type Catalogue, readCatalogue } from './catalogue.ts';
import type { Context } from './context.ts';
import { oweResponses } from './owe.ts';

export interface Decided {
  readonly order: OrderRow;
  readonly decision: Decision;
}

/** Orders decided before other work of this process gets its turn. */
const ordersPerTurn = 20;

/** Batch key of orders that wait for their decision: those of one partner may be decided together. */
export const decideBatch = 'decide';
/**
 * Orders that a job of one partner takes along. Decisions about the same items stand in one line, because they lock the
 * stock: deciding more at a time makes that line move faster.
 */
const mostFurther = 150;

export async function decide(context: Context, tx: Tx, rows: readonly ReadyRow[]): Promise<void> {
  const further = await claimFurther(context, tx, rows);
  const orders = (
    await lockOrders(
      tx,
      [...rows, ...further].map((row) => row.subject),
    )
  ).filter((order) => order.state === 'received' || order.state === 'held');
  if (orders.length > 0) await decideAll(context, tx, orders);
  await doneReady(
    tx,
    further.map((row) => row.id),
  );
}

async function claimFurther(context: Context, tx: Tx, rows: readonly ReadyRow[]): Promise<ReadyRow[]> {
  const [first, ...others] = rows;
  if (first === undefined || others.length === 0 || others.some((row) => row.partner !== first.partner))
    return [];
  return claimAlike(tx, [{ ...first, batch: decideBatch }, ...others], {
    most: mostFurther,
    now: context.now(),
  });
}

async function decideAll(context: Context, tx: Tx, orders: readonly OrderRow[]): Promise<void> {
  const catalogue = await readCatalogue(tx, orders);
  const available = await readAvailable(tx, catalogue.skus);
  const decided: Decided[] = [];
  for (const order of orders) {
    decided.push({ order, decision: decideOne(context, order, catalogue, available) });
    if (decided.length % ordersPerTurn === 0) await breathe();
  }
  await record(context, tx, decided);
}

/** Locks the stock of some items; gives what is on hand less what is reserved. */
export async function readAvailable(tx: Tx, skus: readonly string[]): Promise<Map<string, string>> {
  return new Map((await lockStock(tx, skus)).map((row) => [row.sku, row.available]));
}

function decideOne(
  context: Context,
  order: OrderRow,
  catalogue: Catalogue,
  available: Map<string, string>,
): Decision {
  const partner = context.partners.byName(order.partner);
  if (partner === null)
    throw new Error(`The partner ${order.partner} is no longer in the mappings: put its folder back`);
  const items = catalogue.factsOf(order);
  const facts: OrderFacts = { items, available: stockOf(items, available) };
  const decision = decideOrder(order.document, facts, partner.policy, acceptedOn(partner, context.now()), {
    calendar: partner.calendar,
    ...(order.ledger === null ? {} : { ledger: order.ledger as Ledger }),
  });
  for (const { sku, quantity } of decision.reservations) {
    available.set(sku, formatDecimal(parseDecimal(available.get(sku) ?? '0') - parseDecimal(quantity)));
  }
  return decision;
}

/** The part of the stock that concerns one order. */
function stockOf(
  items: OrderFacts['items'],
  available: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const stock = new Map<string, string>();
  for (const item of items) {
    const quantity = item === null ? undefined : available.get(item.sku);
    if (item !== null && quantity !== undefined) stock.set(item.sku, quantity);
  }
  return stock;
}

/** Writes decisions with everything that follows from them. */
export async function record(context: Context, tx: Tx, decided: readonly Decided[]): Promise<void> {
  const at = context.now();
  await updateDecided(
    tx,
    decided.map(({ order, decision }) => {
      const { ledger, ...rest } = decision;
      return { id: order.id, state: decision.state, ledger, decision: rest, decided_at: at };
    }),
  );
  await reserve(
    tx,
    decided.flatMap(({ decision }) => decision.reservations),
  );
  const held = (state: boolean) =>
    decided.filter(({ decision }) => (decision.state === 'held') === state).map(({ order }) => order);
  await oweResponses(context, tx, held(false), held(true));
  await insertFaults(
    tx,
    decided.flatMap(({ order, decision }) => faultsOf(order, decision)),
  );
  await insertEvents(
    tx,
    decided.map(({ order, decision }) => eventOf(order, decision)),
  );
  for (const { order, decision } of decided)
    context.metrics.orders.inc({ partner: order.partner, state: decision.state });
}

function faultsOf(order: OrderRow, decision: Decision): NewFault[] {
  const place = {
    partner: order.partner,
    delivery_id: order.delivery_id,
    message_id: order.message_id,
    order_id: order.id,
  };
  return [
    ...decision.holds.map((fault) => ({ ...place, fault, waiting: true })),
    ...decision.faults.map((fault) => ({ ...place, fault, waiting: false })),
  ];
}

function eventOf(order: OrderRow, decision: Decision) {
  const actions: Record<string, number> = {};
  for (const line of decision.lines) actions[line.action] = (actions[line.action] ?? 0) + 1;
  return {
    kind: `order-${decision.state}`,
    partner: order.partner,
    order_id: order.id,
    data: { lines: actions },
  };
}

/** The day as of which an order counts that is decided now: past the partner's cutoff, the next one. 'YYYY-MM-DD'. */
export function acceptedOn(partner: Partner, now: Date): string {
  const day = today(partner, now);
  const { cutoff } = partner.calendar;
  return cutoff !== undefined && timeOf(partner, now) >= cutoff ? addDays(day, 1) : day;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const clocks = new Map<string, Intl.DateTimeFormat>();

/** The partner's time of day, 'HH:MM'. */
function timeOf({ timeZone }: Partner, now: Date): string {
  const clock =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  clocks.set(timeZone, clock);
  return clock.format(now);
}

/** The partner's calendar day, 'YYYY-MM-DD'. */
export function today(partner: Partner, now: Date): string {
  let format = formats.get(partner.timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: partner.timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(partner.timeZone, format);
  }
  return format.format(now);
}
