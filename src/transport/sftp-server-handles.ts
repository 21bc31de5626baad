/** What a client holds open: a file that it writes, a file that it reads, or a listing. */
import ssh2, { type FileEntry } from 'ssh2';
import type { HostedFile, HostedFolder } from './sftp-server-desk.ts';
import { HostedRefusal, pieceBytes } from './sftp-server-desk.ts';
import { createExtents, type Extents } from './sftp-server-extents.ts';
import { accountOf, mayBegin, sessionLimits, storing, type Visit } from './sftp-server-hall.ts';
import { fileEntry, folderEntries } from './sftp-server-listing.ts';
import { Refused } from './sftp-server-refused.ts';
import { beginUpload, type Upload } from './sftp-server-upload.ts';
import { limits } from './transport.ts';

const { OPEN_MODE } = ssh2.utils.sftp;

export interface Writing {
  readonly kind: 'writing';
  readonly name: string;
  readonly endpoint: string;
  readonly upload: Upload;
  /** Every write goes to the end. */
  readonly appends: boolean;
  /** What this endpoint may have lying with us, less what lay there when the file was opened. */
  readonly room: number;
  /** Counted among what is being written. */
  counted: number;
  /** Why the file will not be taken, whatever else comes. */
  failure: Error | null;
}

export interface Reading {
  readonly kind: 'reading';
  readonly file: HostedFile;
  /** The piece that was read last. */
  piece: { readonly index: number; readonly bytes: Buffer } | null;
  /** What has gone to the client. */
  readonly sent: Extents;
}

export interface Listing {
  readonly kind: 'listing';
  /** null: the root. */
  readonly folder: HostedFolder | null;
  /** The last name given; null: none yet. */
  after: string | null;
  isDone: boolean;
}

export type Handle = Writing | Reading | Listing;

/** Begins a file of theirs. @throws Refused */
export async function openToWrite(visit: Visit, name: string, flags: number): Promise<Writing> {
  const account = accountOf(visit);
  const { desk, spool } = visit.hall;
  mayBegin(visit);
  const has = (mode: number) => (flags & mode) !== 0;
  const before = await desk.find(account, 'in', name);
  if (before === null && !has(OPEN_MODE.CREAT)) throw new Refused('NO_SUCH_FILE', 'There is no such file');
  if (before !== null && has(OPEN_MODE.EXCL)) throw new Refused('FAILURE', 'There is such a file already');
  const waiting = await desk.waiting(account);
  if (waiting.files >= account.quota.files)
    throw new Refused('FAILURE', `${waiting.files} files wait here unread: no more are taken for now`);
  const upload = await beginUpload(spool.newPath(), limits.fileBytes);
  const writing: Writing = {
    kind: 'writing',
    name,
    endpoint: account.endpoint,
    upload,
    appends: has(OPEN_MODE.APPEND),
    room: account.quota.bytes - waiting.bytes,
    counted: 0,
    failure: null,
  };
  // Who opens a file without emptying it goes on with what it holds.
  if (before !== null && !has(OPEN_MODE.TRUNC)) await prefill(visit, writing, before);
  return writing;
}

async function prefill(visit: Visit, writing: Writing, before: HostedFile): Promise<void> {
  try {
    for await (const bytes of visit.hall.desk.content(before))
      await writeBytes(visit, writing, writing.upload.size(), bytes);
  } catch (error) {
    await discard(visit, writing);
    throw error;
  }
}

/** Writes; what fails once fails the file. @throws Refused, FileTooLarge, Incomplete, what the disk says */
export async function writeBytes(
  visit: Visit,
  writing: Writing,
  offset: number,
  bytes: Buffer,
): Promise<void> {
  if (writing.failure !== null) throw writing.failure;
  const { upload } = writing;
  try {
    const at = writing.appends ? upload.size() : offset;
    count(visit, writing, Math.max(upload.size(), at + bytes.length));
    await upload.write(at, bytes);
  } catch (error) {
    writing.failure = error as Error;
    throw error;
  }
}

