/** Memory does not grow with the file: streams of many megabytes that ask for it in every way, and the heap while they last. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { testProgram } from '../support/program.ts';
import { streams } from './fuzz-memory-streams.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('./fuzz-memory-process.ts', import.meta.url));
const megabyte = 1_000_000;
const mostGrown = 4 * megabyte;

describe('Memory, while a stream of 6 MB is read', () => {
  const grown = new Map<string, number>();

  before(async function () {
    this.timeout(0);
    const { stdout } = await run(process.execPath, ['--expose-gc', ...(await testProgram(program))]);
    for (const line of stdout.trim().split('\n')) {
      const { name, grown: bytes } = JSON.parse(line) as { name: string; grown: number };
      grown.set(name, bytes);
    }
  });

  for (const name of Object.keys(streams)) {
    it(name, () => {
      const bytes = grown.get(name) ?? assert.fail('was not read');
      assert.ok(bytes < mostGrown, `it grew by ${Math.round(bytes / megabyte)} MB`);
    });
  }
});
