/** The mailboxes that the conformance suite runs against: each a directory that the test can touch behind its back. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSftpServer } from '../../src/simulator/sftp-server.ts';
import { openFolder } from '../../src/transport/folder.ts';
import { openSftp } from '../../src/transport/sftp.ts';
import { openSpool, type Spool } from '../../src/transport/spool.ts';
import type { Receive, Transport } from '../../src/transport/transport.ts';

/** A mailbox with folders `in` and `out`, and how to open it. */
export interface TestMailbox {
  readonly in: string;
  readonly out: string;
  readonly archive: string;
  readonly spoolFolder: string;
  open(settings?: Settings): Promise<Transport>;
  close(): Promise<void>;
}

export interface Settings {
  readonly afterwards?: 'archive' | 'delete';
  readonly pattern?: string;
  readonly settleMs?: number;
  /** SFTP: what to log in with instead of the mailbox's own key. */
  readonly privateKey?: string;
  readonly passphrase?: string;
}

export interface Kind {
  readonly name: string;
  start(): Promise<TestMailbox>;
}

/** Makes a directory of its own, with what removes it. */
export async function scratch(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'portolan-transport-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A spool that tells a poll to stop at the first bytes of a copy, and counts how many come all the same. */
export function stoppingSpool(stop: AbortController): { spool: Spool; read(): number } {
  let bytesRead = 0;
  const spool: Spool = {
    async take(_name, _source, bytes) {
      for await (const piece of bytes) {
        bytesRead += piece.length;
        stop.abort();
      }
      throw new Error('the copy was not broken off');
    },
    newPath: () => join(tmpdir(), 'nothing makes a file of its own here'),
  };
  return { spool, read: () => bytesRead };
}

export interface Received {
  readonly name: string;
  readonly source: string | null;
  readonly digest: string;
  readonly bytes: Buffer;
}

/** A receiver that keeps what it got. */
export function collector(): { received: Received[]; receive: Receive } {
  const received: Received[] = [];
  const receive: Receive = async (_endpoint, arrival) => {
    const pieces: Buffer[] = [];
    for await (const piece of arrival.open()) pieces.push(piece as Buffer);
    const { name, source, digest } = arrival;
    received.push({ name, source, digest: digest.toString('hex'), bytes: Buffer.concat(pieces) });
    return { deliveryId: String(received.length) };
  };
  return { received, receive };
}

export const folderKind: Kind = {
  name: 'folder',
  async start() {
    const place = await makePlace();
    const { home, spool } = place;
    return {
      ...place,
      open: (settings = {}) =>
        openFolder(
          { direction: 'both', in: 'in', out: 'out', archive: 'in/archive', pattern: '*', ...settings },
          { home, name: 'acme-folder', spool, settleMs: settings.settleMs ?? 20 },
        ),
      close: place.remove,
    };
  },
};

export const simulatorKind: Kind = {
  name: "sftp (the simulator's server)",
  async start() {
    const place = await makePlace();
    const server = await startSftpServer({ root: place.home, users: [{ name: 'acme', password: 'sesame' }] });
    const reach = { host: server.host, port: server.port, user: 'acme', password: 'sesame' };
    const open = async (settings: Settings = {}) =>
      openSftp(
        { ...sftpTerms, ...reach, hostKeys: [server.fingerprint], in: '/in', out: '/out', ...settings },
        { name: 'acme-sftp', spool: place.spool, settleMs: settings.settleMs ?? 20 },
      );
    return { ...place, open, close: () => server.close().then(place.remove) };
  },
};

export const sftpTerms = { direction: 'both', afterwards: 'archive', pattern: '*' } as const;

/** OpenSSH's own server, where this machine has one. */
export const opensshKind: Kind | null = ((): Kind | null => {
  const program = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find((path) => existsSync(path));
  if (program === undefined) return null;
  return { name: 'sftp (OpenSSH)', start: () => startOpenssh(program) };
})();

async function startOpenssh(program: string): Promise<TestMailbox> {
  const place = await makePlace();
  const keys = join(place.home, '..', 'keys');
  await mkdir(keys, { mode: 0o700 });
  for (const name of ['host', 'user']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(keys, name)]);
  }
  const port = await freePort();
  await writeFile(
    join(keys, 'config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${join(keys, 'host')}`,
      `AuthorizedKeysFile ${join(keys, 'user.pub')}`,
      'StrictModes no',
      'UsePAM no',
      'PidFile none',
      'Subsystem sftp internal-sftp',
    ].join('\n'),
  );
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true });
  const sshd = spawn(program, ['-D', '-e', '-f', join(keys, 'config')], { stdio: 'ignore' });
  await listening(port);
  const shown = execFileSync('ssh-keygen', ['-l', '-f', join(keys, 'host.pub')], { encoding: 'utf8' });
  const reach = {
    host: '127.0.0.1',
    port,
    user: userInfo().username,
    privateKey: await readFile(join(keys, 'user'), 'utf8'),
    hostKeys: [shown.split(' ')[1] ?? ''],
  };
  const open = async (settings: Settings = {}) =>
    openSftp(
      { ...sftpTerms, ...reach, in: place.in, out: place.out, ...settings },
      { name: 'acme-openssh', spool: place.spool, settleMs: settings.settleMs ?? 20 },
    );
  const close = async () => {
    const gone = once(sshd, 'exit');
    sshd.kill();
    await gone;
    await place.remove();
  };
  return { ...place, open, close };
}

async function makePlace() {
  const { path, remove } = await scratch();
  const home = join(path, 'home');
  const spoolFolder = join(path, 'spool');
  const [inbox, out] = [join(home, 'in'), join(home, 'out')];
  await mkdir(inbox, { recursive: true });
  await mkdir(out);
  const spool: Spool = await openSpool(spoolFolder);
  return { home, in: inbox, out, archive: join(inbox, 'archive'), spool, spoolFolder, remove };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port');
  return address.port;
}

async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isUp) return;
    await sleep(50);
  }
}
