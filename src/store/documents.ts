/** documents: what we owe a partner, from due to confirmed. One per kind and subject, whatever runs twice. */
import { insertMany, unnest } from './rows.ts';
import { jsonText, query } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

export interface NewDocument {
  readonly kind: string;
  readonly partner: string;
  readonly agreement: string;
  /** 'interchange:7', 'order:12', 'shipment:3'. */
  readonly subject: string;
  readonly interchange_id?: string;
  readonly order_id?: string;
  readonly shipment_id?: string;
  readonly test: boolean;
  readonly due_at: Date | null;
}

export interface DocumentRow {
  readonly id: string;
  readonly kind: string;
  readonly partner: string;
  readonly agreement: string;
  readonly subject: string;
  readonly interchange_id: string | null;
  readonly order_id: string | null;
  readonly shipment_id: string | null;
  readonly state: 'due' | 'written' | 'sent' | 'confirmed' | 'refused' | 'held';
  readonly test: boolean;
  readonly due_at: Date | null;
  readonly written_at: Date | null;
  readonly sent_at: Date | null;
  readonly answer_due_at: Date | null;
  readonly answered_at: Date | null;
  /** What the partner says of it, as `updateAnswered` was given it. */
  readonly answer: unknown;
  readonly transmission_id: string | null;
  readonly group_control: string | null;
  readonly message_control: string | null;
  /** The guide that wrote it, 'name@digest'; null: none did. */
  readonly guide: string | null;
}

const columns = {
  kind: 'text',
  partner: 'text',
  agreement: 'text',
  subject: 'text',
  interchange_id: 'bigint',
  order_id: 'bigint',
  shipment_id: 'bigint',
  test: 'boolean',
  due_at: 'timestamptz',
} as const;

/** Notes what we owe. Gives the ids of those that are new, by subject. */
export async function insertDocuments(tx: Tx, rows: readonly NewDocument[]): Promise<Map<string, string>> {
  const made = await insertMany<{ id: string; subject: string }>(
    tx,
    'documents',
    columns,
    rows,
    'id, subject',
  );
  return new Map(made.map((row) => [row.subject, row.id]));
}

/** The documents of these subjects that are still to be written. */
export async function dueIds(tx: Tx, subjects: readonly string[]): Promise<Map<string, string>> {
  const rows = await query<{ id: string; subject: string }>(
    tx,
    `select id, subject from documents where subject = any(?::text[]) and state = 'due'`,
    [subjects],
  );
  return new Map(rows.map((row) => [row.subject, row.id]));
}

export async function lockDocuments(tx: Tx, ids: readonly string[]): Promise<DocumentRow[]> {
  const rows = await query<DocumentRow>(
    tx,
    'select * from documents where id = any(?::bigint[]) order by id for update',
    [ids],
  );
  return rows;
}

export async function getDocument(db: Queryable, id: string): Promise<DocumentRow | null> {
  const rows = await query<DocumentRow>(db, 'select * from documents where id = ?', [id]);
  return rows[0] ?? null;
}

export async function documentsOfInterchange(db: Queryable, interchangeId: string): Promise<DocumentRow[]> {
  const rows = await query<DocumentRow>(db, 'select * from documents where interchange_id = ? order by id', [
    interchangeId,
  ]);
  return rows;
}

export async function documentsOfOrder(db: Queryable, orderId: string): Promise<DocumentRow[]> {
  return query<DocumentRow>(db, 'select * from documents where order_id = ? order by id', [orderId]);
}

export interface Written {
  readonly id: string;
  readonly transmission_id: string;
  readonly group_control: string | null;
  readonly message_control: string;
  readonly guide: string | null;
  readonly written_at: Date;
}

export async function updateWritten(tx: Tx, rows: readonly Written[]): Promise<void> {
  const from = unnest(
    {
      id: 'bigint',
      transmission_id: 'bigint',
      group_control: 'text',
      message_control: 'text',
      guide: 'text',
      written_at: 'timestamptz',
    },
    rows,
  );
  await query(
    tx,
    `update documents d set state = 'written', transmission_id = r.transmission_id, group_control = r.group_control,
       message_control = r.message_control, guide = r.guide, written_at = r.written_at from ${from.sql} r where d.id = r.id`,
    from.bindings,
  );
}

