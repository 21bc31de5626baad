/** breakers: endpoints that fail, whatever the file, and until when each is left alone; the same for every process. */
import { query, queryOne } from './sql.ts';
import type { Queryable } from './store.ts';

export type Work = 'poll' | 'send';

export interface BreakerRow {
  readonly endpoint: string;
  readonly work: Work;
  readonly failures: number;
  /** Of the first failure. */
  readonly since: Date;
  readonly until: Date | null;
  readonly reason: string;
  readonly host_key: string | null;
}

/** What may be done: go; or wait for so many milliseconds. */
export interface Leave {
  readonly waitMs: number;
  /** Failures since the last success. */
  readonly failures: number;
}

/**
 * Asks whether an endpoint may be used. When the time of one that was left alone has come, only the first who asks may: the
 * others wait, for `trialMs` at most, until it is known how the try went.
 */
export async function mayUse(db: Queryable, endpoint: string, work: Work, trialMs: number): Promise<Leave> {
  const [row] = await query<{ failures: number; wait: number | null; mine: boolean }>(
    db,
    `with mine as (
       update breakers set until = clock_timestamp() + ? * interval '1 millisecond'
       where endpoint = ? and work = ? and until <= clock_timestamp() returning endpoint)
     select failures, (extract(epoch from until - clock_timestamp()) * 1000)::float8 as wait,
       exists (select from mine) as mine
     from breakers where endpoint = ? and work = ?`,
    [trialMs, endpoint, work, endpoint, work],
  );
  if (row === undefined) return { waitMs: 0, failures: 0 };
  if (row.mine || row.wait === null) return { waitMs: 0, failures: row.failures };
  // Somebody else has just taken the try.
  return { waitMs: row.wait > 0 ? row.wait : trialMs, failures: row.failures };
}

/** Counts a failure. @returns how many in a row, this one included */
export async function countFailure(
  db: Queryable,
  endpoint: string,
  work: Work,
  why: { readonly reason: string; readonly hostKey: string | null },
): Promise<number> {
  const reason = why.reason.slice(0, 500);
  const { failures } = await queryOne<{ failures: number }>(
    db,
    `insert into breakers as b (endpoint, work, failures, reason, host_key) values (?, ?, 1, ?, ?)
     on conflict (endpoint, work) do update
       set failures = b.failures + 1, reason = excluded.reason, host_key = excluded.host_key
     returning failures`,
    [endpoint, work, reason, why.hostKey],
  );
  return failures;
}

/** Leaves the endpoint alone for so long; null: not at all. */
export async function leaveAlone(
  db: Queryable,
  endpoint: string,
  work: Work,
  forMs: number | null,
): Promise<void> {
  await query(
    db,
    `update breakers set until = clock_timestamp() + ?::float8 * interval '1 millisecond' where endpoint = ? and work = ?`,
    [forMs, endpoint, work],
  );
}

/** It works again. */
export async function forgetFailures(db: Queryable, endpoint: string, work: Work): Promise<void> {
  await query(db, 'delete from breakers where endpoint = ? and work = ?', [endpoint, work]);
}

/** Endpoints that are left alone may be tried at once; what failed still counts. */
export async function tryAtOnce(db: Queryable, endpoints: readonly string[]): Promise<void> {
  await query(
    db,
    'update breakers set until = clock_timestamp() where until is not null and endpoint = any(?::text[])',
    [endpoints],
  );
}

export function listBreakers(db: Queryable): Promise<BreakerRow[]> {
  return query(db, 'select * from breakers order by endpoint, work');
}

/** What waits to be sent over an endpoint may leave now: it waited for the endpoint. @returns how many */
export async function freeSends(db: Queryable, endpoint: string): Promise<number> {
  const rows = await query<{ id: string }>(
    db,
    `update ready r set not_before = '-infinity' from transmissions t
     where r.stage = 'send' and t.id = r.subject and t.endpoint = ? and not r.quarantined and r.not_before > now()
     returning r.id`,
    [endpoint],
  );
  return rows.length;
}
