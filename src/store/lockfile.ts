/** A lock over processes of one machine: a file with the holder's process id. A dead holder's lock is taken over. */
import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './cluster.ts';

/** A process; `since` tells it from a later one with the same id, where /proc says so. */
export interface Holder {
  readonly pid: number;
  readonly since: string | null;
}

const waitMs = 90_000;
const pollMs = 25;

/** Runs `work` while no other process on this machine holds the file. Waits at most 90 seconds. */
export async function withLockFile<T>(file: string, work: () => Promise<T>): Promise<T> {
  await take(file);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** The living process that the file names; null: no file, or its process is gone. */
export async function readHolder(file: string): Promise<Holder | null> {
  const holder = parse(await textOf(file));
  return holder !== null && isAlive(holder.pid) && startOf(holder.pid) === holder.since ? holder : null;
}

/** This process. */
export function self(): Holder {
  return { pid: process.pid, since: startOf(process.pid) };
}

async function take(file: string): Promise<void> {
  const deadline = Date.now() + waitMs;
  while (!(await create(file))) {
    if (Date.now() > deadline)
      throw new Error(`${file} has been held for ${waitMs / 1000} s by ${await textOf(file)}`);
    if ((await readHolder(file)) === null) await removeStale(file);
    else await sleep(pollMs);
  }
}

/** Link, not O_EXCL: the file appears with its content, so no reader finds it empty and takes it for stale. */
async function create(file: string): Promise<boolean> {
  const own = `${file}.${process.pid}.${counter++}`;
  await writeFile(own, JSON.stringify(self()));
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/**
 * Moves a dead holder's file aside. Had another process replaced it meanwhile, the living file is linked back; the window
 * left is microseconds wide, and PostgreSQL's own postmaster.pid stands behind it.
 */
async function removeStale(file: string): Promise<void> {
  const aside = `${file}.${process.pid}.stale`;
  try {
    await rename(file, aside);
    if ((await readHolder(aside)) !== null) await link(aside, file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

let counter = 0;

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function parse(text: string): Holder | null {
  try {
    const { pid, since } = JSON.parse(text) as Holder;
    return Number.isInteger(pid) && pid > 0 ? { pid, since } : null;
  } catch {
    // Cut short by a crash while it was written: nobody holds it.
    return null;
  }
}

/** When the process began, in clock ticks since boot (field 22 of /proc/PID/stat, after the name in brackets). */
function startOf(pid: number): string | null {
  if (platform() !== 'linux') return null;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    // The process ended between the two looks.
    return null;
  }
}
