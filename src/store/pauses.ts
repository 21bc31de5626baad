/** pauses: partners whose queue is held. */
import { query } from './sql.ts';
import type { Queryable, Tx } from './store.ts';

export async function pausePartner(tx: Tx, partner: string, who: string, why: string): Promise<boolean> {
  const rows = await query<{ partner: string; at: Date; who: string; why: string }>(
    tx,
    'insert into pauses (partner, who, why) values (?, ?, ?) on conflict do nothing returning partner',
    [partner, who, why],
  );
  return rows.length > 0;
}

export async function resumePartner(tx: Tx, partner: string): Promise<boolean> {
  const rows = await query<{ partner: string; at: Date; who: string; why: string }>(
    tx,
    'delete from pauses where partner = ? returning partner',
    [partner],
  );
  return rows.length > 0;
}

export async function listPauses(
  db: Queryable,
): Promise<{ partner: string; at: Date; who: string; why: string }[]> {
  const rows = await query<{ partner: string; at: Date; who: string; why: string }>(
    db,
    'select * from pauses order by partner',
  );
  return rows;
}
