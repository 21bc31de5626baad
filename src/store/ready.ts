/**
 * The table `ready`: the partner queues, one row for each piece of work that waits for a stage. A feeder takes rows for a
 * while (`feedReady`), a step locks them, has its effect and deletes them in one transaction (`claimReady`, `doneReady`).
 * Whatever dies in between leaves the row here, and it is fed again when its time is up.
 */
import type { Db, Queryable, Tx } from './store.ts';

export interface NewReady {
  readonly stage: string;
  /** Id of what the stage works on. */
  readonly subject: string;
  readonly partner: string;
  /** Rows with the same key are kept in one job where they fit. */
  readonly batch?: string;
  /** Not to be fed earlier. */
  readonly notBefore?: Date;
}

export interface ReadyRow {
  readonly id: string;
  readonly stage: string;
  readonly subject: string;
  readonly partner: string;
  readonly batch: string | null;
  /** Starts without an end, this one included once it runs. */
  readonly starts: number;
  readonly failures: number;
}

export interface FeedOptions {
  readonly stage: string;
  /** How many jobs fit into the window now. */
  readonly jobs: number;
  /** Most rows of one job. */
  readonly batchSize: number;
  readonly leaseMs: number;
  readonly now: Date;
  /** Partners of which nothing is taken. */
  readonly except?: readonly string[];
}

export interface StartOptions {
  readonly now: Date;
  /** For how long no feeder takes the rows again. */
  readonly leaseMs: number;
  /** Only rows with fewer starts than this. */
  readonly below?: number;
  /** Rows of these partners may not run. */
  readonly except?: readonly string[];
  /** Holds the rows against a second run for the same time, where the run keeps no transaction open. */
  readonly exclusive?: boolean;
}

/** What waits for a stage, by partner. */
export interface Backlog {
  readonly stage: string;
  readonly partner: string;
  readonly waiting: number;
  readonly quarantined: number;
  /** When the oldest waiting row was added; null when none waits. */
  readonly oldest: Date | null;
  readonly paused: boolean;
}

/** A row that was started this often without an end runs alone: it may be the one that kills its process. */
export const suspectStarts = 2;

const insertChunk = 1_000;
const maxErrorLength = 2_000;
const columns = 'id, stage, subject, partner, batch, starts, failures';
/** Lost marks of a crash cost a repeated step, never an effect: these statements need not wait for the disk. */
const unsynced = "quick as materialized (select set_config('synchronous_commit', 'off', true))";

/**
 * Adds rows in the transaction that makes them due. A row that is there already is left as it is.
 * @returns how many were added
 */
export async function addReady(tx: Queryable, rows: readonly NewReady[]): Promise<number> {
  let added = 0;
  for (let start = 0; start < rows.length; start += insertChunk)
    added += await addChunk(tx, rows.slice(start, start + insertChunk));
  return added;
}

// Sorted, so that two transactions that add the same rows wait for each other instead of meeting in a deadlock.
async function addChunk(tx: Queryable, rows: readonly NewReady[]): Promise<number> {
  const result = await tx.raw(
    `insert into ready (stage, subject, partner, batch, not_before)
     select stage, subject, partner, batch, coalesce(not_before, '-infinity')
     from unnest(?::text[], ?::bigint[], ?::text[], ?::text[], ?::timestamptz[])
       as new (stage, subject, partner, batch, not_before)
     order by stage, subject
     on conflict do nothing`,
    [
      list(rows.map((row) => row.stage)),
      list(rows.map((row) => row.subject)),
      list(rows.map((row) => row.partner)),
      list(rows.map((row) => row.batch ?? null)),
      list(rows.map((row) => row.notBefore ?? null)),
    ],
  );
  return result.rowCount;
}

/**
 * Takes rows for a free window, in one statement that several feeders may run at once. Partners take turns of one batch,
 * and what a partner has under way (up to a window) counts as turns it had; among equals chance decides, anew at each call. A
 * partner alone gets the whole window. Only the head of each partner's queue is read, however long it is.
 * @returns jobs: rows of one partner stay together where they fit, and rows with `suspectStarts` starts come alone
 */
export async function feedReady(db: Db, options: FeedOptions): Promise<ReadyRow[][]> {
  const { stage, jobs, batchSize, leaseMs, now, except = [] } = options;
  const result = await db.raw(feedStatement, {
    stage,
    now,
    batchSize,
    except: list(except),
    rows: jobs * batchSize,
    until: new Date(now.getTime() + leaseMs),
    chance: Math.floor(Math.random() * 2 ** 31),
  });
  return intoJobs(result.rows, batchSize);
}

