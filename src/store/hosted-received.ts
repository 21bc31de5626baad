/** hosted_received: files that partners put into the built-in SFTP server and that became deliveries. */
import { query, queryOne } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

export interface HostedReceivedRow {
  readonly id: string;
  readonly name: string;
  readonly size: string;
  readonly at: Date;
  readonly delivery_id: string;
}

export interface Claim {
  readonly endpoint: string;
  readonly name: string;
  readonly size: number;
  readonly digest: Buffer;
}

/** Rows of what is shown no longer are kept that long. */
const keptFor = '1 day';

/**
 * The number of a file that is about to be received. While a file is shown, the same bytes under the same name have its
 * number: a sender who never heard that it was received sends it again.
 * @param shownMs how long a file is shown
 */
export async function claimReceived(
  tx: Tx,
  { endpoint, name, size, digest }: Claim,
  shownMs: number,
): Promise<{ readonly id: string; readonly deliveryId: string | null }> {
  const lock = JSON.stringify(['hosted', endpoint, 'received', name]);
  await query(tx, 'select pg_advisory_xact_lock(hashtextextended(?, 0))', [lock]);
  await query(
    tx,
    `update hosted_received set shown = false
     where endpoint = ? and name = ? and shown and at < now() - ? * interval '1 millisecond'`,
    [endpoint, name, shownMs],
  );
  const [known] = await query<{ id: string; delivery_id: string | null }>(
    tx,
    'select id, delivery_id from hosted_received where endpoint = ? and name = ? and digest = ? and shown',
    [endpoint, name, digest],
  );
  if (known !== undefined) return { id: known.id, deliveryId: known.delivery_id };
  await dropOld(tx, endpoint);
  const { id } = await queryOne<{ id: string }>(
    tx,
    'insert into hosted_received (endpoint, name, size, digest) values (?, ?, ?, ?) returning id',
    [endpoint, name, size, digest],
  );
  return { id, deliveryId: null };
}

/** What nothing has looked into yet still counts as waiting. */
async function dropOld(tx: Tx, endpoint: string): Promise<void> {
  await query(
    tx,
    `delete from hosted_received h where endpoint = ? and at < now() - interval '${keptFor}'
       and not exists (select from deliveries d where d.id = h.delivery_id and d.state = 'received')`,
    [endpoint],
  );
}

export async function noteReceived(db: Queryable, id: string, deliveryId: string): Promise<void> {
  await query(db, 'update hosted_received set delivery_id = ? where id = ?', [deliveryId, id]);
}

const shown = `select distinct on (name) id, name, size, at, delivery_id from hosted_received
  where endpoint = ? and shown and delivery_id is not null and at >= now() - ? * interval '1 millisecond'`;

/** The last file of a name that is shown. */
export async function findReceived(
  db: Queryable,
  endpoint: string,
  name: string,
  shownMs: number,
): Promise<HostedReceivedRow | null> {
  const rows = await query<HostedReceivedRow>(db, `${shown} and name = ? order by name, id desc`, [
    ...[endpoint, shownMs, name],
  ]);
  return rows[0] ?? null;
}

/** Files that are shown, by name, from the first after `after`: the last one of each name. */
export async function listReceived(
  db: Queryable,
  endpoint: string,
  after: string,
  most: number,
  shownMs: number,
): Promise<HostedReceivedRow[]> {
  return query<HostedReceivedRow>(db, `${shown} and name > ? order by name, id desc limit ?`, [
    ...[endpoint, shownMs, after, most],
  ]);
}

/** Shows every file of a name no longer. @returns false when none was shown */
export async function hideReceived(db: Queryable, endpoint: string, name: string): Promise<boolean> {
  const rows = await query(
    db,
    'update hosted_received set shown = false where endpoint = ? and name = ? and shown returning id',
    [endpoint, name],
  );
  return rows.length > 0;
}

/** Shows a file under another name; those that are shown under it give way. */
export async function renameReceived(tx: Tx, endpoint: string, id: string, name: string): Promise<void> {
  await hideReceived(tx, endpoint, name);
  await query(tx, 'update hosted_received set name = ? where id = ?', [name, id]);
}

/** What lies unread: files that wait for their final name, and deliveries that nothing has looked into yet. */
export async function hostedWaiting(
  db: Queryable,
  endpoint: string,
): Promise<{ readonly bytes: number; readonly files: number }> {
  const row = await queryOne<{ bytes: string; files: string }>(
    db,
    `select coalesce(sum(size), 0) as bytes, count(*) as files from (
       select size from hosted_files where endpoint = ? and folder = 'in'
       union all
       select d.size from hosted_received h join deliveries d on d.id = h.delivery_id
       where h.endpoint = ? and d.state = 'received') as waiting`,
    [endpoint, endpoint],
  );
  return { bytes: Number(row.bytes), files: Number(row.files) };
}
