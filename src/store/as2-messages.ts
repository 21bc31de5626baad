/** as2_messages: every AS2 message that arrived or left, with its receipt. */
import { jsonText, query, queryOne } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

export type As2State =
  | 'begun'
  | 'accepted'
  | 'refused'
  | 'repeated'
  | 'conflict'
  | 'made'
  | 'posted'
  | 'delivered'
  | 'unanswered';

export interface As2Row {
  readonly id: string;
  readonly direction: 'in' | 'out';
  readonly endpoint: string;
  readonly us: string;
  readonly them: string;
  readonly message_id: string;
  readonly state: As2State;
  /** SHA-256 of the body as it travelled. */
  readonly digest: Buffer;
  readonly size: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, unknown>>;
  /** in: the MIC of our MDN, one digest. out: the MICs that theirs may name. base64 by digest. */
  readonly mic: Readonly<Record<string, string>> | null;
  readonly modifier: string | null;
  readonly reason: string | null;
  readonly delivery_id: string | null;
  readonly transmission_id: string | null;
  readonly mdn_headers: Readonly<Record<string, string>> | null;
  readonly mdn: Buffer | null;
  readonly mdn_state: 'due' | 'sent' | 'given-up' | 'received' | null;
  readonly mdn_due_at: Date | null;
  readonly mdn_at: Date | null;
  /** out: a person asked for it to be made again. */
  readonly renewed_at: Date | null;
  readonly times: number;
  readonly at: Date;
  readonly last_at: Date;
}

export interface NewAs2Message {
  readonly direction: 'in' | 'out';
  readonly endpoint: string;
  readonly us: string;
  readonly them: string;
  readonly messageId: string;
  readonly digest: Buffer;
  readonly size: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly mic?: Readonly<Record<string, string>>;
  readonly transmissionId?: string;
}

/** Stores a message that arrived (begun) or that we made. Returns its id. */
export async function insertAs2Message(tx: Tx, row: NewAs2Message): Promise<string> {
  const { id } = await queryOne<{ id: string }>(
    tx,
    `insert into as2_messages (direction, endpoint, us, them, message_id, state, digest, size, headers, facts, mic, transmission_id)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?::jsonb, ?) returning id`,
    [
      row.direction,
      row.endpoint,
      row.us,
      row.them,
      row.messageId,
      row.direction === 'in' ? 'begun' : 'made',
      row.digest,
      row.size,
      jsonText(row.headers),
      jsonText(row.facts ?? {}),
      row.mic === undefined ? null : jsonText(row.mic),
      row.transmissionId ?? null,
    ],
  );
  return id;
}

/** The message that was accepted under this id between these two names, or null. */
export async function findAccepted(
  db: Queryable,
  us: string,
  them: string,
  messageId: string,
): Promise<As2Row | null> {
  const rows = await query<As2Row>(
    db,
    `select * from as2_messages where us = ? and them = ? and message_id = ? and state = 'accepted'`,
    [us, them, messageId],
  );
  return rows[0] ?? null;
}

/**
 * What came before under this id between these two names and was accepted, or begun and broken off, bytes and all; the accepted
 * one first.
 */
export async function findBefore(
  db: Queryable,
  { us, them, messageId }: Pick<NewAs2Message, 'us' | 'them' | 'messageId'>,
): Promise<readonly As2Row[]> {
  return query<As2Row>(
    db,
    `select * from as2_messages m where us = ? and them = ? and message_id = ? and direction = 'in' and (state = 'accepted'
       or (state = 'begun' and exists (select from as2_chunks c where c.message_id = m.id and c.part = 'raw')))
     order by state, id`,
    [us, them, messageId],
  );
}

