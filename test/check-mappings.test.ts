import assert from 'node:assert/strict';
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { type CheckedMappings, checkMappings, concerns } from '../src/check-mappings.ts';
import { type Problem, problemText } from '../src/mapping/problem.ts';
import { type TestFolder, testFolder } from './support/folder.ts';

const partner = (
  id: string,
  more: string,
  endpoint = `{ type: folder, in: ${id}/in, out: ${id}/out }`,
) => `partner: 1
name: ${id}
agreements:
  live:
    standard: x12
    us: { qualifier: ZZ, id: SALTMARSH }
    them: { qualifier: ZZ, id: ${id} }
    version: { interchange: '00401', message: '004010' }
    acknowledge: { send: '997' }
    endpoint: ${id}-box
${more}
endpoints:
  ${id}-box: ${endpoint}
`;

const guide = (message: string, canonical: string, standard: string) =>
  `guide: 1\nmessage: ${message}\ncanonical: ${canonical}\nextends: standard/${standard}\n`;

describe('partner check', () => {
  let folder: TestFolder;
  let found: CheckedMappings;

  before(async () => {
    folder = await testFolder('check');
    const files: Record<string, string> = {
      'standard/x12-004010/850.yaml': 'mappings/standard/x12-004010/850.yaml',
      'standard/x12-004010/855.yaml': 'mappings/standard/x12-004010/855.yaml',
      'standard/x12-004010/856.yaml': 'mappings/standard/x12-004010/856.yaml',
    };
    for (const [to, from] of Object.entries(files)) await cp(from, join(folder.path, to));
    await cp('mappings/standard/x12', join(folder.path, 'standard/x12'), {
      recursive: true,
      force: true,
    }).catch((error: NodeJS.ErrnoException) => assert.equal(error.code, 'ENOENT'));
    const write = async (path: string, text: string) => {
      await mkdir(join(folder.path, path, '..'), { recursive: true });
      await writeFile(join(folder.path, path), text);
    };
    await write('fine/partner.yaml', partner('fine', "    documents: { '855': {} }"));
    await write('fine/855.yaml', guide('x12 004010 855', 'order-response', 'x12-004010/855'));
    await write(
      'fine/850.yaml',
      `${guide('x12 004010 850', 'order', 'x12-004010/850')}segments:
  - N1: { "01": =ST, "04": { lookup: stores, by: number, fields: { gln: gln } } }
`,
    );
    await write(
      'lacking/partner.yaml',
      partner(
        'lacking',
        "    documents: { '855': { guide: '885' }, '856': { guide: '855' } }\n    guides: { '850': order }",
      ),
    );
    await write(
      'idle/partner.yaml',
      partner('idle', "    documents: { '856': {} }", '{ type: folder, direction: out, out: idle/out }'),
    );
    await write('idle/855.yaml', guide('x12 004010 855', 'order-response', 'x12-004010/855'));
    await write('idle/tables/stores.csv', 'number,gln\n1,4000001000012\n');
    await write('fine/tables/stores.csv', 'number,gln\n1,4000001000012\n');
    await write('idle/old-850.yaml', guide('x12 004010 850', 'order', 'x12-004010/850'));
    found = await checkMappings(folder.path);
  });
  after(() => folder.remove());

  const about = (name: string, of: 'problems' | 'notes') =>
    found[of].filter(({ file }) => file.includes(`/${name}/`)).map(problemText);

  it('finds nothing where everything fits', () => {
    assert.deepEqual([...about('fine', 'problems'), ...about('fine', 'notes')], []);
  });

  it('shows the line that names a guide which is not there, or of another message', () => {
    const [missing = '', other = '', unnamed = ''] = about('lacking', 'problems');
    assert.match(
      missing,
      /lacking\/partner\.yaml:11:27: The agreement live sends 855 of 004010, and there is no guide '885' for it\./,
    );
    assert.match(missing, /\n {2} {4}documents: .*\n {2} {26}\^\n {2}Did you mean '855'\?$/);
    assert.match(other, /:11:\d+: '855' is a guide of 855, not of 856\./);
    assert.match(unnamed, /:12:\d+: There is no guide 'order' of x12\./);
    assert.equal(about('lacking', 'problems').length, 3);
  });

  it('notes guides that nothing uses, and who cannot reach us', () => {
    const [unreachable = '', response = '', unnamed = '', table = ''] = about('idle', 'notes');
    assert.match(table, /idle\/tables\/stores\.csv:1:1: No guide looks into this table\./);
    assert.match(unreachable, /idle\/partner\.yaml:1:1: No endpoint receives from idle\./);
    assert.match(response, /idle\/855\.yaml:1:1: Nothing uses the guide idle\/855: no agreement sends 855\./);
    assert.match(
      unnamed,
      /idle\/old-850\.yaml:1:1: Nothing uses the guide idle\/old-850: no agreement names it\./,
    );
    assert.deepEqual(about('idle', 'problems'), []);
  });

  it('notes what is passed over, though it was meant', async () => {
    const names = [
      ...[
        'idle/850.yml',
        'idle/855.YAML',
        'idle/stores.csv',
        'idle/tables/Items.CSV',
        'idle/tables/stores.Csv',
      ],
      ...[
        'idle/README.md',
        'idle/.850.yml',
        'idle/notes/prices.csv',
        'standard/x12/more.yml',
        'grouse/partner.yml',
      ],
    ];
    await mkdir(join(folder.path, 'grouse'));
    await mkdir(join(folder.path, 'idle/notes'));
    await mkdir(join(folder.path, 'standard/x12'), { recursive: true });
    for (const name of names) await writeFile(join(folder.path, name), '');
    await symlink(join(folder.path, 'standard'), join(folder.path, 'idle/around'));
    const { problems, notes, names: partners } = await checkMappings(folder.path);
    for (const name of [...names, 'idle/around', 'idle/notes', 'grouse'])
      await rm(join(folder.path, name), { recursive: true });
    const wrong = problems.filter((one) => !found.problems.some(({ message }) => message === one.message));
    assert.deepEqual(
      wrong.map(({ message }) => message),
      ['The folder grouse has no partner.yaml.'],
    );
    const before = found.notes.map(problemText);
    const further = notes.filter((note) => !before.includes(problemText(note)));
    const said = further.map(({ file, message, hint }) => [relative(folder.path, file), message, hint]);
    const unread = 'Nothing reads a file of this name here.';
    assert.deepEqual(said, [
      [
        'idle/around',
        'This is a link to a folder, and nothing behind it is read.',
        'Put the folder itself in its place; a link to a file is read.',
      ],
      ['idle/stores.csv', unread, 'idle/tables/stores.csv is there, too, and is read.'],
      ['grouse/partner.yml', unread, 'Name it grouse/partner.yaml.'],
      ['idle/850.yml', unread, 'Name it idle/850.yaml.'],
      ['idle/855.YAML', unread, 'idle/855.yaml is there, too, and is read.'],
      ['idle/tables/Items.CSV', unread, 'Name it idle/tables/Items.csv.'],
      ['idle/tables/stores.Csv', unread, 'idle/tables/stores.csv is there, too, and is read.'],
      ['standard/x12/more.yml', unread, 'Name it standard/x12/more.yaml.'],
    ]);
    assert(partners.includes('grouse'), 'partner check grouse shows it');
  });

  it('knows that a guide in a folder below is found by nothing but what extends it', async () => {
    const below = join(folder.path, 'lacking/below');
    await mkdir(below);
    for (const name of ['order', '850'])
      await writeFile(join(below, `${name}.yaml`), guide('x12 004010 850', 'order', 'x12-004010/850'));
    const { problems, notes } = await checkMappings(folder.path, 'lacking');
    assert.equal(problems.length, 3, "'guides' cannot name it");
    const said = (name: string) => notes.find(({ file }) => file.endsWith(`below/${name}.yaml`));
    assert.equal(
      said('850')?.message,
      'Nothing uses the guide lacking/below/850: it stands in a folder below, and no agreement can name it.',
    );
    assert.equal(said('850')?.hint, 'Name it lacking/850.yaml, or extend it.');
    const own = join(folder.path, 'lacking/850.yaml');
    await writeFile(
      own,
      guide('x12 004010 850', 'order', 'x12').replace('standard/x12', 'lacking/below/850'),
    );
    const extended = await checkMappings(folder.path, 'lacking');
    await Promise.all([rm(below, { recursive: true }), rm(own)]);
    assert.equal(extended.problems.length, 3);
    const left = extended.notes.filter(({ file }) => file.includes('/below/'));
    assert.deepEqual(
      left.map(({ file }) => basename(file)),
      ['order.yaml'],
    );
  });

  it('says once of a table that it cannot be read', async () => {
    const gone = join(folder.path, 'idle/tables/gone.csv');
    await symlink(join(folder.path, 'nowhere'), gone);
    const { problems, notes } = await checkMappings(folder.path);
    await rm(gone);
    const said = [...problems, ...notes].filter(({ file }) => file.endsWith('gone.csv'));
    assert.equal(said.length, 1);
    assert.match(said[0]?.message ?? '', /^The table cannot be read/);
  });

  it('says the same of one partner alone, and looks at no guide of the others', async () => {
    const ours = (name: string, problems: readonly Problem[]) =>
      problems.filter((problem) => concerns(problem, folder.path, name)).map(problemText);
    for (const name of ['fine', 'idle', 'lacking']) {
      const one = await checkMappings(folder.path, name);
      assert.deepEqual(ours(name, one.problems), ours(name, found.problems));
      assert.deepEqual(ours(name, one.notes), ours(name, found.notes));
      assert.deepEqual([one.partners, one.names], [1, found.names]);
    }
    const broken = join(folder.path, 'fine', 'broken.yaml');
    await writeFile(broken, 'guide: 1\nbroken: true\n');
    assert.match(
      (await checkMappings(folder.path, 'fine')).problems.map(problemText).join(),
      /'broken' means/,
    );
    assert.equal((await checkMappings(folder.path, 'lacking')).problems.length, 3);
    await rm(broken);
  });

  it('counts what was checked', () => {
    assert.deepEqual([found.partners, found.agreements, found.guides, found.tables], [3, 3, 7, 2]);
    assert.deepEqual([...found.names].sort(), ['fine', 'idle', 'lacking']);
  });

  it('knows what concerns a partner', () => {
    const at = (file: string, message = '') => ({
      file: join(folder.path, file),
      line: 1,
      column: 1,
      message,
      text: '',
    });
    assert(concerns(at('fine/850.yaml'), folder.path, 'fine'));
    assert(concerns(at('standard/x12-004010/850.yaml'), folder.path, 'fine'));
    assert(
      concerns(at('idle/partner.yaml', 'The agreement fine/live has the same ids.'), folder.path, 'fine'),
    );
    assert(!concerns(at('idle/partner.yaml', 'It refines nothing.'), folder.path, 'fine'));
  });
});
