/** shipments: what left for an order, as its ship notice says it. */
import type { ShipNotice } from '../order/ship-notice.ts';
import { jsonText, query, queryOne } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

export interface ShipmentRow {
  readonly id: string;
  readonly order_id: string;
  readonly partner: string;
  readonly number: string;
  readonly idempotency_key: string | null;
  readonly document: ShipNotice;
  readonly shipped_on: string;
  readonly created_at: Date;
}

/** Takes the id before the row is written, because the shipment's number is made from it. */
export async function nextShipmentId(tx: Tx): Promise<string> {
  const { id } = await queryOne<{ id: string }>(
    tx,
    `select nextval(pg_get_serial_sequence('shipments', 'id')) as id`,
  );
  return id;
}

export async function insertShipment(
  tx: Tx,
  row: {
    id: string;
    orderId: string;
    partner: string;
    number: string;
    idempotencyKey: string | null;
    document: ShipNotice;
    shippedOn: string;
  },
): Promise<void> {
  await query(
    tx,
    `insert into shipments (id, order_id, partner, number, idempotency_key, document, shipped_on)
     overriding system value values (?, ?, ?, ?, ?, ?, ?)`,
    [row.id, row.orderId, row.partner, row.number, row.idempotencyKey, jsonText(row.document), row.shippedOn],
  );
}

export async function findShipment(
  db: Queryable,
  orderId: string,
  idempotencyKey: string,
): Promise<ShipmentRow | null> {
  const rows = await query<ShipmentRow>(
    db,
    'select * from shipments where order_id = ? and idempotency_key = ?',
    [orderId, idempotencyKey],
  );
  return rows[0] ?? null;
}

export async function getShipments(db: Queryable, ids: readonly string[]): Promise<ShipmentRow[]> {
  const rows = await query<ShipmentRow>(db, 'select * from shipments where id = any(?::bigint[])', [ids]);
  return rows;
}