// partners: a walk over the index, one step a partner. turn: (rows under way + place in the queue) / batch size.
// `between` says the same as `=`, but with the order it leaves the planner only the index ready_waiting: it might walk the
// whole table in the order of the primary key, once for each partner.
const feedStatement = `
  with recursive ${unsynced},
  partners as (
    (select partner from ready where stage = :stage and not quarantined order by partner limit 1)
    union all
    select (select r.partner from ready r
            where r.stage = :stage and not r.quarantined and r.partner > p.partner order by r.partner limit 1)
    from partners p where p.partner is not null
  ),
  open as materialized (
    select partner from partners
    where partner is not null and partner <> all(cast(:except as text[]))
      and not exists (select from pauses where pauses.partner = partners.partner)
  ),
  waiting as materialized (
    select open.partner, head.ids from open cross join lateral (
      select array_agg(h.id order by h.id) as ids from (
        select r.id from ready r
        where r.stage = :stage and r.partner between open.partner and open.partner and not r.quarantined
          and r.not_before <= :now and (r.taken_until is null or r.taken_until <= :now)
        order by r.partner, r.id limit :rows
      ) h
    ) head
    where head.ids is not null
  ),
  chosen as materialized (
    select place.id, (underway.rows + place.number - 1) / cast(:batchSize as int) as turn
    from waiting
    cross join lateral (
      select count(*) filter (where u.taken_until > :now) as rows from (
        select r.taken_until from ready r
        where r.stage = :stage and r.partner between waiting.partner and waiting.partner and not r.quarantined
        order by r.partner, r.id limit :rows
      ) u
    ) underway
    cross join lateral unnest(waiting.ids) with ordinality as place (id, number)
    order by turn, hashtextextended(waiting.partner, cast(:chance as bigint)), place.id
    limit :rows
  ),
  free as materialized (
    select r.id from ready r
    where r.id = any(array(select id from chosen)) and not r.quarantined
      and (r.taken_until is null or r.taken_until <= :now)
    for update skip locked
  )
  update ready set taken_until = :until from quick
  where id = any(array(select id from free))
  returning ${columns}`;

function intoJobs(rows: readonly ReadyRow[], batchSize: number): ReadyRow[][] {
  const alone = rows.filter((row) => row.starts >= suspectStarts).map((row) => [row]);
  const shared = pack(takeTurns(byPartner(rows), batchSize), batchSize);
  return [...shared, ...alone];
}

function byPartner(rows: readonly ReadyRow[]): ReadyRow[][] {
  const partners = new Map<string, ReadyRow[]>();
  const ordered = rows.filter((row) => row.starts < suspectStarts).sort(inOrder);
  for (const row of ordered) {
    const queue = partners.get(row.partner);
    if (queue === undefined) partners.set(row.partner, [row]);
    else queue.push(row);
  }
  return [...partners.values()];
}

/** First batch of each partner, second batch of each, and so on. */
function takeTurns(queues: readonly ReadyRow[][], batchSize: number): ReadyRow[][] {
  const longest = Math.max(0, ...queues.map((queue) => queue.length));
  const turns: ReadyRow[][] = [];
  for (let start = 0; start < longest; start += batchSize)
    turns.push(...queues.map((queue) => queue.slice(start, start + batchSize)));
  return turns.filter((turn) => turn.length > 0);
}

/** Small turns share a job; none is torn. */
function pack(turns: readonly ReadyRow[][], batchSize: number): ReadyRow[][] {
  const jobs: ReadyRow[][] = [];
  for (const turn of turns) {
    const last = jobs.at(-1);
    if (last !== undefined && last.length + turn.length <= batchSize) last.push(...turn);
    else jobs.push([...turn]);
  }
  return jobs;
}

function inOrder(a: ReadyRow, b: ReadyRow): number {
  return BigInt(a.id) < BigInt(b.id) ? -1 : 1;
}

/**
 * Counts a start of the rows, before they run. Left out: rows that are gone, quarantined, of a paused partner, locked by a
 * step, or held by another run.
 * @returns the rows that may run, their `starts` counting this one
 */
export async function startedReady(
  db: Db,
  ids: readonly string[],
  options: StartOptions,
): Promise<ReadyRow[]> {
  const { now, leaseMs, below = 2 ** 31 - 1, except = [], exclusive = false } = options;
  const until = new Date(now.getTime() + leaseMs);
  const result = await db.raw(
    `with ${unsynced},
     free as materialized (
       select id from ready
       where id = any(cast(:ids as bigint[])) and not quarantined and starts < :below
         and partner <> all(cast(:except as text[]))
         and not exists (select from pauses where pauses.partner = ready.partner)
         and (running_until is null or running_until <= :now)
       for update skip locked
     )
     update ready set starts = starts + 1, taken_until = :until, running_until = :running from quick
     where id = any(array(select id from free))
     returning ${columns}`,
    { ids: list(ids), below, except: list(except), now, until, running: exclusive ? until : null },
  );
  return result.rows.sort(inOrder);
}

/** Prolongs the hold of an exclusive run. */
export async function holdReady(db: Db, id: string, until: Date): Promise<void> {
  await db.raw(
    `with ${unsynced} update ready set taken_until = :until, running_until = :until from quick where id = :id`,
    { id, until },
  );
}

/** Which of the rows may kill their process, least suspected first. */
export async function suspectsOf(db: Queryable, ids: readonly string[]): Promise<string[]> {
  const result = await db.raw(
    `select id from ready where id = any(?::bigint[]) and not quarantined and starts >= ? order by starts, id`,
    [list(ids), suspectStarts],
  );
  return result.rows.map((row: { id: string }) => row.id);
}

