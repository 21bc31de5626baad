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
  const result = await db.raw(text, bindings.map(storable) as readonly Knex.RawBinding[]);
  return result.rows as T[];
}

/**
 * A value as PostgreSQL can keep it: it has no NUL in a text, nor half a surrogate pair. Partners' bytes come this far, and no
 * step may fail for them.
 */
export function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  return Array.isArray(value) ? value.map(storable) : value;
}

/** A value as JSON for a jsonb column, likewise storable. */
export function jsonText(value: unknown): string {
  // JSON.stringify escapes just what jsonb refuses: NUL and lone surrogates. An escaped backslash is passed over.
  const text = JSON.stringify(value) ?? 'null';
  if (!text.includes('\\u')) return text;
  return text.replace(/\\(u[0-9a-f]{4}|.)/g, (written, code: string) =>
    /^u(0000|d[89a-f]..)$/.test(code) ? '\ufffd' : written,
  );
}

const replacement = '\ufffd';

function storableText(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, replacement);
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
