/** OpenSSH's server and client for `scripts/bench transport`: both parties' clients work against the same server. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { measured, type Taken } from './bench-transport-run.ts';

export interface Sshd {
  /** What our client needs to reach it, but for the folders. */
  readonly terms: object;
  /** Runs OpenSSH's client with a batch of its commands. */
  batch(lines: readonly string[]): Promise<Taken>;
  stop(): Promise<void>;
}

const patienceMs = 10_000;

/** Starts a server in a folder of the bench; null where OpenSSH is not installed. */
export async function startSshd(folder: string): Promise<Sshd | null> {
  const program = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find((path) => existsSync(path));
  if (program === undefined) return null;
  const at = (name: string) => join(folder, name);
  for (const name of ['host', 'login'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)]);
  const port = await freePort();
  await writeFile(at('sshd.conf'), configuration(port, at));
  await writeFile(at('known'), `[127.0.0.1]:${port} ${await readFile(at('host.pub'), 'utf8')}`);
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true });
  const server = spawn(program, ['-D', '-e', '-f', at('sshd.conf')], { stdio: 'ignore' });
  await listening(port, server);
  const [, fingerprint = ''] = execFileSync('ssh-keygen', ['-l', '-f', at('host.pub')], {
    encoding: 'utf8',
  }).split(' ');
  const user = userInfo().username;
  return {
    terms: {
      ...{ host: '127.0.0.1', port, user, hostKeys: [fingerprint] },
      privateKey: await readFile(at('login'), 'utf8'),
    },
    async batch(lines) {
      await writeFile(at('batch'), `${lines.join('\n')}\n`);
      const files = ['-b', at('batch'), '-i', at('login'), '-P', String(port)];
      const options = [
        `UserKnownHostsFile=${at('known')}`,
        'IdentitiesOnly=yes',
        'StrictHostKeyChecking=yes',
      ];
      const words = [...files, ...options.flatMap((option) => ['-o', option]), `${user}@127.0.0.1`];
      return measured('sftp', ['-q', '-F', '/dev/null', ...words], folder);
    },
    async stop() {
      const gone = once(server, 'exit');
      server.kill();
      await gone;
    },
  };
}

function configuration(port: number, at: (name: string) => string): string {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${at('host')}`,
    `AuthorizedKeysFile ${at('login.pub')}`,
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    'Subsystem sftp internal-sftp',
  ].join('\n');
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('There is no free port');
  return address.port;
}

async function listening(port: number, server: ChildProcess): Promise<void> {
  for (const end = Date.now() + patienceMs; Date.now() < end && server.exitCode === null; await sleep(50)) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isUp) return;
  }
  throw new Error('sshd did not start');
}