/** By when we expect their acknowledgment of documents of a kind. */
export interface AnswerDue {
  readonly kind: string;
  readonly due: Date;
}

/** Marks every document of a transmission as sent; one that the partner already answered keeps its state. */
export async function updateSent(
  tx: Tx,
  transmissionId: string,
  at: Date,
  answers: readonly AnswerDue[],
): Promise<DocumentRow[]> {
  const rows = await query<DocumentRow>(
    tx,
    `update documents set state = case when state = 'written' then 'sent' else state end, sent_at = coalesce(sent_at, ?),
       answer_due_at = case when answered_at is null then coalesce(
         (select a.due from unnest(?::text[], ?::timestamptz[]) as a(kind, due) where a.kind = documents.kind), answer_due_at)
       else answer_due_at end
     where transmission_id = ? returning *`,
    [at, answers.map((answer) => answer.kind), answers.map((answer) => answer.due), transmissionId],
  );
  return rows;
}

/** The documents that an interchange of ours carries. */
export async function documentsOf(db: Queryable, transmissionId: string): Promise<DocumentRow[]> {
  return query<DocumentRow>(db, 'select * from documents where transmission_id = ? order by id', [
    transmissionId,
  ]);
}

export async function holdDocument(tx: Tx, id: string): Promise<void> {
  await query(tx, `update documents set state = 'held' where id = ?`, [id]);
}

export async function setDocumentDue(tx: Tx, id: string): Promise<void> {
  await query(tx, `update documents set state = 'due' where id = ? and state = 'held'`, [id]);
}

/** Whose documents an answer may speak of. */
export interface AnsweredBy {
  readonly partner: string;
  /** Preferred where two agreements of the partner have used the same number. */
  readonly agreement: string;
  readonly kinds: readonly string[];
  /** A test speaks of tests only. */
  readonly test: boolean;
}

/**
 * The sent documents of the newest interchange with a control number, oldest first (control numbers roll over).
 * @param by where that control number stands: the group's (X12) or the interchange's
 * @param controls the control number in the forms in which it may be kept
 */
export async function documentsByControl(
  tx: Tx,
  where: AnsweredBy & { by: 'group' | 'interchange'; controls: readonly string[] },
): Promise<DocumentRow[]> {
  const column = where.by === 'group' ? 'd.group_control' : 't.control';
  const which = `d.partner = ? and ${column} = any(?::text[]) and d.kind = any(?::text[]) and d.test = ?`;
  const bindings = [where.partner, where.controls, where.kinds, where.test];
  return query<DocumentRow>(
    tx,
    `select * from documents where kind = any(?::text[]) and transmission_id =
       (select t.id from documents d join transmissions t on t.id = d.transmission_id where ${which}
        order by t.agreement = ? desc, t.id desc limit 1)
       and (? = 'interchange' or group_control = any(?::text[]))
     order by id for update`,
    [where.kinds, ...bindings, where.agreement, where.by, where.controls],
  );
}

/** The most documents that a business number is looked at for. */
const mostByNumber = 50;

/**
 * The sent documents that carry a business number, oldest first: the number of their order or their shipment, or their own
 * number, which for a response is our number of the order.
 */
