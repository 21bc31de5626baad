/**
 * One SFTP version 3 session (draft-ietf-secsh-filexfer-02) over a partner's two folders. What concerns one handle is done in
 * the order in which it came; all else at once.
 */
import type { Socket } from 'node:net';
import ssh2, { type SFTPWrapper } from 'ssh2';
import { announceRename, readRename } from './sftp-server-extensions.ts';
import { sessionLimits, type Visit } from './sftp-server-hall.ts';
import {
  closeReading,
  closeWriting,
  discard,
  type Handle,
  readBytes,
  readNames,
  resize,
  writeBytes,
} from './sftp-server-handles.ts';
import { canonicalPath, fileAttributes, folderAttributes } from './sftp-server-listing.ts';
import { type Pace, setPace } from './sftp-server-pace.ts';
import {
  foldersStay,
  makePath,
  openFolderPath,
  openPath,
  removePath,
  renamePath,
  setStatPath,
  statPath,
} from './sftp-server-paths.ts';
import { Refused, toldOf } from './sftp-server-refused.ts';

const { STATUS_CODE } = ssh2.utils.sftp;

export interface SessionTerms {
  readonly socket: Socket;
  /** Told of each request, for the idle time. */
  readonly touched: () => void;
  /** Told once when the client broke the rules: the connection must end. */
  readonly failed: (reason: Error) => void;
}

type Answer = (sftp: SFTPWrapper, id: number) => void;

interface Held {
  readonly handle: Handle;
  /** Ends when all that was asked of this handle is answered. */
  tail: Promise<void>;
}

interface Session {
  readonly sftp: SFTPWrapper;
  readonly visit: Visit;
  readonly pace: Pace;
  readonly touched: () => void;
  readonly held: Map<number, Held>;
  /** Requests that are not answered yet. */
  readonly working: Set<Promise<void>>;
  /** Handles that are being opened. */
  opening: number;
  last: number;
}

/** Answers requests until the channel closes; what was not closed properly is discarded then. */
export function serveSession(sftp: SFTPWrapper, visit: Visit, terms: SessionTerms): void {
  announceRename(sftp);
  const pace = setPace(sftp, terms.socket, terms.failed);
  const session: Session = {
    ...{ sftp, visit, pace, touched: terms.touched },
    ...{ held: new Map<number, Held>(), working: new Set<Promise<void>>(), opening: 0, last: 0 },
  };
  serveOpening(session);
  serveHandles(session);
  servePaths(session);
  sftp.on('error', terms.failed);
  // The client says that it asks for nothing more: the channel ends once what it asked for is answered.
  sftp.on('end', () => void Promise.all(session.working).then(() => pace.begin(0)?.answer(() => sftp.end())));
  sftp.on('close', () => endSession(session));
  terms.socket.once('close', () => endSession(session));
}

function endSession(session: Session): void {
  session.pace.end();
  for (const { handle, tail } of session.held.values()) {
    if (handle.kind !== 'writing') continue;
    handle.failure ??= new Refused('FAILURE', 'The client is gone');
    void tail.then(() => quietly(session, () => discard(session.visit, handle)));
  }
  session.held.clear();
}

/** Nobody is left who could be told that it failed, but us. */
async function quietly({ visit }: Session, work: () => Promise<void>): Promise<void> {
  await work().catch((err: unknown) => visit.hall.log.warn({ err }, 'a file in the spool was not removed'));
}

/** Does what a request asks for, after what its handle has in work, and answers. */
function serve(
  session: Session,
  id: number,
  bytes: number,
  work: () => Promise<Answer>,
  { held, stores = false }: { readonly held?: Held | null; readonly stores?: boolean } = {},
): void {
  const request = session.pace.begin(bytes);
  if (request === null) return;
  session.touched();
  const run = async () => {
    const answer = await work().catch((error: unknown) => refusal(session, error));
    await request.answer(() => answer(session.sftp, id));
    session.touched();
  };
  const done = held == null ? run() : held.tail.then(run);
  if (held != null) held.tail = done;
  keepUntilDone(session.working, done);
  // The server does not stop before the client knows what became of its file.
  if (stores) keepUntilDone(session.visit.hall.storing, done);
}

/** The work never rejects: what it throws is answered. */
function keepUntilDone(set: Set<Promise<void>>, done: Promise<void>): void {
  set.add(done);
  void done.then(() => set.delete(done));
}

const done: Answer = (sftp, id) => sftp.status(id, STATUS_CODE.OK);

function refusal({ visit }: Session, error: unknown): Answer {
  const { code, message, isOurs } = toldOf(error);
  if (isOurs) visit.hall.log.warn({ err: error, login: visit.login }, 'hosted SFTP: a request failed');
  return (sftp, id) => sftp.status(id, code, message);
}

function serveOpening(session: Session): void {
  const { sftp, visit } = session;
  sftp.on('OPEN', (id, path, flags) =>
    serve(session, id, path.length, () => open(session, () => openPath(visit, path, flags))),
  );
  sftp.on('OPENDIR', (id, path) =>
    serve(session, id, path.length, () => open(session, async () => openFolderPath(visit, path))),
  );
  sftp.on('CLOSE', (id, key) => {
    const held = take(session, key);
    // From here on the file is complete, whatever becomes of the connection.
    if (held !== null) session.held.delete(key.readUInt32BE(0));
    serve(session, id, 0, () => close(session, held), { held, stores: held?.handle.kind === 'writing' });
  });
}

