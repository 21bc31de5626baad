/** hosted_files, hosted_chunks: what lies in a partner's folders at the built-in SFTP server, with its bytes. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { chunkBytes, inPieces } from './chunks.ts';
import type { DocumentRow } from './documents.ts';
import { query } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

export type HostedFolderName = 'in' | 'out';

export interface HostedFileRow {
  readonly id: string;
  readonly folder: HostedFolderName;
  readonly name: string;
  readonly size: string;
  readonly digest: Buffer;
  readonly at: Date;
  readonly fetched_at: Date | null;
}

export interface NewHostedFile {
  readonly endpoint: string;
  readonly folder: HostedFolderName;
  readonly name: string;
  readonly size: number;
  readonly digest: Buffer;
}

const columns = 'id, folder, name, size, digest, at, fetched_at';

/**
 * Puts a file under a name. Another one of that name gives way; the same bytes stay as they are, as new as if they were put
 * there now.
 */
export async function putHostedFile(
  tx: Tx,
  file: NewHostedFile,
  bytes: AsyncIterable<Buffer>,
): Promise<string> {
  const { endpoint, folder, name, size, digest } = file;
  await lockName(tx, file);
  const [same] = await query<{ id: string }>(
    tx,
    `update hosted_files set at = now(), fetched_at = null
     where endpoint = ? and folder = ? and name = ? and digest = ? returning id`,
    [endpoint, folder, name, digest],
  );
  if (same !== undefined) return same.id;
  await query(tx, 'delete from hosted_files where endpoint = ? and folder = ? and name = ?', [
    ...[endpoint, folder, name],
  ]);
  const [made] = await query<{ id: string }>(
    tx,
    'insert into hosted_files (endpoint, folder, name, size, digest) values (?, ?, ?, ?, ?) returning id',
    [endpoint, folder, name, size, digest],
  );
  const { id } = made as { id: string };
  let seq = 0;
  for await (const piece of inPieces(bytes)) {
    const values = [id, seq, await gzipAsync(piece, { level: 1 })];
    await query(tx, 'insert into hosted_chunks (file_id, seq, bytes) values (?, ?, ?)', values);
    seq += 1;
  }
  return id;
}

/** Until the transaction ends, nobody else puts or renames something to this name. */
async function lockName(
  tx: Tx,
  { endpoint, folder, name }: Pick<NewHostedFile, 'endpoint' | 'folder' | 'name'>,
): Promise<void> {
  const lock = JSON.stringify(['hosted', endpoint, folder, name]);
  await query(tx, 'select pg_advisory_xact_lock(hashtextextended(?, 0))', [lock]);
}

export async function findHostedFile(
  db: Queryable,
  endpoint: string,
  folder: HostedFolderName,
  name: string,
): Promise<HostedFileRow | null> {
  const rows = await query<HostedFileRow>(
    db,
    `select ${columns} from hosted_files where endpoint = ? and folder = ? and name = ?`,
    [endpoint, folder, name],
  );
  return rows[0] ?? null;
}

/** Files of a folder by name, from the first after `after`. */
export async function listHostedFiles(
  db: Queryable,
  endpoint: string,
  folder: HostedFolderName,
  after: string,
  most: number,
): Promise<HostedFileRow[]> {
  return query<HostedFileRow>(
    db,
    `select ${columns} from hosted_files where endpoint = ? and folder = ? and name > ? order by name limit ?`,
    [endpoint, folder, after, most],
  );
}

/** A piece of a file, from 0; null: it is gone. */
export async function hostedPiece(db: Queryable, id: string, seq: number): Promise<Buffer | null> {
  const rows = await query<{ bytes: Buffer }>(
    db,
    'select bytes from hosted_chunks where file_id = ? and seq = ?',
    [id, seq],
  );
  const [row] = rows;
  return row === undefined ? null : gunzipAsync(row.bytes, { maxOutputLength: chunkBytes });
}

/** All bytes of a file, one piece in memory at a time. */
export async function* readHosted(db: Queryable, id: string): AsyncGenerator<Buffer> {
  for (let seq = 0; ; seq += 1) {
    const piece = await hostedPiece(db, id, seq);
    if (piece === null) return;
    yield piece;
  }
}

/** @returns false when there is a file of the new name, and `replace` is false */
export async function renameHostedFile(
  tx: Tx,
  file: { readonly endpoint: string; readonly folder: HostedFolderName; readonly id: string },
  name: string,
  replace: boolean,
): Promise<boolean> {
  await lockName(tx, { ...file, name });
  const other = await findHostedFile(tx, file.endpoint, file.folder, name);
  if (other !== null && !replace) return false;
  if (other !== null) await removeHostedFile(tx, other.id);
  await query(tx, 'update hosted_files set name = ? where id = ?', [name, file.id]);
  return true;
}

/** @returns false when it was gone */
export async function removeHostedFile(db: Queryable, id: string): Promise<boolean> {
  const rows = await query(db, 'delete from hosted_files where id = ? returning id', [id]);
  return rows.length > 0;
}

/** Notes that it was read to its end. @returns false when that was noted before */
export async function noteHostedFetched(db: Queryable, id: string): Promise<boolean> {
  const rows = await query(
    db,
    'update hosted_files set fetched_at = now() where id = ? and fetched_at is null returning id',
    [id],
  );
  return rows.length > 0;
}

/** Takes away files of a folder that have lain there longer than that; gives those that nobody has fetched. */
export async function dropOldHostedFiles(
  tx: Tx,
  endpoint: string,
  folder: HostedFolderName,
  olderThanMs: number,
): Promise<HostedFileRow[]> {
  const rows = await query<HostedFileRow>(
    tx,
    `delete from hosted_files where endpoint = ? and folder = ? and at < now() - ? * interval '1 millisecond'
     returning ${columns}`,
    [endpoint, folder, olderThanMs],
  );
  return rows.filter((row) => row.fetched_at === null);
}

/** The documents in the last interchange that was sent under a name at an endpoint. */
export async function documentsNamed(db: Queryable, endpoint: string, name: string): Promise<DocumentRow[]> {
  return query<DocumentRow>(
    db,
    `select * from documents where transmission_id =
       (select max(id) from transmissions where endpoint = ? and name = ?) order by id`,
    [endpoint, name],
  );
}
