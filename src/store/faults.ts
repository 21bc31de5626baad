/** faults: what is wrong with what we were sent; those that wait stay visible until a person deals with them. */
import type { Fault } from '../fault.ts';
import { insertMany } from './rows.ts';
import { query } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

/** Where a fault stands on the road. */
export interface FaultPlace {
  readonly partner?: string | null;
  readonly endpoint?: string | null;
  readonly delivery_id?: string | null;
  readonly interchange_id?: string | null;
  readonly message_id?: string | null;
  readonly order_id?: string | null;
  readonly document_id?: string | null;
}

export interface NewFault extends FaultPlace {
  readonly fault: Fault;
  /** A person must deal with it. */
  readonly waiting: boolean;
}

export interface FaultRowStored extends Required<FaultPlace> {
  readonly id: string;
  readonly at: Date;
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly hint: string;
  readonly value: string | null;
  readonly resolution: string | null;
  readonly waiting: boolean;
  readonly resolved_at: Date | null;
}

const columns = {
  partner: 'text',
  endpoint: 'text',
  delivery_id: 'bigint',
  interchange_id: 'bigint',
  message_id: 'bigint',
  order_id: 'bigint',
  document_id: 'bigint',
  code: 'text',
  severity: 'text',
  message: 'text',
  hint: 'text',
  position: 'jsonb',
  value: 'text',
  waiting: 'boolean',
} as const;

export async function insertFaults(tx: Tx, faults: readonly NewFault[]): Promise<void> {
  await insertMany(
    tx,
    'faults',
    columns,
    faults.map(({ fault, ...place }) => ({
      ...place,
      code: fault.code,
      severity: fault.severity,
      message: fault.message,
      hint: fault.hint,
      position: fault.at,
      value: fault.value,
    })),
  );
}

/**
 * Adds a fault that waits, unless one with the same code and value waits at the endpoint already, or `most` of its code do:
 * whoever can knock at a door must not fill the list.
 * @returns whether it was added
 */
export async function insertFaultOnce(
  tx: Tx,
  { fault, ...place }: Omit<NewFault, 'waiting'>,
  most: number,
): Promise<boolean> {
  const [known] = await query<{ same: boolean; many: boolean }>(
    tx,
    `select bool_or(value is not distinct from ?) as same, count(*) >= ? as many
     from faults where waiting and code = ? and endpoint is not distinct from ?`,
    [fault.value ?? null, most, fault.code, place.endpoint ?? null],
  );
  if (known?.same === true || known?.many === true) return false;
  await insertFaults(tx, [{ ...place, fault, waiting: true }]);
  return true;
}

export async function lockFault(tx: Tx, id: string): Promise<FaultRowStored | null> {
  const rows = await query<FaultRowStored>(tx, 'select * from faults where id = ? for update', [id]);
  return rows[0] ?? null;
}

/**
 * Ends the wait of a fault, and of every other one about the same thing: the document, else the message, else the order. An
 * order is not enough where there is a message: a change that is held beside its order waits for a deed of its own.
 */
export async function resolveFault(
  tx: Tx,
  row: FaultRowStored,
  deed: { resolution: string; who: string; why: string; at: Date },
): Promise<void> {
  const { document_id, message_id, order_id } = row;
  await query(
    tx,
    `update faults set waiting = false, resolved_at = ?, resolution = ?, who = ?, why = ?
     where waiting and (id = ? or case
       when ?::bigint is not null then document_id = ?
       when ?::bigint is not null then document_id is null and message_id = ?
       else document_id is null and message_id is null and order_id = ? end)`,
    [
      ...[deed.at, deed.resolution, deed.who, deed.why, row.id],
      ...[document_id, document_id, message_id, message_id, order_id],
    ],
  );
}

/** Ends the wait of everything about a delivery that is processed again; an order that is held goes on waiting. */
export async function resolveDelivery(
  tx: Tx,
  deliveryId: string,
  deed: { resolution: string; who: string; why: string; at: Date },
): Promise<void> {
  await query(
    tx,
    `update faults set waiting = false, resolved_at = ?, resolution = ?, who = ?, why = ?
     where waiting and delivery_id = ? and not exists
       (select from orders o where o.id = faults.order_id and o.message_id = faults.message_id and o.state = 'held')`,
    [deed.at, deed.resolution, deed.who, deed.why, deliveryId],
  );
}

/** What says to people that a certificate ends, oldest first. */
export async function waitingCertificateFaults(db: Queryable): Promise<FaultRowStored[]> {
  return query<FaultRowStored>(
    db,
    `select * from faults where waiting and code in ('certificate-expires', 'certificate-expired') order by id`,
  );
}

/** What says to people that a partner is held, oldest first. */
export async function heldPartnerFaults(db: Queryable): Promise<FaultRowStored[]> {
  return query<FaultRowStored>(
    db,
    `select * from faults where waiting and code = 'partner-held' and delivery_id is null order by id`,
  );
}

/** What waits under one code, oldest first. */
export async function waitingOfCode(db: Queryable, code: string): Promise<FaultRowStored[]> {
  return query<FaultRowStored>(db, 'select * from faults where waiting and code = ? order by id', [code]);
}

/**
 * Deliveries that wait for a partner or a guide that has been mended since, oldest first.
 * @param held names of partners that are held, and of guides that are broken, now
 */
export async function freedDeliveries(
  db: Queryable,
  held: readonly string[],
  limit: number,
): Promise<string[]> {
  const rows = await query<{ id: string }>(
    db,
    `select delivery_id as id from faults
     where waiting and code in ('interchange-waits', 'guide-broken') and delivery_id is not null
     group by delivery_id
     having bool_or(not (value = any(?::text[])) and not (coalesce(partner, '') = any(?::text[])))
     order by delivery_id limit ?`,
    [held, held, limit],
  );
  return rows.map((row) => row.id);
}

/** Ends the wait of one fault, and of no other. */
export async function endWait(
  tx: Tx,
  id: string,
  deed: { resolution: string; who: string; why: string; at: Date },
): Promise<void> {
  await query(
    tx,
    'update faults set waiting = false, resolved_at = ?, resolution = ?, who = ?, why = ? where id = ? and waiting',
    [deed.at, deed.resolution, deed.who, deed.why, id],
  );
}

/** Ends the wait of whatever has this code and value. */
export async function endWaitAbout(
  tx: Tx,
  code: string,
  value: string,
  deed: { resolution: string; who: string; why: string; at: Date },
): Promise<void> {
  await query(
    tx,
    `update faults set waiting = false, resolved_at = ?, resolution = ?, who = ?, why = ?
     where waiting and code = ? and value = ?`,
    [deed.at, deed.resolution, deed.who, deed.why, code, value],
  );
}

export async function getFault(db: Queryable, id: string): Promise<FaultRowStored | null> {
  const rows = await query<FaultRowStored>(db, 'select * from faults where id = ?', [id]);
  return rows[0] ?? null;
}

export async function waitingFaults(db: Queryable, limit: number, after: string): Promise<FaultRowStored[]> {
  const rows = await query<FaultRowStored>(
    db,
    'select * from faults where waiting and id > ? order by id limit ?',
    [after, limit],
  );
  return rows;
}
