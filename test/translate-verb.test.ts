/** The verb translate shows what the gateway would make of a file, and nothing else. */
import assert from 'node:assert/strict';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { translate } from '../src/cli/translate.ts';
import { pathBelow } from '../src/guide-paths.ts';
import type { Entry } from '../src/mapping/notation.ts';
import { runVerb } from './support/command.ts';
import { type TestFolder, testFolder } from './support/folder.ts';

describe('portolan translate', function () {
  this.timeout(60_000);
  let folder: TestFolder;

  before(async () => {
    folder = await testFolder('mappings');
    await mkdir(join(folder.path, 'standard'));
    for (const name of ['standard/x12', 'standard/x12-004010', 'harbor-and-pine'])
      await cp(join('mappings', name), join(folder.path, name), { recursive: true });
  });
  after(() => folder.remove());

  const run = () =>
    runVerb(translate, ['fixtures/harbor-and-pine/850-clean/in.edi'], { PORTOLAN_MAPPINGS: folder.path });

  it("reads nothing by the standard guide in place of a partner's broken one", async () => {
    assert.match((await run()).out, /^850 of harbor-and-pine by harbor-and-pine\/850\n/);
    await writeFile(join(folder.path, 'harbor-and-pine/850.yaml'), 'guide: 1\nmessage: x12 004010 850\n');
    const { status, out, err } = await run();
    assert.deepEqual([status, out], [1, '']);
    assert.match(err, /850 of harbor-and-pine is not read: the gateway holds it/);
  });
});

describe('A canonical path of a page', () => {
  const entry = (each: string | null, within: string | null) =>
    ({
      each: each === null ? null : { value: each },
      within: within === null ? null : { value: within },
    }) as Entry;

  it('marks the lists of an entry, and no object around them', () => {
    assert.equal(pathBelow(entry('contacts', null), 'buyer'), 'buyer.contacts[]');
    assert.equal(pathBelow(entry('charges', null), 'lines[]'), 'lines[].charges[]');
    assert.equal(pathBelow(entry('orders.cartons', 'shipTo'), ''), 'orders[].cartons[].shipTo');
  });
});
