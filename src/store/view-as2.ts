/** AS2 messages as the console shows them. Reads only. */
import { z } from 'zod';
import { query } from './sql.ts';
import type { Queryable } from './store.ts';

export const as2View = z.object({
  id: z.string(),
  direction: z.enum(['in', 'out']),
  endpoint: z.string(),
  us: z.string().describe('Our AS2 name'),
  them: z.string().describe('Theirs'),
  messageId: z.string(),
  state: z
    .enum([
      'begun',
      'accepted',
      'refused',
      'repeated',
      'conflict',
      'made',
      'posted',
      'delivered',
      'unanswered',
    ])
    .describe(
      'in: begun, then accepted, refused, repeated or conflict. out: made, posted, then delivered, refused or unanswered',
    ),
  size: z.int().describe('Bytes as they travelled'),
  disposition: z.string().nullable().describe("The MDN's modifier; '' for processed"),
  reason: z.string().nullable(),
  facts: z.record(z.string(), z.unknown()).describe('How it was packed, who signed it, where it came from'),
  receipt: z
    .enum(['due', 'sent', 'given-up', 'received'])
    .nullable()
    .describe('State of an MDN that travels by itself'),
  receiptAt: z.date().nullable(),
  receiptDueAt: z.date().nullable(),
  times: z.int().describe('in: how often the same bytes came again. out: how often it was posted'),
  deliveryId: z.string().nullable(),
  transmissionId: z.string().nullable(),
  at: z.date(),
  lastAt: z.date(),
});
export type As2View = z.infer<typeof as2View>;

const select = `select id, direction, endpoint, us, them, message_id as "messageId", state, size::int as size,
  modifier as disposition, reason, facts, mdn_state as receipt, mdn_at as "receiptAt", mdn_due_at as "receiptDueAt", times,
  delivery_id as "deliveryId", transmission_id as "transmissionId", at, last_at as "lastAt" from as2_messages`;

export interface As2Filter {
  readonly endpoint?: string | undefined;
  readonly direction?: string | undefined;
  readonly state?: string | undefined;
  readonly messageId?: string | undefined;
}

/** Newest first. @param before the id after which the list goes on; null: from the newest */
export function listAs2(
  db: Queryable,
  { endpoint, direction, state, messageId }: As2Filter,
  before: string | null,
  limit: number,
): Promise<As2View[]> {
  const terms = [before, endpoint, direction, state, messageId].map((term) => term ?? null);
  return query<As2View>(
    db,
    `${select} where (?::bigint is null or id < ?) and (?::text is null or endpoint = ?) and (?::text is null or direction = ?)
       and (?::text is null or state = ?) and (?::text is null or message_id = ?) order by id desc limit ?`,
    [...terms.flatMap((term) => [term, term]), limit],
  );
}

/** The messages that brought a delivery: one, or none. */
export function as2OfDelivery(db: Queryable, deliveryId: string): Promise<As2View[]> {
  return query<As2View>(db, `${select} where delivery_id = ? order by id`, [deliveryId]);
}
