/** idempotency: the answers of API mutations, so that a repeat gets the same one. */
import { jsonText, query } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

export interface KeptAnswer {
  readonly digest: Buffer;
  readonly status: number;
  readonly body: unknown;
}

export async function keptAnswer(db: Queryable, route: string, key: string): Promise<KeptAnswer | null> {
  const rows = await query<KeptAnswer>(
    db,
    'select digest, status, body from idempotency where route = ? and key = ?',
    [route, key],
  );
  return rows[0] ?? null;
}

export async function keepAnswer(
  db: Queryable,
  route: string,
  key: string,
  answer: KeptAnswer,
): Promise<void> {
  await query(
    db,
    'insert into idempotency (route, key, digest, status, body) values (?, ?, ?, ?, ?) on conflict do nothing',
    [route, key, answer.digest, answer.status, jsonText(answer.body)],
  );
}

/** Lets one request at a time answer under a key: the others wait until its transaction ends. */
export async function lockAnswer(tx: Tx, route: string, key: string): Promise<void> {
  await query(tx, 'select pg_advisory_xact_lock(hashtextextended(?, 0))', [`${route} ${key}`]);
}

/** Forgets answers that are older than a moment, so many at most. Returns how many there were. */
export async function forgetAnswers(db: Queryable, before: Date, most: number): Promise<number> {
  const rows = await query(
    db,
    `delete from idempotency where ctid = any(array(select ctid from idempotency where at < ? limit ?)) returning 1`,
    [before, most],
  );
  return rows.length;
}
