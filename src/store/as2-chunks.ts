/** as2_chunks: bytes of AS2 messages in pieces. Most are encrypted or compressed already, so they are stored as they are. */
import { inPieces } from './chunks.ts';
import { query } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

/** raw: as it travelled. decrypted: what was inside the encryption. signature: the signature alone. */
export type As2Part = 'raw' | 'decrypted' | 'signature';

/** Stores a part of a message. */
export async function insertAs2Part(
  tx: Tx,
  messageId: string,
  part: As2Part,
  bytes: AsyncIterable<Buffer>,
): Promise<void> {
  let seq = 0;
  for await (const piece of inPieces(bytes)) {
    await query(tx, 'insert into as2_chunks (message_id, part, seq, bytes) values (?, ?, ?, ?)', [
      messageId,
      part,
      seq,
      piece,
    ]);
    seq += 1;
  }
}

/** The bytes of a part from the beginning, one piece in memory at a time; nothing where there is no such part. */
export async function* readAs2Part(db: Queryable, messageId: string, part: As2Part): AsyncGenerator<Buffer> {
  for (let seq = 0; ; seq += 1) {
    const rows = await query<{ bytes: Buffer }>(
      db,
      'select bytes from as2_chunks where message_id = ? and part = ? and seq = ?',
      [messageId, part, seq],
    );
    if (rows[0] === undefined) return;
    yield rows[0].bytes;
  }
}

/** Which parts of a message are stored. */
export async function listAs2Parts(db: Queryable, messageId: string): Promise<As2Part[]> {
  const rows = await query<{ part: As2Part }>(
    db,
    'select part from as2_chunks where message_id = ? and seq = 0 order by part',
    [messageId],
  );
  return rows.map(({ part }) => part);
}

/** Drops the bytes of the oldest refused messages of an endpoint, so that those of the newest are `most` bytes at most. */
export async function dropRefusedBytes(tx: Tx, endpoint: string, most: number): Promise<void> {
  await query(
    tx,
    `delete from as2_chunks where message_id in (select id from (select id, sum(size) over (order by id desc) as newer
       from as2_messages where endpoint = ? and direction = 'in' and state in ('refused', 'conflict', 'begun')) m where newer > ?)`,
    [endpoint, most],
  );
}
