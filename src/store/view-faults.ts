/** Faults as the console shows them, with what they hold up. Reads only. */
import { z } from 'zod';
import { query } from './sql.ts';
import type { Queryable } from './store.ts';

export const faultView = z.object({
  id: z.string(),
  at: z.date(),
  partner: z.string().nullable(),
  endpoint: z.string().nullable(),
  deliveryId: z.string().nullable(),
  interchangeId: z.string().nullable(),
  messageId: z.string().nullable(),
  orderId: z.string().nullable(),
  documentId: z.string().nullable(),
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
  hint: z.string(),
  position: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('Where it stands: offset, line, segment, element'),
  value: z.string().nullable(),
  waiting: z.boolean().describe('A person must deal with it'),
  resolvedAt: z.date().nullable(),
  resolution: z.string().nullable(),
  who: z.string().nullable(),
  why: z.string().nullable(),
});

/** A fault, and what is known of the things it stands at. */
export type FaultView = z.infer<typeof faultView> & {
  readonly orderNumber: string | null;
  readonly orderState: string | null;
  /** The fault holds its order: both came with the same message. */
  readonly ofOrder: boolean;
  readonly documentState: string | null;
};

const select = `select f.id, f.at, f.partner, f.endpoint, f.delivery_id as "deliveryId", f.interchange_id as "interchangeId",
  f.message_id as "messageId", f.order_id as "orderId", f.document_id as "documentId", f.code, f.severity, f.message, f.hint,
  f.position, f.value, f.waiting, f.resolved_at as "resolvedAt", f.resolution, f.who, f.why, o.number as "orderNumber",
  o.state as "orderState", coalesce(o.message_id = f.message_id, false) as "ofOrder", d.state as "documentState"
  from faults f left join orders o on o.id = f.order_id left join documents d on d.id = f.document_id`;

/** Those that wait for a person, oldest first. @param after the id after which the list goes on; null: from the oldest */
export function listWaiting(
  db: Queryable,
  filter: { readonly partner?: string | undefined; readonly code?: string | undefined },
  after: string | null,
  limit: number,
): Promise<FaultView[]> {
  const { partner = null, code = null } = filter;
  return query<FaultView>(
    db,
    `${select} where f.waiting and (?::bigint is null or f.id > ?) and (?::text is null or f.partner = ?)
       and (?::text is null or f.code = ?) order by f.id limit ?`,
    [after, after, partner, partner, code, code, limit],
  );
}

/**
 * The first of those that wait: what is wrong with a whole endpoint, partner or key, then what holds up single things, each
 * oldest first. A lost mailbox must not stand behind fifty late documents.
 */
export function firstWaiting(db: Queryable, limit: number): Promise<FaultView[]> {
  return query<FaultView>(
    db,
    `${select} where f.waiting order by coalesce(f.delivery_id, f.order_id, f.document_id) is not null, f.id limit ?`,
    [limit],
  );
}

export async function viewFault(db: Queryable, id: string): Promise<FaultView | null> {
  const rows = await query<FaultView>(db, `${select} where f.id = ?`, [id]);
  return rows[0] ?? null;
}

/** Of a delivery: what waits first, then by their place in the file. */
export function faultsOfDelivery(db: Queryable, deliveryId: string, limit: number): Promise<FaultView[]> {
  return query<FaultView>(
    db,
    `${select} where f.delivery_id = ?
     order by f.waiting desc, f.severity = 'info', (f.position->>'offset')::bigint nulls first, f.id limit ?`,
    [deliveryId, limit],
  );
}

export function faultsOfOrder(db: Queryable, orderId: string, limit: number): Promise<FaultView[]> {
  return query<FaultView>(db, `${select} where f.order_id = ? order by f.waiting desc, f.id limit ?`, [
    orderId,
    limit,
  ]);
}
