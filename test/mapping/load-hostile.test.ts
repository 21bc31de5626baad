/** Files that are no guides, and guides that would pass for right, hang or fill the memory: each is named, and nothing else suffers. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Guides } from '../../src/mapping/guide.ts';
import { loadGuides } from '../../src/mapping/load.ts';
import { type Problem, problemText } from '../../src/mapping/problem.ts';

describe('Loading hostile guides', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'portolan-hostile-guides-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  async function load(
    files: Readonly<Record<string, string>>,
  ): Promise<{ guides: Guides; problems: readonly Problem[] }> {
    for (const [name, text] of Object.entries(files)) {
      const path = join(dir, `${name}.yaml`);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    return loadGuides(dir);
  }

  const x12 = (...segments: string[]) =>
    `${['guide: 1', 'message: x12 004010 850', 'canonical: order', 'segments:', ...segments.map((each) => `  - ${each}`)].join('\n')}\n`;

  /** line:column of the only problem, and what is said of it. */
  async function problemOf(text: string): Promise<[string, string]> {
    const { guides, problems } = await load({ 'acme/guide': text });
    assert.equal(guides.all.length, 0, 'a guide with a problem is not loaded');
    assert.equal(problems.length, 1, problems.map(problemText).join('\n'));
    const [{ line, column, message }] = problems as [Problem];
    return [`${line}:${column}`, message];
  }

  it('names what is no file, cannot be read or is too large, and keeps the others', async () => {
    await mkdir(join(dir, 'acme', 'tables', 'stores.csv'), { recursive: true });
    await mkdir(join(dir, 'acme', 'folder.yaml'));
    await symlink(join(dir, 'nowhere'), join(dir, 'acme', 'gone.yaml'));
    await symlink(join(dir, 'nowhere'), join(dir, 'acme', 'tables', 'gone.csv'));
    await writeFile(
      join(dir, 'acme', 'latin.yaml'),
      Buffer.from('guide: 1\nnote: Gr\u00fc\u00dfe\n', 'latin1'),
    );
    await writeFile(join(dir, 'acme', 'large.yaml'), `# ${'x'.repeat(256_000)}`);
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