export async function documentsByNumber(
  tx: Tx,
  where: Omit<AnsweredBy, 'agreement'> & {
    readonly numbers: readonly string[];
    readonly of: readonly ('order' | 'shipment' | 'response')[];
  },
): Promise<DocumentRow[]> {
  const { partner, numbers, kinds, test } = where;
  const parts = {
    order: `select d.id from orders o join documents d on d.order_id = o.id where o.partner = ? and o.number = any(?::text[])`,
    shipment: `select d.id from shipments s join documents d on d.order_id = s.order_id and d.shipment_id = s.id
               where s.partner = ? and s.number = any(?::text[])`,
    response: `select d.id from orders o join documents d on d.order_id = o.id and d.shipment_id is null
               where o.partner = ? and o.id = any(?::bigint[])`,
  };
  const responses = numbers.filter((number) => /^\d{1,18}$/.test(number));
  return query<DocumentRow>(
    tx,
    `select * from documents where id in (${where.of.map((one) => parts[one]).join(' union ')})
       and kind = any(?::text[]) and test = ? and transmission_id is not null order by id limit ? for update`,
    [
      ...where.of.flatMap((one) => [partner, one === 'response' ? responses : numbers]),
      kinds,
      test,
      mostByNumber,
    ],
  );
}

export async function updateAnswered(
  tx: Tx,
  id: string,
  state: 'confirmed' | 'refused',
  at: Date,
  answer: unknown,
): Promise<void> {
  await query(tx, 'update documents set state = ?, answered_at = ?, answer = ? where id = ?', [
    state,
    at,
    jsonText(answer),
    id,
  ]);
}

export type Overdue = Pick<
  DocumentRow,
  'id' | 'kind' | 'partner' | 'order_id' | 'interchange_id' | 'due_at' | 'answer_due_at'
>;

/** Documents that passed a deadline since the last look: ours to send ('due'), or theirs to acknowledge ('answer'). Marks them. */
export async function noteOverdue(tx: Tx, what: 'due' | 'answer', now: Date): Promise<Overdue[]> {
  const late =
    what === 'due'
      ? `due_at < ? and sent_at is null and state in ('due', 'written', 'held')`
      : `answer_due_at < ? and answered_at is null`;
  const rows = await query<DocumentRow>(
    tx,
    `update documents set overdue_noted = array_append(overdue_noted, ?) where id in
       (select id from documents where ${late} and not (? = any(overdue_noted)) order by id limit 500 for update skip locked)
     returning id, kind, partner, order_id, interchange_id, due_at, answer_due_at`,
    [what, now, what],
  );
  return rows;
}

/** What a delivery is answered. */
export interface Acknowledgments {
  /** Where it came in. */
  readonly endpoint: string;
  readonly translated: boolean;
  /** Some that are owed are not written yet. */
  readonly pending: boolean;
  /** Some cannot be written, or are not owed, until a person has looked. */
  readonly held: boolean;
  /** Transmissions that hold them. */
  readonly transmissions: readonly string[];
}

/**
 * The acknowledgments of a delivery's interchanges, repeats included; what is held has none, whatever it resembles. Where it
 * was processed again, those of the last time.
 * @returns null when there is no such delivery
 */
export async function acknowledgmentsOf(db: Queryable, deliveryId: string): Promise<Acknowledgments | null> {
  const rows = await query<{
    endpoint: string;
    state: string;
    interchange: string | null;
    owed: string | null;
    transmission_id: string | null;
  }>(
    db,
    `with recursive runs as (
       select id, endpoint, state from deliveries where id = ?
       union all select n.id, n.endpoint, n.state from runs r join deliveries n on n.replay_of = r.id)
     select v.endpoint, v.state, i.state as interchange, d.state as owed, d.transmission_id
     from (select * from runs order by id desc limit 1) v
     left join interchanges i on i.delivery_id = v.id
     left join documents d
       on d.subject = 'interchange:' || case when i.state = 'duplicate' then i.duplicate_of else i.id end
     order by i.ordinal, d.id`,
    [deliveryId],
  );
  const [first] = rows;
  if (first === undefined) return null;
  const unwritten = rows.filter((row) => row.owed !== null && row.transmission_id === null);
  const waits = rows.some((row) => row.owed === null && (row.interchange ?? 'held') === 'held');
  return {
    endpoint: first.endpoint,
    translated: first.state !== 'received',
    pending: unwritten.some((row) => row.owed !== 'held'),
    held: unwritten.some((row) => row.owed === 'held') || (first.state === 'held' && waits),
    transmissions: [...new Set(rows.flatMap((row) => row.transmission_id ?? []))],
  };
}
