import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Verb } from '../src/cli/verb.ts';
import { loadPartners } from '../src/partner/load.ts';
import { testFolder } from './support/folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(root, 'README.md'), 'utf8');

/** The lines of the page's blocks in a language, without comments. */
function blocks(language: string): string[] {
  const found = [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))];
  return found.map(([, text = '']) => text);
}
const commands = blocks('sh').flatMap((text) =>
  text
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== ''),
);

const run = (file: string, ...args: string[]): string =>
  execFileSync(file, args, { cwd: root, encoding: 'utf8' });

/** Every verb of the command line, by name. */
async function verbs(): Promise<Map<string, Verb>> {
  const files = readdirSync(join(root, 'src/cli')).map(
    (name) => pathToFileURL(join(root, 'src/cli', name)).href,
  );
  const modules: Record<string, unknown>[] = await Promise.all(files.map((file) => import(file)));
  const found = modules.flatMap((exported) => Object.values(exported)).filter(isVerb);
  return new Map(found.map((verb) => [verb.name, verb]));
}
const isVerb = (value: unknown): value is Verb =>
  typeof value === 'object' && value !== null && 'usage' in value && 'run' in value;

/** Complains about words and options that the help text does not have. */
function unknownTo(help: string, words: readonly string[]): string[] {
  const options = words.filter((word) => word.startsWith('--'));
  return options.filter((option) => !new RegExp(`${option}\\b`).test(help));
}

describe('README', () => {
  it('shows commands at all', () => assert.ok(commands.length > 15, commands.join('\n')));

  it('names only scripts that exist, with options that they know', () => {
    for (const command of commands.filter((line) => line.startsWith('scripts/'))) {
      const [script = '', ...words] = command.split(/\s+/);
      assert.ok(existsSync(join(root, script)), script);
      if (words.some((word) => word.startsWith('--')))
        assert.deepEqual(unknownTo(run('bash', script, '--help'), words), [], command);
    }
  });

  it('names only verbs that exist, with sub-verbs and options that they know', async () => {
    const known = await verbs();
    assert.ok(known.size > 10);
    for (const command of commands.filter((line) => line.startsWith('npx portolan '))) {
      const [name = '', ...words] = command.split(/\s+/).slice(2);
      const usage = known.get(name)?.usage;
      assert.ok(usage !== undefined, command);
      assert.deepEqual(unknownTo(usage, words), [], command);
      if (['faults', 'partner', 'apikey', 'load'].includes(name)) {
        assert.match(usage, new RegExp(`\\b${words[0]}\\b`), command);
      }
    }
  });

  it('sees an option that nobody knows', () => {
    assert.deepEqual(unknownTo('portolan faults [--json]', ['list', '--jsn', '--json']), ['--jsn']);
  });

  it('shows a partner.yaml that loads', async () => {
    const folder = await testFolder('readme');
    await mkdir(join(folder.path, 'example'));
    const [yaml = ''] = blocks('yaml');
    await writeFile(join(folder.path, 'example', 'partner.yaml'), yaml);
    const { partners, problems } = await loadPartners(folder.path, { demo: false });
    await folder.remove();
    assert.deepEqual(problems, []);
    assert.equal(partners.byName('example')?.title, 'Example Stores');
  });

  it('points at pages that exist', () => {
    for (const [, path = ''] of page.matchAll(/`((?:docs|src|scripts|mappings)\/[\w./-]+)`/g)) {
      assert.ok(existsSync(join(root, path)), path);
    }
  });
});
