/** Disks without room: told once, and until something could be stored again. Files stay where they are meanwhile. */
import { hostname } from 'node:os';
import { forgetDisk, noteDisk } from '../store/disks-full.ts';
import { isNoSpace } from '../transport/mailbox.ts';
import type { Context } from './context.ts';

/** PostgreSQL's disk_full. */
const databaseFull = '53100';

/** Notes a disk that has no room, if that is what an error says. Without room for the note itself, log and metric say it. */
export async function noteDiskFull(context: Context, error: unknown): Promise<void> {
  const full = [error, ...(error instanceof AggregateError ? error.errors : [])].find(isNoSpace);
  if (full === undefined) return;
  const place = (full as { code?: unknown }).code === databaseFull ? 'database' : 'spool';
  context.metrics.diskFull.set({ place }, 1);
  context.log.error({ place, err: full }, 'the disk has no room');
  await noteDisk(context.store.db, place, hostname()).catch((err: unknown) =>
    context.log.error({ err }, 'the alarm itself could not be stored'),
  );
}

/** To be called when something was received: there is room again. */
export async function noteStored(context: Context): Promise<void> {
  for (const place of ['spool', 'database']) context.metrics.diskFull.set({ place }, 0);
  await forgetDisk(context.store.db, hostname());
}
