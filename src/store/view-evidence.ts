/** Everything that belongs to one order, for whoever must prove what happened to it. Reads only. */
import type { DocumentRow } from './documents.ts';
import type { EventRow } from './events.ts';
import type { FaultRowStored } from './faults.ts';
import { query } from './sql.ts';
import type { Queryable, Store } from './store.ts';

/** A delivery that concerns the order: it, or what it was replayed from, brought the order or word of our documents. */
export interface EvidenceDelivery {
  readonly id: string;
  readonly endpoint: string;
  readonly source: string | null;
  readonly name: string;
  readonly size: string;
  readonly digest: Buffer;
  readonly received_at: Date;
  readonly translated_at: Date | null;
  readonly state: string;
  readonly replay_of: string | null;
}

export interface EvidenceInterchange {
  readonly id: string;
  readonly delivery_id: string;
  readonly ordinal: number;
  readonly agreement: string | null;
  readonly standard: string;
  readonly control: string;
  readonly sender_qualifier: string;
  readonly sender: string;
  readonly receiver_qualifier: string;
  readonly receiver: string;
  readonly version: string;
  readonly test: boolean;
  readonly digest: Buffer;
  readonly state: string;
  readonly duplicate_of: string | null;
  readonly created_at: Date;
}

/** Where the order's own message stands in its file, and what read it. */
export interface EvidenceMessage {
  readonly id: string;
  readonly interchange_id: string;
  readonly group_ordinal: number;
  readonly ordinal: number;
  readonly type: string;
  readonly control: string;
  readonly version: string;
  readonly segments: number;
  readonly offset: string;
  readonly verdict: string;
  readonly state: string;
  readonly guide: string | null;
  readonly faults: unknown;
}

export interface EvidenceTransmission {
  readonly id: string;
  readonly agreement: string;
  readonly endpoint: string;
  readonly standard: string;
  readonly control: string;
  readonly name: string;
  readonly size: number;
  readonly digest: Buffer;
  readonly test: boolean;
  readonly state: string;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly created_at: Date;
  readonly sent_at: Date | null;
  readonly delivered_at: Date | null;
}

export interface EvidenceShipment {
  readonly id: string;
  readonly number: string;
  readonly shipped_on: string;
  readonly created_at: Date;
  readonly document: unknown;
}

export interface EvidenceOrder {
  readonly id: string;
  readonly partner: string;
  readonly agreement: string;
  readonly number: string;
  readonly state: string;
  readonly version: number;
  readonly message_id: string;
  readonly delivery_id: string;
  readonly received_at: Date;
  readonly decided_at: Date | null;
  readonly document: unknown;
  readonly ledger: unknown;
  readonly decision: unknown;
}

export type EvidenceFault = FaultRowStored & {
  readonly position: unknown;
  readonly who: string | null;
  readonly why: string | null;
};

export interface EvidenceRows {
  readonly order: EvidenceOrder;
  readonly deliveries: readonly EvidenceDelivery[];
  readonly interchanges: readonly EvidenceInterchange[];
  readonly messages: readonly EvidenceMessage[];
  readonly documents: readonly (DocumentRow & { readonly created_at: Date })[];
  readonly transmissions: readonly EvidenceTransmission[];
  readonly shipments: readonly EvidenceShipment[];
  readonly events: readonly EvidenceEvent[];
  readonly faults: readonly EvidenceFault[];
}

export type EvidenceEvent = EventRow;

/** All of it at one moment; null: there is no such order. */
export function evidenceRows(store: Store, orderId: string): Promise<EvidenceRows | null> {
  return store.transaction(async (tx) => {
    await tx.raw('set transaction isolation level repeatable read, read only');
    const [order] = await query<EvidenceOrder>(tx, 'select * from orders where id = ?', [orderId]);
    return order === undefined ? null : gather(tx, order);
  });
}

async function gather(tx: Queryable, order: EvidenceOrder): Promise<EvidenceRows> {
  const documents = await query<EvidenceRows['documents'][number]>(
    tx,
    `select * from documents where order_id = ? or interchange_id =
       (select interchange_id from messages where id = ?) order by id`,
    [order.id, order.message_id],
  );
  const ids = documents.map(({ id }) => id);
  const deliveries = await deliveriesOf(tx, order, ids);
  const found = deliveries.map(({ id }) => id);
  return {
    order,
    documents,
    deliveries,
    interchanges: await query(
      tx,
      `select id, delivery_id, ordinal, agreement, standard, control, sender_qualifier, sender, receiver_qualifier, receiver,
         version, test, digest, state, duplicate_of, created_at
       from interchanges where delivery_id = any(?::bigint[]) order by id`,
      [found],
    ),
    messages: await messagesOf(tx, order),
    transmissions: await transmissionsOf(tx, documents),
    shipments: await query(
      tx,
      'select id, number, shipped_on, created_at, document from shipments where order_id = ? order by id',
      [order.id],
    ),
    events: await eventsOf(tx, order, ids, found),
    faults: await query(
      tx,
      `select * from faults where order_id = ? or message_id = ? or document_id = any(?::bigint[])
         or (delivery_id = any(?::bigint[]) and message_id is null and order_id is null and document_id is null) order by id`,
      [order.id, order.message_id, ids, found],
    ),
  };
}

/** Those that brought the order, a change of it, or word of our documents; and those that these were replayed from. */
function deliveriesOf(
  tx: Queryable,
  order: EvidenceOrder,
  documents: readonly string[],
): Promise<EvidenceDelivery[]> {
  return query(
    tx,
    `with recursive related(id) as (
       select delivery_id from (
         select ?::bigint as delivery_id
         union select delivery_id from events where order_id = ? and delivery_id is not null
         union select delivery_id from events where document_id = any(?::bigint[]) and delivery_id is not null
         union select delivery_id from faults where order_id = ? and delivery_id is not null) direct
       union select d.replay_of from related r join deliveries d on d.id = r.id where d.replay_of is not null)
     select id, endpoint, source, name, size, digest, received_at, translated_at, state, replay_of
     from deliveries where id in (select id from related) order by id`,
    [order.delivery_id, order.id, documents, order.id],
  );
}

/** The order's own, and those of messages about it that wait for a person. */
function messagesOf(tx: Queryable, order: EvidenceOrder): Promise<EvidenceMessage[]> {
  return query(
    tx,
    `select id, interchange_id, group_ordinal, ordinal, type, control, version, segments, "offset", verdict, state, guide, faults
     from messages where id = ? or id in (select message_id from faults where order_id = ?) order by id`,
    [order.message_id, order.id],
  );
}

function transmissionsOf(
  tx: Queryable,
  documents: readonly Pick<DocumentRow, 'transmission_id'>[],
): Promise<EvidenceTransmission[]> {
  return query(
    tx,
    `select id, agreement, endpoint, standard, control, name, size, digest, test, state, attempts, last_error, created_at,
       sent_at, delivered_at
     from transmissions where id = any(?::bigint[]) order by id`,
    [documents.flatMap(({ transmission_id }) => transmission_id ?? [])],
  );
}

/** Of the order and its documents, and of the deliveries as a whole: other orders of the same file are left out. */
function eventsOf(
  tx: Queryable,
  order: EvidenceOrder,
  documents: readonly string[],
  deliveries: readonly string[],
): Promise<EvidenceEvent[]> {
  return query(
    tx,
    `select * from events where order_id = ? or document_id = any(?::bigint[])
       or (delivery_id = any(?::bigint[]) and order_id is null and document_id is null)
     order by at, id`,
    [order.id, documents, deliveries],
  );
}
