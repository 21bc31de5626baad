/** The sub-verbs of partner, and translate, as they are called: what they print, and their exit status. */
import assert from 'node:assert/strict';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { partner } from '../../src/cli/partner.ts';
import { translate } from '../../src/cli/translate.ts';
import type { Verb } from '../../src/cli/verb.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';
import { runHere } from '../support/run-here.ts';

describe('portolan partner', () => {
  let folder: TestFolder;
  before(async () => {
    folder = await testFolder('partner-verbs');
    for (const file of [
      'x12/common.yaml',
      'x12-004010/850.yaml',
      'x12-004010/855.yaml',
      'x12-004010/856.yaml',
    ])
      await cp(join('mappings/standard', file), join(folder.path, 'mappings/standard', file));
    await cp('mappings/harbor-and-pine', join(folder.path, 'mappings/harbor-and-pine'), { recursive: true });
    for (const fixture of ['850-clean', '850-two-orders-one-stock', '855-held-is-never-sent'])
      await cp(
        join('fixtures/harbor-and-pine', fixture),
        join(folder.path, 'fixtures/harbor-and-pine', fixture),
        {
          recursive: true,
        },
      );
  });
  after(() => folder.remove());

  const run = (verb: Verb, ...words: string[]) =>
    runHere(verb, words, { cwd: folder.path, env: { PORTOLAN_MAPPINGS: 'mappings', NO_COLOR: '1' } });
  const path = (...parts: string[]) => join(folder.path, ...parts);

  /** Changes a file while something is done, and puts it back. */
  async function changed(file: string, from: string, to: string, work: () => Promise<void>): Promise<void> {
    const text = await readFile(path(file), 'utf8');
    assert(text.includes(from), `${from} in ${file}`);
    await writeFile(path(file), text.replace(from, to));
    await work().finally(() => writeFile(path(file), text));
  }

  it('lists partners with their agreements', async () => {
    const { status, out } = await run(partner, 'list');
    assert.equal(status, 0);
    assert.match(
      out,
      /^harbor-and-pine {2}Harbor & Pine Stores {2}\(demo\)\n {2}orders {2}x12 004010 {2}ZZ\/HARBORPINE → ZZ\/SALTMARSH/,
    );
  });

  it('checks, and says how much', async () => {
    const { status, out, text } = await run(partner, 'check');
    assert.deepEqual([status, out], [0, '']);
    assert.match(text, /^1 partner, 1 agreement, 6 guides: everything fits\.\n$/);
  });

  it('shows each problem with its place, line, mark and what was meant; for people and as JSON', async () => {
    await changed('mappings/harbor-and-pine/855.yaml', 'action: {', 'acton: {', async () => {
      const { status, out, text } = await run(partner, 'check', 'harbor-and-pine');
      assert.equal(status, 1);
      assert.match(
        out,
        /^mappings\/harbor-and-pine\/855\.yaml:\d+:\d+: .*'acton'.*\n {2}.*acton: \{.*\n {2} +\^\n {2}Did you mean 'action'\?\n/,
      );
      assert.match(text, /1 problem\.\n$/);
      const json = await run(partner, 'check', '--json');
      const [first] = json.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.equal(first.severity, 'problem');
      assert.equal(first.file, 'mappings/harbor-and-pine/855.yaml');
      assert.equal(first.hint, "Did you mean 'action'?");
    });
  });

  it('tests nothing while the guides are broken, and says where', async () => {
    await changed('mappings/harbor-and-pine/855.yaml', 'action: {', 'acton: {', async () => {
      const { status, out, text } = await run(partner, 'test', 'harbor-and-pine');
      assert.deepEqual([status, out], [1, '']);
      assert.match(text, /mappings\/harbor-and-pine\/855\.yaml:\d+:\d+:/);
    });
  });

  it('tests all fixtures, those of a partner, or one', async () => {
    assert.match((await run(partner, 'test')).text, /3 fixtures pass\.\n$/);
    const { status, text } = await run(partner, 'test', 'harbor-and-pine', '--case', '850-clean');
    assert.equal(status, 0);
    assert.equal(text, 'fine     fixtures/harbor-and-pine/850-clean\n1 fixture passes.\n');
  });

  it('shows what differs, and blesses it only when that is asked for', async () => {
    const answer = 'fixtures/harbor-and-pine/850-clean/997.out';
    await changed(answer, 'AK5*A', 'AK5*R', async () => {
      const { status, text } = await run(partner, 'test', 'harbor-and-pine');
      assert.equal(status, 1);
      assert.match(
        text,
        /differs {2}fixtures\/harbor-and-pine\/850-clean\n[\s\S]* {4}- AK5\*R~\n {4}\+ AK5\*A~\n/,
      );
      assert.match(text, /2 of 3 fixtures pass, 1 differs\./);
      const json = await run(partner, 'test', 'harbor-and-pine', '--case', '850-clean', '--json');
      assert.equal(JSON.parse(json.out).differences[0].file, answer);
      const blessed = await run(partner, 'test', '--bless');
      assert.equal(blessed.status, 0);
      assert.match(
        blessed.text,
        new RegExp(`blessed {2}fixtures/harbor-and-pine/850-clean\n {2}changed ${answer}\n`),
      );
      assert.match(await readFile(path(answer), 'utf8'), /AK5\*A/);
    });
  });

  it('refuses what it does not know, with a near miss', async () => {
    await assert.rejects(
      run(partner, 'test', 'harbor-and-pin'),
      /There is no partner harbor-and-pin\. Did you mean 'harbor-and-pine'\?/,
    );
    await assert.rejects(
      run(partner, 'test', '--case', '850-claen'),
      /There is no case 850-claen\. Did you mean '850-clean'\?/,
    );
    await assert.rejects(
      run(partner, 'test', '--fixtures', 'nowhere'),
      /There is no fixture folder in nowhere/,
    );
    await assert.rejects(run(partner, 'test', '--bless', '--watch'), /--watch does not go with --bless/);
    await assert.rejects(run(partner, 'chek'), /portolan partner check/);
    await assert.rejects(run(partner, 'new', 'acme'), /--from names a sample/);
  });

  it('has help for each sub-verb, and for all', () => {
    assert.match(partner.help?.(['check']) ?? '', /^portolan partner check \[NAME\] \[--json\]\n\n\S/);
    for (const name of ['list', 'new', 'check', 'test'])
      assert.match(partner.help?.([]) ?? '', new RegExp(`portolan partner ${name}\\b`));
  });

  it('makes a partner and says what is wrong with a sample; nothing is written then', async () => {
    await writeFile(path('broken.edi'), 'UNB+');
    const { status, text } = await run(partner, 'new', 'broken', '--from', 'broken.edi');
    assert.equal(status, 1);
    assert.match(
      text,
      /error: .*\n(.*\n)*The sample holds no message that can be read\. Nothing was written\.\n$/,
    );
    await mkdir(path('samples'));
    await assert.rejects(
      run(partner, 'new', 'folder', '--from', 'samples'),
      /is a directory: name a file in it/,
    );
    await assert.rejects(run(partner, 'new', 'none', '--from', 'none.edi'), /ENOENT/);
  });

  it('says what of a sample the nearest guide cannot take, and that its message would wait', async () => {
    const sample = await readFile('fixtures/harbor-and-pine/850-clean/in.edi', 'latin1');
    const other = sample.replaceAll('HARBORPINE', 'JUNIPERROK').replace(/^(PO1\*1\*\d+)\*EA/m, '$1*ZZ');
    await writeFile(path('unit.edi'), other, 'latin1');
    const { status, out, text } = await run(partner, 'new', 'juniper', '--from', 'unit.edi');
    assert.equal(status, 0);
    assert.match(
      out,
      /\n {2}It cannot take, .*:\n {2}error: line \d+: The guide gives no meaning to ZZ in PO1/,
    );
    assert.match(text, /the fixture expects that the sample waits for a person/);
    const translated = await run(translate, 'unit.edi');
    assert.match(translated.out, /\nerror: line \d+: The guide gives no meaning to ZZ in PO1/);
  });

  it('does not say that everything fits of a sample that is wrong by the standard', async () => {
    const sample = await readFile('fixtures/harbor-and-pine/850-clean/in.edi', 'latin1');
    const other = sample.replaceAll('HARBORPINE', 'LARKSPUR').replace(/^SE\*\d+/m, 'SE*99');
    await writeFile(path('count.edi'), other, 'latin1');
    const { status, out, text } = await run(partner, 'new', 'larkspur', '--from', 'count.edi');
    assert.equal(status, 0);
    assert.match(out, /\n {2}error: line \d+: .*99/);
    assert.match(
      text,
      /\nIt loads, but the sample breaks the standard, as said above, and the fixture expects .*\n$/,
    );
    assert.doesNotMatch(text, /Everything fits/);
  });

  it('translates with lineage for people; JSON is a line a message and holds no more than it says', async () => {
    const sample = 'fixtures/harbor-and-pine/850-clean/in.edi';
    const { status, out } = await run(translate, sample, '--trace');
    assert.equal(status, 0);
    assert.match(out, /^850 of harbor-and-pine by harbor-and-pine\/850\n/);
    assert.match(
      out,
      /\n {2}lines\.0\.price +3\.50 +PO1 04, line \d+ +mappings\/standard\/x12\S+\.yaml:\d+\n/,
    );
    assert.match(out, /\n {2}\d+ +PO1 04 +Unit price +3\.50 +lines\.0\.price\n/);
    const json = (await run(translate, sample, '--trace', '--json')).out.trim().split('\n');
    assert.equal(json.length, 1);
    const line = JSON.parse(json[0] ?? '');
    assert.deepEqual(Object.keys(line).sort(), [
      'agreement',
      'canonical',
      'document',
      'faults',
      'guide',
      'lineage',
      'message',
      'partner',
      'unmapped',
    ]);
    await assert.rejects(run(translate, '-', '--watch'), /--watch needs a file with a name/);
  });
});
