/**
 * A mailbox on a partner's SFTP server: polled by listing, written under a temporary name first. One connection stays open
 * between polls.
 */
import { addAbortSignal, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FileEntryWithStats } from 'ssh2';
import { createPoll, type Mailbox, MailboxLost, NoRights } from './mailbox.ts';
import {
  archiveCopies,
  archiveName,
  asideName,
  nameBeforeAside,
  partName,
  safeName,
  UnsafeName,
} from './names.ts';
import { createLine, type Hands, type Line, LineLost, type LineTerms } from './sftp-line.ts';
import type { Spool, Spooled } from './spool.ts';
import type { Transport } from './transport.ts';
import type { Entry } from './watch.ts';

/** Settings of an SFTP endpoint; secrets are already resolved, paths are the server's. */
export interface SftpTerms extends LineTerms {
  readonly direction: 'in' | 'out' | 'both';
  readonly in?: string | undefined;
  readonly out?: string | undefined;
  /** Where received files go; default: `archive` inside `in`. */
  readonly archive?: string | undefined;
  readonly afterwards: 'archive' | 'delete';
  readonly pattern: string;
}

export interface SftpPlace {
  /** The endpoint's name. */
  readonly name: string;
  readonly spool: Spool;
  /** How long a file that just appeared must stand still, in milliseconds. */
  readonly settleMs?: number;
}

/** SFTP tells times in whole seconds, so a file that stands still must do so for longer than one. In milliseconds. */
const settleMs = 2_000;
/** Files copied at the same time: over a long way it is round trips that cost. */
const parallel = 4;
/** Bytes asked for, or given, in one request of a copy. */
const pieceBytes = 256 * 1024;

/** SSH_FX_NO_SUCH_FILE and SSH_FX_PERMISSION_DENIED. */
const status = { noSuchFile: 2, permissionDenied: 3 } as const;

/** Makes an SFTP endpoint; the connection is opened by its first poll or send. */
export function openSftp(terms: SftpTerms, place: SftpPlace): Transport {
  const line = createLine(terms);
  const transport: Transport = { close: () => line.close() };
  if (terms.in !== undefined && terms.direction !== 'out') {
    const still = place.settleMs ?? settleMs;
    const poll = { endpoint: place.name, pattern: terms.pattern, settleMs: still, parallel };
    transport.poll = createPoll(createBox(line, terms.in, terms, place.spool), poll);
  }
  if (terms.out !== undefined && terms.direction !== 'in') transport.send = createSend(line, terms.out);
  return transport;
}

function createBox(line: Line, folder: string, terms: SftpTerms, spool: Spool): Mailbox {
  const archive = terms.archive ?? `${folder.replace(/\/$/, '')}/archive`;
  let archiveMade: Promise<void> | null = null;
  const makeArchive = () => {
    archiveMade ??= line.run((hands) => makeFolder(hands, archive));
    archiveMade.catch(() => {
      archiveMade = null;
    });
    return archiveMade;
  };
  return {
    list: (signal) => line.run((hands) => list(hands, folder), signal),
    fetch(entry, signal) {
      const run: Line['run'] = (operation) => line.run(operation, signal);
      return fetch(run, folder, entry, spool).catch((error) => orLost(line, error));
    },
    async clear(entry) {
      try {
        if (terms.afterwards === 'archive') await makeArchive();
        await line.run((hands) =>
          clear(hands, folder, entry, terms.afterwards === 'archive' ? archive : null),
        );
      } catch (error) {
        if (codeOf(error) !== status.permissionDenied) orLost(line, error);
        throw new NoRights((error as Error).message, { cause: error });
      }
    },
  };
}

function list({ sftp }: Hands, folder: string): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    sftp.readdir(folder, (error, found) => {
      if (error !== undefined) reject(new Error(`${error.message}: ${folder}`, { cause: error }));
      else resolve(found.filter(isFile).map(entryOf));
    });
  });
}

/** Some servers leave the kind out of the mode; the long name's first letter tells it then. */
function isFile({ attrs, longname }: FileEntryWithStats): boolean {
  const kind = (attrs.mode ?? 0) & 0o170000;
  return kind === 0 ? longname.startsWith('-') : kind === 0o100000;
}

function entryOf({ filename, attrs }: FileEntryWithStats): Entry {
  const before = nameBeforeAside(filename);
  return {
    name: before ?? filename,
    size: attrs.size,
    mtimeMs: attrs.mtime * 1000,
    identity: `${filename}|${attrs.size}|${attrs.mtime}`,
    ...(before === null ? {} : { aside: filename }),
  };
}

/** A copy that has the size listed, of a file that still has the size and time listed. */
async function fetch(run: Line['run'], folder: string, entry: Entry, spool: Spool): Promise<Spooled | null> {
  const copy = await run((hands) => copyIn(hands, folder, entry, spool)).catch(orGone);
  // What the server listed in other bytes than UTF-8 is there, but not under the name that we can ask for.
  if (copy === null && entry.name.includes('\ufffd')) throw new UnsafeName(entry.name);
  if (copy === null) return null;
  let isWhole = false;
  try {
    isWhole = copy.size === entry.size && (await run((hands) => isStill(hands, folder, entry)));
  } finally {
    if (!isWhole) await copy.remove();
  }
  return isWhole ? copy : null;
}

/** Whether what lies there now has the size and time that were listed. */
async function isStill(
  { client }: Hands,
  folder: string,
  entry: Entry,
  aside = entry.aside,
): Promise<boolean> {
  const now = await client.stat(pathOf(folder, entry, aside)).catch(orGone);
  return now?.size === entry.size && now.modifyTime === entry.mtimeMs;
}

