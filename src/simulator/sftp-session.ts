/** One SFTP version 3 session (draft-ietf-secsh-filexfer-02) over a directory. */
import { constants, type Stats } from 'node:fs';
import {
  chmod,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  rmdir,
  stat,
  truncate,
  utimes,
} from 'node:fs/promises';
import { posix } from 'node:path';
import ssh2, { type Attributes, type SFTPWrapper } from 'ssh2';
import { announceRename, readRename } from '../transport/sftp-server-extensions.ts';
import { createRoot, Outside, type Root } from './sftp-root.ts';

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;

/** Most bytes given for one READ. */
const readBytes = 256 * 1024;
/** Entries in one answer to READDIR. */
const namesPerAnswer = 64;
/** Files and directories that one session may hold open. */
const openHandles = 1_000;

type Held =
  | { readonly file: FileHandle; readonly append: boolean }
  | { names: string[]; readonly folder: string };

/** Answers requests until the channel closes; every handle is closed then. */
export function serveSftp(sftp: SFTPWrapper, directory: string, readOnly: boolean): void {
  const session: Session = {
    sftp,
    readOnly,
    root: createRoot(directory),
    held: new Map(),
    lastHandle: 0,
    isOver: false,
  };
  announceRename(sftp);
  serveHandles(session);
  servePaths(session);
  sftp.on('close', () => closeAll(session));
  sftp.on('end', () => closeAll(session));
}

interface Session {
  readonly sftp: SFTPWrapper;
  readonly root: Root;
  readonly readOnly: boolean;
  readonly held: Map<number, Held>;
  lastHandle: number;
  isOver: boolean;
}

/** Why a request failed, as a status. */
class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Runs what a request asks for; what it throws becomes the status. The answer is the action's own, unless it is OK. */
function answer(session: Session, id: number, action: () => Promise<'ok' | 'answered'>): void {
  action().then(
    (result) => {
      if (result === 'ok') session.sftp.status(id, STATUS_CODE.OK);
    },
    (error: unknown) => session.sftp.status(id, statusOf(error), reasonOf(error)),
  );
}

function serveHandles(session: Session): void {
  const { sftp, root } = session;
  sftp.on('OPEN', (id, path, flags, attributes) => {
    answer(session, id, async () => {
      if ((flags & ~OPEN_MODE.READ) !== 0) mayWrite(session);
      if (session.held.size >= openHandles) throw new Refused(STATUS_CODE.FAILURE, 'Too many open files');
      const file = await open(await root.leaf(path), openFlags(flags), (attributes.mode ?? 0o644) & 0o777);
      if (session.isOver) {
        await file.close();
        throw new Refused(STATUS_CODE.CONNECTION_LOST, 'The client is gone');
      }
      return hold(session, id, { file, append: (flags & OPEN_MODE.APPEND) !== 0 });
    });
  });
  sftp.on('READ', (id, handle, offset, length) =>
    answer(session, id, () => read(session, id, handle, offset, length)),
  );
  sftp.on('WRITE', (id, handle, offset, data) => {
    // The packet's memory is not ours once this returns.
    const bytes = Buffer.from(data);
    answer(session, id, () => write(fileOf(session, handle), bytes, offset));
  });
  sftp.on('FSTAT', (id, handle) => {
    answer(session, id, async () => giveAttributes(session, id, await fileOf(session, handle).file.stat()));
  });
  sftp.on('FSETSTAT', (id, handle, attributes) => {
    answer(session, id, async () => {
      const { file } = fileOf(session, handle);
      if (attributes.size !== undefined) await file.truncate(attributes.size);
      if (attributes.mode !== undefined) await file.chmod(attributes.mode & 0o777);
      if (attributes.mtime !== undefined) await file.utimes(attributes.atime, attributes.mtime);
      return 'ok';
    });
  });
  sftp.on('OPENDIR', (id, path) => {
    answer(session, id, async () => {
      const folder = await root.follow(path);
      return hold(session, id, { names: await readdir(folder), folder });
    });
  });
  sftp.on('READDIR', (id, handle) => answer(session, id, () => giveNames(session, id, handle)));
  sftp.on('CLOSE', (id, handle) => {
    answer(session, id, async () => {
      const held = heldBy(session, handle);
      session.held.delete(handle.readUInt32BE(0));
      if ('file' in held) await held.file.close();
      return 'ok';
    });
  });
}

function servePaths(session: Session): void {
  const { sftp, root } = session;
  const each = (id: number, action: () => Promise<unknown>) =>
    answer(session, id, async () => {
      mayWrite(session);
      await action();
      return 'ok';
    });
  sftp.on('STAT', (id, path) => {
    answer(session, id, async () => giveAttributes(session, id, await stat(await root.follow(path))));
  });
  sftp.on('LSTAT', (id, path) => {
    answer(session, id, async () => giveAttributes(session, id, await lstat(await root.entry(path))));
  });
  sftp.on('SETSTAT', (id, path, attributes) =>
    each(id, async () => change(await root.follow(path), attributes)),
  );
  sftp.on('REMOVE', (id, path) => each(id, async () => rm(await root.entry(path))));
  sftp.on('RMDIR', (id, path) => each(id, async () => rmdir(await root.entry(path))));
  sftp.on('MKDIR', (id, path) => each(id, async () => mkdir(await root.entry(path))));
  sftp.on('REALPATH', (id, path) => {
    const name = posix.join('/', path);
    sftp.name(id, [{ filename: name, longname: name, attrs: attributesOf(undefined) }]);
  });
  sftp.on('RENAME', (id, from, to) => {
    each(id, async () => {
      const target = await root.entry(to);
      // Version 3: it is an error if there is a file with the new name.
      if (await exists(target)) throw new Refused(STATUS_CODE.FAILURE, 'The new name is taken');
      await rename(await root.entry(from), target);
    });
  });
  sftp.on('EXTENDED', (id, name, data) => {
    const names = readRename(name, data);
    if (names === null) sftp.status(id, STATUS_CODE.OP_UNSUPPORTED);
    else each(id, async () => rename(await root.entry(names.from), await root.entry(names.to)));
  });
}