async function open(session: Session, work: () => Promise<Handle>): Promise<Answer> {
  if (session.held.size + session.opening >= sessionLimits.handles)
    throw new Refused('FAILURE', `No more than ${sessionLimits.handles} files may be open`);
  session.opening += 1;
  try {
    const handle = await work();
    if (session.pace.isOver) {
      if (handle.kind === 'writing') await discard(session.visit, handle);
      throw new Refused('FAILURE', 'The client is gone');
    }
    return hold(session, handle);
  } finally {
    session.opening -= 1;
  }
}

function hold(session: Session, handle: Handle): Answer {
  session.last += 1;
  session.held.set(session.last, { handle, tail: Promise.resolve() });
  const key = Buffer.alloc(4);
  key.writeUInt32BE(session.last);
  return (sftp, id) => sftp.handle(id, key);
}

async function close({ visit }: Session, held: Held | null): Promise<Answer> {
  const handle = handleOf(held);
  if (handle.kind === 'writing') await closeWriting(visit, handle);
  if (handle.kind === 'reading') await closeReading(visit, handle);
  return done;
}

function take(session: Session, key: Buffer): Held | null {
  return (key.length === 4 ? session.held.get(key.readUInt32BE(0)) : undefined) ?? null;
}

function handleOf(held: Held | null): Handle {
  if (held === null) throw new Refused('FAILURE', 'There is no such handle');
  return held.handle;
}

function only<K extends Handle['kind']>(held: Held | null, kind: K): Extract<Handle, { kind: K }> {
  const handle = handleOf(held);
  if (handle.kind !== kind) throw new Refused('FAILURE', `The handle is not for ${kind}`);
  return handle as Extract<Handle, { kind: K }>;
}

function serveHandles(session: Session): void {
  const { sftp, visit } = session;
  const each = (id: number, key: Buffer, bytes: number, work: (held: Held | null) => Promise<Answer>) => {
    const held = take(session, key);
    serve(session, id, bytes, () => work(held), { held });
  };
  sftp.on('READ', (id, key, offset, length) =>
    each(id, key, 0, async (held) => {
      const reading = only(held, 'reading');
      const bytes = await readBytes(visit, reading, offset, length);
      return (to, request) => {
        to.data(request, bytes);
        reading.sent.add(offset, offset + bytes.length);
      };
    }),
  );
  sftp.on('WRITE', (id, key, offset, data) => {
    // The packet's memory is not ours once this returns.
    const bytes = Buffer.from(data);
    each(id, key, bytes.length, async (held) => {
      await writeBytes(visit, only(held, 'writing'), offset, bytes);
      return done;
    });
  });
  sftp.on('FSTAT', (id, key) => each(id, key, 0, async (held) => attributesOf(visit, handleOf(held))));
  sftp.on('FSETSTAT', (id, key, { size }) =>
    each(id, key, 0, async (held) => {
      if (size !== undefined) await resize(visit, only(held, 'writing'), size);
      return done;
    }),
  );
  sftp.on('READDIR', (id, key) =>
    each(id, key, 0, async (held) => {
      const names = await readNames(visit, only(held, 'listing'));
      return (to, request) => to.name(request, names);
    }),
  );
}

function attributesOf({ hall }: Visit, handle: Handle): Answer {
  const now = hall.now();
  const attributes =
    handle.kind === 'listing'
      ? folderAttributes(handle.folder, now)
      : fileAttributes(
          handle.kind === 'reading' ? handle.file : { folder: 'in', size: handle.upload.size(), at: now },
        );
  return (sftp, id) => sftp.attrs(id, attributes);
}

function servePaths(session: Session): void {
  const { sftp, visit } = session;
  const each = (id: number, path: string, work: () => Promise<unknown>, stores = false) =>
    serve(
      ...([session, id, path.length] as const),
      async () => {
        await work();
        return done;
      },
      { stores },
    );
  const stat = (id: number, path: string) =>
    serve(session, id, path.length, async () => {
      const attributes = await statPath(visit, path);
      return (to, request) => to.attrs(request, attributes);
    });
  sftp.on('STAT', stat);
  sftp.on('LSTAT', stat);
  sftp.on('REALPATH', (id, path) =>
    serve(session, id, path.length, async () => {
      const name = canonicalPath(path);
      const attrs = folderAttributes(null, visit.hall.now());
      return (to, request) => to.name(request, [{ filename: name, longname: name, attrs }]);
    }),
  );
  sftp.on('SETSTAT', (id, path, wished) => each(id, path, () => setStatPath(visit, path, wished)));
  sftp.on('RENAME', (id, from, to) => each(id, from + to, () => renamePath(visit, from, to, false), true));
  sftp.on('REMOVE', (id, path) => each(id, path, () => removePath(visit, path)));
  sftp.on('MKDIR', (id, path) => each(id, path, async () => makePath(visit, path)));
  sftp.on('RMDIR', (id, path) => each(id, path, () => Promise.reject(foldersStay())));
  sftp.on('READLINK', (id, path) => each(id, path, () => Promise.reject(noLinks())));
  sftp.on('SYMLINK', (id, path) => each(id, path, () => Promise.reject(noLinks())));
  sftp.on('EXTENDED', (id, name, data) => {
    const names = readRename(name, data);
    const rename = async () => {
      if (names === null) throw new Refused('OP_UNSUPPORTED', 'This extension is not known here');
      await renamePath(visit, names.from, names.to, true);
    };
    each(id, name, rename, names !== null);
  });
}

function noLinks(): Refused {
  return new Refused('OP_UNSUPPORTED', 'There are no links here');
}
