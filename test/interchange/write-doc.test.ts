/** The programs of docs/writing.md run, and print what the page says. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { delimiterCandidates } from '../../src/interchange/write-separators.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/writing.md'), 'utf8');
const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/esm/index.mjs')).href;
const room = pathToFileURL(join(root, 'src/interchange/interchange.ts')).href;
const examples = [...page.matchAll(/^```ts\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```/gm)];

describe('docs/writing.md', function () {
  this.timeout(60_000);
  let folder: TestFolder;
  before(async () => {
    folder = await testFolder('writing');
  });
  after(() => folder?.remove());

  it('has programs', () => assert.equal(examples.length, 2));

  for (const [index, [, program = '', printed]] of examples.entries()) {
    it(`program ${index + 1} prints what the page says`, async () => {
      const file = join(folder.path, `program-${index}.mts`);
      await writeFile(file, program.replace("'portolan/interchange'", JSON.stringify(room)));
      const { stdout } = await run(process.execPath, ['--import', tsx, file]);
      assert.equal(stdout, printed);
    });
  }

  it('lists the candidates in their order', () => {
    const [, visible = '', hidden = ''] =
      /first free ones of `([^`]+)` and the control characters ([0-9A-F, ]+), or/.exec(
        page.replace(/\s+/g, ' '),
      ) ?? [];
    const codes = hidden.split(', ').map((code) => String.fromCharCode(Number.parseInt(code, 16)));
    assert.deepEqual([...visible.split(' '), ...codes], delimiterCandidates);
  });
});