export async function resize(visit: Visit, writing: Writing, size: number): Promise<void> {
  if (writing.failure !== null) throw writing.failure;
  count(visit, writing, size);
  await writing.upload.resize(size);
}

/** Keeps what an endpoint writes at once, with what lies there, under its quota. */
function count(visit: Visit, writing: Writing, size: number): void {
  const { hall } = visit;
  const { quota } = accountOf(visit);
  const { endpoint } = writing;
  const others = (hall.writing.get(endpoint) ?? 0) - writing.counted;
  if (others + size > writing.room)
    throw new HostedRefusal(
      `The quota of ${quota.bytes} bytes is used up: what lies here must be read first`,
    );
  hall.writing.set(endpoint, others + size);
  writing.counted = size;
}

function uncount({ hall }: Visit, writing: Writing): void {
  const { endpoint } = writing;
  const rest = (hall.writing.get(endpoint) ?? 0) - writing.counted;
  if (rest > 0) hall.writing.set(endpoint, rest);
  else hall.writing.delete(endpoint);
  writing.counted = 0;
}

/** Takes the file: resolves once it is stored. @throws what kept it from being written or stored */
export async function closeWriting(visit: Visit, writing: Writing): Promise<void> {
  if (writing.failure !== null) {
    await discard(visit, writing);
    throw writing.failure;
  }
  try {
    const spooled = await writing.upload.finish(writing.name);
    try {
      await storing(visit, () => visit.hall.desk.take(accountOf(visit), spooled, visit.from));
    } finally {
      await spooled.remove();
    }
  } finally {
    uncount(visit, writing);
  }
}

/** Nothing is taken of what was written. */
export async function discard(visit: Visit, writing: Writing): Promise<void> {
  uncount(visit, writing);
  await writing.upload.discard();
}

export function openToRead(file: HostedFile): Reading {
  return { kind: 'reading', file, piece: null, sent: createExtents() };
}

/** @throws Refused: EOF at the end */
export async function readBytes(
  { hall }: Visit,
  reading: Reading,
  offset: number,
  length: number,
): Promise<Buffer> {
  const { file } = reading;
  const end = Math.min(offset + Math.min(length, sessionLimits.readBytes), file.size);
  if (offset >= end) throw new Refused('EOF', 'End of file');
  const parts: Buffer[] = [];
  for (let at = offset; at < end; ) {
    const index = Math.floor(at / pieceBytes);
    if (reading.piece?.index !== index) {
      const bytes = await hall.desk.piece(file, index);
      if (bytes === null) throw new Refused('NO_SUCH_FILE', 'The file was taken away meanwhile');
      reading.piece = { index, bytes };
    }
    const part = reading.piece.bytes.subarray(at - index * pieceBytes, end - index * pieceBytes);
    if (part.length === 0) throw new Error(`Piece ${index} of ${file.id} is too short`);
    parts.push(part);
    at += part.length;
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}

/** A file whose every byte has gone to the client was fetched. */
export async function closeReading(visit: Visit, { file, sent }: Reading): Promise<void> {
  if (!sent.covers(file.size)) return;
  await visit.hall.desk.fetched(accountOf(visit), file, visit.from);
}

/** The next names of a listing. @throws Refused: EOF at the end */
export async function readNames(visit: Visit, listing: Listing): Promise<FileEntry[]> {
  if (listing.isDone) throw new Refused('EOF', 'End of folder');
  const { hall } = visit;
  const account = accountOf(visit);
  const now = hall.now();
  const isFirst = listing.after === null;
  const dots = isFirst ? folderEntries(listing.folder === null ? account.folders : null, now) : [];
  const files =
    listing.folder === null
      ? []
      : await hall.desk.list(account, listing.folder, listing.after ?? '', sessionLimits.names);
  listing.after = files.at(-1)?.name ?? '';
  listing.isDone = files.length < sessionLimits.names;
  const entries = [...dots, ...files.map((file) => fileEntry(file, now))];
  if (entries.length === 0) throw new Refused('EOF', 'End of folder');
  return entries;
}
