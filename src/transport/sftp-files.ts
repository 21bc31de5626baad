/**
 * What SFTP version 3 does with files (draft-ietf-secsh-filexfer-02), as promises. Each request is one round trip; requests
 * that need nothing of each other's answers may be under way together.
 */
import type { FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2';
import { type Hands, LineLost } from './sftp-line.ts';

/** SSH_FX_NO_SUCH_FILE and SSH_FX_PERMISSION_DENIED. */
export const status = { noSuchFile: 2, permissionDenied: 3 } as const;

/** Bytes asked for, or given, in one request. */
const pieceBytes = 256 * 1024;
/** Requests of one copy that are under way together, where a server can do that. */
const fastWindow = 16;

/** A server said no; `code` is its status. */
export class SftpRefused extends Error {
  override readonly name = 'SftpRefused';
  readonly code: unknown;
  constructor(reason: Error & { code?: unknown }, path: string) {
    super(`${reason.message}: ${path}`, { cause: reason });
    this.code = reason.code;
  }
}

/** A file as a server describes it. */
export interface FileState {
  readonly size: number;
  readonly mtimeMs: number;
}

/** null: there is no such file. */
export async function stateOf(hands: Asking, path: string): Promise<FileState | null> {
  const found = await asked<Stats>(hands, path, (done) => hands.sftp.stat(path, done)).catch(orGone);
  return found === null ? null : { size: found.size, mtimeMs: found.mtime * 1000 };
}

/** Everything in a folder. */
export function namesIn(hands: Asking, folder: string): Promise<FileEntryWithStats[]> {
  return asked(hands, folder, (done) => hands.sftp.readdir(folder, done));
}

/** Plain rename of version 3: fails if there is a file of the new name. */
export function moveFile(hands: Asking, from: string, to: string): Promise<void> {
  return asked(hands, `${from} to ${to}`, (done) => hands.sftp.rename(from, to, done));
}

/** Deletes a file; one that is gone is as good as deleted. */
export async function removeFile(hands: Asking, path: string): Promise<void> {
  await asked<void>(hands, path, (done) => hands.sftp.unlink(path, done)).catch(orGone);
}

/** In one step where the server can; else the old file is removed first, because plain rename does not replace. */
export async function replaceFile(hands: Asking, from: string, to: string): Promise<void> {
  if (canReplace(hands.sftp)) {
    await asked<void>(hands, `${from} to ${to}`, (done) => hands.sftp.ext_openssh_rename(from, to, done));
    return;
  }
  await removeFile(hands, to);
  await moveFile(hands, from, to);
}

/** Whether the server announced posix-rename@openssh.com; ssh2 keeps that, but its types leave it out. */
export function canReplace(sftp: SFTPWrapper): boolean {
  const { _extensions } = sftp as unknown as { _extensions?: Readonly<Record<string, string>> };
  return _extensions?.['posix-rename@openssh.com'] === '1';
}

/** Makes a folder, and those above it, where they are missing. */
export async function makeFolder(hands: Asking, folder: string): Promise<void> {
  if ((await stateOf(hands, folder)) !== null) return;
  const above = folder.replace(/\/[^/]+\/?$/, '');
  if (above !== folder && above !== '') await makeFolder(hands, above);
  await asked<void>(hands, folder, (done) => hands.sftp.mkdir(folder, done));
}

/**
 * Reads a file of a known size, from its start. Ends early where the file does.
 * @param fast several requests under way together; else one after the other, which every server can do
 */
export async function* readFile(
  hands: Hands,
  path: string,
  size: number,
  fast: boolean,
): AsyncIterable<Buffer> {
  const handle = await asked<Buffer>(hands, path, (done) => hands.sftp.open(path, 'r', done));
  const window = fast ? fastWindow : 1;
  const pieces: Promise<Buffer>[] = [];
  try {
    for (let at = 0; at < size || pieces.length > 0; ) {
      while (at < size && pieces.length < window) {
        const piece = readPiece(hands, handle, path, at, Math.min(pieceBytes, size - at));
        // One that is not waited for any more fails unheard.
        piece.catch(() => undefined);
        pieces.push(piece);
        at += pieceBytes;
      }
      const bytes = await (pieces.shift() as Promise<Buffer>);
      if (bytes.length === 0) return;
      hands.moved();
      yield bytes;
    }
  } finally {
    // Nothing depends on the answer: what comes next need not wait for it.
    hands.sftp.close(handle, () => undefined);
  }
}

/** All the bytes asked for, or those up to the end of the file. */
async function readPiece(
  hands: Asking,
  handle: Buffer,
  path: string,
  from: number,
  length: number,
): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const at = filled;
    const count = await asked<number>(hands, path, (done) => {
      hands.sftp.read(handle, buffer, at, length - at, from + at, (error, read) => done(error, read));
    });
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

/**
 * Writes a file anew and looks what the server kept.
 * @throws when the server kept another number of bytes
 */
export async function writeFile(hands: Hands, path: string, bytes: Buffer, fast: boolean): Promise<void> {
  const handle = await asked<Buffer>(hands, path, (done) => hands.sftp.open(path, 'w', done));
  const close = () => asked<void>(hands, path, (done) => hands.sftp.close(handle, done));
  try {
    await writePieces(hands, handle, path, bytes, fast ? fastWindow : 1);
  } catch (error) {
    hands.sftp.close(handle, () => undefined);
    throw error;
  }
  // Both at once. A server that tells the size only once the file is closed is asked again.
  const [early] = await Promise.all([stateOf(hands, path), close()]);
  const kept = early?.size === bytes.length ? early : await stateOf(hands, path);
  if (kept?.size !== bytes.length)
    throw new Error(`The server kept ${kept?.size ?? 'none'} of ${bytes.length} bytes of ${path}`);
}

async function writePieces(
  hands: Hands,
  handle: Buffer,
  path: string,
  bytes: Buffer,
  window: number,
): Promise<void> {
  let next = 0;
  const inTurn = async () => {
    while (next < bytes.length) {
      const from = next;
      const length = Math.min(pieceBytes, bytes.length - from);
      next += length;
      await asked<void>(hands, path, (done) => hands.sftp.write(handle, bytes, from, length, from, done));
      hands.moved();
    }
  };
  await Promise.all(Array.from({ length: window }, inTurn));
}

type Done<T> = (error: Error | null | undefined, value?: T) => void;

/** What a request needs: the channel, and who says that its answer will not come any more. */
export type Asking = Pick<Hands, 'sftp' | 'place' | 'signal'>;

/** A cut channel never answers what is asked of it: the signal tells of that. */
function asked<T>({ place, signal }: Asking, path: string, ask: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    ask((error, value) => {
      signal.removeEventListener('abort', stop);
      if (!error) resolve(value as T);
      // What has no status is no answer of the server's: the channel ended under the request.
      else if (codeOf(error) === undefined)
        reject(new LineLost(`${place}: ${error.message}: ${path}`, { cause: error }));
      else reject(new SftpRefused(error, path));
    });
  });
}

/** The server's status, if it gave one. */
export function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}

export function orGone(error: unknown): null {
  if (codeOf(error) === status.noSuchFile) return null;
  throw error;
}
