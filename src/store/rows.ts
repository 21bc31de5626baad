/** Sets of rows in one statement: UNNEST over one array per column, which is about twice as fast as a VALUES list. */
import { jsonText, query } from './sql.ts';
import type { Queryable } from './store.ts';

/** PostgreSQL type of each column that is written. */
export type ColumnTypes = Readonly<
  Record<
    string,
    'bigint' | 'int' | 'text' | 'boolean' | 'jsonb' | 'bytea' | 'timestamptz' | 'date' | 'numeric'
  >
>;
type Cells = Readonly<Record<string, unknown>>;

/**
 * Inserts many rows with one statement; a row that a unique key refuses is left out, whichever key it is.
 * @param returning columns to give back for the rows that were inserted, e.g. 'id, ordinal'
 */
export async function insertMany<T = unknown>(
  db: Queryable,
  table: string,
  types: ColumnTypes,
  rows: readonly object[],
  returning = '',
): Promise<T[]> {
  if (rows.length === 0) return [];
  const from = unnest(types, rows);
  return query<T>(
    db,
    `insert into ${table} (${Object.keys(types).map(quote).join(', ')}) select * from ${from.sql} r
     on conflict do nothing${returning === '' ? '' : ` returning ${returning}`}`,
    from.bindings,
  );
}

/**
 * The rows as a subquery, and its bindings: one array for each column. A jsonb column travels as one JSON array of all its
 * values: as an array of texts, each of its many quotes would be escaped, and read again character by character.
 */
export function unnest(types: ColumnTypes, rows: readonly object[]): { sql: string; bindings: unknown[] } {
  const columns = Object.keys(types);
  const plain = columns.filter((column) => types[column] !== 'jsonb');
  const json = columns.filter((column) => types[column] === 'jsonb');
  const sets = [
    `unnest(${plain.map((column) => `?::${types[column]}[]`).join(', ')})`,
    ...json.map(() => 'jsonb_array_elements(?::jsonb)'),
  ];
  const selected = columns.map((column) =>
    types[column] === 'jsonb' ? `nullif(${quote(column)}, 'null') as ${quote(column)}` : quote(column),
  );
  return {
    sql: `(select ${selected.join(', ')} from rows from (${sets.join(', ')}) as r(${[...plain, ...json].map(quote).join(', ')}))`,
    bindings: [
      ...plain.map((column) => rows.map((row) => (row as Cells)[column] ?? null)),
      ...json.map((column) => jsonText(rows.map((row) => (row as Cells)[column] ?? null))),
    ],
  };
}

function quote(column: string): string {
  return `"${column}"`;
}
