/** stock: on hand and reserved, per item. Rows are locked in the order of their keys. */
import { unnest } from './rows.ts';
import { query } from './sql.ts';
import type { Tx } from './store.ts';

export interface StockRow {
  readonly sku: string;
  readonly on_hand: string;
  readonly reserved: string;
  readonly available: string;
}

/** Locks the stock of some items for a decision. An item without a row has none. */
export async function lockStock(tx: Tx, skus: readonly string[]): Promise<StockRow[]> {
  const rows = await query<StockRow>(
    tx,
    `select sku, on_hand, reserved, greatest(on_hand - reserved, 0) as available from stock
     where sku = any(?::text[]) order by sku for update`,
    [skus],
  );
  return rows;
}

/** Adds to what is reserved (negative: releases). */
export async function reserve(tx: Tx, rows: readonly { sku: string; quantity: string }[]): Promise<void> {
  if (rows.length === 0) return;
  const from = unnest({ sku: 'text', quantity: 'numeric' }, rows);
  await query(
    tx,
    `update stock s set reserved = s.reserved + r.quantity, updated_at = now()
     from (select sku, sum(quantity) as quantity from ${from.sql} q group by sku) r where s.sku = r.sku`,
    from.bindings,
  );
}

/** Goods left: off the shelf and off the reservation. */
export async function ship(tx: Tx, rows: readonly { sku: string; quantity: string }[]): Promise<void> {
  if (rows.length === 0) return;
  const from = unnest({ sku: 'text', quantity: 'numeric' }, rows);
  await query(
    tx,
    `update stock s set on_hand = greatest(s.on_hand - r.quantity, 0), reserved = greatest(s.reserved - r.quantity, 0), updated_at = now()
     from (select sku, sum(quantity) as quantity from ${from.sql} q group by sku) r where s.sku = r.sku`,
    from.bindings,
  );
}

/** Sets what is on hand, as counted. */
export async function setStock(tx: Tx, rows: readonly { sku: string; quantity: string }[]): Promise<void> {
  const from = unnest({ sku: 'text', quantity: 'numeric' }, rows);
  await query(
    tx,
    `insert into stock (sku, on_hand) select sku, quantity from ${from.sql} r
     on conflict (sku) do update set on_hand = excluded.on_hand, updated_at = now()`,
    from.bindings,
  );
}
