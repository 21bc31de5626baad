/** A folder on an SFTP server that is polled: what is in it, a copy of a file, and how a received one is cleared away. */
import { createHash } from 'node:crypto';
import type { FileEntryWithStats } from 'ssh2';
import { type Mailbox, NoRights } from './mailbox.ts';
import { archiveCopies, archiveName, asideName, nameBeforeAside, safeName, UnsafeName } from './names.ts';
import {
  codeOf,
  makeFolder,
  moveFile,
  namesIn,
  orGone,
  readFile,
  removeFile,
  stateOf,
  status,
} from './sftp-files.ts';
import { type Hands, type Line, orLost } from './sftp-line.ts';
import type { Spool, Spooled } from './spool.ts';
import type { Entry } from './watch.ts';

export interface BoxTerms {
  /** The server's path. */
  readonly folder: string;
  /** Where received files go; null: they are deleted. */
  readonly archive: string | null;
  /** What the name of a complete file gets added for its done-file; null: there are none. */
  readonly doneFile: string | null;
  readonly fast: boolean;
  readonly spool: Spool;
}

/** A file of up to so many bytes is read once more before it is cleared away, to see that it is the one that was received. */
const comparedBytes = 64 * 1024;

/** Makes the mailbox of a folder. */
export function createBox(line: Line, terms: BoxTerms): Mailbox {
  const ready = once(() =>
    terms.archive === null
      ? Promise.resolve()
      : line.run((hands) => makeFolder(hands, terms.archive as string)),
  );
  return {
    list: (signal) => line.run((hands) => list(hands, terms), signal),
    fetch(entry, signal) {
      const copied = line.run((hands) => fetch(hands, terms, entry), signal);
      return copied.catch((error) => orLost(line, error));
    },
    async clear(entry, { digest }) {
      try {
        await ready();
        await line.run((hands) => clear(hands, terms, entry, digest));
      } catch (error) {
        if (codeOf(error) !== status.permissionDenied) orLost(line, error);
        throw new NoRights((error as Error).message, { cause: error });
      }
    },
  };
}

