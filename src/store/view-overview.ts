/** What the first page and the metrics show: counts over the whole road. Reads only. */
import { query } from './sql.ts';
import type { Queryable } from './store.ts';

/** Documents past a deadline that was not met: ours to send, or theirs to acknowledge. Takes the moment, `?` twice. */
export const lateDocuments = `((due_at < ? and sent_at is null and state in ('due', 'written', 'held'))
  or (answer_due_at < ? and answered_at is null))`;

export async function overdueCounts(
  db: Queryable,
  now: Date,
): Promise<{ partner: string; kind: string; count: number }[]> {
  return query(
    db,
    `select partner, kind, count(*)::int as count from documents where ${lateDocuments} group by partner, kind`,
    [now, now],
  );
}

/** Faults that wait for a person, by code. */
export async function waitingCounts(db: Queryable): Promise<{ code: string; count: number }[]> {
  return query(
    db,
    'select code, count(*)::int as count from faults where waiting group by code order by count desc, code',
  );
}