function mayWrite(session: Session): void {
  if (session.readOnly) throw new Refused(STATUS_CODE.PERMISSION_DENIED, 'Permission denied');
}

function hold(session: Session, id: number, held: Held): 'answered' {
  session.lastHandle += 1;
  session.held.set(session.lastHandle, held);
  const handle = Buffer.alloc(4);
  handle.writeUInt32BE(session.lastHandle);
  session.sftp.handle(id, handle);
  return 'answered';
}

function heldBy(session: Session, handle: Buffer): Held {
  const held = handle.length === 4 ? session.held.get(handle.readUInt32BE(0)) : undefined;
  if (held === undefined) throw new Refused(STATUS_CODE.FAILURE, 'No such handle');
  return held;
}

function fileOf(session: Session, handle: Buffer) {
  const held = heldBy(session, handle);
  if (!('file' in held)) throw new Refused(STATUS_CODE.FAILURE, 'The handle is of a directory');
  return held;
}

async function read(session: Session, id: number, handle: Buffer, offset: number, length: number) {
  const { file } = fileOf(session, handle);
  const bytes = Buffer.allocUnsafe(Math.min(length, readBytes));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
  if (bytesRead === 0) throw new Refused(STATUS_CODE.EOF, 'End of file');
  session.sftp.data(id, bytes.subarray(0, bytesRead));
  return 'answered' as const;
}

async function write({ file, append }: { file: FileHandle; append: boolean }, bytes: Buffer, offset: number) {
  let done = 0;
  while (done < bytes.length) {
    const at = append ? null : offset + done;
    done += (await file.write(bytes, done, bytes.length - done, at)).bytesWritten;
  }
  return 'ok' as const;
}

async function giveNames(session: Session, id: number, handle: Buffer) {
  const held = heldBy(session, handle);
  if ('file' in held) throw new Refused(STATUS_CODE.FAILURE, 'The handle is of a file');
  for (;;) {
    const names = held.names.splice(0, namesPerAnswer);
    if (names.length === 0) throw new Refused(STATUS_CODE.EOF, 'End of directory');
    const found = (await Promise.all(names.map((name) => describe(held.folder, name)))).filter(
      (one) => one !== null,
    );
    if (found.length > 0) {
      session.sftp.name(id, found);
      return 'answered' as const;
    }
  }
}

async function describe(folder: string, filename: string) {
  const found = await lstat(posix.join(folder, filename)).catch(() => null);
  if (found === null) return null;
  const kind = found.isDirectory() ? 'd' : found.isSymbolicLink() ? 'l' : '-';
  const longname = `${kind}rw-r--r-- 1 edi edi ${found.size} ${found.mtime.toISOString()} ${filename}`;
  return { filename, longname, attrs: attributesOf(found) };
}

function giveAttributes(session: Session, id: number, found: Stats): 'answered' {
  session.sftp.attrs(id, attributesOf(found));
  return 'answered';
}

function attributesOf(found: Stats | undefined): Attributes {
  const seconds = (ms: number) => Math.floor(ms / 1000);
  return {
    mode: found?.mode ?? 0,
    uid: found?.uid ?? 0,
    gid: found?.gid ?? 0,
    size: found?.size ?? 0,
    atime: seconds(found?.atimeMs ?? 0),
    mtime: seconds(found?.mtimeMs ?? 0),
  };
}

async function change(path: string, attributes: Attributes): Promise<void> {
  if (attributes.size !== undefined) await truncate(path, attributes.size);
  if (attributes.mode !== undefined) await chmod(path, attributes.mode & 0o777);
  if (attributes.mtime !== undefined) await utimes(path, attributes.atime, attributes.mtime);
}

function openFlags(flags: number): number {
  const has = (mode: number) => (flags & mode) !== 0;
  const both = has(OPEN_MODE.READ) && has(OPEN_MODE.WRITE);
  const access = both ? constants.O_RDWR : has(OPEN_MODE.WRITE) ? constants.O_WRONLY : constants.O_RDONLY;
  return (
    access |
    (has(OPEN_MODE.APPEND) ? constants.O_APPEND : 0) |
    (has(OPEN_MODE.CREAT) ? constants.O_CREAT : 0) |
    (has(OPEN_MODE.TRUNC) ? constants.O_TRUNC : 0) |
    (has(OPEN_MODE.EXCL) ? constants.O_EXCL : 0)
  );
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function statusOf(error: unknown): number {
  if (error instanceof Refused) return error.status;
  if (error instanceof Outside) return STATUS_CODE.PERMISSION_DENIED;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return STATUS_CODE.NO_SUCH_FILE;
  return code === 'EACCES' || code === 'EPERM' ? STATUS_CODE.PERMISSION_DENIED : STATUS_CODE.FAILURE;
}

/** The reason without the real path, which is not the client's business. */
function reasonOf(error: unknown): string {
  if (error instanceof Refused || error instanceof Outside) return error.message;
  return (error as NodeJS.ErrnoException).code ?? 'Failure';
}

function closeAll(session: Session): void {
  session.isOver = true;
  for (const held of session.held.values()) {
    // The channel is gone: nobody is left who could be told that a close failed.
    if ('file' in held) held.file.close().catch(() => undefined);
  }
  session.held.clear();
}
