/** items, item-names, prices and stock as the rules need them. */
import { insertMany, unnest } from './rows.ts';
import { query } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

export interface ItemRow {
  readonly sku: string;
  readonly gtin: string | null;
  readonly upc: string | null;
  readonly description: string | null;
  readonly unit: string;
  readonly case_pack: string | null;
}

/** Everything by which the lines of some orders may call an item; GTINs in 14 digits. */
export interface ItemQuery {
  readonly skus: readonly string[];
  readonly gtins: readonly string[];
}

export async function findItems(db: Queryable, wanted: ItemQuery): Promise<ItemRow[]> {
  return query<ItemRow>(
    db,
    `select sku, gtin, upc, description, unit, case_pack from items where sku = any(?::text[])
     union select sku, gtin, upc, description, unit, case_pack from items where gtin = any(?::text[])`,
    [wanted.skus, wanted.gtins],
  );
}

/** Our item by the partner's own name for it. */
export async function findNames(
  db: Queryable,
  names: readonly { partner: string; name: string }[],
): Promise<(ItemRow & { partner: string; name: string })[]> {
  if (names.length === 0) return [];
  return query<ItemRow & { partner: string; name: string }>(
    db,
    `select n.partner, n.name, i.* from unnest(?::text[], ?::text[]) as q(partner, name)
     join item_names n on n.partner = q.partner and n.name = q.name join items i on i.sku = n.sku`,
    [names.map((n) => n.partner), names.map((n) => n.name)],
  );
}

/** Inserts or replaces items. */
export async function upsertItems(
  tx: Tx,
  rows: readonly {
    sku: string;
    gtin: string | null;
    upc: string | null;
    description: string | null;
    unit: string;
    case_pack: string | null;
  }[],
): Promise<void> {
  const from = unnest(
    { sku: 'text', gtin: 'text', upc: 'text', description: 'text', unit: 'text', case_pack: 'numeric' },
    rows,
  );
  await query(
    tx,
    `insert into items (sku, gtin, upc, description, unit, case_pack) select sku, gtin, upc, description, unit, case_pack from ${from.sql} r
     on conflict (sku) do update set gtin = excluded.gtin, upc = excluded.upc, description = excluded.description,
       unit = excluded.unit, case_pack = excluded.case_pack`,
    from.bindings,
  );
}

export async function insertNames(
  tx: Tx,
  rows: readonly { partner: string; name: string; sku: string }[],
): Promise<void> {
  await query(
    tx,
    'delete from item_names where (partner, name) in (select * from unnest(?::text[], ?::text[]))',
    [rows.map((row) => row.partner), rows.map((row) => row.name)],
  );
  await insertMany(tx, 'item_names', { partner: 'text', name: 'text', sku: 'text' }, rows);
}

/** The skus of a list that are not in the catalogue. */
export async function unknownSkus(db: Queryable, skus: readonly string[]): Promise<string[]> {
  const rows = await query<ItemRow>(
    db,
    'select sku from unnest(?::text[]) as q(sku) where not exists (select 1 from items i where i.sku = q.sku)',
    [skus],
  );
  return rows.map((row: { sku: string }) => row.sku);
}
