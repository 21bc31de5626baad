/** What the first page and the metrics show: counts over the whole road. Reads only. */
import { z } from 'zod';
import { query, queryOne } from './sql.ts';
import type { Queryable } from './store.ts';
import { lateDocuments } from './view-documents.ts';

const count = z.int().describe('How many');

export const roadCounts = z.object({
  deliveries: z.object({ received: count, held: count, rejected: count }),
  messages: z.object({ mapped: count, held: count, rejected: count, test: count }),
  orders: z.record(z.string(), count).describe('By state'),
  documents: z.object({
    due: count,
    unsent: count,
    sent: count,
    confirmed: count,
    refused: count,
    unanswered: count,
  }),
});
export type RoadCounts = z.infer<typeof roadCounts>;

/** What came since a moment, and what we owe now. */
export async function countRoad(db: Queryable, since: Date): Promise<RoadCounts> {
  const [deliveries, messages, orders, answered, open] = await Promise.all([
    countBy(db, 'select state as key, count(*)::int as n from deliveries where received_at >= ? group by 1', [
      since,
    ]),
    countBy(
      db,
      `select m.state as key, count(*)::int as n from interchanges i join messages m on m.interchange_id = i.id
       where i.created_at >= ? group by 1`,
      [since],
    ),
    countBy(db, 'select state as key, count(*)::int as n from orders where received_at >= ? group by 1', [
      since,
    ]),
    countBy(
      db,
      `select d.state as key, count(*)::int as n from transmissions t join documents d on d.transmission_id = t.id
       where t.created_at >= ? group by 1`,
      [since],
    ),
    countOpen(db),
  ]);
  const all = Object.values(deliveries).reduce((sum, n) => sum + n, 0);
  return {
    deliveries: { received: all, held: deliveries.held ?? 0, rejected: deliveries.rejected ?? 0 },
    messages: { mapped: 0, held: 0, rejected: 0, test: 0, ...messages },
    orders,
    documents: {
      ...open,
      sent: (answered.sent ?? 0) + (answered.confirmed ?? 0) + (answered.refused ?? 0),
      confirmed: answered.confirmed ?? 0,
      refused: answered.refused ?? 0,
    },
  };
}

/** Documents that are on their way now; each count has a partial index of its own. */
function countOpen(db: Queryable): Promise<{ due: number; unsent: number; unanswered: number }> {
  return queryOne(
    db,
    `select (select count(*)::int from documents where state = 'due') as due,
       (select count(*)::int from documents where state = 'written') as unsent,
       (select count(*)::int from documents where answered_at is null and answer_due_at is not null) as unanswered`,
  );
}

async function countBy(
  db: Queryable,
  text: string,
  bindings: readonly unknown[],
): Promise<Record<string, number>> {
  const rows = await query<{ key: string; n: number }>(db, text, bindings);
  return Object.fromEntries(rows.map((row) => [row.key, row.n]));
}

export interface OverdueCount {
  readonly partner: string;
  readonly kind: string;
  readonly count: number;
}

/** Documents past a deadline, by partner and kind. */
export function overdueCounts(db: Queryable, now: Date): Promise<OverdueCount[]> {
  return query(
    db,
    `select partner, kind, count(*)::int as count from documents d where ${lateDocuments} group by 1, 2 order by 1, 2`,
    [now, now],
  );
}

/** Faults that wait for a person, by code. */
export function waitingCounts(db: Queryable): Promise<{ code: string; count: number }[]> {
  return query(
    db,
    'select code, count(*)::int as count from faults where waiting group by code order by count desc, code',
  );
}
