/** messages: each message of a received interchange, what was found in it and what became of it. */
import type { Fault } from '../fault.ts';
import type { MessageContext } from '../interchange/acknowledge-context.ts';
import type { Verdict } from '../interchange/interchange.ts';
import { insertMany } from './rows.ts';
import { jsonText, query } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

export type MessageState = 'mapped' | 'held' | 'rejected' | 'test';

export interface NewMessage {
  readonly interchange_id: string;
  readonly group_ordinal: number;
  readonly ordinal: number;
  readonly type: string;
  readonly control: string;
  readonly version: string;
  readonly segments: number;
  readonly offset: number;
  readonly verdict: Verdict;
  readonly state: MessageState;
  readonly guide: string | null;
  /** Which canonical document its content is; null: none. */
  readonly canonical: string | null;
  readonly faults: readonly Fault[];
  readonly content: unknown;
  /** What an acknowledgment repeats of it besides its faults. */
  readonly context: MessageContext | null;
}

export interface MessageRow extends NewMessage {
  readonly id: string;
}

const columns = {
  interchange_id: 'bigint',
  group_ordinal: 'int',
  ordinal: 'int',
  type: 'text',
  control: 'text',
  version: 'text',
  segments: 'int',
  offset: 'bigint',
  verdict: 'text',
  state: 'text',
  guide: 'text',
  canonical: 'text',
  faults: 'jsonb',
  content: 'jsonb',
  context: 'jsonb',
} as const;

/** Stores messages; gives their ids in the order of the rows. */
export async function insertMessages(tx: Tx, rows: readonly NewMessage[]): Promise<string[]> {
  const made = await insertMany<{ id: string; group_ordinal: number; ordinal: number }>(
    tx,
    'messages',
    columns,
    rows,
    'id, group_ordinal, ordinal',
  );
  const ids = new Map(made.map((row) => [`${row.group_ordinal}/${row.ordinal}`, row.id]));
  return rows.map((row) => ids.get(`${row.group_ordinal}/${row.ordinal}`) as string);
}

export async function messagesOf(db: Queryable, interchangeId: string): Promise<MessageRow[]> {
  const rows = await query<MessageRow>(
    db,
    'select * from messages where interchange_id = ? order by group_ordinal, ordinal',
    [interchangeId],
  );
  return rows;
}

type ReceiptRow = Pick<
  MessageRow,
  'group_ordinal' | 'type' | 'control' | 'version' | 'verdict' | 'faults' | 'context'
>;

/** Only what an acknowledgment needs. */
export async function receiptRows(db: Queryable, interchangeId: string): Promise<ReceiptRow[]> {
  const rows = await query<ReceiptRow>(
    db,
    `select group_ordinal, type, control, version, verdict, faults, context from messages
     where interchange_id = ? order by group_ordinal, ordinal`,
    [interchangeId],
  );
  return rows;
}

export async function getMessages(db: Queryable, ids: readonly string[]): Promise<MessageRow[]> {
  const rows = await query<MessageRow>(db, 'select * from messages where id = any(?::bigint[]) order by id', [
    ids,
  ]);
  return rows;
}

export async function setMessageState(tx: Tx, ids: readonly string[], state: MessageState): Promise<void> {
  await query(tx, 'update messages set state = ? where id = any(?::bigint[])', [state, ids]);
}

/** What a message became when it was looked at again. */
export async function updateMessage(
  tx: Tx,
  id: string,
  change: Pick<NewMessage, 'state' | 'guide' | 'canonical' | 'content'>,
): Promise<void> {
  await query(tx, 'update messages set state = ?, guide = ?, canonical = ?, content = ? where id = ?', [
    change.state,
    change.guide,
    change.canonical,
    change.content === null ? null : jsonText(change.content),
    id,
  ]);
}

/**
 * Takes back what the messages of an interchange (or one group of it) became, because its envelope refuses them: their
 * orders, what waits for them, their faults that wait for a person.
 */
export async function withdrawMessages(
  tx: Tx,
  interchangeId: string,
  groupOrdinal: number | null,
): Promise<void> {
  const which = `select id from messages where interchange_id = ? and (?::int is null or group_ordinal = ?)`;
  const bindings = [interchangeId, groupOrdinal, groupOrdinal];
  await query(
    tx,
    `with gone as (delete from orders where message_id in (${which}) returning id)
     , fed as (delete from ready where stage = 'decide' and subject in (select id from gone))
     delete from events where order_id in (select id from gone)`,
    bindings,
  );
  await query(tx, `delete from ready where stage = 'reconcile' and subject in (${which})`, bindings);
  await query(tx, `update faults set waiting = false where message_id in (${which})`, bindings);
  await query(
    tx,
    `update messages set state = 'rejected', content = null where interchange_id = ? and (?::int is null or group_ordinal = ?)`,
    bindings,
  );
}
