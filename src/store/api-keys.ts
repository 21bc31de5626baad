/** api-keys: who may post where. Only a digest of each key is kept. */
import { query } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

export interface ApiKeyRow {
  readonly id: string;
  readonly prefix: string;
  readonly hash: Buffer;
  readonly endpoint: string;
  readonly note: string | null;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  /** To the minute. */
  readonly last_used_at: Date | null;
  /** Prefix of the key that follows it. */
  readonly successor: string | null;
  /** The last threshold, in days before its end, at which somebody was told. */
  readonly alarmed_days: number | null;
}

export interface NewApiKey {
  readonly prefix: string;
  readonly hash: Buffer;
  readonly endpoint: string;
  readonly note: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

export async function insertApiKey(tx: Queryable, row: NewApiKey): Promise<void> {
  await query(
    tx,
    'insert into api_keys (prefix, hash, endpoint, note, created_at, expires_at) values (?, ?, ?, ?, ?, ?)',
    [row.prefix, row.hash, row.endpoint, row.note, row.createdAt, row.expiresAt],
  );
}

/** The key with this prefix, if it is good at a moment. */
export async function findApiKey(db: Queryable, prefix: string, at: Date): Promise<ApiKeyRow | null> {
  const rows = await query<ApiKeyRow>(
    db,
    'select * from api_keys where prefix = ? and revoked_at is null and (expires_at is null or expires_at > ?)',
    [prefix, at],
  );
  return rows[0] ?? null;
}

/** The key with this prefix, whatever became of it, locked until the transaction ends. */
export async function lockApiKey(tx: Tx, prefix: string): Promise<ApiKeyRow | null> {
  const rows = await query<ApiKeyRow>(tx, 'select * from api_keys where prefix = ? for update', [prefix]);
  return rows[0] ?? null;
}

export async function listApiKeys(db: Queryable): Promise<ApiKeyRow[]> {
  return query<ApiKeyRow>(db, 'select * from api_keys order by id');
}

/** Keys that work, or ended by themselves. */
export async function unrevokedApiKeys(db: Queryable): Promise<ApiKeyRow[]> {
  return query<ApiKeyRow>(db, 'select * from api_keys where revoked_at is null order by id');
}

export async function revokeApiKey(tx: Tx, prefix: string, at: Date): Promise<void> {
  await query(tx, 'update api_keys set revoked_at = ? where prefix = ?', [at, prefix]);
}

/** Lets another key follow this one, which ends at a moment. */
export async function followApiKey(tx: Tx, prefix: string, successor: string, endsAt: Date): Promise<void> {
  await query(tx, 'update api_keys set successor = ?, expires_at = ?, alarmed_days = null where prefix = ?', [
    successor,
    endsAt,
    prefix,
  ]);
}

/** Notes that a key was used, unless that was noted after `since`. */
export async function noteApiKeyUsed(db: Queryable, prefix: string, at: Date, since: Date): Promise<void> {
  await query(
    db,
    'update api_keys set last_used_at = ? where prefix = ? and (last_used_at is null or last_used_at < ?)',
    [at, prefix, since],
  );
}

/**
 * Keys that end, or ended, and whose partner has no other: by `alone` those that no key follows; by `followed` those whose
 * successor was never used. Revoked keys are meant to end.
 */
export async function endingApiKeys(
  db: Queryable,
  { alone, followed }: { readonly alone: Date; readonly followed: Date },
): Promise<ApiKeyRow[]> {
  return query<ApiKeyRow>(
    db,
    `select k.* from api_keys k left join api_keys s on s.prefix = k.successor
     where k.revoked_at is null and k.expires_at is not null
       and case when k.successor is null then k.expires_at <= ?
           else k.expires_at <= ? and s.last_used_at is null and s.revoked_at is null end
     order by k.id`,
    [alone, followed],
  );
}

export async function noteApiKeyAlarm(tx: Tx, id: string, days: number): Promise<void> {
  await query(tx, 'update api_keys set alarmed_days = ? where id = ?', [days, id]);
}
