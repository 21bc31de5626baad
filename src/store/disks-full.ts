/** disks_full: disks that had no room, by the machine that found out. */
import { query } from './sql.ts';
import type { Queryable } from './store.ts';

export interface FullDisk {
  readonly place: string;
  readonly host: string;
  readonly since: Date;
}

export async function noteDisk(db: Queryable, place: string, host: string): Promise<void> {
  await query(db, 'insert into disks_full (place, host) values (?, ?) on conflict do nothing', [place, host]);
}

/** Something could be stored on this machine. */
export async function forgetDisk(db: Queryable, host: string): Promise<void> {
  await query(db, 'delete from disks_full where host = ?', [host]);
}

export function listDisks(db: Queryable): Promise<FullDisk[]> {
  return query(db, 'select * from disks_full order by place, host');
}
