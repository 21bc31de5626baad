/** endpoint-states: when each endpoint last worked, and what went wrong since. */
import { query, queryOne } from './sql.ts';
import type { Queryable } from './store.ts';

export interface EndpointState {
  readonly endpoint: string;
  readonly polled_at: Date | null;
  readonly received_at: Date | null;
  readonly sent_at: Date | null;
  readonly failures: number;
  readonly last_error: string | null;
}

/**
 * Notes that an endpoint worked: it was polled, or took or gave a file. What was noted within the last second is not noted
 * again, so that those who send at once do not wait for each other.
 */
export async function noteEndpoint(
  db: Queryable,
  endpoint: string,
  what: 'polled_at' | 'received_at' | 'sent_at',
): Promise<void> {
  await query(
    db,
    `insert into endpoint_states (endpoint, ${what}) select ?, now()
     where not exists (select from endpoint_states
       where endpoint = ? and failures = 0 and ${what} > now() - interval '1 second')
     on conflict (endpoint) do update set ${what} = now(), failures = 0, last_error = null`,
    [endpoint, endpoint],
  );
}

/** Notes a failure; returns how many in a row. */
export async function noteEndpointFailed(db: Queryable, endpoint: string, error: string): Promise<number> {
  const row = await queryOne<{ failures: number }>(
    db,
    `insert into endpoint_states as e (endpoint, failures, last_error) values (?, 1, ?)
     on conflict (endpoint) do update set failures = e.failures + 1, last_error = excluded.last_error returning failures`,
    [endpoint, error.slice(0, 500)],
  );
  return row.failures;
}

export async function listEndpointStates(db: Queryable): Promise<EndpointState[]> {
  const rows = await query<EndpointState>(db, 'select * from endpoint_states order by endpoint');
  return rows;
}
