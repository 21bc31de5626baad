/** leases: which process polls a mailbox or sweeps now. */
import { query } from './sql.ts';
import type { Queryable } from './store.ts';

/** Takes or renews a lease. Returns false while somebody else holds it. */
export async function takeLease(
  db: Queryable,
  name: string,
  holder: string,
  forMs: number,
): Promise<boolean> {
  const rows = await query<{ name: string }>(
    db,
    `insert into leases as l (name, holder, until) values (?, ?, now() + ? * interval '1 millisecond')
     on conflict (name) do update set holder = excluded.holder, until = excluded.until
     where l.holder = excluded.holder or l.until < now() returning name`,
    [name, holder, forMs],
  );
  return rows.length > 0;
}

export async function dropLeases(db: Queryable, holder: string): Promise<void> {
  await query(db, 'delete from leases where holder = ?', [holder]);
}
