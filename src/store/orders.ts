/** orders: canonical documents and what became of them. */
import type { Order } from '../order/order.ts';
import { insertMany, unnest } from './rows.ts';
import { jsonText, query, queryOne } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

export interface NewOrder {
  readonly partner: string;
  readonly agreement: string;
  readonly number: string;
  readonly business_key: string;
  readonly message_id: string;
  readonly delivery_id: string;
  readonly ordered_on: string | null;
  readonly ship_to: string | null;
  readonly currency: string | null;
  readonly line_count: number;
  readonly amount: string | null;
  readonly state: string;
  readonly document: Order;
}

export interface OrderRow extends NewOrder {
  readonly id: string;
  readonly version: number;
  readonly ledger: unknown;
  readonly decision: unknown;
  readonly received_at: Date;
  readonly decided_at: Date | null;
}

const columns = {
  partner: 'text',
  agreement: 'text',
  number: 'text',
  business_key: 'text',
  message_id: 'bigint',
  delivery_id: 'bigint',
  ordered_on: 'date',
  ship_to: 'text',
  currency: 'text',
  line_count: 'int',
  amount: 'numeric',
  state: 'text',
  document: 'jsonb',
} as const;

/** Stores new orders. An order whose business key is taken is left out: the caller sees which by their message ids. */
export async function insertOrders(tx: Tx, rows: readonly NewOrder[]): Promise<Map<string, string>> {
  const made = await insertMany<{ id: string; message_id: string }>(
    tx,
    'orders',
    columns,
    rows,
    'id, message_id',
  );
  return new Map(made.map((row) => [row.message_id, row.id]));
}

/** Locks orders for a step, in the order of their ids so that two steps never wait for each other crosswise. */
export async function lockOrders(tx: Tx, ids: readonly string[]): Promise<OrderRow[]> {
  const rows = await query<OrderRow>(
    tx,
    'select * from orders where id = any(?::bigint[]) order by id for update',
    [ids],
  );
  return rows;
}

export async function getOrders(db: Queryable, ids: readonly string[]): Promise<OrderRow[]> {
  const rows = await query<OrderRow>(db, 'select * from orders where id = any(?::bigint[]) order by id', [
    ids,
  ]);
  return rows;
}

/** What an order response is made of. */
export type OrderToAnswer = Pick<OrderRow, 'id' | 'partner' | 'document' | 'decision' | 'decided_at'>;

export async function ordersToAnswer(db: Queryable, ids: readonly string[]): Promise<OrderToAnswer[]> {
  return query<OrderToAnswer>(
    db,
    'select id, partner, document, decision, decided_at from orders where id = any(?::bigint[])',
    [ids],
  );
}

/** Orders under an agreement that came before a time and are not decided, nor noted as owed. */
export async function undecidedOrders(tx: Tx, agreement: string, before: Date): Promise<OrderRow[]> {
  return query<OrderRow>(
    tx,
    `select * from orders where agreement = ? and state = 'received' and received_at < ?
       and not exists (select from documents where subject = 'order:' || orders.id) order by id limit 500`,
    [agreement, before],
  );
}

/** Orders of a partner with this purchase order number, newest first. */
export async function ordersByNumber(
  db: Queryable,
  partner: string | null,
  number: string,
): Promise<OrderRow[]> {
  const rows = await query<OrderRow>(
    db,
    'select * from orders where number = ? and (?::text is null or partner = ?) order by id desc limit 20',
    [number, partner, partner],
  );
  return rows;
}

/** How many orders have this business key, with or without the mark of an accepted repeat. */
export async function countByKey(db: Queryable, partner: string, key: string): Promise<number> {
  const { n } = await queryOne<{ n: number }>(
    db,
    `select count(*)::int as n from orders where partner = ? and (business_key = ? or starts_with(business_key, ? || '#'))`,
    [partner, key, key],
  );
  return n;
}

export interface OrderDecided {
  readonly id: string;
  readonly state: string;
  readonly ledger: unknown;
  readonly decision: unknown;
  readonly decided_at: Date;
}

/** Writes what was decided. */
export async function updateDecided(tx: Tx, rows: readonly OrderDecided[]): Promise<void> {
  if (rows.length === 0) return;
  const from = unnest(
    { id: 'bigint', state: 'text', ledger: 'jsonb', decision: 'jsonb', decided_at: 'timestamptz' },
    rows,
  );
  await query(
    tx,
    `update orders o set state = r.state, ledger = r.ledger, decision = r.decision, decided_at = r.decided_at, version = o.version + 1
     from ${from.sql} r where o.id = r.id`,
    from.bindings,
  );
}

/** Writes the quantities after a shipment, with the state that follows from them. */
export async function updateLedger(tx: Tx, id: string, state: string, ledger: unknown): Promise<void> {
  await query(tx, 'update orders set state = ?, ledger = ?, version = version + 1 where id = ?', [
    state,
    jsonText(ledger),
    id,
  ]);
}
