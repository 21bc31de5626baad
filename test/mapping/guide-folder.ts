/** A folder of guides for a test, loaded as the gateway loads its own. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type LoadedGuides, loadGuides } from '../../src/mapping/load.ts';
import { type Problem, problemText } from '../../src/mapping/problem.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';

/** A guide of an 850 with these segments, the first of them on line 5. */
export function x12(...segments: string[]): string {
  const lines = segments.map((each) => `  - ${each}`);
  return `${['guide: 1', 'message: x12 004010 850', 'canonical: order', 'segments:', ...lines].join('\n')}\n`;
}

export class GuideFolder {
  readonly #folder: TestFolder;

  private constructor(folder: TestFolder) {
    this.#folder = folder;
  }

  static async open(): Promise<GuideFolder> {
    return new GuideFolder(await testFolder('guides'));
  }

  get path(): string {
    return this.#folder.path;
  }

  /** Writes guides by their names ('acme/850'), and loads all that are there. */
  async load(files: Readonly<Record<string, string>>): Promise<LoadedGuides> {
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.path, `${name}.yaml`);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    return loadGuides(this.path);
  }

  /** line:column of the only problem of a guide, what is said of it, and the hint. */
  async problemOf(text: string): Promise<[place: string, message: string, hint: string | undefined]> {
    const { guides, problems } = await this.load({ 'acme/guide': text });
    assert.equal(guides.all.length, 0, 'a guide with a problem is not loaded');
    assert.equal(problems.length, 1, problems.map(problemText).join('\n'));
    const [{ line, column, message, hint }] = problems as [Problem];
    return [`${line}:${column}`, message, hint];
  }

  remove(): Promise<void> {
    return this.#folder.remove();
  }
}
