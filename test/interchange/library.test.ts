/** The room as a library: packed as it would be published, installed into an empty folder, used as docs/interchange.md says. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type TestFolder, testFolder } from '../support/folder.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/interchange.md'), 'utf8');
const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/esm/index.mjs')).href;

/** Each program of the page, with what it prints. */
const examples = [...page.matchAll(/^```ts\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```/gm)].map(
  ([, program = '', printed = '']) => ({ program, printed }),
);
const [, sample = ''] = /^```edi orders\.edi\n([\s\S]*?)^```/m.exec(page) ?? [];

describe('the library', function () {
  this.timeout(120_000);
  let folder: TestFolder;
  const at = (...path: string[]) => join(folder.path, ...path);
  const installed = (...path: string[]) => at('node_modules', 'portolan', ...path);

  before(async () => {
    folder = await testFolder('library');
    await mkdir(installed(), { recursive: true });
    // Scripts would build, which scripts/test and npm ci have done.
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder.path], { cwd: root });
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    await run('tar', ['-xzf', at(`portolan-${version}.tgz`), '-C', installed(), '--strip-components=1']);
    await writeFile(at('orders.edi'), sample);
    await writeFile(at('package.json'), '{"type":"module","private":true}');
  });
  after(() => folder?.remove());

  it('is packed with the dictionary, the compiled code and its types', () => {
    for (const file of [
      'LICENSE',
      'NOTICE',
      'dist/cli.js',
      'dist/interchange/interchange.js',
      'dist/interchange/interchange.d.ts',
      'dist/interchange/dictionary/x12-004010/850.txt',
      'dist/interchange/dictionary/edifact-D96A/ORDERS.txt',
    ])
      assert.ok(existsSync(installed(file)), `${file} is not in the package`);
  });

  it('loads nothing of the rest, and no package', async () => {
    await writeFile(
      at('listing.mjs'),
      `import { appendFileSync } from 'node:fs';
export async function load(url, context, next) {
  appendFileSync('loaded.txt', url + '\\n');
  return next(url, context);
}
`,
    );
    await writeFile(
      at('listed.mjs'),
      "import { register } from 'node:module';\nregister('./listing.mjs', import.meta.url);\n",
    );
    await writeFile(
      at('plain.mjs'),
      `import { readFileSync } from 'node:fs';
import { readInterchanges } from 'portolan/interchange';
const types = [];
for await (const event of readInterchanges([readFileSync('orders.edi')]))
  if (event.kind === 'message') types.push(event.type, event.release, event.root !== null);
console.log(JSON.stringify(types));
`,
    );
    const { stdout } = await run(process.execPath, ['--import', './listed.mjs', 'plain.mjs'], {
      cwd: folder.path,
    });
    assert.equal(stdout, '["850","004010",true,"850","004010",true]\n');
    const urls = (await readFile(at('loaded.txt'), 'utf8')).trim().split('\n');
    const own = pathToFileURL(installed('dist/')).href;
    const strangers = urls.filter((url) => {
      if (!url.startsWith(own)) return !url.startsWith('node:') && !url.endsWith('/plain.mjs');
      return !/^(interchange\/[\w/-]+|fault|fault\/\w+)\.js$/.test(url.slice(own.length));
    });
    assert.deepEqual(strangers, []);
    assert.ok(urls.includes(`${own}interchange/interchange.js`), urls.join('\n'));
    assert.deepEqual(
      [...new Set(urls.filter((url) => url.startsWith('node:')))].filter(
        (url) => !['node:fs', 'node:buffer', 'node:url'].includes(url),
      ),
      [],
    );
  });

  it('has types that hold in a strict program that checks its libraries', async () => {
    await mkdir(at('node_modules', '@types'), { recursive: true });
    for (const name of ['@types/node', 'undici-types'])
      await symlink(join(root, 'node_modules', name), at('node_modules', name));
    const files = examples.map((_, index) => `example-${index + 1}.mts`);
    for (const [index, { program }] of examples.entries())
      await writeFile(at(files[index] as string), `${program}export {};\n`);
    await writeFile(
      at('types.mts'),
      `import type { Fault, FaultCode, Limits, Message, Position, Receipt, Value } from 'portolan/interchange';
import { defaultLimits, readInterchanges } from 'portolan/interchange';
export const kept = (limits: Limits = defaultLimits): number => limits.faultsPerMessage;
export const code: FaultCode = 'segment-unknown';
// @ts-expect-error There is no such fault.
export const none: FaultCode = 'segment-unheard-of';
export const place = ({ at }: Fault): Position | undefined => at;
export const first = ({ segments }: Message): Value | undefined => segments[0]?.values[0];
export const refused = ({ verdict }: Receipt): boolean => verdict === 'rejected';
// @ts-expect-error Text is no bytes.
readInterchanges(['ISA']);
`,
    );
    const compilerOptions = {
      strict: true,
      skipLibCheck: false,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      module: 'nodenext',
      target: 'es2023',
      lib: ['es2023'],
      types: ['node'],
      noEmit: true,
    };
    await writeFile(at('tsconfig.json'), JSON.stringify({ compilerOptions, files: ['types.mts', ...files] }));
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = await run(process.execPath, [compiler, '-p', folder.path]).catch((error) => error);
    assert.equal(stdout, '');
  });

  it('does what its page says', async () => {
    assert.ok(examples.length > 5);
    assert.equal(page.match(/^```ts$/gm)?.length, examples.length, 'every program says what it prints');
    const files = examples.map((_, index) => `./page-${index + 1}.mts`);
    for (const [index, { program }] of examples.entries())
      await writeFile(at(files[index] as string), program);
    const imports = files.map((file) => `console.log('\\0');\nawait import('${file}');\n`);
    await writeFile(at('page.mjs'), imports.join(''));
    const { stdout } = await run(process.execPath, ['--import', tsx, 'page.mjs'], { cwd: folder.path });
    const printed = stdout.split('\0\n').slice(1);
    for (const [index, example] of examples.entries())
      assert.equal(printed[index], example.printed, example.program);
  });

  it('is described with pages that exist', () => {
    for (const [, path = ''] of page.matchAll(/\]\(([\w./-]+\.md)\)/g))
      assert.ok(existsSync(join(root, 'docs', path)), path);
  });
});
