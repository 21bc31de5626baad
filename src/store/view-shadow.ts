/** Stored traffic of one partner, in pages, for who reads it again. Reads only. */
import type { Order } from '../order/order.ts';
import type { DocumentRow } from './documents.ts';
import type { InterchangeRow } from './interchanges.ts';
import type { MessageRow } from './messages.ts';
import { query } from './sql.ts';
import type { Queryable } from './store.ts';

/** Which traffic: what came, or was written, since a moment and up to the newest when the look began. */
export interface Traffic {
  readonly partner: string;
  readonly since: Date;
}

/** Deliveries with interchanges of the partner that were read, oldest first. */
export async function deliveriesSince(
  db: Queryable,
  { partner, since }: Traffic,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await query<{ id: string }>(
    db,
    `select v.id from deliveries v where v.id > ? and v.received_at >= ? and v.state <> 'received'
       and exists (select from interchanges i where i.delivery_id = v.id and i.partner = ? and i.state <> 'duplicate')
     order by v.id limit ?`,
    [after, since, partner, limit],
  );
  return rows.map(({ id }) => id);
}

/** How many there are. */
export async function countDeliveriesSince(db: Queryable, { partner, since }: Traffic): Promise<number> {
  const [row] = await query<{ n: number }>(
    db,
    `select count(*)::int as n from deliveries v where v.received_at >= ? and v.state <> 'received'
       and exists (select from interchanges i where i.delivery_id = v.id and i.partner = ? and i.state <> 'duplicate')`,
    [since, partner],
  );
  return row?.n ?? 0;
}

export type RecordedInterchange = Pick<InterchangeRow, 'id' | 'partner' | 'agreement' | 'state'> & {
  readonly ordinal: number;
};

/** The interchanges of a delivery in their order, without their receipts. */
export function interchangesIn(db: Queryable, delivery: string): Promise<RecordedInterchange[]> {
  return query<RecordedInterchange>(
    db,
    'select id, partner, agreement, state, ordinal from interchanges where delivery_id = ? order by ordinal',
    [delivery],
  );
}

/** A message with the order that it made, where it made one. */
export type RecordedMessage = Pick<
  MessageRow,
  'id' | 'group_ordinal' | 'ordinal' | 'type' | 'state' | 'guide' | 'content'
> & {
  readonly order_id: string | null;
  readonly document: Order | null;
  readonly decision: unknown;
  readonly decided_at: Date | null;
  readonly order_state: string | null;
};

/** Messages of an interchange by their places. */
export function messagesAt(
  db: Queryable,
  interchange: string,
  places: readonly { readonly group: number; readonly ordinal: number }[],
): Promise<RecordedMessage[]> {
  return query<RecordedMessage>(
    db,
    `select m.id, m.group_ordinal, m.ordinal, m.type, m.state, m.guide, m.content, o.id as order_id, o.document, o.decision,
       o.decided_at, o.state as order_state
     from unnest(?::int[], ?::int[]) as q(g, n)
     join messages m on m.interchange_id = ? and m.group_ordinal = q.g and m.ordinal = q.n
     left join orders o on o.message_id = m.id`,
    [places.map(({ group }) => group), places.map(({ ordinal }) => ordinal), interchange],
  );
}

export interface RecordedFault {
  readonly message_id: string;
  readonly code: string;
  readonly severity: string;
  readonly position: unknown;
  readonly value: string | null;
}

/** What was found when messages were read, in its order; not what the rules, or people, found later. */
export function faultsOfMessages(db: Queryable, messages: readonly string[]): Promise<RecordedFault[]> {
  return query<RecordedFault>(
    db,
    `select f.message_id, f.code, f.severity, f.position, f.value from faults f
     where f.message_id = any(?::bigint[]) and f.document_id is null
       and not exists (select from orders o where o.id = f.order_id and o.message_id = f.message_id)
     order by f.id`,
    [messages],
  );
}

/** What is on hand less what is reserved, by sku. */
export async function availableOf(db: Queryable, skus: readonly string[]): Promise<Map<string, string>> {
  const rows = await query<{ sku: string; available: string }>(
    db,
    'select sku, greatest(on_hand - reserved, 0) as available from stock where sku = any(?::text[])',
    [skus],
  );
  return new Map(rows.map(({ sku, available }) => [sku, available]));
}

/** Documents of some kinds that were written for the partner, oldest first. */
export function writtenSince(
  db: Queryable,
  { partner, since }: Traffic,
  kinds: readonly string[],
  after: string,
  limit: number,
): Promise<DocumentRow[]> {
  return query<DocumentRow>(
    db,
    `select * from documents where id > ? and partner = ? and kind = any(?::text[]) and written_at >= ?
       and transmission_id is not null order by id limit ?`,
    [after, partner, kinds, since, limit],
  );
}
