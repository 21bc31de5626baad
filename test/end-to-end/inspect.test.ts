/** `portolan inspect` as a process: what it writes where, how it ends, and the memory that it takes. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { bytes, edifact, isa, order, orders, x12 } from '../interchange/samples.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';
import { commandLine } from '../support/program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const fine = x12(order);
const faulty = x12([...order.slice(0, -1), 'ZZZ*1', 'CTT*2*30']);

interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

function start(
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
  options: readonly string[] = [],
): ChildProcess {
  const { FORCE_COLOR: _, NO_COLOR: __, ...rest } = process.env;
  return spawn(process.execPath, [...options, ...commandLine(), 'inspect', ...words], {
    cwd: root,
    env: { ...rest, ...env },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
}

async function ended(child: ChildProcess, input: string | Iterable<Uint8Array> = ''): Promise<Ended> {
  const closed = new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once('close', (status, signal) => resolve([status, signal])),
  );
  const source = Readable.from(typeof input === 'string' ? [bytes(input)] : input);
  const [out, err] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stderr as Readable),
    child.stdin === null ? undefined : pipeline(source, child.stdin),
  ]);
  const [status, signal] = await closed;
  return { status, signal, out, err };
}

/** As a shell runs it, with a redirection. */
async function shell(words: readonly string[], redirection: string): Promise<Ended> {
  const command = `exec "$@" ${redirection}`;
  const program = [process.execPath, ...commandLine(), 'inspect'];
  return ended(
    spawn('sh', ['-c', command, 'sh', ...program, ...words], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

describe('portolan inspect', function () {
  this.timeout(180_000);
  let folder: TestFolder;
  const at = (name: string) => join(folder.path, name);

  before(async () => {
    folder = await testFolder('inspect');
    await writeFile(at('fine.edi'), fine);
    await writeFile(at('faulty.edi'), faulty);
    await writeFile(at('edifact.edi'), edifact(orders));
    await writeFile(at('empty.edi'), '');
    await mkdir(at('folder'));
  });
  after(() => folder.remove());

  it('inspects every file that it can, tells in a line of each that it cannot, and sums up', async () => {
    const files = ['fine.edi', 'missing.edi', 'folder', 'faulty.edi', 'fine.edi/below', 'edifact.edi'].map(
      at,
    );
    const { status, out, err } = await ended(start(files));
    assert.equal(status, 2);
    assert.deepEqual(err.trimEnd().split('\n'), [
      `${at('missing.edi')}: there is no such file. Check its name and folder.`,
      `${at('folder')}: it is a folder. Name the files in it.`,
      `${at('fine.edi/below')}: there is no such file. Check its name and folder.`,
    ]);
    for (const name of ['fine.edi', 'faulty.edi', 'edifact.edi'])
      assert.match(out, new RegExp(`^${at(name)}\n {2}(X12|EDIFACT) interchange`, 'm'));
    assert.match(
      out,
      /\n\n6 files: 2 without errors, 1 with errors, 3 not read\n {2}with errors: .*faulty\.edi\n {2}not read: .*missing/,
    );
    assert.ok(!out.includes('\x1b'));
  });

  it('prints what the README shows', async () => {
    const readme = await readFile(join(root, 'README.md'), 'utf8');
    const [, file = '', shown = ''] =
      /npx portolan inspect (\S+in\.edi)\n[\s\S]*?```text\n([\s\S]*?)```/.exec(readme) ?? [];
    const { status, out } = await ended(start([file]));
    assert.equal(status, 1);
    assert.ok(shown.length > 300);
    assert.equal(out.slice(0, shown.length), shown);
  });

  it('has the status of what it found', async () => {
    for (const [name, expected] of [
      ['fine.edi', 0],
      ['empty.edi', 1],
      ['missing.edi', 2],
    ] as const) {
      assert.equal((await ended(start([at(name), '--json']))).status, expected, name);
    }
    for (const words of [
      ['--jsn', at('fine.edi')],
      ['-', '-'],
    ]) {
      const { status, out, err } = await ended(start(words));
      assert.deepEqual([status, out], [2, '']);
      assert.match(err, /portolan inspect|once only/);
    }
  });

  it('says that it cannot write, and blames no file, when there is no room for what it found', async function () {
    if (!existsSync('/dev/full')) this.skip();
    for (const words of [[at('fine.edi')], ['--json', at('fine.edi')]]) {
      const { status, err } = await shell(words, '>/dev/full');
      assert.equal(status, 2);
      assert.match(err, /^ENOSPC.*write\n$/);
    }
  });

  it('tells a folder at standard input from an empty file', async () => {
    const { status, out, err } = await shell(['-'], `<'${folder.path}'`);
    assert.deepEqual([status, out], [2, '']);
    assert.equal(err, '-: it is a folder. Name the files in it.\n');
  });

  it('writes one line of JSON for each file with --json, and nothing for people among them', async () => {
    const { status, out, err } = await ended(
      start(['--json', at('fine.edi'), '-', at('missing.edi'), at('faulty.edi')]),
      edifact(orders),
    );
    assert.equal(status, 2);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ file, faultCount }) => [file, faultCount.error]),
      [
        [at('fine.edi'), 0],
        ['-', 0],
        [at('faulty.edi'), 1],
      ],
    );
    assert.equal(lines[1].interchanges[0].groups[0].messages[0].type, 'ORDERS');
    assert.equal(err, `${at('missing.edi')}: there is no such file. Check its name and folder.\n`);
  });

  it('colours a pipe only where FORCE_COLOR asks for it', async () => {
    const coloured = async (env: NodeJS.ProcessEnv) =>
      (await ended(start([at('faulty.edi')], env))).out.includes('\x1b[1;31merror\x1b[0m');
    assert.equal(await coloured({ TERM: 'xterm-256color' }), false);
    assert.equal(await coloured({ FORCE_COLOR: '1' }), true);
  });

  it('ends quietly when nobody reads its output, with the status of what it had found', async () => {
    for (const [first, expected] of [
      [fine, 0],
      [faulty, 1],
    ] as const) {
      const child = start(['-']);
      const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
      const input = child.stdin as NodeJS.WritableStream;
      input.on('error', () => undefined);
      const err = text(child.stderr as Readable);
      input.write(bytes(first));
      await new Promise((resolve) => child.stdout?.once('data', resolve));
      child.stdout?.destroy();
      const feeding = setInterval(() => input.write(bytes(fine.repeat(50))), 20);
      assert.equal(await closed, expected);
      clearInterval(feeding);
      assert.equal(await err, '');
    }
  });

  it('ends as interrupted when it is: 130 for a shell', async () => {
    const child = start(['-']);
    const closed = new Promise<unknown[]>((resolve) => child.once('close', (...how) => resolve(how)));
    child.stdin?.write(bytes(fine));
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    child.kill('SIGINT');
    assert.deepEqual(await closed, [null, 'SIGINT']);
  });

  it('reads 60 MB in the memory of 5 MB, and writes no progress into a pipe', async () => {
    const small = await measured(5_000_000);
    const large = await measured(60_000_000);
    const grown = large.megabytes - small.megabytes;
    assert.ok(large.messages > 10 * small.messages);
    assert.ok(grown < 64, `${small.megabytes} MB for 5 MB, ${large.megabytes} MB for 60 MB`);
  });
});

