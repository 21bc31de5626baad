/** chunks: a delivery's bytes in pieces, each a gzip member of its own, so that no step ever holds a whole file. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { query } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

/** Bytes in one chunk before compression. */
export const chunkBytes = 256 * 1024;

/** Stores the bytes of a delivery. */
export async function insertChunks(tx: Tx, deliveryId: string, source: AsyncIterable<Buffer>): Promise<void> {
  let seq = 0;
  for await (const piece of inPieces(source)) {
    await query(tx, 'insert into chunks (delivery_id, seq, bytes) values (?, ?, ?)', [
      deliveryId,
      seq,
      await gzipAsync(piece, { level: 1 }),
    ]);
    seq += 1;
  }
}

/** The bytes of a delivery, from the beginning, one chunk in memory at a time. */
export async function* readChunks(db: Queryable, deliveryId: string): AsyncGenerator<Buffer> {
  for (let seq = 0; ; seq += 1) {
    const rows = await query<{ bytes: Buffer }>(
      db,
      'select bytes from chunks where delivery_id = ? and seq = ?',
      [deliveryId, seq],
    );
    const bytes: Buffer | undefined = rows[0]?.bytes;
    if (bytes === undefined) return;
    yield await gunzipAsync(bytes, { maxOutputLength: chunkBytes });
  }
}

/** Gives another delivery the same bytes. */
export async function copyChunks(tx: Tx, from: string, to: string): Promise<void> {
  await query(
    tx,
    'insert into chunks (delivery_id, seq, bytes) select ?, seq, bytes from chunks where delivery_id = ?',
    [to, from],
  );
}

/** The same bytes in pieces of `chunkBytes`; the last may be shorter. */
export async function* inPieces(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let kept: Buffer[] = [];
  let size = 0;
  for await (const bytes of source) {
    for (let from = 0; from < bytes.length; ) {
      const part = bytes.subarray(from, from + chunkBytes - size);
      kept.push(part);
      size += part.length;
      from += part.length;
      if (size < chunkBytes) continue;
      yield Buffer.concat(kept, size);
      kept = [];
      size = 0;
    }
  }
  if (size > 0) yield Buffer.concat(kept, size);
}
