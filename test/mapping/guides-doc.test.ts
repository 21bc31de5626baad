/** The examples of docs/guides.md are guides: each is loaded, and has no problem. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadGuides } from '../../src/mapping/load.ts';
import { problemText } from '../../src/mapping/problem.ts';

const page = await readFile('docs/guides.md', 'utf8');
const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);

describe('docs/guides.md', () => {
  it('has examples', () => assert(examples.length >= 5));

  for (const [index, text] of examples.entries())
    it(`example ${index + 1} is a guide`, async () => {
      const dir = await mkdtemp(join(tmpdir(), 'portolan-guides-'));
      try {
        await cp('mappings/standard', join(dir, 'standard'), { recursive: true });
        await writeFile(join(dir, 'example.yaml'), whole(text));
        const { guides, problems } = await loadGuides(dir);
        assert.deepEqual(problems.map(problemText), []);
        assert(guides.all.some(({ name }) => name === 'example'));
      } finally {
        await rm(dir, { recursive: true });
      }
    });
});

/** A list of segments under '# x12 004010 850 order' becomes a guide. */
function whole(text: string): string {
  const head = /^# (\w+ \w+ \w+) ([\w-]+)\n/.exec(text);
  if (head === null) return text;
  const segments = text.slice(head[0].length).replace(/^/gm, '  ');
  return `guide: 1\nmessage: ${head[1]}\ncanonical: ${head[2]}\ncodes: { unit: { EA: each } }\nsegments:\n${segments}`;
}
