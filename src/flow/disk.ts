/** Disks without room: told once, and until something could be stored again. Files stay where they are meanwhile. */
import { hostname } from 'node:os';
import { forgetDisk, noteDisk } from '../store/disks-full.ts';
import type { Store } from '../store/store.ts';
import { isNoSpace } from '../transport/mailbox.ts';
import type { Context } from './context.ts';

/** PostgreSQL's disk_full. */
const databaseFull = '53100';

/** Stores of which this process knows that nothing is noted: each message would ask otherwise. */
const roomy = new WeakSet<Store>();

/** Notes a disk that has no room, if that is what an error says. Without room for the note itself, log and metric say it. */
export async function noteDiskFull(context: Context, error: unknown): Promise<void> {
  const full = [error, ...(error instanceof AggregateError ? error.errors : [])].find(isNoSpace);
  if (full === undefined) return;
  roomy.delete(context.store);
  const place = (full as { code?: unknown }).code === databaseFull ? 'database' : 'spool';
  context.metrics.diskFull.set({ place }, 1);
  context.log.error({ place, err: full }, 'the disk has no room');
  await noteDisk(context.store.db, place, hostname()).catch((err: unknown) =>
    context.log.error({ err }, 'the alarm itself could not be stored'),
  );
}

/** To be called when something was received: there is room again. What was received is safe, whatever becomes of this. */
export async function noteStored(context: Context): Promise<void> {
  if (roomy.has(context.store)) return;
  for (const place of ['spool', 'database']) context.metrics.diskFull.set({ place }, 0);
  try {
    await forgetDisk(context.store.db, hostname());
    roomy.add(context.store);
  } catch (err) {
    context.log.error({ err }, 'it could not be noted that there is room again');
  }
}
