/**
 * ship: goods have left.
 * Takes an order and a shipment request. Gives, in one transaction: the shipment with its cartons and SSCCs, the ledger, the
 * stock taken, and the ship notice that we owe. The same idempotency key again gives the shipment that it made.
 * Refused, with every reason: more than is confirmed, an unknown line, an order that is not accepted.
 */
import type { DecidedLine } from '../order/decide.ts';
import type { Ledger } from '../order/ledger.ts';
import { applyShipment, stockTaken } from '../order/shipment/apply.ts';
import { buildShipNotice } from '../order/shipment/notice.ts';
import { type PlannedCarton, planCartons } from '../order/shipment/plan.ts';
import type { ShipmentRequest } from '../order/shipment/request.ts';
import { sscc, ssccSerials } from '../order/shipment/sscc.ts';
import { dueDocuments, isRefusal } from '../order/transition.ts';
import { takeNumbers } from '../store/control-numbers.ts';
import { insertDocuments } from '../store/documents.ts';
import { insertEvents } from '../store/events.ts';
import { lockOrders, type OrderRow, updateLedger } from '../store/orders.ts';
import { addReady } from '../store/ready.ts';
import { findShipment, insertShipment, nextShipmentId } from '../store/shipments.ts';
import { lockStock, ship } from '../store/stock.ts';
import type { Tx } from '../store/store.ts';
import { after, agreementOf, type Context } from './context.ts';
import { DeedRefused, refuseHeld } from './deed.ts';
import { outbound } from './kinds.ts';

export interface Shipped {
  readonly shipmentId: string;
  readonly number: string;
  readonly ssccs: readonly string[];
  /** The order's state after it. */
  readonly state: string;
}

/** The extension digit of our SSCCs. */
const extensionDigit = 0;

/**
 * Records a shipment.
 * @param key makes a repeat harmless; null: every call is a shipment of its own
 * @throws DeedRefused with every reason why it cannot be
 */
export async function recordShipment(
  context: Context,
  orderId: string,
  request: ShipmentRequest,
  who: string,
  key: string | null,
): Promise<Shipped> {
  const shipped = await context.store.transaction(async (tx) => {
    const [order] = await lockOrders(tx, [orderId]);
    if (order === undefined) throw new DeedRefused('not-found', `There is no order ${orderId}.`);
    const before = key === null ? null : await findShipment(tx, orderId, key);
    if (before !== null) {
      const ssccs = before.document.orders.flatMap((part) => part.cartons.flatMap(({ sscc }) => sscc ?? []));
      return { shipmentId: before.id, number: before.number, ssccs, state: order.state };
    }
    return shipNow(context, tx, order, request, who, key);
  });
  context.poke('answer');
  return shipped;
}

async function shipNow(
  context: Context,
  tx: Tx,
  order: OrderRow,
  request: ShipmentRequest,
  who: string,
  key: string | null,
): Promise<Shipped> {
  refuseHeld(context, order.partner);
  if (order.ledger === null) throw new DeedRefused('conflict', `Order ${order.id} is not decided yet.`);
  const lines = (order.decision as { lines: readonly DecidedLine[] }).lines;
  const cartons = planCartons(request, order.ledger as Ledger, lines);
  if (isRefusal(cartons)) throw new DeedRefused('conflict', cartons.refused.join(' '));
  const ledger = applyShipment(order.ledger as Ledger, cartons);
  if (isRefusal(ledger)) throw new DeedRefused('conflict', ledger.refused.join(' '));
  const id = await nextShipmentId(tx);
  const ssccs = await takeSsccs(context, tx, cartons);
  const document = buildShipNotice(
    { order: order.document, request, cartons },
    { number: id, createdAt: context.now().toISOString(), ssccs },
  );
  await insertShipment(tx, {
    id,
    orderId: order.id,
    partner: order.partner,
    number: id,
    idempotencyKey: key,
    document,
    shippedOn: document.shippedOn,
  });
  await updateLedger(tx, order.id, ledger.state, ledger);
  const taken = stockTaken(lines, cartons);
  await lockStock(
    tx,
    taken.map(({ sku }) => sku),
  );
  await ship(tx, taken);
  await oweNotice(context, tx, order, id);
  await insertEvents(tx, [
    {
      kind: 'shipped',
      partner: order.partner,
      order_id: order.id,
      who,
      data: { shipment: id, cartons: cartons.length },
    },
  ]);
  return { shipmentId: id, number: id, ssccs, state: ledger.state };
}

async function takeSsccs(context: Context, tx: Tx, cartons: readonly PlannedCarton[]): Promise<string[]> {
  const prefix = context.gs1Prefix;
  if (prefix === null) {
    throw new DeedRefused(
      'conflict',
      'Cartons need SSCCs, and no GS1 company prefix is configured: set gs1Prefix (PORTOLAN_GS1_PREFIX).',
    );
  }
  const range = { first: 1, last: Number(ssccSerials(prefix)) - 1 };
  const { first } = await takeNumbers(tx, `sscc ${prefix}`, 'sscc', range, cartons.length);
  return cartons.map((_, index) => sscc(extensionDigit, prefix, first + index));
}

async function oweNotice(context: Context, tx: Tx, order: OrderRow, shipment: string): Promise<void> {
  const agreement = agreementOf(context, order.agreement);
  const kind = outbound[agreement.standard].shipNotice;
  const terms = agreement.documents[kind];
  if (terms === undefined || !dueDocuments('shipped').includes('ship-notice')) return;
  const made = await insertDocuments(tx, [
    {
      kind,
      partner: order.partner,
      agreement: order.agreement,
      subject: `shipment:${shipment}`,
      order_id: order.id,
      shipment_id: shipment,
      test: agreement.usage === 'test',
      due_at: after(context.now(), terms.within),
    },
  ]);
  await addReady(
    tx,
    [...made.values()].map((id) => ({
      stage: 'answer',
      subject: id,
      partner: order.partner,
      batch: `${order.agreement}:${kind}`,
    })),
  );
}