/** Locks the rows that are still there, in the step's own transaction. Rows that another step has locked are left out. */
export async function claimReady(tx: Tx, ids: readonly string[]): Promise<ReadyRow[]> {
  const result = await tx.raw(
    `select ${columns} from ready where id = any(?::bigint[]) and not quarantined for update skip locked`,
    [list(ids)],
  );
  return result.rows.sort(inOrder);
}

/**
 * Locks further rows that may leave with those that a step has: of the same stage, partner and batch, oldest first. Left out:
 * what another step has locked, and what failed or was begun too often, which must not take others with it. Rows of another
 * job are taken all the same: it finds nothing to do.
 */
export async function claimAlike(
  tx: Tx,
  like: readonly [ReadyRow, ...ReadyRow[]],
  options: { readonly most: number; readonly now: Date },
): Promise<ReadyRow[]> {
  const [{ stage, partner, batch }] = like;
  const has = list(like.map((row) => row.id));
  const result = await tx.raw(
    `select ${columns} from ready
     where stage = :stage and partner between :partner and :partner and not quarantined and batch = :batch
       and starts < :suspect and failures = 0 and not_before <= :now and id <> all(cast(:has as bigint[]))
     order by partner, id limit :most for update skip locked`,
    { stage, partner, batch, has, suspect: suspectStarts, ...options },
  );
  return result.rows.sort(inOrder);
}

/** Takes rows away, in the transaction that has their effect. */
export async function doneReady(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.raw('delete from ready where id = any(?::bigint[])', [list(ids)]);
}

/** Records that a run ended badly; the row is fed again from `notBefore` on. */
export async function failedReady(db: Queryable, id: string, error: string, notBefore: Date): Promise<void> {
  await db.raw(
    `update ready set failures = failures + 1, last_error = :error, not_before = :notBefore,
       starts = 0, taken_until = null, running_until = null
     where id = :id`,
    { id, error: error.slice(0, maxErrorLength), notBefore },
  );
}

/** Sets a row aside until a person has looked: no feeder takes it. */
export async function quarantineReady(db: Queryable, id: string, error: string): Promise<void> {
  await db.raw(
    `update ready set quarantined = true, last_error = :error, taken_until = null, running_until = null where id = :id`,
    { id, error: error.slice(0, maxErrorLength) },
  );
}

/**
 * Gives rows back that were taken but not started: they may be fed again at once.
 * @param of only those of these partners
 */
export async function releaseReady(
  db: Queryable,
  ids: readonly string[],
  of?: readonly string[],
): Promise<void> {
  await db.raw(
    'update ready set taken_until = null where id = any(?::bigint[]) and (?::text[] is null or partner = any(?::text[]))',
    [list(ids), of === undefined ? null : list(of), of === undefined ? null : list(of)] as never,
  );
}

/** Gives rows back whose run ended through no fault of theirs; they are fed again from `notBefore` on. */
export async function forgiveReady(db: Queryable, ids: readonly string[], notBefore: Date): Promise<void> {
  await db.raw(
    `update ready set starts = 0, taken_until = null, running_until = null, not_before = :notBefore
     where id = any(cast(:ids as bigint[])) and not quarantined`,
    { ids: list(ids), notBefore },
  );
}

/**
 * Frees quarantined rows, with a clean record.
 * @returns how many were freed
 */
export async function retryQuarantined(
  db: Queryable,
  stage: string,
  subjects: readonly string[],
): Promise<number> {
  const result = await db.raw(
    `update ready set quarantined = false, starts = 0, failures = 0, taken_until = null, running_until = null,
       not_before = '-infinity'
     where stage = ? and subject = any(?::bigint[]) and quarantined`,
    [stage, list(subjects)],
  );
  return result.rowCount;
}

/** Asks for a row again: one that is set aside or waits for a later time may run now, with a clean record. */
export async function addReadyAgain(tx: Queryable, row: NewReady): Promise<void> {
  if ((await addReady(tx, [row])) > 0) return;
  await tx.raw(
    `update ready set quarantined = false, starts = 0, failures = 0, not_before = '-infinity' where stage = ? and subject = ?`,
    [row.stage, row.subject],
  );
}

/** Gives up a row that was set aside. */
export async function dropQuarantined(tx: Queryable, stage: string, subject: string): Promise<void> {
  await tx.raw('delete from ready where stage = ? and subject = ? and quarantined', [stage, subject]);
}

/** What waits, for the console and the metrics. Reads the whole table. */
export async function backlogByPartner(db: Queryable): Promise<Backlog[]> {
  const result = await db.raw(
    `select stage, partner,
       count(*) filter (where not quarantined)::int as waiting,
       count(*) filter (where quarantined)::int as quarantined,
       min(created_at) filter (where not quarantined) as oldest,
       exists (select from pauses where pauses.partner = ready.partner) as paused
     from ready group by stage, partner order by stage, partner`,
  );
  return result.rows;
}

/** A PostgreSQL array as a binding: knex's types know neither nulls in it nor arrays that must not change. */
function list(values: readonly unknown[]): string[] {
  return values as string[];
}
