/** Files that are no guides, and guides that would pass for right, hang or fill the memory: each is named, and nothing else suffers. */
import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { GuideFolder, x12 } from './guide-folder.ts';

describe('Loading hostile guides', () => {
  let folder: GuideFolder;

  beforeEach(async () => {
    folder = await GuideFolder.open();
  });
  afterEach(() => folder.remove());

  const load = (files: Readonly<Record<string, string>>) => folder.load(files);

  /** line:column of the only problem, and what is said of it. */
  async function problemOf(text: string): Promise<[string, string]> {
    const [place, message] = await folder.problemOf(text);
    return [place, message];
  }

  it('names what is no file, cannot be read or is too large, and keeps the others', async () => {
    await mkdir(join(folder.path, 'acme', 'tables', 'stores.csv'), { recursive: true });
    await mkdir(join(folder.path, 'acme', 'folder.yaml'));
    await symlink(join(folder.path, 'nowhere'), join(folder.path, 'acme', 'gone.yaml'));
    await symlink(join(folder.path, 'nowhere'), join(folder.path, 'acme', 'tables', 'gone.csv'));
    await writeFile(
      join(folder.path, 'acme', 'latin.yaml'),
      Buffer.from('guide: 1\nnote: Gr\u00fc\u00dfe\n', 'latin1'),
    );
    await writeFile(join(folder.path, 'acme', 'large.yaml'), `# ${'x'.repeat(256_000)}`);
    const { guides, problems } = await load({ 'acme/850': x12('BEG: { "03": number }') });
    assert.deepEqual(
      guides.all.map(({ name }) => name),
      ['acme/850'],
    );
    const told = problems.map(({ file, message }) =>
      `${basename(file)} ${message}`.replace(/ENOENT.*/, 'ENOENT'),
    );
    assert.deepEqual(told, [
      'folder.yaml This guide cannot be read: it is a directory.',
      'gone.yaml This guide cannot be read: ENOENT',
      'large.yaml This guide cannot be read: it has 256002 bytes, and at most 256000 are read.',
      'latin.yaml This guide cannot be read: it is not UTF-8.',
      'gone.csv The table cannot be read: ENOENT',
      'stores.csv The table cannot be read: it is a directory.',
    ]);
  });

  for (const key of ['must', 'only', 'like', 'at', 'each', 'most', 'says', 'ignore', 'remove'])
    it(`refuses a list where '${key}' takes a word`, async () => {
      const [, message] = await problemOf(x12(`BEG: { "03": number, ${key}: [x] }`));
      assert.equal(message, `'${key}' takes one word or sentence, and no list.`);
    });

  it('refuses what YAML lets pass: other words for true, keys that are lists, a position in two spellings', async () => {
    assert.match((await problemOf(x12('BEG: { "03": number, remove: yes }')))[1], /'remove' is true/);
    assert.match((await problemOf(x12('BEG: { "03": number, [a, b]: x }')))[1], /A key is one word/);
    assert.match(
      (await problemOf(x12('BEG: { "03": number, "3": release }')))[1],
      /position 03 is there twice/,
    );
    assert.match(
      (await problemOf(x12('BEG: { "03": { is: number, length: 8, says: [x] } }')))[1],
      /'says' and 'else' take one word/,
    );
  });

  const wrong: readonly [segment: string, message: RegExp][] = [
    ['CTT: { "02": sum(lines.number) }', /'lines.number' is no number, so it has no sum/],
    ['CTT: { "01": count(number) }', /'number' is no list, so it has nothing to count/],
    ['PO1: { each: lines, "01": number, defaults: { quantity: some } }', /'some' cannot be the default/],
    ['PO1: { each: lines, "01": number, defaults: { item: [] } }', /'lines.item' is no list/],
    ['PO1: { each: lines, "07..": { pairs: { UP: item.upc } } }', /PO1 has no pairs at 07\.\./],
    ['PO1: { each: lines, "06..08": { pairs: { UP: item.upc } } }', /PO1 has no pairs at 06\.\.8/],
    [
      'PO1: { each: lines, "06..": { pairs: { UP: item.upc } }, "07": item.sellerId }',
      /PO1 07 lies in 06\.\., which line 6 binds already/,
    ],
  ];
  for (const [segment, message] of wrong)
    it(`names what could only be found in a message: ${segment}`, async () => {
      assert.match((await problemOf(x12('BEG: { "03": number }', segment)))[1], message);
    });

  it('ends parts that take parts twice each', async () => {
    const parts = Array.from({ length: 30 }, (_, at) => {
      const next = `HL: { like: p${at + 1} }`;
      return `  p${at}: { "03": =S, then: [ ${next}, ${next} ] }`;
    });
    const text = x12('HL: { like: p0 }').replace(
      'segments:',
      ['parts:', ...parts, '  p30: { "03": =I }', 'segments:'].join('\n'),
    );
    const [, message] = await problemOf(text.replace('850', '856').replace('order', 'ship-notice'));
    assert.match(message, /more than 5000 parts/);
  });
});
