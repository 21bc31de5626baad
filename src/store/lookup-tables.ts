/** lookup_tables: tables that a partner's guides look values up in, each replaced as a whole; and items as such a table. */
import { jsonText, query, queryOne } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

export interface KeptTable {
  readonly partner: string;
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Keeps a table in place of the one of its name. */
export async function putTable(
  tx: Tx,
  { partner, name, columns, rows }: KeptTable,
  who: string,
): Promise<void> {
  await query(tx, 'delete from lookup_tables where partner = ? and name = ?', [partner, name]);
  await query(
    tx,
    `insert into lookup_tables (partner, name, columns, rows, row_count, who) values (?, ?, ?::text[], ?::jsonb, ?, ?)`,
    [partner, name, columns, jsonText(rows), rows.length, who],
  );
}

/** Every table of every partner. */
export function allTables(db: Queryable): Promise<KeptTable[]> {
  return query<KeptTable>(
    db,
    'select partner, name, columns, rows from lookup_tables order by partner, name',
  );
}

/** A text that differs when a table was loaded, or anything of the catalogue. */
export async function tablesMark(db: Queryable): Promise<string> {
  const row = await queryOne<{ mark: string }>(
    db,
    `select (select coalesce(max(id), 0) || '/' || count(*) from lookup_tables) || '/' ||
       (select coalesce(max(id), 0) from events where kind = 'loaded') as mark`,
  );
  return row.mark;
}

/** What a partner's guides may look up about our items: the partner's own name for the item is '' where it has none. */
export const itemColumns = ['sku', 'gtin', 'upc', 'description', 'unit', 'casePack', 'name'] as const;

/** The items as a partner's table; one with several names has a row for each. */
export async function itemsTable(db: Queryable, partner: string, limit: number): Promise<KeptTable> {
  const rows = await query<{ row: string[] }>(
    db,
    `select array[i.sku, coalesce(i.gtin, ''), coalesce(i.upc, ''), coalesce(i.description, ''), i.unit,
       coalesce(trim_scale(i.case_pack)::text, ''), coalesce(n.name, '')] as row
     from items i left join item_names n on n.sku = i.sku and n.partner = ? order by i.sku, n.name limit ?`,
    [partner, limit],
  );
  return { partner, name: 'items', columns: itemColumns, rows: rows.map(({ row }) => row) };
}
