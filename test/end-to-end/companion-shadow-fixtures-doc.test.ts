/** The commands of docs/companion-shadow-fixtures.md, as they stand there. */
import assert from 'node:assert/strict';
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fixture } from '../../src/cli/fixture.ts';
import { partner } from '../../src/cli/partner.ts';
import { Desk, purchaseOrder, x12 } from '../flow/steps.ts';
import { runVerb } from '../support/command.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';

const page = await readFile('docs/companion-shadow-fixtures.md', 'utf8');
const commands = [...page.matchAll(/^npx portolan (.*?)\s*(#.*)?$/gm)].map(([, words = '']) =>
  words.split(/\s+/),
);

describe('docs/companion-shadow-fixtures.md', function () {
  this.timeout(60_000);
  const home = process.cwd();
  let desk: Desk;
  let folder: TestFolder;

  before(async () => {
    desk = await Desk.open();
    await desk.give('acme-box', x12([purchaseOrder('PO-1')], 1));
    folder = await testFolder('doc');
    // What acme needs: each command loads the whole folder.
    for (const path of ['acme', 'standard/x12', 'standard/x12-004010'])
      await cp(join(desk.mappings, path), join(folder.path, 'mappings', path), { recursive: true });
    process.chdir(folder.path);
  });

  after(async () => {
    process.chdir(home);
    await desk?.close();
    await folder?.remove();
  });

  it('shows commands', () => assert.ok(commands.length >= 7, JSON.stringify(commands)));

  for (const [verb = '', ...words] of commands)
    it(`portolan ${[verb, ...words].join(' ')}`, async () => {
      const env = { DATABASE_URL: desk.database.url, PORTOLAN_MAPPINGS: join(folder.path, 'mappings') };
      const { status, err } = await runVerb(verb === 'fixture' ? fixture : partner, words, env);
      assert.equal(status, 0, err);
    });

  it('leaves what it says', async () => {
    assert.deepEqual((await readdir('companion')).sort(), ['acme.html', 'acme.md']);
    assert.deepEqual((await readdir(join('fixtures', 'acme'))).sort(), ['delivery-1', 'late-order']);
  });
});
