/** The examples of docs/mapping.md are guides: each is loaded, and has no problem. */
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoadedGuides, loadGuides } from '../../src/mapping/load.ts';
import { problemText } from '../../src/mapping/problem.ts';

const page = await readFile('docs/mapping.md', 'utf8');
const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);

describe('docs/mapping.md', () => {
  let loaded: LoadedGuides;

  before(async () => {
    const dir = await mkdtemp(join(tmpdir(), 'portolan-mapping-doc-'));
    try {
      await cp('mappings/standard', join(dir, 'standard'), { recursive: true });
      await mkdir(join(dir, 'tables'));
      await writeFile(join(dir, 'tables', 'stores.csv'), 'number,gln,name\n12,4000001000029,Salem\n');
      for (const [index, text] of examples.entries())
        await writeFile(join(dir, `example-${index + 1}.yaml`), whole(text));
      loaded = await loadGuides(dir);
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('has examples', () => assert(examples.length >= 8));

  for (const index of examples.keys())
    it(`example ${index + 1} is a guide`, () => {
      const name = `example-${index + 1}`;
      assert.deepEqual((loaded.broken.get(name) ?? []).map(problemText), []);
      assert(loaded.guides.all.some((guide) => guide.name === name));
    });
});

/** A list of segments under '# x12 004010 850 order' becomes a guide. */
function whole(text: string): string {
  const head = /^# (\w+ \w+ \w+) ([\w-]+)\n/.exec(text);
  if (head === null) return text;
  const segments = text.slice(head[0].length).replace(/^/gm, '  ');
  return `guide: 1\nmessage: ${head[1]}\ncanonical: ${head[2]}\ncodes: { unit: { EA: each } }\nsegments:\n${segments}`;
}
