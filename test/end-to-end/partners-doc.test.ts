/** docs/partners.md as a new user follows it: every file is written, every command runs, and says what the page shows. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Verb } from '../../src/cli/verb.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';
import { commandLine } from '../support/program.ts';
import { runHere } from '../support/run-here.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = await readFile(join(root, 'docs/partners.md'), 'utf8');

type Step =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'commands'; readonly lines: readonly string[] }
  | { readonly kind: 'shown'; readonly lines: readonly string[] };

/** A block under a line that is only a name in code is that file. */
const steps: Step[] = [...page.matchAll(/^(?:`([\w./-]+)`\n\n)?```(\w+)\n(.*?)^```$/gms)].map(
  ([, name, language, text = '']) => {
    const lines = text.trimEnd().split('\n');
    if (name !== undefined) return { kind: 'file', name, text };
    return { kind: language === 'sh' ? 'commands' : 'shown', lines };
  },
);

/** What the guides of the page extend, or are measured against. */
const standard = [
  'x12/common.yaml',
  ...['x12-004010/850.yaml', 'x12-004010/855.yaml', 'x12-004010/856.yaml', 'x12-005010/850.yaml'],
];

const verbs: Readonly<Record<string, () => Promise<Verb>>> = {
  inspect: async () => (await import('../../src/cli/inspect.ts')).inspect,
  translate: async () => (await import('../../src/cli/translate.ts')).translate,
  partner: async () => (await import('../../src/cli/partner.ts')).partner,
  fixture: async () => (await import('../../src/cli/fixture.ts')).fixture,
  load: async () => (await import('../../src/cli/data.ts')).load,
  doctor: async () => (await import('../../src/cli/data.ts')).doctor,
};

describe('docs/partners.md', function () {
  this.timeout(120_000);
  let folder: TestFolder;
  let env: NodeJS.ProcessEnv;
  let gateway: ChildProcess | null = null;
  let output = '';

  before(async () => {
    folder = await testFolder('partners-doc');
    for (const file of standard)
      await cp(join(root, 'mappings/standard', file), join(folder.path, 'mappings/standard', file));
    const npx = join(folder.path, 'bin', 'npx');
    await mkdir(dirname(npx));
    await writeFile(
      npx,
      `#!/bin/sh\nshift\nexec ${[process.execPath, ...commandLine()].map((word) => `"${word}"`).join(' ')} "$@"\n`,
    );
    await chmod(npx, 0o755);
    const { PORTOLAN_MAPPINGS: _mappings, DATABASE_URL: _database, REDIS_URL: _redis, ...rest } = process.env;
    env = {
      ...rest,
      PATH: `${dirname(npx)}:${process.env.PATH}`,
      PORTOLAN_PORT: '0',
      PORTOLAN_HOME: join(folder.path, 'home'),
    };
  });
  after(async () => {
    if (gateway !== null && gateway.exitCode === null) {
      gateway.kill('SIGINT');
      await once(gateway, 'exit');
    }
    await folder.remove();
  });

  it('has steps', () => {
    assert(steps.filter(({ kind }) => kind === 'commands').length >= 8);
    assert(steps.filter(({ kind }) => kind === 'file').length >= 5);
  });

  for (const [index, step] of steps.entries()) {
    if (step.kind === 'file')
      it(`${index}. ${step.name}`, async () => {
        const path = join(folder.path, step.name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, step.text);
      });
    else if (step.kind === 'commands')
      it(`${index}. ${step.lines.join('; ')}`, async () => {
        output = '';
        for (const line of step.lines) output += await run(line);
      });
    else
      it(`${index}. … says so`, () => {
        let from = 0;
        for (const line of step.lines.filter((each) => each !== '…' && each !== '')) {
          const found = output.indexOf(line, from);
          assert(found >= 0, `'${line}' is not in, or not so early in:\n${output}`);
          from = found + line.length;
        }
      });
  }

  async function run(line: string): Promise<string> {
    const [command = '', remark = ''] = line.split(/ {4,}# /);
    // The home is the test's own, and said to every command.
    if (command.startsWith('export ')) return '';
    if (command.endsWith(' &')) return startGateway(command.slice(0, -2));
    if (command.includes('--watch')) return watchOnce(command);
    if (remark === 'after a few seconds') await answersIn(command.split(' ').at(-1) ?? '');
    const expected = remark.startsWith('ends with status 1') ? 1 : 0;
    const [npx, portolan, verb = '', ...words] = command.split(' ');
    if (npx !== 'npx' || portolan !== 'portolan') return runToEnd(command, expected);
    const load = verbs[verb];
    assert(load !== undefined, `The test does not know the verb ${verb}`);
    const { status, text } = await runHere(await load(), words, { cwd: folder.path, env });
    assert.equal(status, expected, `${command} ended with ${status}:\n${text}`);
    return text;
  }

  function runToEnd(command: string, expected: number): Promise<string> {
    return new Promise((resolve, reject) => {
      execFile(
        'bash',
        ['-c', `exec 2>&1; ${command}`],
        { cwd: folder.path, env, encoding: 'utf8' },
        (error, text) => {
          const status = error === null ? 0 : error.code;
          if (status === expected) resolve(text);
          else reject(new Error(`${command} ended with ${status}:\n${text}`));
        },
      );
    });
  }

  function started(command: string): { readonly child: ChildProcess; until(what: RegExp): Promise<string> } {
    const child = spawn('bash', ['-c', `exec ${command} 2>&1`], { cwd: folder.path, env });
    let text = '';
    let look = () => {};
    for (const event of ['data', 'close'])
      child.stdout?.on(event, (part?: Buffer) => {
        text += part?.toString() ?? '';
        look();
      });
    const until = async (what: RegExp) => {
      while (!what.test(text)) {
        assert.equal(child.exitCode, null, `${command} ended early:\n${text}`);
        await new Promise<void>((resolve) => (look = resolve));
      }
      return text;
    };
    return { child, until };
  }

  async function startGateway(command: string): Promise<string> {
    const { child, until } = started(command);
    gateway = child;
    return until(/^Running/m);
  }

  async function watchOnce(command: string): Promise<string> {
    const { child, until } = started(command);
    const text = await until(/Ctrl-C ends it/);
    child.kill('SIGINT');
    const [status] = await once(child, 'exit');
    assert.equal(status, 0);
    return text;
  }

  async function answersIn(mailbox: string): Promise<void> {
    // What is being written has a name with a dot.
    const written = async () =>
      (await readdir(join(folder.path, mailbox))).filter((name) => /^[^.].*\.edi$/.test(name));
    while ((await written()).length < 2) await sleep(100);
  }
});
