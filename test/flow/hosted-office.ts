/** The built-in SFTP server over a database of the test's own, with a partner or more; what it stores is looked up there. */
import { execFile, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import Client from 'ssh2-sftp-client';
import type { Context } from '../../src/flow/context.ts';
import { openHostedDesk } from '../../src/flow/hosted-desk.ts';
import { createLogger } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { type Endpoint, endpoint as endpointTerms } from '../../src/partner/endpoint.ts';
import { type Partners, partnersOf } from '../../src/partner/partners.ts';
import { setHostedPassword } from '../../src/store/hosted-accounts.ts';
import type { Store } from '../../src/store/store.ts';
import {
  type HostedServer,
  type SftpServerTerms,
  startHostedServer,
} from '../../src/transport/sftp-server.ts';
import type { HostedDesk } from '../../src/transport/sftp-server-desk.ts';
import { type HostKey, makeHostKey } from '../../src/transport/sftp-server-keys.ts';
import { hashPassword } from '../../src/transport/sftp-server-password.ts';
import { openSpool, type Spool } from '../../src/transport/spool.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';

/** Made once for the whole run. */
export const clientKey = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
export const password = 'correct horse battery staple';
let keptHash: Promise<string> | undefined;
let keptHostKey: HostKey | undefined;

export interface Office {
  readonly database: TestDatabase;
  readonly store: Store;
  readonly context: Context;
  readonly desk: HostedDesk;
  readonly server: HostedServer;
  readonly folder: TestFolder;
  readonly hostKey: HostKey;
  readonly spool: Spool;
  /** Replaces the endpoints, as a reload of the mappings does. */
  reload(endpoints: readonly Endpoint[]): void;
  /** A client that has signed in. */
  client(login?: string): Promise<Client>;
  close(): Promise<void>;
}

/** Else the client writes to the console. */
const silent = { error: () => undefined, end: () => undefined, close: () => undefined };

/** An endpoint as partner.yaml would give it. */
export function hostedEndpoint(name: string, terms: object = {}): Endpoint {
  const read = endpointTerms.parse({ type: 'hosted', keys: [clientKey.public], ...terms });
  return { ...read, name, owner: name, partners: [name] };
}

export async function openOffice(
  endpoints: readonly Endpoint[] = [hostedEndpoint('acme')],
  terms: Partial<SftpServerTerms> = {},
): Promise<Office> {
  const database = await freshDatabase();
  const { store } = database;
  const folder = await testFolder('hosted');
  const live = { partners: partnersOf([], endpoints) };
  const context = {
    ...{ store, log: createLogger('silent'), metrics: createMetrics(), now: () => new Date() },
    ...{ poke: () => undefined },
    get partners(): Partners {
      return live.partners;
    },
  } as unknown as Context;
  keptHash ??= hashPassword(password);
  for (const { name } of endpoints) await setHostedPassword(store.db, name, await keptHash, 'a test');
  keptHostKey ??= makeHostKey('ed25519');
  const hostKey = keptHostKey;
  const desk = openHostedDesk(context);
  const spool = await openSpool(join(folder.path, 'spool'));
  const server = await startHostedServer({
    ...{ host: '127.0.0.1', port: 0, hostKeys: [hostKey.privateKey], desk, log: context.log, spool },
    ...terms,
  });
  const clients: Client[] = [];
  return {
    ...{ database, store, context, desk, server, folder, hostKey, spool },
    reload: (next) => {
      live.partners = partnersOf([], next);
    },
    async client(username = endpoints[0]?.name ?? '') {
      const client = new Client('test', silent);
      clients.push(client);
      await client.connect({ host: '127.0.0.1', port: server.port, username, privateKey: clientKey.private });
      (client as unknown as { client: ssh2.Client }).client.setNoDelay(true);
      return client;
    },
    async close() {
      await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
      await server.close(1_000);
      await database.drop();
      await folder.remove();
    },
  };
}

/** Deliveries with their bytes, oldest first. */
export async function deliveriesOf({
  store,
}: Pick<Office, 'store'>): Promise<{ name: string; size: number; digest: string }[]> {
  const { rows } = await store.db.raw(
    'select name, size::int, encode(digest, ?) as digest from deliveries order by id',
    ['hex'],
  );
  return rows;
}

/** What events of a kind say, oldest first. */
export async function eventsOf(
  { store }: Pick<Office, 'store'>,
  kind: string,
): Promise<Readonly<Record<string, unknown>>[]> {
  const { rows } = await store.db.raw('select data from events where kind = ? order by id', [kind]);
  return rows.map(({ data }: { data: Readonly<Record<string, unknown>> }) => data);
}

const run = promisify(execFile);

/** Whether a program is on this machine; where it is not, that is said once. */
export function has(program: string): boolean {
  const isThere = spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  if (!isThere) console.error(`${program} is not installed: nothing is tested with it`);
  return isThere;
}

/** The words for OpenSSH's sftp to run a batch of commands; its files lie in the office's folder. */
export async function sftpWords(
  { folder, server, hostKey }: Pick<Office, 'folder' | 'server' | 'hostKey'>,
  commands: readonly string[],
): Promise<string[]> {
  const at = (name: string) => join(folder.path, name);
  await writeFile(at('key'), clientKey.private, { mode: 0o600 });
  await writeFile(at('known'), `[127.0.0.1]:${server.port} ${hostKey.publicKey}\n`);
  await writeFile(at('commands'), `${commands.join('\n')}\n`);
  return [
    ...['-b', at('commands'), '-P', String(server.port), '-i', at('key'), '-F', 'none'],
    ...['-o', `UserKnownHostsFile=${at('known')}`, '-o', 'StrictHostKeyChecking=yes'],
    ...['-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes', 'acme@127.0.0.1'],
  ];
}

/** Runs OpenSSH's sftp with a batch of commands. */
export async function runSftp(
  office: Pick<Office, 'folder' | 'server' | 'hostKey'>,
  commands: readonly string[],
): Promise<{ status: number; text: string }> {
  const words = await sftpWords(office, commands);
  return ended(run('sftp', words, { cwd: office.folder.path, timeout: 15_000 }));
}

/** Runs lftp with commands, signed in by password. */
export async function runLftp(
  { folder, server }: Pick<Office, 'folder' | 'server'>,
  commands: readonly string[],
  login = 'acme',
): Promise<{ status: number; text: string }> {
  const connect =
    'ssh -a -x -F none -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR';
  const settings = [
    `set sftp:connect-program "${connect} -i ${join(folder.path, 'key')} -o IdentitiesOnly=yes"`,
    'set net:max-retries 1; set net:timeout 5; set cmd:fail-exit true',
  ];
  await writeFile(join(folder.path, 'key'), clientKey.private, { mode: 0o600 });
  const script = [...settings, `open -u ${login},unused sftp://127.0.0.1:${server.port}`, ...commands, 'bye'];
  return ended(run('lftp', ['-c', script.join('\n')], { cwd: folder.path, timeout: 15_000 }));
}

async function ended(running: Promise<{ stdout: string; stderr: string }>) {
  try {
    const { stdout, stderr } = await running;
    return { status: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout?: string; stderr?: string };
    return { status: typeof code === 'number' ? code : 1, text: `${stdout ?? ''}${stderr ?? ''}` };
  }
}
