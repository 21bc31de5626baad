/** Sets of rows in one statement: UNNEST over one array per column, which is about twice as fast as a VALUES list. */
import { query } from './sql.ts';
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
  const columns = Object.keys(types);
  return query<T>(
    db,
    `insert into ${table} (${columns.map(quote).join(', ')})
     select ${columns.map((column) => selected(column, types)).join(', ')}
     from unnest(${columns.map((column) => `?::${wireType(types[column])}[]`).join(', ')}) as r(${columns.map(quote).join(', ')})
     on conflict do nothing${returning === '' ? '' : ` returning ${returning}`}`,
    columns.map((column) => rows.map((row) => wireValue(types[column], (row as Cells)[column]))),
  );
}

/** The `?::type[], …` list and its bindings for an `update … from unnest(…)`. */
export function unnest(types: ColumnTypes, rows: readonly object[]): { sql: string; bindings: unknown[][] } {
  const columns = Object.keys(types);
  return {
    sql: `(select ${columns.map((column) => selected(column, types)).join(', ')} from unnest(${columns
      .map((column) => `?::${wireType(types[column])}[]`)
      .join(', ')}) as r(${columns.map(quote).join(', ')}))`,
    bindings: columns.map((column) => rows.map((row) => wireValue(types[column], (row as Cells)[column]))),
  };
}

// jsonb travels as text: one cast in the select list is cheaper than a jsonb[] literal.
function wireType(type: string | undefined): string {
  return type === 'jsonb' ? 'text' : String(type);
}

function selected(column: string, types: ColumnTypes): string {
  return types[column] === 'jsonb' ? `${quote(column)}::jsonb as ${quote(column)}` : quote(column);
}

function wireValue(type: string | undefined, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  return type === 'jsonb' ? JSON.stringify(value) : value;
}

function quote(column: string): string {
  return `"${column}"`;
}