/** Begins a message again that was broken off, unless it was judged meanwhile: its bytes are here, its header may be another. */
export async function beginAgain(
  db: Queryable,
  id: string,
  { headers, facts }: Pick<NewAs2Message, 'headers' | 'facts'>,
): Promise<void> {
  await query(
    db,
    `update as2_messages set headers = ?::jsonb, facts = facts || ?::jsonb, times = times + 1, last_at = now()
     where id = ? and state = 'begun'`,
    [jsonText(headers), jsonText(facts ?? {}), id],
  );
}

export async function getAs2Message(db: Queryable, id: string): Promise<As2Row | null> {
  const rows = await query<As2Row>(db, 'select * from as2_messages where id = ?', [id]);
  return rows[0] ?? null;
}

/** The same, locked until the transaction ends: what is made of it is made by one at a time. */
export async function lockAs2Message(tx: Tx, id: string): Promise<As2Row | null> {
  const rows = await query<As2Row>(tx, 'select * from as2_messages where id = ? for update', [id]);
  return rows[0] ?? null;
}

/** Counts that the same bytes came again. */
export async function noteRepeat(db: Queryable, id: string): Promise<void> {
  await query(db, 'update as2_messages set times = times + 1, last_at = now() where id = ?', [id]);
}

/** What became of a message that arrived, and the MDN for it. */
export interface Judged {
  readonly state: 'accepted' | 'refused' | 'repeated' | 'conflict';
  readonly modifier: string;
  readonly reason?: string;
  readonly mic?: Readonly<Record<string, string>> | null;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly deliveryId?: string;
  readonly mdn: { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer } | null;
  /** The MDN goes out by itself, later. */
  readonly mdnDue: boolean;
}

/**
 * Notes what became of a message that was begun.
 * @returns false when another process accepted a message of the same id meanwhile: then nothing was changed, and the
 * transaction can go on
 */
export async function judgeAs2Message(tx: Tx, id: string, judged: Judged): Promise<boolean> {
  // The unique index would end the transaction: whoever comes second waits here, and sees the first one's row.
  await query(
    tx,
    `select pg_advisory_xact_lock(hashtextextended(us || chr(10) || them || chr(10) || message_id, 6))
     from as2_messages where id = ?`,
    [id],
  );
  const rows = await query<{ id: string }>(
    tx,
    `update as2_messages m set state = ?, modifier = ?, reason = ?, mic = ?::jsonb, facts = facts || ?::jsonb, delivery_id = ?,
       mdn_headers = ?::jsonb, mdn = ?, mdn_state = ?, last_at = now()
     where id = ? and state = 'begun' and not (? = 'accepted' and exists (select from as2_messages o
       where o.us = m.us and o.them = m.them and o.message_id = m.message_id and o.state = 'accepted'))
     returning id`,
    [
      judged.state,
      judged.modifier,
      judged.reason ?? null,
      judged.mic === undefined || judged.mic === null ? null : jsonText(judged.mic),
      jsonText(judged.facts),
      judged.deliveryId ?? null,
      judged.mdn === null ? null : jsonText(judged.mdn.headers),
      judged.mdn?.body ?? null,
      judged.mdnDue ? 'due' : null,
      id,
      judged.state,
    ],
  );
  return rows.length > 0;
}

/** Names the delivery that a message became. */
export async function setAs2Delivery(tx: Tx, id: string, deliveryId: string): Promise<void> {
  await query(tx, 'update as2_messages set delivery_id = ? where id = ?', [deliveryId, id]);
}

/** An asynchronous MDN of ours left, or is given up. */
export async function noteMdnSent(tx: Tx, id: string, state: 'sent' | 'given-up', at: Date): Promise<void> {
  await query(tx, 'update as2_messages set mdn_state = ?, mdn_at = ? where id = ?', [state, at, id]);
}

/** The message in which a transmission travels now: the last one made for it; null: none is made yet. */
export async function currentAs2Message(db: Queryable, transmissionId: string): Promise<As2Row | null> {
  const rows = await query<As2Row>(
    db,
    'select * from as2_messages where transmission_id = ? order by id desc limit 1',
    [transmissionId],
  );
  return rows[0] ?? null;
}