function pathOf(folder: string, { name, aside }: Entry, called = aside): string {
  return inFolder(folder, called ?? safeName(name));
}

/** Times are whole seconds, so only the digest tells a name used again at once: it is part of the source. */
async function copyIn(hands: Hands, folder: string, entry: Entry, spool: Spool): Promise<Spooled> {
  const bytes = hands.client.createReadStream(pathOf(folder, entry), { highWaterMark: pieceBytes });
  addAbortSignal(hands.signal, bytes);
  const path = inFolder(folder, safeName(entry.name));
  const source = (digest: string) => `${path}|${entry.size}|${entry.mtimeMs}|${digest}`;
  const copy = await spool.take(entry.name, source, moving(bytes, hands));
  if (!hands.signal.aborted) return copy;
  // Nobody waits for it any more: a cut, or too long a silence, was reported meanwhile.
  await copy.remove();
  throw hands.signal.reason;
}

async function* moving(bytes: AsyncIterable<Buffer>, hands: Hands): AsyncIterable<Buffer> {
  for await (const piece of bytes) {
    hands.moved();
    yield piece;
  }
}

async function makeFolder({ client }: Hands, folder: string): Promise<void> {
  if ((await client.exists(folder)) === false) await client.mkdir(folder, true);
}

/** Plain rename, which by the standard refuses to replace: an archived file is never overwritten. */
async function clear(hands: Hands, folder: string, entry: Entry, archive: string | null): Promise<void> {
  const target = archive === null ? null : await freeName(hands, archive, entry);
  const path = await setAside(hands, folder, entry);
  if (path === null) return;
  const cleared = target === null ? hands.client.delete(path, true) : hands.client.rename(path, target);
  await cleared.catch((error: unknown) => giveBack(hands, folder, entry, path, error));
}

/** What could not be cleared away gets its name back if that is still free; else it stays aside and is listed there. */
async function giveBack({ client }: Hands, folder: string, { name }: Entry, path: string, reason: unknown) {
  const back = inFolder(folder, name);
  // Where this fails as well, the error worth telling is the first one.
  const isFree = (await client.exists(back).catch(() => true)) === false;
  if (isFree) await client.rename(path, back).catch(() => undefined);
  throw reason;
}

/**
 * Gives the file a name of ours, if it has none yet.
 * @returns where it lies now; null when there is nothing, or another file: that one is listed as new from now on
 */
async function setAside(hands: Hands, folder: string, entry: Entry): Promise<string | null> {
  const aside = entry.aside ?? asideName(safeName(entry.name));
  const path = inFolder(folder, aside);
  if (entry.aside === undefined) {
    const gone = await hands.client.rename(pathOf(folder, entry), path).catch(orGone);
    if (gone === null) return null;
  }
  return (await isStill(hands, folder, entry, aside)) ? path : null;
}

async function freeName({ client }: Hands, archive: string, entry: Entry): Promise<string> {
  for (let copy = 0; copy < archiveCopies; copy += 1) {
    const target = `${archive}/${archiveName(entry.name, entry.mtimeMs, copy)}`;
    if ((await client.exists(target)) === false) return target;
  }
  throw new Error(`The archive already has ${archiveCopies} files of this name`);
}

function createSend(line: Line, folder: string): (name: string, bytes: Buffer) => Promise<void> {
  /** Names whose rename had no answer: the file may be there. */
  const unsure = new Set<string>();
  return async (name, bytes) => {
    const target = inFolder(folder, safeName(name));
    const part = inFolder(folder, partName(safeName(name)));
    if (unsure.has(name) && (await sizeOf(line, target)) === bytes.length) {
      unsure.delete(name);
      return;
    }
    await line.run((hands) => upload(hands, part, bytes));
    unsure.add(name);
    await line
      .run((hands) => replace(hands, part, target))
      .catch((error: unknown) => {
        if (!(error instanceof LineLost)) unsure.delete(name);
        throw error;
      });
    unsure.delete(name);
    // The partner may already have taken it away; a file of another size is not what we wrote.
    const size = await sizeOf(line, target);
    if (size !== null && size !== bytes.length)
      throw new Error(`${target} has ${size} bytes, not ${bytes.length}`);
  };
}

async function upload({ client, moved, signal }: Hands, part: string, bytes: Buffer): Promise<void> {
  const target = client.createWriteStream(part, { flags: 'w' });
  addAbortSignal(signal, target);
  await pipeline(Readable.from(pieces(bytes, moved)), target);
  const { size } = await client.stat(part);
  if (size !== bytes.length) throw new Error(`The server kept ${size} of ${bytes.length} bytes of ${part}`);
}

function* pieces(bytes: Buffer, moved: () => void): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    moved();
    yield bytes.subarray(at, at + pieceBytes);
  }
}

/** In one step where the server can; else the old object is removed first, because version 3 rename does not replace. */
async function replace({ client }: Hands, part: string, target: string): Promise<void> {
  try {
    await client.posixRename(part, target);
  } catch (error) {
    if (!/does not support|unsupported/i.test((error as Error).message)) throw error;
    await client.delete(target, true);
    await client.rename(part, target);
  }
}

function sizeOf(line: Line, path: string): Promise<number | null> {
  return line.run(async ({ client }) => (await client.stat(path).catch(orGone))?.size ?? null);
}

/** Tells what befell one file from a connection that was cut, or that could not be made again. */
function orLost(line: Line, error: unknown): never {
  if (line.isUp() && !(error instanceof LineLost)) throw error;
  throw new MailboxLost((error as Error).message, { cause: error });
}

function inFolder(folder: string, name: string): string {
  return `${folder.replace(/\/$/, '')}/${name}`;
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}

function orGone(error: unknown): null {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === status.noSuchFile) return null;
  throw error;
}
