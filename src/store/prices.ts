/** prices: per item and currency; a partner's own price goes before the general one. */
import { unnest } from './rows.ts';
import { query } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

export interface PriceRow {
  readonly sku: string;
  /** '' holds for every partner. */
  readonly partner: string;
  readonly currency: string;
  readonly price: string;
}

export async function findPrices(
  db: Queryable,
  skus: readonly string[],
  partners: readonly string[],
): Promise<PriceRow[]> {
  const rows = await query<PriceRow>(
    db,
    `select sku, partner, currency, price from prices where sku = any(?::text[]) and (partner = '' or partner = any(?::text[]))`,
    [skus, partners],
  );
  return rows;
}

export async function upsertPrices(tx: Tx, rows: readonly PriceRow[]): Promise<void> {
  const from = unnest({ sku: 'text', partner: 'text', currency: 'text', price: 'numeric' }, rows);
  await query(
    tx,
    `insert into prices (sku, partner, currency, price) select sku, partner, currency, price from ${from.sql} r
     on conflict (sku, partner, currency) do update set price = excluded.price`,
    from.bindings,
  );
}
