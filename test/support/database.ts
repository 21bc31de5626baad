/**
 * Databases for tests. One embedded PostgreSQL is started for the whole mocha run when the first test asks for it, and is
 * stopped, and its folder removed, after the last test of the run, however the run ends. Every test file takes a database of
 * its own, copied from a migrated template (some 50 ms):
 *
 *     let database: TestDatabase;
 *     before(async () => { database = await freshDatabase(); });
 *     after(() => database.drop());
 *     it('…', async () => { await database.store.db('orders').insert(…); });
 *
 * `url` is for processes that the test starts. Several mocha runs on one machine do not meet: each has its own server.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Embedded, startEmbedded } from '../../src/store/embedded.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openStore, type Store } from '../../src/store/store.ts';

export interface TestDatabase {
  readonly store: Store;
  readonly url: string;
  /** Closes the store and drops the database, even when others are still connected. */
  drop(): Promise<void>;
}

const folderPrefix = 'portolan-test-database-';
const template = 'portolan_template';

interface Server {
  readonly home: string;
  readonly embedded: Embedded;
  /** Connected to the database that every server has, to create and drop the others. */
  readonly admin: Store;
}

let starting: Promise<Server> | undefined;
let home: string | undefined;
let count = 0;

/**
 * A database of the caller's own.
 * @param options.migrated false: empty, without the schema
 */
export async function freshDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  starting ??= startServer();
  const { embedded, admin } = await starting;
  const name = `test_${process.pid}_${++count}`;
  await admin.db.raw(`create database ${name} template ${migrated ? template : 'template0'}`);
  const url = databaseUrl(embedded.url, name);
  const store = openStore({ url });
  const drop = async () => {
    await store.close();
    await admin.db.raw(`drop database if exists ${name} with (force)`);
  };
  return { store, url, drop };
}

async function startServer(): Promise<Server> {
  sweep();
  home = await mkdtemp(join(tmpdir(), `${folderPrefix}${process.pid}-`));
  await chmod(home, 0o755);
  const embedded = await startEmbedded(home);
  const admin = openStore({ url: embedded.url, poolSize: 2 });
  await admin.db.raw(`create database ${template}`);
  const first = openStore({ url: databaseUrl(embedded.url, template) });
  await migrate(first);
  await first.close();
  return { home, embedded, admin };
}

async function stopServer(): Promise<void> {
  const server = await starting;
  if (server === undefined) return;
  await server.admin.close();
  await server.embedded.stop();
  removeHome(server.home);
  home = undefined;
}

/** A run that was cut short (Ctrl-C, an uncaught error) never reaches `after`; here only synchronous work counts. */
function endAtExit(): void {
  if (home !== undefined) removeHome(home);
}

/** Folders of earlier runs that were killed: their server goes, then the folder. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${folderPrefix}(\\d+)-`).exec(name)?.[1]);
    if (pid > 0 && !isRunning(pid)) removeHome(join(tmpdir(), name));
  }
}

function removeHome(folder: string): void {
  const pid = serverProcess(join(folder, 'postgres'));
  if (pid !== null) process.kill(pid, 'SIGQUIT');
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

function serverProcess(directory: string): number | null {
  try {
    const pid = Number(readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n')[0]);
    return pid > 0 && isRunning(pid) ? pid : null;
  } catch {
    // No file: no server.
    return null;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

// Loaded with the first test file that needs it, while mocha's root suite is the current one: a hook of the whole run.
after(stopServer);
process.once('exit', endAtExit);
