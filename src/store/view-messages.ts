/** One message of a delivery with the document that it was read into. Reads only. */
import { z } from 'zod';
import { query } from './sql.ts';
import type { Queryable } from './store.ts';
import { messageView } from './view-deliveries.ts';

export const messageDetail = messageView.omit({ says: true }).extend({
  deliveryId: z.string(),
  interchangeId: z.string(),
  partner: z.string().nullable(),
  content: z
    .unknown()
    .describe(
      'The canonical document, or what an acknowledgment says; null: an order has it, or nothing was read',
    ),
});
export type MessageDetail = z.infer<typeof messageDetail>;

/** null: there is none of that id. */
export async function viewMessage(db: Queryable, id: string): Promise<MessageDetail | null> {
  const rows = await query<MessageDetail>(
    db,
    `select m.id, m.group_ordinal as "group", m.ordinal, m.type, m.control, m.version, m.segments,
       m."offset"::float8 as "offset", m.verdict, m.state, m.guide, m.canonical, o.id as "orderId", o.number as "orderNumber",
       i.delivery_id as "deliveryId", i.id as "interchangeId", i.partner, m.content
     from messages m join interchanges i on i.id = m.interchange_id left join orders o on o.message_id = m.id
     where m.id = ?`,
    [id],
  );
  return rows[0] ?? null;
}
