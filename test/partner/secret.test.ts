import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveSecret } from '../../src/partner/secret.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';

describe('partner/secret', () => {
  let folder: TestFolder;
  before(async () => {
    folder = await testFolder('secrets');
  });
  after(() => folder.remove());

  it('reads the environment, and says which variable is missing', async () => {
    const sources = { home: folder.path, env: { MAILBOX_PASSWORD: 'lantern' } };
    assert.equal(await resolveSecret('env:MAILBOX_PASSWORD', sources), 'lantern');
    await assert.rejects(
      resolveSecret('env:OTHER', sources),
      /env:OTHER: the environment variable is not set/,
    );
  });

  it('reads a file of the home without the line end, and warns when everybody may', async () => {
    const path = join(folder.path, 'key');
    const warnings: string[] = [];
    const sources = { home: folder.path, env: {}, warn: (text: string) => warnings.push(text) };
    await writeFile(path, 'lantern\n', { mode: 0o600 });
    assert.equal(await resolveSecret('file:key', sources), 'lantern');
    assert.deepEqual(warnings, []);
    await chmod(path, 0o644);
    await resolveSecret('file:key', sources);
    assert.match(warnings.join(), /readable by every user/);
    await assert.rejects(resolveSecret('file:none', sources), /file:none: ENOENT/);
  });

  it('takes anything else as it stands', async () => {
    assert.equal(await resolveSecret('SHA256:abc', { home: folder.path, env: {} }), 'SHA256:abc');
  });
});
