/**
 * The built-in SFTP server, for partners who want to be hosted: SSH with SFTP and nothing else. Each partner sees a root with
 * in/ and out/; nothing they say is ever part of a path of ours.
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2, { type AuthContext, type Connection, type SFTPWrapper } from 'ssh2';
import type { Logger } from '../log.ts';
import type { HostedAccount, HostedDesk } from './sftp-server-desk.ts';
import { createDoor, type Door, type DoorTerms, plainAddress } from './sftp-server-door.ts';
import { type Hall, sessionLimits } from './sftp-server-hall.ts';
import { serveSession } from './sftp-server-session.ts';
import { createTurns } from './sftp-server-turns.ts';
import type { Spool } from './spool.ts';

export const serverLimits = {
  /** Connections of this process. */
  connections: 200,
  /** Connections from one address on which nobody has signed in yet. */
  strangers: 10,
  /** Connections of one account in this process. */
  accountConnections: 10,
  /** Sessions in one connection. */
  sessions: 4,
  /** Tries to sign in on one connection. */
  tries: 10,
  /** From the connection to the sign-in, in milliseconds. */
  signInMs: 30_000,
  /** Without a request, in milliseconds. */
  idleMs: 10 * 60_000,
  /** Smallest packet that a client may ask for. ssh2 1.17 would never end with 0. */
  leastPacketBytes: 1_024,
  /** How long a connection that is told to end may take, in milliseconds. */
  endMs: 250,
} as const;

