/** Orders as the console shows them. Reads only. */
import { z } from 'zod';
import type { Decision } from '../order/decide.ts';
import type { Ledger } from '../order/ledger.ts';
import { type Order, order } from '../order/order.ts';
import { query } from './sql.ts';
import type { Queryable } from './store.ts';

export const orderSummary = z.object({
  id: z.string(),
  partner: z.string(),
  agreement: z.string(),
  number: z.string().describe("The buyer's purchase order number"),
  orderedOn: z.string().nullable(),
  shipTo: z.string().nullable(),
  currency: z.string().nullable(),
  lineCount: z.int(),
  amount: z.string().nullable(),
  state: z.string(),
  receivedAt: z.date(),
  decidedAt: z.date().nullable(),
  deliveryId: z.string(),
});
export type OrderSummary = z.infer<typeof orderSummary>;

const quantity = z.string().describe('A decimal');
/** What became of each line's quantity. */
export const ledgerView = z.object({
  state: z.string(),
  lines: z.array(
    z.object({
      number: z.string(),
      state: z.string(),
      ordered: quantity,
      confirmed: quantity,
      backordered: quantity,
      cut: quantity,
      cancelledByBuyer: quantity,
      allocated: quantity,
      shipped: quantity,
    }),
  ),
});

export const orderDetail = orderSummary.extend({
  document: order,
  ledger: ledgerView.nullable().describe('null until the order is decided'),
  decision: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('The answer to each line, with its reasons'),
});
export type OrderDetail = OrderSummary & {
  readonly document: Order;
  readonly ledger: Ledger | null;
  readonly decision: Decision | null;
};

const columns = `o.id, o.partner, o.agreement, o.number, o.ordered_on as "orderedOn", o.ship_to as "shipTo", o.currency,
  o.line_count as "lineCount", o.amount, o.state, o.received_at as "receivedAt", o.decided_at as "decidedAt",
  o.delivery_id as "deliveryId"`;

export interface OrderFilter {
  /** The whole purchase order number. */
  readonly number?: string | undefined;
  readonly partner?: string | undefined;
  readonly state?: string | undefined;
}

/** Newest first. @param before the id after which the list goes on; null: from the newest */
export function listOrders(
  db: Queryable,
  filter: OrderFilter,
  before: string | null,
  limit: number,
): Promise<OrderSummary[]> {
  const { number = null, partner = null, state = null } = filter;
  return query<OrderSummary>(
    db,
    `select ${columns} from orders o where (?::bigint is null or o.id < ?) and (?::text is null or o.number = ?)
       and (?::text is null or o.partner = ?) and (?::text is null or o.state = ?) order by o.id desc limit ?`,
    [...[before, number, partner, state].flatMap((value) => [value, value]), limit],
  );
}

export async function viewOrder(db: Queryable, id: string): Promise<OrderDetail | null> {
  const rows = await query<OrderDetail>(
    db,
    `select ${columns}, o.document, o.ledger, o.decision from orders o where o.id = ?`,
    [id],
  );
  return rows[0] ?? null;
}

export const shipmentView = z.object({
  id: z.string(),
  number: z.string(),
  shippedOn: z.string(),
  createdAt: z.date(),
  document: z.record(z.string(), z.unknown()).describe('The ship notice, in canonical form'),
});
export type ShipmentView = z.infer<typeof shipmentView>;

export function shipmentsOfOrder(db: Queryable, orderId: string): Promise<ShipmentView[]> {
  return query<ShipmentView>(
    db,
    `select id, number, shipped_on as "shippedOn", created_at as "createdAt", document from shipments
     where order_id = ? order by id`,
    [orderId],
  );
}
