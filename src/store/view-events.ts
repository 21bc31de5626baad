/** The timeline as the console shows it. Reads only. */
import { z } from 'zod';
import { query } from './sql.ts';
import type { Queryable } from './store.ts';

export const eventView = z.object({
  id: z.string(),
  at: z.date(),
  kind: z.string(),
  deliveryId: z.string().nullable(),
  orderId: z.string().nullable(),
  documentId: z.string().nullable(),
  data: z.unknown(),
  who: z.string().nullable(),
  why: z.string().nullable(),
});
export type EventView = z.infer<typeof eventView>;

/** More than this nobody reads; the newest are left out. */
const mostEvents = 500;

const columns = `e.id, e.at, e.kind, e.delivery_id as "deliveryId", e.order_id as "orderId", e.document_id as "documentId",
  e.data, e.who, e.why`;

/** What happened to an order, and to the delivery it came in as a whole. Oldest first. */
export function eventsOfOrder(db: Queryable, orderId: string): Promise<EventView[]> {
  return query<EventView>(
    db,
    `select ${columns} from events e where e.order_id = ?
     union all
     select ${columns} from orders o join events e on e.delivery_id = o.delivery_id and e.order_id is null
       and e.kind in ('received', 'translated', 'replayed') where o.id = ?
     order by at, id limit ${mostEvents}`,
    [orderId, orderId],
  );
}

/** What happened to a delivery. Oldest first. */
export function eventsOfDelivery(db: Queryable, deliveryId: string): Promise<EventView[]> {
  return query<EventView>(
    db,
    `select ${columns} from events e where e.delivery_id = ? order by e.id limit ${mostEvents}`,
    [deliveryId],
  );
}
