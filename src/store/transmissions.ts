/** transmissions: the interchanges we made. Their bytes never change; a resend sends the same ones. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { query, queryOne } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

export interface NewTransmission {
  readonly partner: string;
  readonly agreement: string;
  readonly endpoint: string;
  readonly standard: string;
  readonly control: string;
  readonly cycle: number;
  readonly name: string;
  readonly digest: Buffer;
  readonly bytes: Buffer;
  readonly test: boolean;
}

export interface Transmission {
  readonly id: string;
  readonly partner: string;
  readonly agreement: string;
  readonly endpoint: string;
  readonly standard: string;
  readonly control: string;
  readonly name: string;
  readonly state: 'written' | 'sent';
  readonly attempts: number;
}

/** Freezes an interchange. Throws when the control number was used in this cycle before. */
export async function insertTransmission(tx: Tx, row: NewTransmission): Promise<string> {
  const { id } = await queryOne<{ id: string }>(
    tx,
    `insert into transmissions (partner, agreement, endpoint, standard, control, cycle, name, size, digest, bytes, test)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id`,
    [
      row.partner,
      row.agreement,
      row.endpoint,
      row.standard,
      row.control,
      row.cycle,
      row.name,
      row.bytes.length,
      row.digest,
      await gzipAsync(row.bytes, { level: 1 }),
      row.test,
    ],
  );
  return id;
}

export async function getTransmission(db: Queryable, id: string): Promise<Transmission | null> {
  const rows = await query<Transmission>(
    db,
    'select id, partner, agreement, endpoint, standard, control, name, state, attempts from transmissions where id = ?',
    [id],
  );
  return rows[0] ?? null;
}

/** How often each was sent, or tried. */
export async function attemptsOf(db: Queryable, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await query<{ id: string; attempts: number }>(
    db,
    'select id, attempts from transmissions where id = any(?::bigint[])',
    [[...new Set(ids)]],
  );
  return new Map(rows.map((row) => [row.id, row.attempts]));
}

/** Bytes that are asked of the database at once: as text on their way they take several times that much memory. */
const pieceBytes = 1024 * 1024;

/** The frozen bytes, as gzip packed them, one piece in memory at a time. */
export async function* readTransmissionPacked(db: Queryable, id: string): AsyncGenerator<Buffer> {
  for (let from = 1; ; from += pieceBytes) {
    const { piece } = await queryOne<{ piece: Buffer }>(
      db,
      'select substring(bytes from ?::int for ?::int) piece from transmissions where id = ?',
      [from, pieceBytes, id],
    );
    if (piece.length > 0) yield piece;
    if (piece.length < pieceBytes) return;
  }
}

/** The frozen bytes. */
export async function transmissionBytes(db: Queryable, id: string): Promise<Buffer> {
  const packed: Buffer[] = [];
  for await (const piece of readTransmissionPacked(db, id)) packed.push(piece);
  return gunzipAsync(Buffer.concat(packed));
}

export async function noteSent(tx: Tx, id: string, at: Date): Promise<void> {
  await query(
    tx,
    `update transmissions set state = 'sent', sent_at = coalesce(sent_at, ?), attempts = attempts + 1, last_error = null where id = ?`,
    [at, id],
  );
}

/** The partner's receipt for it came. */
export async function noteTransmissionDelivered(tx: Tx, id: string, at: Date): Promise<void> {
  await query(tx, 'update transmissions set delivered_at = coalesce(delivered_at, ?) where id = ?', [at, id]);
}

export async function noteSendFailed(db: Queryable, id: string, error: string): Promise<void> {
  await query(db, 'update transmissions set attempts = attempts + 1, last_error = ? where id = ?', [
    error.slice(0, 500),
    id,
  ]);
}
