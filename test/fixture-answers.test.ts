/** The fixture runner: every file of a folder is compared, what is missing or too much is named, and blessing mends it. */
import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FixtureRooms, fixtureFolders, testFixture } from '../src/fixtures.ts';
import { loadGuides } from '../src/mapping/load.ts';
import { loadPartners } from '../src/partner/load.ts';
import { type TestFolder, testFolder } from './support/folder.ts';

describe('A fixture folder', () => {
  let folder: TestFolder;
  let rooms: FixtureRooms;
  let fixture: string;

  before(async () => {
    const [{ guides }, { partners }] = [
      await loadGuides('mappings'),
      await loadPartners('mappings', { demo: true }),
    ];
    rooms = { guides, partners };
    folder = await testFolder('fixture');
    fixture = join(folder.path, 'harbor-and-pine', 'copy');
  });
  beforeEach(async () => {
    await rm(fixture, { recursive: true, force: true });
    await cp('fixtures/harbor-and-pine/850-two-orders-one-stock', fixture, { recursive: true });
  });
  after(() => folder.remove());

  const run = async (blessing = false) => testFixture(fixture, rooms, { blessing });
  const texts = async () =>
    (await run()).differences.map(({ file, text }) => `${file.slice(fixture.length + 1)}: ${text}`);
  const change = async (file: string, from: string, to: string) => {
    const text = await readFile(join(fixture, file), 'latin1');
    assert(text.includes(from), `${from} in ${file}`);
    await writeFile(join(fixture, file), text.replace(from, to), 'latin1');
  };

  it('passes as it stands', async () => assert.deepEqual(await texts(), []));

  it('shows a canonical value, an answer and a response that differ', async () => {
    await change('expected.json', '"3.50"', '"3.51"');
    await change('997.out', 'AK9*A*3*3*3', 'AK9*R*3*3*0');
    await change('855.out', 'ACK*IR', 'ACK*IA');
    await change('response.json', '"cut": "5"', '"cut": "4"');
    const [response = '', ack = '', expected = '', decided = '', ...none] = await texts();
    assert.deepEqual(none, []);
    assert.match(response, /^855\.out.*\n(.*\n)* {2}- ACK\*IA\*5\*EA~\n {2}\+ ACK\*IR\*5\*EA~/m);
    assert.match(ack, /^997\.out.*\n(.*\n)* {2}- AK9\*R\*3\*3\*0~\n {2}\+ AK9\*A\*3\*3\*3~/);
    assert.match(expected, /\[0\]\.document\.lines\[0\]\.price\n {2}- "3\.51"\n {2}\+ "3\.50"/);
    assert.match(decided, /\[0\]\.response\.lines\[1\]\.cut\n {2}- "4"\n {2}\+ "5"/);
  });

  it('decides anew when what is given changes: the second order is short of what the first reserves', async () => {
    await change('given.json', '"quantity": "40"', '"quantity": "60"');
    assert.match(
      (await texts()).join('\n'),
      /\[1\]\.response\.action\n {2}- "accepted-with-changes"\n {2}\+ "accepted"/,
    );
  });

  it('names files that are missing, and files that nobody reads', async () => {
    await rm(join(fixture, 'TA1.out'));
    await writeFile(join(fixture, '999.out'), 'ISA~');
    await writeFile(join(fixture, 'notes.txt'), 'remember');
    await writeFile(join(fixture, '.swp'), '');
    const found = await texts();
    assert.equal(found.length, 3);
    assert.match(found[0] ?? '', /^999\.out: .* is there, but nothing came for it\.$/);
    assert.match(found[1] ?? '', /^TA1\.out: .* is missing\. What came:\n {2}\+ ISA/);
    assert.match(found[2] ?? '', /^notes\.txt: .* belongs to no fixture/);
  });

  it('is blessed: the files that differ are written, and no others; a stale answer goes, a note stays', async () => {
    await change('855.out', 'ACK*IR', 'ACK*IA');
    await rm(join(fixture, 'TA1.out'));
    await writeFile(join(fixture, '999.out'), 'ISA~');
    await writeFile(join(fixture, 'notes.txt'), 'remember');
    const { blessed, differences } = await run(true);
    assert.deepEqual(
      blessed.map((file) => file.slice(fixture.length + 1)),
      ['855.out', '999.out', 'TA1.out'],
    );
    assert.equal(differences.length, 1, 'notes.txt is still too much');
    assert(!(await readdir(fixture)).includes('999.out'));
    assert.deepEqual(
      await readFile(join(fixture, 'TA1.out')),
      await readFile('fixtures/harbor-and-pine/850-two-orders-one-stock/TA1.out'),
    );
  });

  it('says in a sentence why it is none', async () => {
    await change('given.json', '"sku": "SM-100", "quantity"', '"sku": "", "quantity"');
    assert.match((await texts()).join(), /given\.json: stock: Row 1: sku/);
    await writeFile(join(fixture, 'given.json'), '{ "today": "2026-11-22" ');
    assert.match((await texts()).join(), /given\.json: .*JSON/);
    await writeFile(join(fixture, 'given.json'), '{ "today": "tomorrow", "stok": [] }');
    assert.match((await texts()).join(), /given\.json: today: .*; .*stok/);
    await rm(join(fixture, 'in.edi'));
    assert.match((await texts()).join(), /holds neither in\.edi nor a document such as 855\.json/);
    await writeFile(join(fixture, '899.json'), '{}');
    assert.match((await texts()).join(), /There is no guide 899 for harbor-and-pine/);
  });

  it('asks for two folders where two things would make one file', async () => {
    await cp('fixtures/harbor-and-pine/855-every-action/855.json', join(fixture, '855.json'));
    assert.match((await texts()).join(), /855\.json and given\.json both make 855\.out: take two folders/);
  });

  it('decides no order that repeats another, is no original, or has faults', async () => {
    await change('in.edi', 'BEG*00*SA*HP45021', 'BEG*01*SA*HP45021');
    await change('in.edi', 'HP45022', 'HP45020');
    await change('in.edi', 'DC West*92*0043~\nPO1*1*2', 'DC West*92*0042~\nPO1*1*2');
    await run(true);
    const decided = JSON.parse(await readFile(join(fixture, 'response.json'), 'utf8')) as {
      state: string;
      holds: string[];
    }[];
    assert.deepEqual(
      decided.map(({ state, holds }) => [state, ...holds.map((text) => text.split(':')[0])]),
      [
        ['partially-accepted'],
        ['not-decided', 'error purpose-not-decided'],
        ['not-decided', 'error order-duplicate'],
      ],
    );
  });

  it('may be of a standard: its guides are tested, and answered by nobody’s terms', async () => {
    const own = join(folder.path, 'x12-004010', '850-clean');
    await mkdir(own, { recursive: true });
    await cp('fixtures/harbor-and-pine/850-clean/in.edi', join(own, 'in.edi'));
    await cp('fixtures/harbor-and-pine/855-every-action/855.json', join(own, '855.json'));
    assert.deepEqual((await testFixture(own, rooms, { blessing: true })).differences, []);
    assert.deepEqual((await readdir(own)).sort(), [
      '855.json',
      '855.out',
      '997.out',
      'expected.json',
      'in.edi',
    ]);
    assert.deepEqual(await fixtureFolders(folder.path, 'x12-004010'), [own]);
  });
});
