/** events: the timeline. Rows are only ever added. */
import { insertMany } from './rows.ts';
import { query, queryOne } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

export interface NewEvent {
  readonly kind: string;
  readonly partner?: string | null;
  readonly delivery_id?: string | null;
  readonly interchange_id?: string | null;
  readonly order_id?: string | null;
  readonly document_id?: string | null;
  readonly data?: unknown;
  readonly who?: string;
  readonly why?: string;
}

const columns = {
  kind: 'text',
  partner: 'text',
  delivery_id: 'bigint',
  interchange_id: 'bigint',
  order_id: 'bigint',
  document_id: 'bigint',
  data: 'jsonb',
  who: 'text',
  why: 'text',
} as const;

export async function insertEvents(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  await insertMany(tx, 'events', columns, events);
}

export interface EventRow extends Required<Omit<NewEvent, 'data' | 'who' | 'why'>> {
  readonly id: string;
  readonly at: Date;
  readonly data: unknown;
  readonly who: string | null;
  readonly why: string | null;
}

/** The events that follow one, oldest first. */
export async function eventsAfter(db: Queryable, after: string, limit: number): Promise<EventRow[]> {
  return query<EventRow>(db, 'select * from events where id > ? order by id limit ?', [after, limit]);
}

/** '0' when nothing has happened yet. */
export async function lastEventId(db: Queryable): Promise<string> {
  return (await queryOne<{ id: string }>(db, 'select coalesce(max(id), 0) as id from events')).id;
}
