import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { clusterProcess } from '../../src/store/cluster.ts';
import { locateEmbedded, startEmbedded } from '../../src/store/embedded.ts';
import { openStore } from '../../src/store/store.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';
import { testProgram } from '../support/program.ts';

interface Started {
  readonly url: string;
  readonly started: boolean;
  readonly owned: boolean;
  readonly child: ChildProcess;
}

describe('store/embedded', () => {
  let folder: TestFolder;
  let home: string;
  const children: ChildProcess[] = [];

  // One home for all: each test starts and stops the server, which keeps what it holds.
  before(async () => {
    folder = await testFolder('embedded');
    home = join(folder.path, 'home');
  });
  afterEach(async () => {
    await Promise.all(children.splice(0).map(end));
    await (await startEmbedded(home)).stop();
  });
  after(() => folder.remove());

  async function startProcess(): Promise<Started> {
    const script = fileURLToPath(new URL('../support/embedded-process.ts', import.meta.url));
    // Detached: a process group of its own, as a terminal gives it.
    const child = spawn(process.execPath, [...(await testProgram(script)), home], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    children.push(child);
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    return { ...JSON.parse(line), child };
  }

  async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.stdin?.end();
    await exited;
  }

  async function kill(child: ChildProcess): Promise<void> {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async function ask(url: string, sql: string): Promise<Record<string, unknown>> {
    const store = openStore({ url, poolSize: 1 });
    try {
      return (await store.db.raw(sql)).rows[0];
    } finally {
      await store.close();
    }
  }

  it('starts, answers on loopback only, and keeps its password to itself', async () => {
    assert.equal(await locateEmbedded(home), null);
    const server = await startEmbedded(home);
    assert.deepEqual([server.started, server.owned], [true, true]);
    const listens = 'listen_addresses';
    assert.equal((await ask(server.url, `show ${listens}`))[listens], '127.0.0.1');
    assert.equal((await ask(server.url, 'show unix_socket_directories')).unix_socket_directories, '');
    assert.equal((await stat(join(home, 'postgres.json'))).mode & 0o777, 0o600);
    const wrong = new URL(server.url);
    wrong.password = 'guess';
    await assert.rejects(ask(wrong.href, 'select 1'), /password authentication failed/);
    await server.stop();
    assert.equal(await locateEmbedded(home), null);
  });

  it('keeps data and url from one start to the next', async () => {
    const first = await startEmbedded(home);
    await ask(first.url, "create table kept as select 'here' as text");
    await first.stop();
    const second = await startEmbedded(home);
    assert.equal(second.url, first.url);
    assert.equal((await ask(second.url, 'select text from kept')).text, 'here');
    await second.stop();
    await second.stop();
  });

  it('is shared: a second start attaches, and does not stop what it did not start', async () => {
    const owner = await startEmbedded(home);
    const guest = await startEmbedded(home);
    assert.deepEqual([guest.url, guest.started, guest.owned], [owner.url, false, false]);
    await guest.stop();
    assert.equal(await locateEmbedded(home), owner.url);
    await ask(owner.url, 'select 1');
    await owner.stop();
  });

  it('lets one of two processes that start together start it, and the other attach', async () => {
    const both = await Promise.all([startProcess(), startProcess()]);
    assert.deepEqual(both.map(({ started }) => started).sort(), [false, true]);
    assert.equal(both[0].url, both[1].url);
  });

  it('outlives a Ctrl-C in the terminal of its owner, so that the drain still has a database', async () => {
    const { url, child } = await startProcess();
    process.kill(-(child.pid ?? 0), 'SIGINT');
    await ask(url, 'select 1');
    await end(child);
    assert.equal(await locateEmbedded(home), null);
  });

  it('runs on after kill -9 of its owner; the next start adopts and stops it', async () => {
    const { url, child } = await startProcess();
    await kill(child);
    assert.equal(await locateEmbedded(home), url);
    const heir = await startEmbedded(home);
    assert.deepEqual([heir.url, heir.started, heir.owned], [url, false, true]);
    await heir.stop();
    assert.equal(await locateEmbedded(home), null);
  });

  it('comes back after kill -9 of the server, with what was committed', async () => {
    const first = await startEmbedded(home);
    await ask(first.url, "create table durable as select 'here' as text");
    const server = await clusterProcess(join(home, 'postgres'));
    process.kill(server?.pid ?? 0, 'SIGKILL');
    const second = await startEmbedded(home);
    assert.equal(second.started, true);
    assert.equal((await ask(second.url, 'select text from durable')).text, 'here');
    await second.stop();
  });

  it('makes up for a first start that was killed before it had made the database', async () => {
    const withoutDatabase = async () => {
      const server = await startEmbedded(home);
      const other = new URL(server.url);
      other.pathname = '/postgres';
      await ask(other.href, 'drop database portolan');
      return server;
    };
    const running = await withoutDatabase();
    const attached = await startEmbedded(home);
    assert.equal((await ask(attached.url, 'select 1 as here')).here, 1);
    await running.stop();
    const stopped = await withoutDatabase();
    await stopped.stop();
    const again = await startEmbedded(home);
    assert.equal((await ask(again.url, 'select 1 as here')).here, 1);
    await again.stop();
  });

  it('takes another port when its own is taken', async () => {
    const { port } = JSON.parse(await readFile(join(home, 'postgres.json'), 'utf8'));
    const squatter = createServer().listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    const server = await startEmbedded(home);
    assert.notEqual(new URL(server.url).port, String(port));
    await ask(server.url, 'select 1');
    await server.stop();
    squatter.close();
  });

  it('takes over the lock of a process that is gone', async () => {
    const gone = spawn(process.execPath, ['-e', '0']);
    await once(gone, 'exit');
    await writeFile(join(home, 'postgres.lock'), JSON.stringify({ pid: gone.pid, since: '1' }));
    await (await startEmbedded(home)).stop();
    assert.deepEqual(
      (await readdir(home)).filter((name) => name.includes('lock')),
      [],
    );
  });

  it('says what is missing when the password file is lost', async () => {
    const file = join(home, 'postgres.json');
    const content = await readFile(file, 'utf8');
    await rm(file);
    await assert.rejects(startEmbedded(home), /postgres\/ but no postgres\.json/);
    await writeFile(file, content, { mode: 0o600 });
  });

  it('as root, opens the way to a home that only root may enter, and says so', async function () {
    if (process.getuid?.() !== 0) this.skip();
    const closed = await mkdtemp(join(tmpdir(), 'portolan-closed-'));
    await chmod(closed, 0o700);
    const notes: string[] = [];
    const server = await startEmbedded(join(closed, 'home'), (text) => notes.push(text));
    await server.stop();
    await rm(closed, { recursive: true });
    assert.ok(notes.some((text) => text.includes(closed)));
  });
});
