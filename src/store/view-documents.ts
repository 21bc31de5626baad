/** Documents as the console shows them: what we owe, from due to confirmed, with the interchange that carried them. Reads only. */
import { z } from 'zod';
import { query } from './sql.ts';
import type { Queryable } from './store.ts';

export const documentView = z.object({
  id: z.string(),
  kind: z.string().describe('997, 855, 856, CONTRL, ORDRSP, DESADV'),
  partner: z.string(),
  agreement: z.string(),
  state: z.enum(['due', 'written', 'sent', 'confirmed', 'refused', 'held']),
  test: z.boolean(),
  orderId: z.string().nullable(),
  orderNumber: z.string().nullable(),
  interchangeId: z.string().nullable().describe('The interchange that it acknowledges'),
  shipmentId: z.string().nullable(),
  guide: z.string().nullable().describe('The guide that wrote it, with its digest: name@digest'),
  answersAt: z.date().nullable().describe('When what it answers arrived or was recorded'),
  createdAt: z.date(),
  dueAt: z.date().nullable().describe('By when we owe it'),
  writtenAt: z.date().nullable(),
  sentAt: z.date().nullable().describe('When its bytes left us'),
  deliveredAt: z.date().nullable().describe("When the partner's receipt came (AS2); null elsewhere"),
  receiptDueAt: z.date().nullable().describe('By when an asynchronous receipt should come'),
  answerDueAt: z.date().nullable().describe('By when the partner owes its acknowledgment'),
  answeredAt: z.date().nullable(),
  answer: z
    .unknown()
    .describe("The partner's word that stands, with reasons and findings, and the last word of each level"),
  transmissionId: z.string().nullable(),
  control: z.string().nullable().describe('Control number of the interchange that carries it'),
  messageControl: z.string().nullable(),
  endpoint: z.string().nullable(),
  attempts: z.int().nullable(),
  lastError: z.string().nullable(),
  late: z
    .enum(['ours', 'theirs'])
    .nullable()
    .describe('ours: not sent in time. theirs: not acknowledged in time'),
});
export type DocumentView = z.infer<typeof documentView>;

/** Past a deadline that was not met: ours to send, or theirs to acknowledge. Takes the moment twice; the table is `d`. */
export const lateDocuments = `((d.due_at < ? and d.sent_at is null and d.state in ('due', 'written', 'held'))
  or (d.answer_due_at < ? and d.answered_at is null))`;

/** Takes the moment twice. */
const select = `select d.id, d.kind, d.partner, d.agreement, d.state, d.test, d.order_id as "orderId", o.number as "orderNumber",
  d.interchange_id as "interchangeId", d.shipment_id as "shipmentId", d.guide,
  coalesce(s.created_at, v.received_at, o.received_at) as "answersAt", d.created_at as "createdAt", d.due_at as "dueAt",
  d.written_at as "writtenAt", d.sent_at as "sentAt", t.delivered_at as "deliveredAt",
  (select a.mdn_due_at from as2_messages a where a.transmission_id = t.id and a.state = 'posted' order by a.id desc limit 1)
    as "receiptDueAt", d.answer_due_at as "answerDueAt", d.answered_at as "answeredAt",
  d.answer, d.transmission_id as "transmissionId", t.control, d.message_control as "messageControl", t.endpoint, t.attempts,
  t.last_error as "lastError",
  case when d.due_at < ? and d.sent_at is null and d.state in ('due', 'written', 'held') then 'ours'
       when d.answer_due_at < ? and d.answered_at is null then 'theirs' end as late
  from documents d left join transmissions t on t.id = d.transmission_id left join orders o on o.id = d.order_id
  left join shipments s on s.id = d.shipment_id left join interchanges i on i.id = d.interchange_id
  left join deliveries v on v.id = i.delivery_id`;

export interface DocumentFilter {
  readonly partner?: string | undefined;
  readonly kind?: string | undefined;
  readonly state?: string | undefined;
  readonly orderId?: string | undefined;
  /** Only what is past a deadline. */
  readonly overdue: boolean;
  readonly now: Date;
}

/** With the subject they are the unique key of a document, and so its index. */
const acknowledgments = "'997', '999', 'TA1', 'CONTRL'";

/** Newest first. @param before the id after which the list goes on; null: from the newest */
export function listDocuments(
  db: Queryable,
  filter: DocumentFilter,
  before: string | null,
  limit: number,
): Promise<DocumentView[]> {
  const { partner = null, kind = null, state = null, orderId = null, overdue, now } = filter;
  return query<DocumentView>(
    db,
    `${select} where (?::bigint is null or d.id < ?) and (?::text is null or d.partner = ?)
       and (?::text is null or d.kind = ?) and (?::text is null or d.state = ?) and (?::bigint is null or d.order_id = ?)
       ${overdue ? `and ${lateDocuments}` : ''} order by d.id desc limit ?`,
    [
      now,
      now,
      ...[before, partner, kind, state, orderId].flatMap((value) => [value, value]),
      ...(overdue ? [now, now] : []),
      limit,
    ],
  );
}

export async function viewDocument(db: Queryable, id: string, now: Date): Promise<DocumentView | null> {
  const rows = await query<DocumentView>(db, `${select} where d.id = ?`, [now, now, id]);
  return rows[0] ?? null;
}

/** What an order led to: its own documents, and the acknowledgment of the interchange that it came in. */
export function documentsAround(db: Queryable, orderId: string, now: Date): Promise<DocumentView[]> {
  return query<DocumentView>(
    db,
    `${select} where d.id in (select id from documents where order_id = ? union all
       select a.id from orders x join messages m on m.id = x.message_id join documents a
         on a.kind in (${acknowledgments}) and a.subject = 'interchange:' || m.interchange_id where x.id = ?) order by d.id`,
    [now, now, orderId, orderId],
  );
}

/** Acknowledgments of a delivery's interchanges; those of a repeat are the first one's. */
export function documentsOfDelivery(db: Queryable, deliveryId: string, now: Date): Promise<DocumentView[]> {
  return query<DocumentView>(
    db,
    `${select} where d.kind in (${acknowledgments}) and d.subject in
       (select 'interchange:' || coalesce(duplicate_of, id) from interchanges where delivery_id = ?) order by d.id`,
    [now, now, deliveryId],
  );
}
