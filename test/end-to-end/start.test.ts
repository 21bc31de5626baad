/** scripts/start as a newcomer runs it: the story is told, every answer is right, Ctrl-C ends it all, the data stays. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type TestFolder, testFolder } from '../support/folder.ts';

const told = /Every document is confirmed by its partner\./;
const stopWithinMs = 7_000;

interface Demo {
  readonly process: ChildProcess;
  text(): string;
  url(): string;
}

describe('scripts/start', function () {
  this.timeout(180_000);
  let folder: TestFolder;
  before(async () => {
    folder = await testFolder('start');
  });
  after(() => folder.remove());

  it('tells the story of both partners, whose parsers find every answer right', async () => {
    const demo = await startDemo(folder.path);
    try {
      await waitFor(demo, told);
      assert.doesNotMatch(demo.text(), /REFUSE|missing|ended early/);
      for (const kind of ['997', '855', '856', 'CONTRL', 'ORDRSP', 'DESADV'])
        assert.match(demo.text(), new RegExp(`reads ${kind} \\d+: .*: right`));
      assert.match(demo.text(), /line 1 {2}SM-1001 {2}accepted: 24 of 24 confirmed/);
      assert.match(demo.text(), /has its 856 confirmed by the 997/);
      assert.match(demo.text(), /has its DESADV confirmed by the CONTRL/);
      const page = await fetch(demo.url());
      assert.equal(page.status, 200);
      assert.match(await page.text(), /Harbor &amp; Pine Stores|harbor-and-pine/);
      assert.equal((await fetch(`${demo.url()}/health/ready`)).status, 200);
    } finally {
      await endDemo(demo, folder.path);
    }
  });

  it('sent nothing in which inspect finds a fault', async () => {
    const files = await mailboxFiles(folder.path);
    assert.equal(files.length, 6);
    const lines = execFileSync(process.execPath, ['dist/cli.js', 'inspect', '--json', ...files], {
      encoding: 'utf8',
    })
      .trim()
      .split('\n');
    for (const line of lines) {
      const { file, faults, interchanges } = JSON.parse(line);
      assert.equal(interchanges.length, 1, file);
      assert.deepEqual(faults, [], file);
    }
  });

  it('keeps the data: the next start goes on where it was', async () => {
    const demo = await startDemo(folder.path);
    try {
      await waitFor(demo, told);
      assert.match(demo.text(), /reads order HP45002/);
      const { data } = (await (await fetch(`${demo.url()}/api/v1/orders`)).json()) as { data: unknown[] };
      assert.equal(data.length, 4);
    } finally {
      await endDemo(demo, folder.path);
    }
  });

  it('says what it takes, and refuses what it does not', () => {
    const help = execFileSync('bash', ['scripts/start', '--help'], { encoding: 'utf8' });
    for (const option of ['--no-demo', '--port', '--home']) assert.ok(help.includes(option), option);
    assert.throws(() => execFileSync('bash', ['scripts/start', '--demmo'], { stdio: 'pipe' }), { status: 2 });
  });
});

/** A group of its own, so that the interrupt reaches every process in it, as Ctrl-C does in a terminal. */
async function startDemo(home: string): Promise<Demo> {
  const started = spawn('bash', ['scripts/start', '--home', home, '--port', '0'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [started.stdout, started.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  const demo = { process: started, text: () => text, url: () => /Console: (http:\S+)/.exec(text)?.[1] ?? '' };
  await waitFor(demo, /Console: http/);
  return demo;
}

async function waitFor(demo: Demo, what: RegExp): Promise<void> {
  while (!what.test(demo.text())) {
    assert.equal(demo.process.exitCode, null, `It ended early:\n${demo.text()}`);
    await sleep(100);
  }
}

async function endDemo(demo: Demo, home: string): Promise<void> {
  const server = (await readFile(join(home, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0];
  const ended = once(demo.process, 'close');
  const from = Date.now();
  process.kill(-(demo.process.pid as number), 'SIGINT');
  const [status] = await ended;
  assert.ok(Date.now() - from < stopWithinMs, `It took ${Date.now() - from} ms to stop`);
  assert.equal(status, 0, demo.text());
  assert.ok(!existsSync(join(home, 'postgres', 'postmaster.pid')), 'PostgreSQL still runs');
  await gone(Number(server));
  await gone(-(demo.process.pid as number));
}

/** The server removes its pid file just before it ends. */
async function gone(pid: number): Promise<void> {
  for (let look = 0; look < 100; look += 1) {
    if (!runs(pid)) return;
    await sleep(100);
  }
  assert.fail(`The process ${pid} still runs`);
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH');
    return false;
  }
}

async function mailboxFiles(home: string): Promise<string[]> {
  const folders = [
    join(home, 'demo', 'harbor-and-pine', 'taken'),
    join(home, 'mailboxes', 'nordlicht', 'taken'),
  ];
  const files = await Promise.all(
    folders.map(async (at) => (await readdir(at)).map((name) => join(at, name))),
  );
  return files.flat();
}