/** The message of ours that an MDN speaks of, or null. */
export async function findSent(db: Queryable, messageId: string): Promise<As2Row | null> {
  const rows = await query<As2Row>(
    db,
    `select * from as2_messages where message_id = ? and direction = 'out'`,
    [messageId],
  );
  return rows[0] ?? null;
}

/** A person asks for a transmission anew: what was delivered or refused is made again, under an id of its own. */
export async function renewAs2Message(tx: Tx, transmissionId: string): Promise<void> {
  await query(
    tx,
    `update as2_messages set renewed_at = now()
     where transmission_id = ? and state in ('delivered', 'refused') and renewed_at is null`,
    [transmissionId],
  );
}

/** Counts that a message of ours was posted. */
export async function notePosted(db: Queryable, id: string): Promise<void> {
  await query(db, 'update as2_messages set times = times + 1, last_at = now() where id = ?', [id]);
}

/** What the partner made of a message of ours. posted: it was taken, and its MDN is due. */
export interface Outcome {
  readonly state: 'posted' | 'delivered' | 'refused' | 'unanswered';
  readonly modifier?: string;
  readonly reason?: string;
  readonly mdn?: { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };
  readonly mdnDueAt?: Date;
  readonly at: Date;
}

/**
 * Writes an outcome. What was delivered or refused stays so: a later word changes nothing.
 * @returns whether it was written
 */
export async function settleAs2Message(tx: Tx, id: string, outcome: Outcome): Promise<boolean> {
  const rows = await query<{ id: string }>(
    tx,
    `update as2_messages set state = ?, modifier = ?, reason = ?, mdn_headers = coalesce(?::jsonb, mdn_headers),
       mdn = coalesce(?, mdn), mdn_state = case when ?::bytea is null then mdn_state else 'received' end,
       mdn_at = case when ?::bytea is null then mdn_at else ? end, mdn_due_at = ?, last_at = ?
     where id = ? and state in ('made', 'posted', 'unanswered') returning id`,
    [
      outcome.state,
      outcome.modifier ?? null,
      outcome.reason ?? null,
      outcome.mdn === undefined ? null : jsonText(outcome.mdn.headers),
      outcome.mdn?.body ?? null,
      outcome.mdn?.body ?? null,
      outcome.mdn?.body ?? null,
      outcome.at,
      outcome.mdnDueAt ?? null,
      outcome.at,
      id,
    ],
  );
  return rows.length > 0;
}

/**
 * Messages whose MDN should have come by now, oldest first, locked against others that look. Where each sending has an id of
 * its own the last one stands for all of them, with the times of all, until an MDN comes for any.
 */
export async function lateAs2Messages(tx: Tx, now: Date, most: number): Promise<As2Row[]> {
  const found = await query<As2Row & { readonly tries: string }>(
    tx,
    `select m.*, (select sum(o.times) from as2_messages o
         where o.transmission_id = m.transmission_id and o.renewed_at is null) tries
       from as2_messages m where m.state = 'posted' and m.mdn_due_at < ? and not exists (select from as2_messages o
         where o.transmission_id = m.transmission_id and (o.id > m.id or (o.state = 'delivered' and o.renewed_at is null)))
       order by m.mdn_due_at limit ? for update of m skip locked`,
    [now, most],
  );
  return found.map(({ tries, ...row }) => ({ ...row, times: Number(tries) }));
}

/** All messages that brought a delivery or carried a transmission, oldest first. */
export async function as2MessagesOf(
  db: Queryable,
  of: { readonly deliveryId: string } | { readonly transmissionId: string },
): Promise<As2Row[]> {
  return 'deliveryId' in of
    ? query<As2Row>(db, 'select * from as2_messages where delivery_id = ? order by id', [of.deliveryId])
    : query<As2Row>(db, 'select * from as2_messages where transmission_id = ? order by id', [
        of.transmissionId,
      ]);
}
