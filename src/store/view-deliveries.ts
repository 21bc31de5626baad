/** Deliveries as the console shows them, with what was found in them. Reads only. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import { chunkBytes } from './chunks.ts';
import { query } from './sql.ts';
import type { Queryable } from './store.ts';

const gunzipAsync = promisify(gunzip);

export const deliverySummary = z.object({
  id: z.string(),
  endpoint: z.string(),
  name: z.string().describe('As the partner named the file'),
  size: z.int().describe('Bytes'),
  receivedAt: z.date(),
  state: z.enum(['received', 'translated', 'held', 'rejected']),
  translatedAt: z.date().nullable(),
  replayOf: z.string().nullable(),
  partners: z.array(z.string()),
  waiting: z.int().describe('Faults that wait for a person'),
});
export type DeliverySummary = z.infer<typeof deliverySummary>;

export const messageView = z.object({
  id: z.string(),
  group: z.int(),
  ordinal: z.int(),
  type: z.string(),
  control: z.string(),
  version: z.string(),
  segments: z.int(),
  offset: z.int().describe('Bytes from the start of the file'),
  verdict: z.enum(['accepted', 'noted', 'rejected']),
  state: z.enum(['mapped', 'held', 'rejected', 'test']),
  guide: z.string().nullable().describe('The guide that read it, with its digest: name@digest'),
  canonical: z.string().nullable().describe('The canonical document that it was read into'),
  orderId: z.string().nullable(),
  orderNumber: z.string().nullable(),
  says: z.array(z.string()).describe('What an acknowledgment says of what we sent, in its first sentences'),
});
export type MessageView = z.infer<typeof messageView>;

const party = z.object({ qualifier: z.string(), id: z.string() });

export const interchangeView = z.object({
  id: z.string(),
  ordinal: z.int(),
  partner: z.string().nullable(),
  agreement: z.string().nullable(),
  standard: z.string(),
  control: z.string(),
  sender: party,
  receiver: party,
  version: z.string(),
  test: z.boolean(),
  state: z.enum(['translated', 'rejected', 'held', 'duplicate']),
  duplicateOf: z.string().nullable().describe('The interchange that came first'),
  firstDeliveryId: z.string().nullable().describe('The delivery that it came in'),
  messageCount: z.int(),
  messages: z.array(messageView).describe('The first of them'),
});
export type InterchangeView = z.infer<typeof interchangeView>;

const select = `select v.id, v.endpoint, v.name, v.size::float8 as size, v.received_at as "receivedAt", v.state,
  v.translated_at as "translatedAt", v.replay_of as "replayOf",
  array(select distinct i.partner from interchanges i where i.delivery_id = v.id and i.partner is not null order by 1) as partners,
  (select count(*)::int from faults f where f.delivery_id = v.id and f.waiting) as waiting from deliveries v`;

export interface DeliveryFilter {
  readonly endpoint?: string | undefined;
  readonly state?: string | undefined;
  readonly partner?: string | undefined;
}

/** Newest first. @param before the id after which the list goes on; null: from the newest */
export function listDeliveries(
  db: Queryable,
  filter: DeliveryFilter,
  before: string | null,
  limit: number,
): Promise<DeliverySummary[]> {
  const { endpoint = null, state = null, partner = null } = filter;
  return query<DeliverySummary>(
    db,
    `${select} where (?::bigint is null or v.id < ?) and (?::text is null or v.endpoint = ?)
       and (?::text is null or v.state = ?)
       and (?::text is null or exists (select from interchanges i where i.delivery_id = v.id and i.partner = ?))
     order by v.id desc limit ?`,
    [...[before, endpoint, state, partner].flatMap((value) => [value, value]), limit],
  );
}

export async function viewDelivery(db: Queryable, id: string): Promise<DeliverySummary | null> {
  const rows = await query<DeliverySummary>(db, `${select} where v.id = ?`, [id]);
  return rows[0] ?? null;
}

/** The first interchanges of a delivery, each with its first messages. */
export async function interchangesOf(
  db: Queryable,
  deliveryId: string,
  limit: number,
): Promise<InterchangeView[]> {
  const rows = await query<InterchangeView>(
    db,
    `select i.id, i.ordinal, i.partner, i.agreement, i.standard, i.control,
       json_build_object('qualifier', i.sender_qualifier, 'id', i.sender) as sender,
       json_build_object('qualifier', i.receiver_qualifier, 'id', i.receiver) as receiver, i.version, i.test, i.state,
       i.duplicate_of as "duplicateOf", f.delivery_id as "firstDeliveryId",
       (select count(*)::int from messages m where m.interchange_id = i.id) as "messageCount"
     from interchanges i left join interchanges f on f.id = i.duplicate_of
     where i.delivery_id = ? order by i.ordinal limit ?`,
    [deliveryId, limit],
  );
  const messages = await messagesWithin(
    db,
    rows.map((row) => row.id),
    limit,
  );
  return rows.map((row) => ({
    ...row,
    messages: messages
      .filter(({ interchangeId }) => interchangeId === row.id)
      .map(({ interchangeId: _, ...rest }) => rest),
  }));
}

/** Answers of one acknowledgment that are told. */
const mostSaid = 5;

function messagesWithin(
  db: Queryable,
  interchanges: readonly string[],
  limit: number,
): Promise<(MessageView & { interchangeId: string })[]> {
  return query(
    db,
    `select m.id, m.interchange_id as "interchangeId", m.group_ordinal as "group", m.ordinal, m.type, m.control, m.version,
       m.segments, m."offset"::float8 as "offset", m.verdict, m.state, m.guide, m.canonical, o.id as "orderId", o.number as "orderNumber",
       array(select answer->>'sentence' from jsonb_path_query(m.content, '$.answers[*]') with ordinality as a(answer, nth)
             where answer->>'sentence' is not null order by nth limit ?) as says
     from unnest(?::bigint[]) as q(id) cross join lateral (
       select * from messages where interchange_id = q.id order by group_ordinal, ordinal limit ?) m
     left join orders o on o.message_id = m.id order by m.interchange_id, m.group_ordinal, m.ordinal`,
    [mostSaid, interchanges, limit],
  );
}

/** Bytes of a delivery from an offset on, at most `length` of them: only the chunks that hold them are read. */
export async function readBytes(
  db: Queryable,
  deliveryId: string,
  from: number,
  length: number,
): Promise<Buffer> {
  const first = Math.floor(from / chunkBytes);
  const last = Math.floor((from + length - 1) / chunkBytes);
  const rows = await query<{ bytes: Buffer }>(
    db,
    'select bytes from chunks where delivery_id = ? and seq between ? and ? order by seq',
    [deliveryId, first, last],
  );
  const chunks = await Promise.all(
    rows.map((row) => gunzipAsync(row.bytes, { maxOutputLength: chunkBytes })),
  );
  const start = from - first * chunkBytes;
  return Buffer.concat(chunks).subarray(start, start + length);
}
