/** A partner.yaml that is anything but one: it is named, and every other partner is there all the same. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadMappings, type Mappings } from '../../src/partner/mappings.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';

const good = (id: string) => `partner: 1
name: Harbor Retail
timeZone: Europe/Berlin
agreements:
  live:
    standard: edifact
    us: { qualifier: '14', id: '4012345000009' }
    them: { id: ${id} }
    version: { interchange: 'UNOC:3', message: 'D:96A:UN' }
    acknowledge: { send: CONTRL }
    endpoint: ${id.toLowerCase()}-box
endpoints:
  ${id.toLowerCase()}-box: { type: folder, in: ${id}/in, out: ${id}/out }
`;

/** Nine of nine of nine …: some lines that stand for millions of words. */
const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
  .concat([...'bcdefghi'].map((name, i) => `${name}: &${name} [${`*${'abcdefgh'[i]}, `.repeat(9)}]`))
  .join('\n');

const texts: Readonly<Record<string, [text: string | Buffer, message: RegExp]>> = {
  'a list': ['- 1\n', /the file: .*object/],
  'one word': ['harbor\n', /the file: .*object/],
  'a value that begins with a star': [
    good('ACME').replace('ACME/in', '*.edi'),
    /'\*\.edi' is an alias of YAML/,
  ],
  'a bomb of aliases': [bomb, /'\*\w' is an alias of YAML/],
  'maps in maps in maps': [`partner: ${'{a: '.repeat(1500)}1${'}'.repeat(1500)}\n`, /more than 100 deep/],
  'lists in lists in lists': [`partner: ${'['.repeat(9000)}${']'.repeat(9000)}\n`, /more than 100 deep/],
  'a key that stands twice': [`${good('ACME')}name: Acme\n`, /This key stands twice/],
  'two documents': [`${good('ACME')}---\npartner: 1\n`, /second document/],
  'another encoding': [Buffer.from(good('ACME').replace('Harbor', 'Gr\u00fcn'), 'latin1'), /it is not UTF-8/],
  'far too long': [`# ${'x'.repeat(256_000)}`, /256002 bytes, and at most 256000/],
};

describe('partner.yaml of any kind', () => {
  let folder: TestFolder;

  beforeEach(async () => {
    folder = await testFolder('mappings');
    await write('harbor/partner.yaml', good('HARBOR'));
  });
  afterEach(() => folder.remove());

  async function write(path: string, text: string | Buffer): Promise<void> {
    await mkdir(join(folder.path, path, '..'), { recursive: true });
    await writeFile(join(folder.path, path), text);
  }

  /** One problem, in acme's folder; harbor is there, and not held. */
  async function onlyAcme(before?: Mappings): Promise<Mappings> {
    const mappings = await loadMappings(folder.path, { demo: false, ...(before ? { before } : {}) });
    assert.deepEqual(
      mappings.problems.map(({ file }) => file),
      [join(folder.path, 'acme/partner.yaml')],
    );
    assert.equal(mappings.partners.byName('harbor')?.agreements.length, 1);
    assert.equal(mappings.partners.heldBecause('harbor'), null);
    return mappings;
  }

  for (const [what, [text, message]] of Object.entries(texts)) {
    it(`names ${what}`, async () => {
      await write('acme/partner.yaml', text);
      const { problems } = await onlyAcme();
      assert.match(problems[0]?.message ?? '', message);
    });
  }

  it('names what is no file, and waits for nothing', async () => {
    await mkdir(join(folder.path, 'acme/partner.yaml'), { recursive: true });
    assert.match((await onlyAcme()).problems[0]?.message ?? '', /cannot be read: it is a directory/);
    await mkdir(join(folder.path, 'pipes'));
    execFileSync('mkfifo', [join(folder.path, 'pipes/partner.yaml'), join(folder.path, 'pipes/850.yaml')]);
    const { problems } = await loadMappings(folder.path, { demo: false });
    const told = problems.filter(({ file }) => file.includes('pipes'));
    assert.deepEqual(
      told.map(({ message }) => message),
      ['partner.yaml cannot be read: it is no file.', 'This guide cannot be read: it is no file.'],
    );
  });

  it('keeps what it knew of a partner whose file cannot be read any more', async () => {
    await write('acme/partner.yaml', good('ACME'));
    const before = await loadMappings(folder.path, { demo: false });
    await write('acme/partner.yaml', '- 1\n');
    const { partners } = await onlyAcme(before);
    assert.equal(partners.byName('acme')?.agreements.length, 1);
    assert.match(partners.heldBecause('acme') ?? '', /the file/);
  });

  it('looks at all other files where one is a link to itself', async () => {
    await symlink('850.yaml', join(folder.path, 'harbor/850.yaml'));
    const { partners } = await loadMappings(folder.path, { demo: false });
    assert.match(partners.heldBecause('harbor') ?? '', /ELOOP/);
  });
});
