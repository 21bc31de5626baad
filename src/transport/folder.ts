/**
 * A folder on this machine's disks: files are watched in, and written out under a temporary name first. It serves local
 * systems, tests and trials.
 */
import { isUtf8 } from 'node:buffer';
import { type BigIntStats, constants } from 'node:fs';
import { copyFile, link, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { createPoll, type Mailbox, NoRights } from './mailbox.ts';
import { archiveCopies, archiveName, asideName, nameBeforeAside, partName, safeName } from './names.ts';
import type { Spool, Spooled } from './spool.ts';
import type { Transport } from './transport.ts';
import type { Entry } from './watch.ts';

/** Settings of a folder endpoint; paths are relative to the home directory. */
export interface FolderTerms {
  readonly direction: 'in' | 'out' | 'both';
  readonly in?: string | undefined;
  readonly out?: string | undefined;
  /** Where received files go; default: `archive` inside `in`. */
  readonly archive?: string | undefined;
  /** archive (default) or delete. */
  readonly afterwards?: 'archive' | 'delete' | undefined;
  readonly pattern: string;
}

export interface FolderPlace {
  /** What relative paths start from. */
  readonly home: string;
  /** The endpoint's name. */
  readonly name: string;
  readonly spool: Spool;
  /** How long a file that just appeared must stand still, in milliseconds. */
  readonly settleMs?: number;
}

/** Programs pause while they write: a file that stands still this long counts as complete. In milliseconds. */
const settleMs = 2_000;
/** Coarsest clock of a file system that we expect (FAT), in milliseconds. */
const clockStepMs = 2_000;
/** How long an archived file is still looked at, and how many of them. */
const archiveWatch = { ms: 60_000, files: 200 } as const;
const parallel = 4;

/**
 * Opens a folder endpoint; its folders are made if needed.
 * @throws when a folder cannot be made
 */
export async function openFolder(terms: FolderTerms, place: FolderPlace): Promise<Transport> {
  const at = (path: string) => resolve(place.home, path);
  const polls = terms.in !== undefined && terms.direction !== 'out';
  const sends = terms.out !== undefined && terms.direction !== 'in';
  const transport: Transport = { close: async () => undefined };
  if (polls) {
    const box = await openBox(at(terms.in), terms, place);
    const still = place.settleMs ?? settleMs;
    const poll = { endpoint: place.name, pattern: terms.pattern, settleMs: still, parallel };
    transport.poll = createPoll(box, poll);
  }
  if (sends) {
    const folder = at(terms.out);
    await mkdir(folder, { recursive: true });
    transport.send = (name, bytes) => write(folder, name, bytes);
  }
  return transport;
}

async function openBox(folder: string, terms: FolderTerms, place: FolderPlace): Promise<Mailbox> {
  const archive = terms.archive === undefined ? join(folder, 'archive') : resolve(place.home, terms.archive);
  await mkdir(folder, { recursive: true });
  if (terms.afterwards !== 'delete') await mkdir(archive, { recursive: true });
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let archived: Archived[] = [];
  return {
    async list() {
      const quiet = await Promise.all(archived.map((file) => isQuiet(folder, file)));
      archived = archived.filter((_file, index) => quiet[index]);
      const since = lookedAtMs;
      lookedAtMs = Date.now();
      return listFolder(folder, since);
    },
    fetch: (entry, signal) => copyIn(pathOf(folder, entry), entry, place.spool, signal),
    async clear(entry) {
      const path = await clear(folder, entry, terms.afterwards === 'delete' ? null : archive);
      if (path === null) return;
      archived.push({ path, entry, atMs: performance.now() });
      archived = archived.slice(-archiveWatch.files);
    },
  };
}

/** A file that lies in the archive since a moment ago. */
interface Archived {
  readonly path: string;
  readonly entry: Entry;
  readonly atMs: number;
}

/**
 * Whether an archived file is to be looked at further. A program that has it open goes on writing into it, wherever it was
 * moved: then it is set aside among the files that wait, and is taken again when it stands still.
 */
async function isQuiet(folder: string, { path, entry, atMs }: Archived): Promise<boolean> {
  if (performance.now() - atMs > archiveWatch.ms) return false;
  const now = await lstat(path, { bigint: true }).catch(orGone);
  // Another inode: it was copied to another disk, and no writer followed it there.
  if (now === null || !entry.identity.endsWith(`|${now.ino}`)) return false;
  if (identify(entry.name, now) === entry.identity) return true;
  await rename(path, join(folder, asideName(entry.name))).catch(orGone);
  return false;
}

async function listFolder(folder: string, lookedAtMs: number): Promise<Entry[]> {
  const found = await readdir(folder, { withFileTypes: true, encoding: 'buffer' });
  const files = found.filter((file) => file.isFile());
  const entries = await Promise.all(files.map((file) => describe(folder, file.name, lookedAtMs)));
  return entries.filter((entry) => entry !== null);
}

/**
 * A file that is new in the listing but was last written before the listing before came here by rename: complete. (Both
 * times are this machine's, so they may be compared.)
 */
async function describe(folder: string, bytes: Buffer, lookedAtMs: number): Promise<Entry | null> {
  const file = await lstat(inFolder(folder, bytes), { bigint: true }).catch(orGone);
  if (file === null || !file.isFile()) return null;
  const found = bytes.toString();
  const before = nameBeforeAside(found);
  const name = before ?? found;
  const mtimeMs = Number(file.mtimeNs) / 1e6;
  return {
    name,
    size: Number(file.size),
    mtimeMs,
    identity: identify(name, file),
    complete: before === null && mtimeMs < lookedAtMs - clockStepMs,
    ...(before === null ? {} : { aside: found }),
    ...(isUtf8(bytes) ? {} : { raw: bytes }),
  };
}

async function copyIn(
  path: string | Buffer,
  entry: Entry,
  spool: Spool,
  signal: AbortSignal,
): Promise<Spooled | null> {
  const file = await open(path, 'r').catch(orGone);
  if (file === null) return null;
  try {
    const source = (digest: string) => `${entry.identity}|${digest}`;
    const bytes = addAbortSignal(signal, file.createReadStream({ autoClose: false }));
    const copy = await spool.take(entry.name, source, bytes);
    // Written to while it was read, it is not yet what the listing showed.
    const now = await file.stat({ bigint: true });
    if (copy.size === entry.size && identify(entry.name, now) === entry.identity) return copy;
    await copy.remove();
    return null;
  } finally {
    await file.close();
  }
}

function identify(name: string, found: BigIntStats): string {
  return `${name}|${found.size}|${found.mtimeNs}|${found.ino}`;
}

/** @returns where it lies in the archive; null: nowhere */
async function clear(folder: string, entry: Entry, archive: string | null): Promise<string | null> {
  try {
    const target = archive === null ? null : await freeName(archive, entry);
    const path = await setAside(folder, entry);
    if (path === null) return null;
    const cleared = target === null ? rm(path, { force: true }) : move(path, target);
    await cleared.catch((error: unknown) => giveBack(folder, entry, path, error));
    return target;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
      throw new NoRights(message, { cause: error });
    throw error;
  }
}

/**
 * Gives the file a name of ours, if it has none yet.
 * @returns where it lies now; null when there is nothing, or another file: that one is listed as new from now on
 */
async function setAside(folder: string, entry: Entry): Promise<string | null> {
  const aside = entry.aside ?? asideName(safeName(entry.name));
  const path = join(folder, aside);
  if (entry.aside === undefined) {
    const gone = await rename(pathOf(folder, entry), path).catch(orGone);
    if (gone === null) return null;
  }
  const now = await lstat(path, { bigint: true }).catch(orGone);
  return now !== null && identify(entry.name, now) === entry.identity ? path : null;
}

/** What could not be cleared away gets its name back if that is still free; else it stays aside and is listed there. */
async function giveBack(folder: string, { name }: Entry, path: string, reason: unknown): Promise<never> {
  // A link never replaces; where it fails, the error worth telling is the first one.
  await link(path, join(folder, name)).then(
    () => rm(path),
    () => undefined,
  );
  throw reason;
}

function pathOf(folder: string, { name, aside, raw }: Entry): string | Buffer {
  if (raw !== undefined) return inFolder(folder, raw);
  return join(folder, aside ?? safeName(name));
}

/** A name of a listing may have bytes that are no characters; it is asked for by the same bytes. */
function inFolder(folder: string, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), name]);
}

/** A name of which the archive has no file. Only one process polls a mailbox, so a name that is free stays free. */
async function freeName(archive: string, { name, mtimeMs }: Entry): Promise<string> {
  for (let copy = 0; copy < archiveCopies; copy += 1) {
    const target = join(archive, archiveName(name, mtimeMs, copy));
    if ((await lstat(target).catch(orGone)) === null) return target;
  }
  throw new Error(`The archive already has ${archiveCopies} files of this name`);
}

async function move(path: string, target: string): Promise<void> {
  try {
    await rename(path, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await copyFile(path, target, constants.COPYFILE_EXCL);
    await rm(path);
  }
}

/** On disk before it has its name; the same name again replaces the same object. */
async function write(folder: string, name: string, bytes: Buffer): Promise<void> {
  const target = join(folder, safeName(name));
  const part = join(folder, partName(name));
  await writeSynced(part, bytes);
  await rename(part, target);
  const held = await open(folder, 'r');
  await held.sync().finally(() => held.close());
}

async function writeSynced(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

function orGone(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
