/** One SQL statement with its bindings. */
import type { Knex } from 'knex';
import type { Queryable } from './store.ts';

/**
 * Runs a statement and gives its rows.
 * @param text SQL in which each `?` takes one binding; an array is one binding, for `any(?::text[])` or `unnest(?::text[])`
 */
export async function query<T = unknown>(
  db: Queryable,
  text: string,
  bindings: readonly unknown[] = [],
): Promise<T[]> {
  const result = await db.raw(text, bindings as readonly Knex.RawBinding[]);
  return result.rows as T[];
}

/** Runs a statement that always gives a row, such as an insert with returning or a count. */
export async function queryOne<T>(
  db: Queryable,
  text: string,
  bindings: readonly unknown[] = [],
): Promise<T> {
  const [row] = await query<T>(db, text, bindings);
  if (row === undefined) throw new Error(`No row came back from: ${text.trim().slice(0, 120)}`);
  return row;
}
