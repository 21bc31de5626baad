/** All of the mappings in one load, and in the loads behind it. */
import assert from 'node:assert/strict';
import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { filesOf } from '../../src/mapping/files.ts';
import { loadMappings, type Mappings } from '../../src/partner/mappings.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';

const partnerYaml = (id: string) => `partner: 1
name: ${id}
agreements:
  live:
    standard: x12
    us: { qualifier: ZZ, id: OURCO }
    them: { qualifier: ZZ, id: ${id} }
    version: { interchange: '00401', message: '004010' }
    acknowledge: { send: '997' }
    endpoint: ${id}-box
endpoints:
  ${id}-box: { type: folder, in: in, out: out }
`;
const guide = (line: string) =>
  `guide: 1\nmessage: x12 004010 850\ncanonical: order\nsegments:\n  - ${line}\n`;

describe('partner/mappings', () => {
  let folder: TestFolder;

  beforeEach(async () => {
    folder = await testFolder('mappings');
    for (const name of ['acme', 'birch']) {
      await write(`${name}/partner.yaml`, partnerYaml(name));
      await write(`${name}/850.yaml`, guide('BEG: { "03": number }'));
    }
  });
  afterEach(() => folder.remove());

  async function write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(folder.path, path)), { recursive: true });
    await writeFile(join(folder.path, path), text);
  }
  const load = (before?: Mappings) =>
    loadMappings(folder.path, { demo: false, ...(before === undefined ? {} : { before }) });
  const guideIn = ({ guides }: Mappings, partner: string) => guides.find(partner, 'x12', '004010', '850');

  it('hold a partner whose partner.yaml is a directory, and nobody else', async () => {
    const path = join(folder.path, 'acme', 'partner.yaml');
    await rm(path);
    await mkdir(path);
    const first = await load();
    const said = `${path}:1:1: partner.yaml cannot be read: it is a directory.`;
    assert.deepEqual(
      first.partners.held.map(({ partner }) => partner),
      ['acme'],
    );
    assert.equal(first.partners.heldBecause('acme'), said);
    assert.equal(first.problems[0]?.hint, 'Put a file of this name in its place.');
    await rm(path, { recursive: true });
    await write('acme/partner.yaml', partnerYaml('acme'));
    const mended = await load(first);
    assert.deepEqual(mended.problems, []);
    assert.equal(mended.partners.heldBecause('acme'), null);
    await rm(path);
    await mkdir(path);
    const again = await load(mended);
    assert.equal(again.partners.heldBecause('acme'), said);
    assert.notEqual(again.partners.agreement('acme/live'), null, 'its terms of the load before are known');
  });

  it('hold a partner whose files may not be read, and nobody else', async function () {
    if (process.getuid?.() === 0) this.skip();
    await chmod(join(folder.path, 'acme', 'partner.yaml'), 0);
    const file = await load();
    const [problem] = file.problems;
    assert.equal(
      problem?.message,
      'partner.yaml cannot be read: the user that runs Portolan may not read it.',
    );
    assert.equal(problem?.hint, 'Give that user the right to read it (chmod, chown).');
    await chmod(join(folder.path, 'acme'), 0);
    const closed = await load(file);
    await chmod(join(folder.path, 'acme'), 0o700);
    assert.deepEqual(
      [file, closed].map(({ partners }) => partners.held.map(({ partner }) => partner)),
      [['acme'], ['acme']],
    );
  });

  it('leave guides alone where they are not asked for', async () => {
    await write('acme/850.yaml', guide('BEG: { "03": nummer }'));
    const { partners, guides, problems } = await loadMappings(folder.path, { demo: false, guides: false });
    assert.deepEqual([problems, partners.held, guides.all], [[], [], []]);
    assert.deepEqual(
      partners.all.map(({ name }) => name),
      ['acme', 'birch'],
    );
    assert.match((await load()).partners.heldBecause('acme') ?? '', /no field 'nummer'/);
  });

  it('follow no link to a folder, of a partner or within one', async () => {
    const before = await load();
    const elsewhere = await testFolder('elsewhere');
    await writeFile(join(elsewhere.path, 'partner.yaml'), partnerYaml('cedar'));
    await writeFile(join(elsewhere.path, '850.yaml'), guide('BEG: { "03": number }'));
    await symlink(elsewhere.path, join(folder.path, 'cedar'));
    await symlink(elsewhere.path, join(folder.path, 'acme', 'there'));
    for (const name of ['around', 'again']) await symlink(folder.path, join(folder.path, 'acme', name));
    const { links } = await filesOf(folder.path);
    const { partners, guides, problems, mark } = await load();
    await elsewhere.remove();
    assert.deepEqual(links, ['acme/again', 'acme/around', 'acme/there', 'cedar']);
    assert.deepEqual([problems, mark], [[], before.mark]);
    assert.deepEqual(
      guides.all.map(({ name }) => name),
      before.guides.all.map(({ name }) => name),
    );
    assert.equal(partners.byName('cedar'), null);
  });

  it('read what a link to a file stands for, and nothing hidden', async () => {
    await write('.held/850.yaml', guide('BEG: { "03": number }'));
    await write('acme/.850.yaml', 'half: [\n');
    await rename(join(folder.path, 'acme/850.yaml'), join(folder.path, '.held/acme.yaml'));
    await symlink('../.held/acme.yaml', join(folder.path, 'acme/850.yaml'));
    const mappings = await load();
    assert.deepEqual(mappings.problems, []);
    assert.equal(guideIn(mappings, 'acme')?.name, 'acme/850');
    assert(!mappings.guides.all.some(({ name }) => name.startsWith('.')));
  });

  it('take what has not changed from the load before, and nothing else', async () => {
    const first = await load();
    await write('acme/850.yaml', guide('BEG: { "03": number, "05": orderedOn date }'));
    await write('birch/850.yaml', guide('BEG: { "03": number }'));
    const second = await load(first);
    assert.equal(guideIn(second, 'birch'), guideIn(first, 'birch'), 'written again as it was');
    assert.notEqual(guideIn(second, 'acme')?.digest, guideIn(first, 'acme')?.digest);
    await write('birch/partner.yaml', partnerYaml('birch').replace('name: birch', 'name: Birch Stores'));
    const third = await load(second);
    assert.equal(third.partners.byName('birch')?.title, 'Birch Stores');
    assert.equal(guideIn(third, 'acme'), guideIn(second, 'acme'));
    assert.equal(third.folders.get('acme'), second.folders.get('acme'));
  });
});
