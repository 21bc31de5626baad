import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { watchFiles } from '../../src/cli/watch.ts';
import { purchaseOrder, x12 } from '../flow/steps.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';
import { commandLine } from '../support/program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** As most editors do: a new file takes the old one's place. */
async function save(file: string, text: string): Promise<void> {
  await writeFile(`${file}~`, text);
  await rename(`${file}~`, file);
}

describe('Watching files', () => {
  let folder: TestFolder;
  before(async () => {
    folder = await testFolder('watch');
  });
  after(() => folder.remove());

  it('works once, then at each change: files replaced, added, and in new folders; and ends when told to', async () => {
    const [guides, sample] = [join(folder.path, 'guides'), join(folder.path, 'sample.edi')];
    await mkdir(guides);
    await writeFile(sample, '1');
    const ending = new AbortController();
    const runs: string[][] = [];
    const steps = [
      () => save(sample, '2'),
      () => save(join(guides, '850.yaml'), 'guide'),
      () => mkdir(join(guides, 'acme')),
      () => save(join(guides, 'acme', '855.yaml'), 'guide'),
    ];
    await watchFiles(
      { folders: [guides], files: [sample] },
      async (changed) => {
        runs.push(changed.map((file) => file.slice(folder.path.length + 1)));
        const next = steps[runs.length - 1];
        // What changes while the work goes on leads to another run.
        if (next === undefined) ending.abort();
        else await next();
      },
      ending.signal,
    );
    assert.deepEqual(runs, [
      [],
      ['sample.edi'],
      ['guides/850.yaml'],
      ['guides/acme'],
      ['guides/acme/855.yaml'],
    ]);
  });

  it('lets what the work throws end it', async () => {
    const failing = watchFiles(
      { folders: [folder.path], files: [] },
      async () => {
        throw new Error('broken');
      },
      new AbortController().signal,
    );
    await assert.rejects(failing, /broken/);
  });
});

describe('portolan translate --watch', () => {
  let folder: TestFolder;
  let child: ChildProcess;
  let output = '';
  let tell = () => {};

  before(async () => {
    folder = await testFolder('translate-watch');
    const standard = join(folder.path, 'mappings', 'standard');
    for (const file of ['x12/common.yaml', 'x12-004010/850.yaml'])
      await cp(join(root, 'mappings/standard', file), join(standard, file));
    await writeFile(join(folder.path, 'order.edi'), x12([purchaseOrder('WATCHED-1')], 1));
    child = spawn(process.execPath, [...commandLine(), 'translate', 'order.edi', '--watch'], {
      cwd: folder.path,
      env: { ...process.env, PORTOLAN_MAPPINGS: 'mappings' },
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        tell();
      });
  });
  after(async () => {
    child.kill('SIGKILL');
    await folder.remove();
  });

  /** What was written until it waits again. */
  async function result(): Promise<string> {
    const end = 'Waiting for changes. Ctrl-C ends it.\n';
    while (!output.includes(end)) await new Promise<void>((resolve) => (tell = resolve));
    const [first = ''] = output.split(end);
    output = output.slice(first.length + end.length);
    return first;
  }

  it('shows the result, and again when the guide or the sample is saved; a broken guide with its place', async () => {
    assert.match(await result(), /"number": "WATCHED-1"/);
    const guide = join(folder.path, 'mappings/standard/x12-004010/850.yaml');
    const text = await readFile(guide, 'utf8');
    await save(guide, text.replace('"03": number', '"03": nummer'));
    const broken = await result();
    assert.match(broken, /850\.yaml:\d+:\d+: The document has no field 'nummer'\./);
    assert.match(broken, /Did you mean 'number'\?/);
    await save(guide, text.replace('"03": number', '"03": contract'));
    assert.match(await result(), /The order is not complete: number/);
    await save(guide, text);
    await result();
    await save(join(folder.path, 'order.edi'), x12([purchaseOrder('WATCHED-2')], 1));
    assert.match(await result(), /order\.edi\n.*"number": "WATCHED-2"/s);
  });

  it('ends with Ctrl-C, cleanly', async () => {
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number | null];
    assert.equal(code, 0);
    assert.equal(output, '');
  });
});
