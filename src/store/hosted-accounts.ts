/** hosted_passwords, hosted_host_keys: who may sign in at the built-in SFTP server, and what it proves itself with. */
import { query } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

export interface HostedHostKeyRow {
  readonly type: string;
  readonly public_key: string;
  readonly fingerprint: string;
  readonly sealed: Buffer;
}

/** What is kept of an endpoint's password; null: it has none. */
export async function hostedPassword(db: Queryable, endpoint: string): Promise<string | null> {
  const rows = await query<{ hash: string }>(db, 'select hash from hosted_passwords where endpoint = ?', [
    endpoint,
  ]);
  return rows[0]?.hash ?? null;
}

/** Gives an endpoint a password; the one before no longer holds. */
export async function setHostedPassword(
  db: Queryable,
  endpoint: string,
  hash: string,
  who: string,
): Promise<void> {
  await query(
    db,
    `insert into hosted_passwords (endpoint, hash, who) values (?, ?, ?)
     on conflict (endpoint) do update set hash = excluded.hash, who = excluded.who, at = now()`,
    [endpoint, hash, who],
  );
}

/** @returns false when there was none */
export async function removeHostedPassword(db: Queryable, endpoint: string): Promise<boolean> {
  const rows = await query(db, 'delete from hosted_passwords where endpoint = ? returning endpoint', [
    endpoint,
  ]);
  return rows.length > 0;
}

/** Since when each endpoint has its password. */
export async function listHostedPasswords(
  db: Queryable,
): Promise<readonly { readonly endpoint: string; readonly at: Date; readonly who: string }[]> {
  return query(db, 'select endpoint, at, who from hosted_passwords order by endpoint');
}

export async function listHostKeys(db: Queryable): Promise<HostedHostKeyRow[]> {
  return query<HostedHostKeyRow>(
    db,
    'select type, public_key, fingerprint, sealed from hosted_host_keys order by type',
  );
}

/** Keeps a host key, unless there is one of its type: of processes that start together, the first one's holds. */
export async function insertHostKey(db: Queryable, row: HostedHostKeyRow): Promise<void> {
  await query(
    db,
    `insert into hosted_host_keys (type, public_key, fingerprint, sealed) values (?, ?, ?, ?)
     on conflict do nothing`,
    [row.type, row.public_key, row.fingerprint, row.sealed],
  );
}

/** Puts a host key's private part as it is sealed with another master secret. */
export async function setHostKeySealed(tx: Tx, type: string, sealed: Buffer): Promise<void> {
  await query(tx, 'update hosted_host_keys set sealed = ? where type = ?', [sealed, type]);
}

/** Forgets the host keys: the next start makes new ones. */
export async function removeHostKeys(db: Queryable): Promise<void> {
  await query(db, 'delete from hosted_host_keys');
}
