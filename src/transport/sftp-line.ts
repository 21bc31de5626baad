/**
 * One SSH connection to a partner's SFTP server, opened when it is needed and again after a cut. Host keys are pinned:
 * without a pinned one nothing is sent, not even a password.
 */
import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import type { Algorithms, ConnectConfig, SFTPWrapper, Client as SshClient } from 'ssh2';
import Client from 'ssh2-sftp-client';
import { MailboxLost } from './mailbox.ts';
import { networkText, placeOf } from './network.ts';
import { algorithmsFor, type LegacyAlgorithms } from './ssh-algorithms.ts';
import { readLoginKey } from './ssh-key.ts';

/** How to reach the server; secrets are already resolved. */
export interface LineTerms {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string | undefined;
  readonly privateKey?: string | undefined;
  readonly passphrase?: string | undefined;
  /** Pinned SHA-256 fingerprints, 'SHA256:…' as ssh-keygen prints them; one must match. */
  readonly hostKeys: readonly string[];
  /** Old algorithms that may be used too; default: none. */
  readonly legacyAlgorithms?: LegacyAlgorithms | undefined;
}

/** The server showed a host key that is not pinned. */
export class UnknownHostKey extends MailboxLost {
  override readonly name = 'UnknownHostKey';
  readonly host: string;
  /** What it showed. */
  readonly fingerprint: string;
  readonly pinned: readonly string[];
  constructor(host: string, fingerprint: string, pinned: readonly string[]) {
    super(
      `${host} shows the host key ${fingerprint}, which is not pinned (${pinned.join(', ')}); ask its owner whether it is theirs, then add it to hostKeys`,
    );
    this.host = host;
    this.fingerprint = fingerprint;
    this.pinned = pinned;
  }
}

/** The connection ended, or the server fell silent, before an answer came: what was asked may have been done. */
export class LineLost extends Error {
  override readonly name = 'LineLost';
}

/** What an operation works with. */
export interface Hands {
  readonly sftp: SFTPWrapper;
  /** The server's host and port. */
  readonly place: string;
  /** To be called when bytes moved: gives the operation new time. */
  moved(): void;
  /** Aborted when the connection is lost under the operation, or the operation is broken off. */
  readonly signal: AbortSignal;
}

