/** deliveries: one file as it arrived, stored before anything looks inside. */
import { query } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

export interface NewDelivery {
  readonly endpoint: string;
  readonly source: string | null;
  readonly name: string;
  readonly size: number;
  readonly digest: Buffer;
  readonly replayOf?: string;
  readonly accepted?: readonly string[];
}

export interface Delivery {
  readonly id: string;
  readonly endpoint: string;
  readonly name: string;
  readonly size: string;
  readonly digest: Buffer;
  readonly received_at: Date;
  readonly state: 'received' | 'translated' | 'held' | 'rejected';
  readonly replay_of: string | null;
  /** Identities of interchanges whose repeated control number a person accepted. */
  readonly accepted: readonly string[] | null;
}

/** Stores the row. Returns null when the same source was stored before. */
export async function insertDelivery(tx: Tx, delivery: NewDelivery): Promise<string | null> {
  const rows = await query<Delivery>(
    tx,
    `insert into deliveries (endpoint, source, name, size, digest, replay_of, accepted) values (?, ?, ?, ?, ?, ?, ?)
     on conflict do nothing returning id`,
    [
      delivery.endpoint,
      delivery.source,
      delivery.name,
      delivery.size,
      delivery.digest,
      delivery.replayOf ?? null,
      delivery.accepted ?? null,
    ],
  );
  return rows[0]?.id ?? null;
}

/** The delivery that has this source, or null. */
export async function findBySource(
  db: Queryable,
  endpoint: string,
  source: string,
): Promise<Delivery | null> {
  const rows = await query<Delivery>(
    db,
    'select * from deliveries where endpoint = ? and source = ? limit 1',
    [endpoint, source],
  );
  return rows[0] ?? null;
}

export async function getDelivery(db: Queryable, id: string): Promise<Delivery | null> {
  const rows = await query<Delivery>(db, 'select * from deliveries where id = ?', [id]);
  return rows[0] ?? null;
}

export async function setDeliveryState(
  tx: Tx,
  id: string,
  state: Delivery['state'],
  at: Date,
): Promise<void> {
  await query(tx, 'update deliveries set state = ?, translated_at = ? where id = ?', [state, at, id]);
}