/** With done-files, only files that have theirs, and those set aside, which had one. */
async function list(hands: Hands, { folder, doneFile }: BoxTerms): Promise<Entry[]> {
  const files = (await namesIn(hands, folder)).filter(isFile);
  if (doneFile === null) return files.map(entryOf);
  const names = new Set(files.map(({ filename }) => filename));
  return files
    .map(entryOf)
    .filter(({ name }) => !name.endsWith(doneFile))
    .filter(({ name, aside }) => aside !== undefined || names.has(name + doneFile))
    .map((entry) => (entry.aside === undefined ? { ...entry, complete: true } : entry));
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
async function fetch(hands: Hands, terms: BoxTerms, entry: Entry): Promise<Spooled | null> {
  const copy = await copyIn(hands, terms, entry).catch(orGone);
  // What the server listed in other bytes than UTF-8 is there, but not under the name that we can ask for.
  if (copy === null && entry.name.includes('\ufffd')) throw new UnsafeName(entry.name);
  if (copy === null) return null;
  let isWhole = false;
  try {
    isWhole = copy.size === entry.size && (await isStill(hands, terms.folder, entry));
    // Nobody waits for it any more: a cut, or too long a silence, was reported meanwhile.
    if (hands.signal.aborted) isWhole = false;
    hands.signal.throwIfAborted();
  } finally {
    if (!isWhole) await copy.remove();
  }
  return isWhole ? copy : null;
}

/** Times are whole seconds, so only the digest tells a name used again at once: it is part of the source. */
function copyIn(hands: Hands, { folder, fast, spool }: BoxTerms, entry: Entry): Promise<Spooled> {
  const path = inFolder(folder, safeName(entry.name));
  const source = (digest: string) => `${path}|${entry.size}|${entry.mtimeMs}|${digest}`;
  return spool.take(entry.name, source, readFile(hands, pathOf(folder, entry), entry.size, fast));
}

/** Whether what lies there now has the size and time that were listed. */
async function isStill(hands: Hands, folder: string, entry: Entry, aside = entry.aside): Promise<boolean> {
  const now = await stateOf(hands, pathOf(folder, entry, aside));
  return now?.size === entry.size && now.mtimeMs === entry.mtimeMs;
}

function pathOf(folder: string, { name, aside }: Entry, called = aside): string {
  return inFolder(folder, called ?? safeName(name));
}

/** Plain rename, which by the standard refuses to replace: an archived file is never overwritten. */
async function clear(hands: Hands, terms: BoxTerms, entry: Entry, digest: Buffer): Promise<void> {
  const { folder, archive, doneFile } = terms;
  // Asked for together with the first step: it costs no round trip of its own.
  const named = archive === null ? null : freeName(hands, archive, entry);
  named?.catch(() => undefined);
  const aside = await setAside(hands, folder, entry);
  if (aside === null) return;
  const path = inFolder(folder, aside);
  try {
    const target = await named;
    if (!(await isReceived(hands, terms, entry, aside, digest))) return;
    if (doneFile !== null) await dropDoneFile(hands, folder, entry, doneFile);
    await (target === null ? removeFile(hands, path) : moveFile(hands, path, target));
  } catch (error) {
    await giveBack(hands, folder, entry, path);
    throw error;
  }
}

/** Gives the file a name of ours, if it has none yet; null when it is gone. */
async function setAside(hands: Hands, folder: string, entry: Entry): Promise<string | null> {
  if (entry.aside !== undefined) return entry.aside;
  const aside = asideName(safeName(entry.name));
  const gone = await moveFile(hands, pathOf(folder, entry), inFolder(folder, aside)).catch(orGone);
  return gone === null ? null : aside;
}

/**
 * Whether the file set aside is the one that was received: another one is listed as new from now on. Size and time in whole
 * seconds do not tell two files of one moment apart, but their bytes do.
 */
async function isReceived(
  hands: Hands,
  { folder }: BoxTerms,
  entry: Entry,
  aside: string,
  digest: Buffer,
): Promise<boolean> {
  if (entry.size > comparedBytes) return isStill(hands, folder, entry, aside);
  const hash = createHash('sha256');
  const bytes = readFile(hands, inFolder(folder, aside), entry.size, false);
  const [isSame] = await Promise.all([
    isStill(hands, folder, entry, aside),
    (async () => {
      for await (const piece of bytes) hash.update(piece);
    })().catch(orGone),
  ]);
  return isSame && hash.digest().equals(digest);
}

/** A done-file goes with its file, unless its sender has put a new file in place meanwhile, which it may belong to. */
async function dropDoneFile(hands: Hands, folder: string, entry: Entry, added: string): Promise<void> {
  if ((await stateOf(hands, inFolder(folder, safeName(entry.name)))) !== null) return;
  await removeFile(hands, inFolder(folder, safeName(entry.name + added)));
}

/** What could not be cleared away gets its name back if that is still free; else it stays aside and is listed there. */
async function giveBack(hands: Hands, folder: string, { name }: Entry, path: string): Promise<void> {
  const back = inFolder(folder, name);
  // Where this fails as well, the error worth telling is the first one.
  const isFree = await stateOf(hands, back).then(
    (found) => found === null,
    () => false,
  );
  if (isFree) await moveFile(hands, path, back).catch(() => undefined);
}

async function freeName(hands: Hands, archive: string, entry: Entry): Promise<string> {
  for (let copy = 0; copy < archiveCopies; copy += 1) {
    const target = inFolder(archive, archiveName(entry.name, entry.mtimeMs, copy));
    if ((await stateOf(hands, target)) === null) return target;
  }
  throw new Error(`The archive already has ${archiveCopies} files of this name`);
}

/** A path in a folder of a server. */
export function inFolder(folder: string, name: string): string {
  return `${folder.replace(/\/$/, '')}/${name}`;
}

/** Does the work once; what fails is done again by the next call. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => {
    done ??= work();
    done.catch(() => {
      done = null;
    });
    return done;
  };
}