export interface Line {
  /**
   * Runs one operation, over a new connection if there is none.
   * @param signal breaks the operation off; it then has a moment to tidy up
   * @throws UnknownHostKey; MailboxLost where there is no connection; LineLost; UnusableKey; what the operation throws
   */
  run<T>(operation: (hands: Hands) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Whether there is a connection, or one is being opened. */
  isUp(): boolean;
  /** Ends the connection; nothing runs any more. */
  close(): Promise<void>;
}

export const lineLimits = {
  /** Connecting and logging in, in milliseconds. */
  readyMs: 20_000,
  /** Silence after which we ask whether the server is there, in milliseconds. */
  keepaliveMs: 10_000,
  /** Questions without an answer after which the connection counts as cut. */
  keepaliveCount: 3,
  /** Longest time without an answer or a byte in one operation, in milliseconds. */
  silenceMs: 60_000,
  /** Operations under way at the same time, past which Node warns of a leak. */
  operations: 100,
  /** How long an operation that is broken off may take to tidy up, in milliseconds. */
  tidyMs: 1_000,
  /** Longest wait for the server to agree to the end, in milliseconds. */
  endMs: 1_000,
} as const;

/** A connection, or the attempt to get one. */
interface Session {
  readonly client: Client;
  readonly place: string;
  readonly sftp: Promise<SFTPWrapper>;
  /** How to fail each operation that is under way. */
  readonly waiting: Set<(error: Error) => void>;
  isOver: boolean;
}

/** Makes a line; nothing is opened yet. */
export function createLine(terms: LineTerms): Line {
  let session: Session | null = null;
  let isClosed = false;
  let read: Partial<ConnectConfig> | null = null;
  const login = () => {
    read ??= loginOf(terms);
    return read;
  };
  return {
    async run(operation, signal) {
      signal?.throwIfAborted();
      if (isClosed) throw new LineLost('The endpoint is closed');
      if (session === null || session.isOver) session = connect(terms, login);
      const open = session;
      return runOn(open, await orStopped(open.sftp, signal), operation, signal);
    },
    isUp: () => session !== null && !session.isOver,
    async close() {
      isClosed = true;
      if (session !== null && !session.isOver) await end(session);
    },
  };
}

function connect(terms: LineTerms, login: () => Partial<ConnectConfig>): Session {
  // The callbacks are for those who have no other way to see a cut; here every waiting operation is told.
  const silent = { error: () => undefined, end: () => undefined, close: () => undefined };
  const client = new Client('portolan', silent);
  // Each operation listens for the end of the connection while it runs.
  insides(client).setMaxListeners(lineLimits.operations);
  const place = placeOf(terms.host, terms.port);
  const sftp = logIn(client, terms, login);
  const session: Session = { client, place, waiting: new Set(), isOver: false, sftp };
  const over = (reason: string) => {
    session.isOver = true;
    for (const fail of [...session.waiting]) fail(new LineLost(reason));
  };
  client.on('close', () => over(`The connection to ${place} was cut`));
  sftp.catch(() => over(`No connection to ${place}`));
  return session;
}

async function logIn(
  client: Client,
  terms: LineTerms,
  login: () => Partial<ConnectConfig>,
): Promise<SFTPWrapper> {
  const known = login();
  let shown: string | null = null;
  const isPinned = (key: Buffer) => {
    shown = fingerprintOf(key);
    return terms.hostKeys.includes(shown);
  };
  try {
    const { host, port, user: username, password } = terms;
    answerPrompts(client, password);
    const sftp = await client.connect({
      ...known,
      host,
      port,
      username,
      tryKeyboard: password !== undefined,
      hostVerifier: isPinned,
      readyTimeout: lineLimits.readyMs,
      keepaliveInterval: lineLimits.keepaliveMs,
      keepaliveCountMax: lineLimits.keepaliveCount,
      algorithms: algorithmsFor(terms.legacyAlgorithms ?? false) as Algorithms,
    });
    // Without this, Nagle's algorithm and delayed acknowledgments make a large file some fifty times slower.
    insides(client).setNoDelay(true);
    writeTogether(insides(client));
    return sftp;
  } catch (error) {
    insides(client).destroy();
    if (shown !== null && !terms.hostKeys.includes(shown))
      throw new UnknownHostKey(terms.host, shown, terms.hostKeys);
    throw new MailboxLost(reasonAt(placeOf(terms.host, terms.port), error), { cause: error });
  }
}

/** Why there is no connection; ssh2-sftp-client names a function of its own first. */
function reasonAt(place: string, error: unknown): string {
  return networkText(place, error) ?? `${place}: ${(error as Error).message.replace(/^getConnection: /, '')}`;
}

/** The fingerprint of a public host key, as ssh-keygen prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The ssh2 client inside, which the types leave out. */
function insides(client: Client): SshClient {
  return (client as unknown as { client: SshClient }).client;
}

/**
 * Hands the packets of one turn of the event loop to the system together. Each one alone is up to three system calls (head, text,
 * tag), and those are half of what many small files cost. Nothing waits for it: the turn ends before anything else is waited for.
 */
function writeTogether(client: SshClient): void {
  const { _sock: socket } = client as unknown as { _sock: Socket };
  const write = socket.write.bind(socket) as (...given: unknown[]) => boolean;
  socket.write = (...given: unknown[]) => {
    if (socket.writableCorked === 0) {
      socket.cork();
      setImmediate(() => socket.uncork());
    }
    return write(...given);
  };
}

/** What is shown to log in, once the host key is known to be right: a password, a key, or both. @throws UnusableKey */
function loginOf({ password, privateKey, passphrase }: LineTerms): Partial<ConnectConfig> {
  if (privateKey === undefined) return password === undefined ? {} : { password };
  const key = readLoginKey(privateKey, passphrase);
  return { privateKey: key.text, ...(password === undefined ? {} : { password }) };
}

/** Some servers ask for the password by a prompt (RFC 4256) and take it in no other way. */
function answerPrompts(client: Client, password: string | undefined): void {
  insides(client).on('keyboard-interactive', (_name, _instructions, _language, prompts, finish) =>
    finish(prompts.map(({ echo }) => (echo === true ? '' : (password ?? '')))),
  );
}

/**
 * Runs an operation so that a cut always ends it: with several under way, ssh2-sftp-client tells only the first of them.
 */
function runOn<T>(
  session: Session,
  sftp: SFTPWrapper,
  operation: (hands: Hands) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborter = new AbortController();
    // Each request of the operation listens for it.
    setMaxListeners(0, aborter.signal);
    const fail = (error: Error) => {
      reject(error);
      aborter.abort(error);
    };
    const silence = setTimeout(() => {
      fail(new LineLost(`${session.place}: no answer within ${lineLimits.silenceMs / 1000} s`));
      insides(session.client).destroy();
    }, lineLimits.silenceMs);
    let tidying: NodeJS.Timeout | undefined;
    const breakOff = () => {
      aborter.abort(signal?.reason);
      tidying = setTimeout(() => reject(signal?.reason as Error), lineLimits.tidyMs);
    };
    signal?.addEventListener('abort', breakOff, { once: true });
    if (signal?.aborted === true) breakOff();
    session.waiting.add(fail);
    if (session.isOver) fail(new LineLost(`The connection to ${session.place} was cut`));
    const hands = { sftp, place: session.place, moved: () => silence.refresh(), signal: aborter.signal };
    operation(hands)
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(silence);
        clearTimeout(tidying);
        signal?.removeEventListener('abort', breakOff);
        session.waiting.delete(fail);
      });
  });
}

/** Tells what befell one file from a connection that was cut, or that could not be made again. */
export function orLost(line: Line, error: unknown): never {
  if (error instanceof MailboxLost || (line.isUp() && !(error instanceof LineLost))) throw error;
  throw new MailboxLost((error as Error).message, { cause: error });
}

/** What the promise gives, unless the signal comes first. */
function orStopped<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

async function end(session: Session): Promise<void> {
  const { client } = session;
  const stop = setTimeout(() => insides(client).destroy(), lineLimits.endMs);
  try {
    // A connection that is still being opened, or is cut just now, is at its end as well.
    await client.end().catch(() => undefined);
  } finally {
    clearTimeout(stop);
    insides(client).destroy();
  }
}
