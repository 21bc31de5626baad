/** interchanges: what we received. Who has an identity first is processed; the others are repeats. */
import type { Receipt } from '../interchange/receipt.ts';
import { jsonText, query, queryOne } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

/** The receipt without its messages: those have rows of their own. */
export type Envelope = Receipt;

export interface NewInterchange {
  readonly deliveryId: string;
  readonly ordinal: number;
  readonly partner: string | null;
  readonly agreement: string | null;
  /** null: nobody's, or not to be processed. */
  readonly identity: string | null;
  readonly receipt: Receipt;
}

export interface InterchangeRow {
  readonly id: string;
  readonly delivery_id: string;
  readonly partner: string | null;
  readonly agreement: string | null;
  readonly control: string;
  readonly digest: Buffer;
  readonly state: 'translated' | 'rejected' | 'held' | 'duplicate';
  readonly receipt: Receipt;
  readonly created_at: Date;
}

/** Begins an interchange. Returns null when another one has its identity. */
export async function insertInterchange(tx: Tx, row: NewInterchange): Promise<string | null> {
  const { receipt } = row;
  const rows = await query<InterchangeRow>(
    tx,
    `insert into interchanges (delivery_id, ordinal, partner, agreement, standard, control, sender_qualifier, sender,
       receiver_qualifier, receiver, version, test, identity, digest, state, receipt)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing returning id`,
    [
      row.deliveryId,
      row.ordinal,
      row.partner,
      row.agreement,
      receipt.standard,
      receipt.control,
      receipt.sender.qualifier,
      receipt.sender.id,
      receipt.receiver.qualifier,
      receipt.receiver.id,
      receipt.version,
      receipt.test,
      row.identity,
      Buffer.alloc(0),
      row.identity === null ? 'held' : 'translated',
      jsonText(receipt),
    ],
  );
  return rows[0]?.id ?? null;
}

/**
 * Takes an identity for this transaction, so that copies of one file do not wait for each other inside their transactions.
 * @returns false when another transaction has it
 */
export async function takeIdentity(tx: Tx, identity: string): Promise<boolean> {
  const { taken } = await queryOne<{ taken: boolean }>(
    tx,
    'select pg_try_advisory_xact_lock(hashtextextended(?, 0)) as taken',
    [identity],
  );
  return taken;
}

/** Frees an identity whose interchange is older than the duplicate window: control numbers roll over. */
export async function expireIdentity(tx: Tx, identity: string, before: Date): Promise<void> {
  await query(tx, 'update interchanges set identity = null where identity = ? and created_at < ?', [
    identity,
    before,
  ]);
}

export async function findByIdentity(db: Queryable, identity: string): Promise<InterchangeRow | null> {
  const rows = await query<InterchangeRow>(
    db,
    'select * from interchanges where identity = ? order by id limit 1',
    [identity],
  );
  return rows[0] ?? null;
}

export async function getInterchange(db: Queryable, id: string): Promise<InterchangeRow | null> {
  const rows = await query<InterchangeRow>(db, 'select * from interchanges where id = ?', [id]);
  return rows[0] ?? null;
}

/** Ends an interchange: its state, the digest of its own bytes, and what its envelope turned out to be. */
export async function endInterchange(
  tx: Tx,
  id: string,
  end: { state: InterchangeRow['state']; digest: Buffer; receipt: Receipt; duplicateOf?: string },
): Promise<void> {
  await query(
    tx,
    `update interchanges set state = ?, digest = ?, receipt = ?, duplicate_of = ?,
       identity = case when ? then identity end where id = ?`,
    [end.state, end.digest, jsonText(end.receipt), end.duplicateOf ?? null, end.state === 'translated', id],
  );
}
