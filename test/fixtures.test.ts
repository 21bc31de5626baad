/**
 * Every folder under fixtures/ is a test. `portolan partner test --bless` writes what came as what is expected: read the
 * difference before you commit it.
 */
import assert from 'node:assert/strict';
import { type FixtureRooms, fixtureFolders, testFixture } from '../src/fixtures.ts';
import { loadGuides } from '../src/mapping/load.ts';
import { loadPartners } from '../src/partner/load.ts';

const folders = await fixtureFolders('fixtures');

describe('Fixtures', () => {
  let rooms: FixtureRooms;

  before(async () => {
    const [{ guides }, { partners }] = await Promise.all([
      loadGuides('mappings'),
      loadPartners('mappings', { demo: true }),
    ]);
    rooms = { guides, partners };
  });

  it('are there', () => {
    assert(folders.length > 0, 'no fixture folder was found');
  });

  for (const folder of folders) {
    it(folder, async () => {
      const { differences } = await testFixture(folder, rooms, { blessing: false });
      if (differences.length > 0) throw new Error(differences.map(({ text }) => text).join('\n'));
    });
  }
});
