/** What alarms are made of: who was silent, what waits to be sent, which alarms wait for a person. */
import { query } from './sql.ts';
import type { Queryable } from './store.ts';

/** When each of some endpoints last received something; those that never did are left out. */
export async function lastReceived(db: Queryable, endpoints: readonly string[]): Promise<Map<string, Date>> {
  const rows = await query<{ endpoint: string; at: Date }>(
    db,
    `select e.endpoint, d.received_at as at from unnest(?::text[]) as e (endpoint) cross join lateral
       (select received_at from deliveries where endpoint = e.endpoint order by received_at desc limit 1) d`,
    [endpoints],
  );
  return new Map(rows.map(({ endpoint, at }) => [endpoint, at]));
}

export interface Unsent {
  readonly endpoint: string;
  readonly partner: string;
  readonly since: Date;
  readonly reason: string | null;
}

/**
 * The oldest interchange of each endpoint that waits to be sent, but not of those whose partner is paused or named. One that the
 * partner refused waits for a person instead, and from then on only once that person has it sent anew.
 */
export function oldestUnsent(db: Queryable, except: readonly string[]): Promise<Unsent[]> {
  return query(
    db,
    `select distinct on (t.endpoint) t.endpoint, t.partner, r.created_at as since, t.last_error as reason
     from transmissions t join ready r on r.stage = 'send' and r.subject = t.id
     where t.state = 'written' and t.partner <> all(?::text[])
       and not exists (select from pauses where pauses.partner = t.partner)
     order by t.endpoint, r.created_at`,
    [except],
  );
}

export interface NotedAlarm {
  readonly id: string;
  readonly code: string;
  readonly value: string;
}

/** Faults of these codes that wait. */
export function waitingAlarms(db: Queryable, codes: readonly string[]): Promise<NotedAlarm[]> {
  return query(
    db,
    `select id, code, coalesce(value, '') as value from faults where waiting and code = any(?::text[]) order by id`,
    [codes],
  );
}

/** Whether a person was told of this since then, and has dealt with it. */
export async function wasTold(db: Queryable, code: string, value: string, since: Date): Promise<boolean> {
  const rows = await query(db, 'select id from faults where code = ? and value = ? and at >= ? limit 1', [
    code,
    value,
    since,
  ]);
  return rows.length > 0;
}
