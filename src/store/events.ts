/** events: the timeline. Rows are only ever added. */
import { insertMany } from './rows.ts';
import type { Tx } from './store.ts';

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
