/**
 * Every folder under fixtures/ is a test. BLESS=1 npx mocha test/fixtures.test.ts writes what came as what is expected:
 * read the difference before you commit it.
 */
import assert from 'node:assert/strict';
import { bless, difference, fixtureFolders, runFixture } from '../src/fixtures.ts';
import type { Guides } from '../src/mapping/guide.ts';
import { loadGuides } from '../src/mapping/load.ts';

const folders = await fixtureFolders('fixtures');
const blessing = process.env.BLESS === '1';

describe('Fixtures', () => {
  let guides: Guides;

  before(async () => {
    guides = (await loadGuides('mappings')).guides;
  });

  it('are there', () => {
    assert(folders.length > 0, 'no fixture folder was found');
  });

  for (const folder of folders) {
    it(folder, async () => {
      if (blessing) await bless(await runFixture(folder, guides));
      const differences = (await runFixture(folder, guides)).map(difference).filter((text) => text !== '');
      if (differences.length > 0) throw new Error(differences.join('\n'));
    });
  }
});