/** Inspects an interchange of a size that comes on standard input. */
async function measured(size: number): Promise<{ megabytes: number; messages: number }> {
  const child = start(['--json', '-'], {}, ['--import', './test/support/peak-memory.mjs']);
  const peak = text(child.stdio[3] as Readable);
  const { status, out, err } = await ended(child, interchange(size));
  assert.deepEqual([status, err], [0, '']);
  const [found] = JSON.parse(out).interchanges;
  assert.ok(JSON.parse(out).bytes >= size);
  return { megabytes: Number(await peak) / 1_000, messages: found.groups[0].messages.length };
}

/** One interchange with one group of orders of 40 lines, about as long as asked for, in chunks. */
function* interchange(size: number): Generator<Buffer> {
  const lines = Array.from(
    { length: 40 },
    (_, index) => `PO1*${index + 1}*24*EA*12.5**UP*036000291452~PID*F*08***Brass lamp in a box~`,
  );
  const body = `BEG*00*SA*HP-1001**20261122~${lines.join('')}CTT*40*960~`;
  let messages = 0;
  yield bytes(`${isa}GS*PO*HARBORPINE*LANTERN*20261122*0915*41*X*004010~`);
  for (let length = 0; length < size; ) {
    messages += 1;
    const control = String(messages).padStart(9, '0');
    const message = bytes(`ST*850*${control}~${body}SE*84*${control}~`);
    length += message.length;
    yield message;
  }
  yield bytes(`GE*${messages}*41~IEA*1*000000041~`);
}
