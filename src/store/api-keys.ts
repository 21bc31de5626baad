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
}

export async function insertApiKey(
  tx: Queryable,
  row: { prefix: string; hash: Buffer; endpoint: string; note: string | null },
): Promise<void> {
  await query(tx, 'insert into api_keys (prefix, hash, endpoint, note) values (?, ?, ?, ?)', [
    row.prefix,
    row.hash,
    row.endpoint,
    row.note,
  ]);
}

/** The key with this prefix, if it is still good. */
export async function findApiKey(db: Queryable, prefix: string): Promise<ApiKeyRow | null> {
  const rows = await query<ApiKeyRow>(
    db,
    'select * from api_keys where prefix = ? and revoked_at is null and (expires_at is null or expires_at > now())',
    [prefix],
  );
  return rows[0] ?? null;
}

export async function listApiKeys(db: Queryable): Promise<ApiKeyRow[]> {
  const rows = await query<ApiKeyRow>(db, 'select * from api_keys order by id');
  return rows;
}

export async function revokeApiKey(tx: Tx, prefix: string): Promise<boolean> {
  const rows = await query<ApiKeyRow>(
    tx,
    'update api_keys set revoked_at = now() where prefix = ? and revoked_at is null returning id',
    [prefix],
  );
  return rows.length > 0;
}