/** No SHA-1, no compression; key exchanges that cost the server little. */
const algorithms = {
  kex: [
    ...['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256', 'ecdh-sha2-nistp384'],
    ...['ecdh-sha2-nistp521', 'diffie-hellman-group14-sha256'],
  ],
  cipher: [
    ...['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com'],
    ...['aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
  ],
  hmac: [
    ...['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  ],
  compress: ['none'],
} as ssh2.Algorithms;

export interface SftpServerTerms {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Private keys in OpenSSH's form. */
  readonly hostKeys: readonly string[];
  readonly desk: HostedDesk;
  readonly spool: Spool;
  readonly log: Logger;
  readonly now?: () => Date;
  readonly limits?: Partial<{ [K in keyof typeof serverLimits]: number }>;
  readonly throttle?: Omit<DoorTerms, 'desk'>;
}

export interface HostedServer {
  readonly port: number;
  /** How many are connected. */
  connections(): number;
  /** Takes nobody more, ends what is being stored within the deadline, then ends every connection. */
  close(deadlineMs: number): Promise<void>;
}

interface Open {
  readonly terms: SftpServerTerms;
  readonly limits: { readonly [K in keyof typeof serverLimits]: number };
  readonly hall: Hall;
  readonly door: Door;
  /** By address and port of the client. */
  readonly lines: Map<string, Line>;
}

/** One connection. */
interface Line {
  readonly socket: Socket;
  readonly from: string;
  account: HostedAccount | null;
  tries: number;
  /** A password was refused: that has been counted. */
  isCounted: boolean;
  sessions: number;
  timer: NodeJS.Timeout;
}

/** Starts the server; resolves once it listens. @throws when a key cannot be read or the port is taken */
export async function startHostedServer(terms: SftpServerTerms): Promise<HostedServer> {
  const { desk, spool, log, now = () => new Date() } = terms;
  const hall: Hall = {
    ...{ desk, spool, log, now, isClosing: false, writing: new Map<string, number>() },
    ...{ storing: new Set<Promise<void>>(), turns: createTurns(sessionLimits.storesAtOnce, Infinity) },
  };
  const open: Open = {
    ...{ terms, hall, door: createDoor({ desk, ...terms.throttle }), lines: new Map() },
    limits: { ...serverLimits, ...terms.limits },
  };
  const ssh = new ssh2.Server(
    { hostKeys: [...terms.hostKeys], algorithms, ident: 'Portolan' },
    (client, info) => {
      const line = open.lines.get(keyOf(info.ip, info.port));
      if (line === undefined) client.end();
      else serveClient(open, client, line);
    },
  );
  const server = createServer((socket) => admit(open, socket, () => ssh.injectSocket(socket)));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(terms.port, terms.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => open.lines.size,
    close: (deadlineMs) => stop(open, server, deadlineMs),
  };
}

function keyOf(address: string | undefined, port: number | undefined): string {
  return `${address} ${port}`;
}

function admit({ limits, lines, door, hall }: Open, socket: Socket, begin: () => void): void {
  const from = plainAddress(socket.remoteAddress);
  const strangers = [...lines.values()].filter((line) => line.from === from && line.account === null);
  const isFull = lines.size >= limits.connections || strangers.length >= limits.strangers;
  // Nothing is said to those who are turned away: that would cost more than it tells.
  if (hall.isClosing || isFull || !door.isOpen(from) || socket.remotePort === undefined) {
    hall.desk.note({
      kind: 'refused',
      endpoint: null,
      from,
      how: isFull ? 'too many connections' : 'too early',
    });
    socket.destroy();
    return;
  }
  const timer = setTimeout(() => socket.destroy(), limits.signInMs);
  const line: Line = { socket, from, account: null, tries: 0, isCounted: false, sessions: 0, timer };
  const key = keyOf(socket.remoteAddress, socket.remotePort);
  lines.set(key, line);
  socket.setNoDelay(true);
  socket.on('close', () => {
    clearTimeout(line.timer);
    lines.delete(key);
    if (line.account === null && line.tries > 0 && !line.isCounted) door.leftOutside(from);
  });
  begin();
}

function serveClient(open: Open, client: Connection, line: Line): void {
  const { hall } = open;
  // A cut connection is part of a partner's life, and the close event that follows does the tidying.
  client.on('error', () => endLine(open, client, line));
  client.on('authentication', (context) => {
    answerTry(open, client, line, context).catch((err: unknown) => {
      hall.log.warn({ err }, 'hosted SFTP: nobody can sign in now');
      endLine(open, client, line);
    });
  });
  client.on('ready', () => {
    if (line.account === null) return endLine(open, client, line);
    rest(open, client, line);
    client.on('session', (accept, reject) => {
      line.sessions += 1;
      if (line.sessions > open.limits.sessions || hall.isClosing) return reject();
      const session = accept();
      session.on('close', () => {
        line.sessions -= 1;
      });
      if (packetBytes(session) < open.limits.leastPacketBytes) return endLine(open, client, line);
      session.on('sftp', (begin) => serveChannel(open, client, line, begin()));
    });
  });
}

/** What the client takes in one packet, as ssh2 1.17 keeps it. */
function packetBytes(session: unknown): number {
  return (session as { _chanInfo: { outgoing: { packetSize: number } } })._chanInfo.outgoing.packetSize;
}

async function answerTry(open: Open, client: Connection, line: Line, context: AuthContext): Promise<void> {
  const { hall, door, limits, lines } = open;
  const { method } = context;
  if (method === 'none') return context.reject(['publickey', 'password']);
  line.tries += 1;
  if (line.tries > limits.tries) return endLine(open, client, line);
  const judgement = await door.judge(context, line.from);
  if (line.socket.destroyed) return;
  if (judgement.is === 'shown') return context.accept();
  if (judgement.is === 'refused') {
    if (judgement.counts) {
      line.isCounted = true;
      hall.desk.note({ ...about(line, judgement.account), kind: 'login-failed', how: method });
    }
    return context.reject(['publickey', 'password']);
  }
  const { account } = judgement;
  const others = [...lines.values()].filter((other) => other.account?.login === account.login);
  if (others.length >= limits.accountConnections || hall.isClosing) {
    hall.desk.note({ ...about(line, account), kind: 'refused', how: 'too many connections' });
    return endLine(open, client, line);
  }
  line.account = account;
  hall.desk.note({ ...about(line, account), kind: 'login', how: method });
  context.accept();
}

function about({ from }: Line, account: HostedAccount | null) {
  return { endpoint: account?.endpoint ?? null, from };
}

function serveChannel(open: Open, client: Connection, line: Line, sftp: SFTPWrapper): void {
  const login = line.account?.login ?? '';
  const visit = { hall: open.hall, login, from: line.from };
  serveSession(sftp, visit, {
    socket: line.socket,
    touched: () => line.timer.refresh(),
    failed: (err) => {
      open.hall.log.info({ err, login }, 'hosted SFTP: a session was ended');
      endLine(open, client, line);
    },
  });
}

/** From the sign-in on a connection ends when nothing is asked for a while. */
function rest(open: Open, client: Connection, line: Line): void {
  clearTimeout(line.timer);
  line.timer = setTimeout(() => endLine(open, client, line), open.limits.idleMs);
}

function endLine({ limits }: Open, client: Connection, { socket }: Line): void {
  if (socket.destroyed) return;
  try {
    client.end();
  } catch {
    // ssh2 throws once its end of the connection is gone; the socket is what is left.
    socket.destroy();
  }
  setTimeout(() => socket.destroy(), limits.endMs).unref();
}

async function stop({ hall, lines }: Open, server: Server, deadlineMs: number): Promise<void> {
  hall.isClosing = true;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const over = new AbortController();
  const deadline = sleep(deadlineMs, undefined, { signal: over.signal }).catch(() => undefined);
  while (hall.storing.size > 0) {
    const isLate = await Promise.race([
      Promise.allSettled(hall.storing).then(() => false),
      deadline.then(() => true),
    ]);
    if (isLate) break;
  }
  over.abort();
  for (const { socket } of lines.values()) socket.destroySoon();
  const cut = setTimeout(() => {
    for (const { socket } of lines.values()) socket.destroy();
  }, lastWordsMs);
  await closed;
  clearTimeout(cut);
}

/** For the answers that are under way when the server stops, in milliseconds. */
const lastWordsMs = 200;
