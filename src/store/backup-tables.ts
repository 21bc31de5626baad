/** What a backup holds: every table of the schema public, in an order in which rows can be put back. */
import { query } from './sql.ts';
import type { Queryable } from './store.ts';

export interface Column {
  readonly name: string;
  /** As in a cast: 'bigint', 'text[]', 'numeric(18,2)'. */
  readonly type: string;
}

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
  /** The column whose values the database counts up; null: none. */
  readonly identity: string | null;
}

/** Kept by migrate, or of no use to another process: who polls now. */
const leftOut = ['schema_migrations', 'schema_migrations_lock', 'leases'];

/** The tables, those that others refer to first. Tables that refer to each other cannot be put back and are an error. */
export async function backupTables(db: Queryable): Promise<readonly Table[]> {
  const tables = await query<Table>(db, tablesSql, [leftOut]);
  const references = await query<{ from: string; to: string }>(db, referencesSql);
  const ordered: Table[] = [];
  while (ordered.length < tables.length) {
    const waiting = tables.filter((table) => !ordered.includes(table));
    const blocked = ({ name }: Table) =>
      references.some(({ from, to }) => from === name && waiting.some((other) => other.name === to));
    const next = waiting.find((table) => !blocked(table));
    if (next === undefined)
      throw new Error(`Tables refer to each other: ${waiting.map(({ name }) => name).join(', ')}`);
    ordered.push(next);
  }
  return ordered;
}

/** As an identifier in SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

// Partitions come with their parent; generated columns are computed again.
const tablesSql = `
  select c.relname as name,
    (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum)
       from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
    coalesce((select json_agg(a.attname order by array_position(i.indkey::int[], a.attnum::int))
       from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
      where i.indrelid = c.oid and i.indisprimary), '[]') as "primaryKey",
    (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attidentity <> '' limit 1) as identity
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and c.relname <> all (?::text[])
  order by c.relname`;

const referencesSql = `
  select distinct conrelid::regclass::text as "from", confrelid::regclass::text as "to"
  from pg_constraint where contype = 'f' and conrelid <> confrelid`;
