/** A desk in memory for tests of the built-in SFTP server: what was taken, put and noted is there to be looked at. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2, { type ConnectConfig, type SFTPWrapper, type Client as SshClient } from 'ssh2';
import { createLogger } from '../../src/log.ts';
import { isFinishedName } from '../../src/transport/names.ts';
import {
  type HostedServer,
  type SftpServerTerms,
  startHostedServer,
} from '../../src/transport/sftp-server.ts';
import {
  type HostedAccount,
  type HostedDesk,
  type HostedFile,
  type HostedNotice,
  HostedRefusal,
  pieceBytes,
} from '../../src/transport/sftp-server-desk.ts';
import { type HostKey, makeHostKey } from '../../src/transport/sftp-server-keys.ts';
import { hashPassword } from '../../src/transport/sftp-server-password.ts';
import { openSpool } from '../../src/transport/spool.ts';
import type { Arrival } from '../../src/transport/transport.ts';
import { testFolder } from '../support/folder.ts';

export const clientKey = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
export const password = 'correct horse battery staple';

interface Kept {
  readonly file: HostedFile;
  readonly bytes: Buffer;
}

/** What lies in the folders, and what happened. */
export interface Shelf {
  readonly in: Map<string, Kept>;
  readonly out: Map<string, Kept>;
  readonly received: { readonly name: string; readonly bytes: Buffer }[];
  readonly notices: HostedNotice[];
  readonly fetched: string[];
  account: HostedAccount;
  /** Awaited before a file is stored. */
  beforeTake: () => Promise<void>;
  /** Awaited before a piece is given. */
  beforePiece: () => Promise<void>;
}

export interface Hall {
  readonly server: HostedServer;
  readonly shelf: Shelf;
  readonly hostKey: HostKey;
  /** A connection that has signed in; further settings replace the usual ones. */
  connect(settings?: Partial<ConnectConfig>): Promise<SshClient>;
  /** A session on a connection of its own. */
  session(settings?: Partial<ConnectConfig>): Promise<{ ssh: SshClient; sftp: SFTPWrapper }>;
  /** Names of the scratch files. */
  scratch(): Promise<string[]>;
  close(): Promise<void>;
}

let keptHash: Promise<string> | undefined;
let keptHostKey: HostKey | undefined;
let lastId = 0;

export function keep(shelf: Shelf, folder: 'in' | 'out', name: string, bytes: Buffer): void {
  lastId += 1;
  const file = { id: String(lastId), folder, name, size: bytes.length, at: new Date(Date.UTC(2026, 10, 22)) };
  shelf[folder].set(name, { file, bytes });
}

export async function openHall(terms: Partial<SftpServerTerms> = {}): Promise<Hall> {
  keptHash ??= hashPassword(password);
  keptHostKey ??= makeHostKey('ed25519');
  const hostKey = keptHostKey;
  const shelf = newShelf();
  const folder = await testFolder('hosted');
  const spool = join(folder.path, 'spool');
  const server = await startHostedServer({
    ...{ host: '127.0.0.1', port: 0, hostKeys: [hostKey.privateKey], log: createLogger('silent') },
    ...{ desk: deskOver(shelf, await keptHash), spool: await openSpool(spool) },
    ...terms,
  });
  const open = new Set<SshClient>();
  const connect: Hall['connect'] = async (settings = {}) => {
    const ssh = new ssh2.Client();
    open.add(ssh);
    const usual = { host: '127.0.0.1', port: server.port, username: 'acme', privateKey: clientKey.private };
    ssh.connect({ ...usual, ...settings });
    const gone = once(ssh, 'close').then(() => Promise.reject(new Error('The connection was closed')));
    gone.catch(() => undefined);
    await Promise.race([once(ssh, 'ready'), gone]);
    ssh.on('error', () => undefined);
    ssh.setNoDelay(true);
    return ssh;
  };
  return {
    ...{ server, shelf, hostKey, connect },
    async session(settings) {
      const ssh = await connect(settings);
      return { ssh, sftp: await sessionOn(ssh) };
    },
    scratch: () => readdir(spool),
    async close() {
      for (const ssh of open) ssh.destroy();
      await server.close(1_000);
      await folder.remove();
    },
  };
}

export function sessionOn(ssh: SshClient): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => ssh.sftp((error, sftp) => (error ? reject(error) : resolve(sftp))));
}

function newShelf(): Shelf {
  return {
    ...{ in: new Map(), out: new Map(), received: [], notices: [], fetched: [] },
    account: {
      ...{ login: 'acme', endpoint: 'acme', folders: ['in', 'out'], keys: [clientKey.public] },
      ...{ allowedFrom: [], quota: { bytes: 64 * 1024 * 1024, files: 100 } },
    },
    beforeTake: async () => undefined,
    beforePiece: async () => undefined,
  };
}

function deskOver(shelf: Shelf, hash: string): HostedDesk {
  return {
    account: (login) => (login === shelf.account.login ? shelf.account : null),
    password: async () => hash,
    list: async (_account, folder, after, most) =>
      [...shelf[folder].values()]
        .map(({ file }) => file)
        .filter(({ name }) => name > after)
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .slice(0, most),
    find: async (_account, folder, name) => shelf[folder].get(name)?.file ?? null,
    async piece({ name, folder }, index) {
      await shelf.beforePiece();
      const kept = shelf[folder].get(name);
      return kept === undefined ? null : kept.bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes);
    },
    async *content({ name, folder }) {
      yield shelf[folder].get(name)?.bytes ?? Buffer.alloc(0);
    },
    waiting: async () => ({ bytes: 0, files: shelf.in.size }),
    async take(_account, arrival) {
      await shelf.beforeTake();
      const bytes = await bytesOf(arrival);
      if (isFinishedName(arrival.name)) shelf.received.push({ name: arrival.name, bytes });
      keep(shelf, 'in', arrival.name, bytes);
    },
    async rename(_account, { name: from }, to, replace) {
      const kept = shelf.in.get(from) as Kept;
      if (shelf.in.has(to) && !replace) throw new HostedRefusal('There is a file of that name already');
      shelf.in.delete(from);
      keep(shelf, 'in', to, kept.bytes);
      if (isFinishedName(to)) shelf.received.push({ name: to, bytes: kept.bytes });
    },
    remove: async (_account, { name, folder }) => shelf[folder].delete(name),
    fetched: async (_account, { name }) => void shelf.fetched.push(name),
    note: (notice) => void shelf.notices.push(notice),
  };
}

/** The bytes of an arrival, whose size and digest must be theirs. */
async function bytesOf(arrival: Arrival): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of arrival.open()) parts.push(part as Buffer);
  const bytes = Buffer.concat(parts);
  const digest = createHash('sha256').update(bytes).digest();
  if (bytes.length !== arrival.size || !digest.equals(arrival.digest))
    throw new Error('Size or digest of the arrival are not those of its bytes');
  return bytes;
}
