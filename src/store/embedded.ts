/**
 * PostgreSQL in PORTOLAN_HOME, for who has no server: made at the first start, shared by the processes of one home. Whoever
 * starts it owns it and stops it; the others attach. After a kill -9 of the owner it runs on, and the next one adopts it.
 *
 * Files in the home: postgres/ (data), postgres.json (port, user, password), postgres.owner, postgres.lock (while starting
 * or stopping).
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import {
  type Cluster,
  clusterProcess,
  createCluster,
  prepareCluster,
  startCluster,
  stopCluster,
} from './cluster.ts';
import { readHolder, self, withLockFile } from './lockfile.ts';

export interface Embedded {
  readonly url: string;
  /** Whether this call started the server. */
  readonly started: boolean;
  /** Whether `stop` stops it: this process started or adopted it. */
  readonly owned: boolean;
  /** Stops the server if this process owns it, else does nothing. May be called twice. */
  stop(): Promise<void>;
}

/** postgres.json. */
interface Access {
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

const database = 'portolan';
const answerMs = 60_000;
const portAttempts = 5;

/**
 * Starts PostgreSQL in `home`, or attaches to the one that runs there. The first start takes about two seconds.
 * @param home data directory; made if missing
 * @param note told what was changed on the machine (a user made, a folder opened), for the log
 */
export async function startEmbedded(
  home: string,
  note: (text: string) => void = () => {},
): Promise<Embedded> {
  await mkdir(home, { recursive: true });
  const root = await realpath(home);
  return await withLockFile(join(root, 'postgres.lock'), async () => {
    const running = await attach(root);
    return running ?? (await start(root, note));
  });
}

/** The url of the server that runs in `home`; null: none does. */
export async function locateEmbedded(home: string): Promise<string | null> {
  if (!existsSync(home)) return null;
  const root = await realpath(home);
  const server = await clusterProcess(join(root, 'postgres'));
  const access = await readAccess(root);
  return server === null || access === null ? null : urlOf({ ...access, port: server.port });
}

async function attach(root: string): Promise<Embedded | null> {
  const url = await locateEmbedded(root);
  if (url === null) return null;
  if (!(await answers(root, url))) return null;
  await createDatabaseIfMissing(url);
  const owner = await readHolder(ownerFile(root));
  const owned = owner === null;
  if (owned) await takeOwnership(root);
  return embedded(root, url, { started: false, owned });
}

async function start(root: string, note: (text: string) => void): Promise<Embedded> {
  const cluster = await prepareCluster(join(root, 'postgres'), note);
  const access = await createIfMissing(root, cluster);
  const url = urlOf(await startOnFreePort(root, cluster, access));
  await createDatabaseIfMissing(url);
  await takeOwnership(root);
  return embedded(root, url, { started: true, owned: true });
}

function embedded(
  root: string,
  url: string,
  { started, owned }: { started: boolean; owned: boolean },
): Embedded {
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= owned ? withLockFile(join(root, 'postgres.lock'), () => stopOwned(root)) : Promise.resolve();
    return stopping;
  };
  return { url, started, owned, stop };
}

async function stopOwned(root: string): Promise<void> {
  const directory = join(root, 'postgres');
  if ((await clusterProcess(directory)) !== null)
    await stopCluster(await prepareCluster(directory, () => {}));
  await rm(ownerFile(root), { force: true });
}

async function createIfMissing(root: string, cluster: Cluster): Promise<Access> {
  const known = await readAccess(root);
  if (existsSync(cluster.directory)) {
    if (known !== null) return known;
    throw new Error(
      `${root} has postgres/ but no postgres.json, which holds its password: restore the file or the backup`,
    );
  }
  const access = {
    port: await freePort(),
    user: 'portolan',
    password: randomBytes(24).toString('base64url'),
  };
  await writeAccess(root, access);
  await createCluster(cluster, access.user, access.password);
  return access;
}

/** The port of last time, so that urls stay good; another when it is taken, also when it is taken under our hands. */
async function startOnFreePort(root: string, cluster: Cluster, access: Access): Promise<Access> {
  for (let attempt = 1; ; attempt++) {
    const port = attempt === 1 && (await isFree(access.port)) ? access.port : await freePort();
    try {
      await startCluster(cluster, port);
      const current = { ...access, port };
      if (port !== access.port) await writeAccess(root, current);
      return current;
    } catch (error) {
      if (attempt === portAttempts) throw error;
      await sleep(attempt * 200);
    }
  }
}

/** A first start that was killed may have left the server without our database. */
async function createDatabaseIfMissing(url: string): Promise<void> {
  const server = serverUrl(url);
  const [known] = await query(server, `select 1 from pg_database where datname = '${database}'`);
  if (known === undefined) await query(server, `create database ${database}`);
}

/** The database that every server has. */
function serverUrl(url: string): string {
  const server = new URL(url);
  server.pathname = '/postgres';
  return server.href;
}

/** Waits for a server that recovers from a crash and refuses connections for a while. false: it is gone after all. */
async function answers(root: string, url: string): Promise<boolean> {
  const deadline = Date.now() + answerMs;
  for (;;) {
    try {
      await query(serverUrl(url), 'select 1');
      return true;
    } catch (error) {
      if ((await locateEmbedded(root)) !== url) return false;
      if (Date.now() > deadline)
        throw new Error('The embedded PostgreSQL runs but does not answer', { cause: error });
      await sleep(100);
    }
  }
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const accessFile = (root: string): string => join(root, 'postgres.json');
const ownerFile = (root: string): string => join(root, 'postgres.owner');

const takeOwnership = (root: string): Promise<void> => writeWhole(ownerFile(root), self());
const writeAccess = (root: string, access: Access): Promise<void> => writeWhole(accessFile(root), access);

async function readAccess(root: string): Promise<Access | null> {
  if (!existsSync(accessFile(root))) return null;
  return JSON.parse(await readFile(accessFile(root), 'utf8')) as Access;
}

/** Readers see the old file or the new one. */
async function writeWhole(file: string, content: object): Promise<void> {
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  await chmod(unfinished, 0o600);
  await rename(unfinished, file);
}

function urlOf({ port, user, password }: Access): string {
  return `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
}

function isFree(port: number): Promise<boolean> {
  return listen(port).then(
    () => true,
    () => false,
  );
}

const freePort = (): Promise<number> => listen(0);

function listen(port: number): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}
