import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KeysUnusable, openVault, type Vault } from '../../src/flow/vault.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';
import { testProgram } from '../support/program.ts';

const bound = { holder: 'default', fingerprint: 'f'.repeat(64) };
const plain = Buffer.from('what nobody may read');

describe('vault', () => {
  let folder: TestFolder;
  beforeEach(async () => {
    folder = await testFolder('vault');
  });
  afterEach(() => folder.remove());

  const warned: string[] = [];
  const vaultIn = (home = folder.path, secret: string | null = null): Vault =>
    openVault({ home, secret, resolve: async (text) => text, warn: (text) => warned.push(text) });
  const masterOf = (home = folder.path) => join(home, 'keys', 'master.key');
  const unusable = (sentence: RegExp) => (error: unknown) => {
    assert.ok(error instanceof KeysUnusable, String(error));
    assert.match(error.message, sentence);
    return true;
  };

  it('seals with a file that is made at the first key, for its owner alone, and nothing else stays there', async () => {
    const home = join(folder.path, 'new', 'home');
    const sealed = await vaultIn(home).seal(plain, bound);
    assert.ok(!sealed.includes(plain));
    assert.deepEqual(await vaultIn(home).unseal(sealed, bound), plain);
    assert.equal((await stat(masterOf(home))).mode & 0o777, 0o600);
    assert.equal((await stat(join(home, 'keys'))).mode & 0o777, 0o700);
    assert.deepEqual(await readdir(join(home, 'keys')), ['master.key']);
    assert.notDeepEqual(await vaultIn(home).seal(plain, bound), sealed, 'never twice the same bytes');
  });

  it('makes one file, when two processes begin at once', async () => {
    const homes = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const home = join(folder.path, String(index));
        await mkdir(home);
        return home;
      }),
    );
    const script = fileURLToPath(new URL('./vault-worker.ts', import.meta.url));
    const words = await testProgram(script);
    const workers = [1, 2].map(() =>
      spawn(process.execPath, words, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
    );
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    const sealed = await Promise.all(
      workers.map(async (worker) => {
        worker.send(homes);
        const [[texts]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
        return texts as string[];
      }),
    );
    for (const [index, home] of homes.entries())
      for (const texts of sealed)
        assert.match(
          (await vaultIn(home).unseal(Buffer.from(texts[index] as string, 'base64'), bound)).toString(),
          /^\d+$/,
        );
  });

  it('never makes a second file for what the first has sealed', async () => {
    const sealed = await vaultIn().seal(plain, bound);
    const master = await readFile(masterOf());
    await rm(masterOf());
    await assert.rejects(vaultIn().unseal(sealed, bound), unusable(/master\.key, and that file is missing/));
    await assert.rejects(stat(masterOf()));
    await writeFile(masterOf(), master.reverse(), { mode: 0o600 });
    await assert.rejects(vaultIn().unseal(sealed, bound), unusable(/is not what .* was sealed with/));
    await truncate(masterOf(), 31);
    await assert.rejects(vaultIn().unseal(sealed, bound), unusable(/does not hold 32 bytes/));
    await assert.rejects(vaultIn().seal(plain, bound), unusable(/does not hold 32 bytes/));
  });

  it('warns of a file that others may read', async () => {
    const sealed = await vaultIn().seal(plain, bound);
    await chmod(masterOf(), 0o640);
    await vaultIn().unseal(sealed, bound);
    assert.match(warned.join(), /others may read it: chmod 600/);
  });

  it('opens with the file what was sealed with it, after a secret was set', async () => {
    const before = await vaultIn().seal(plain, bound);
    const both = vaultIn(folder.path, 'a secret of enough length');
    assert.deepEqual(await both.unseal(before, bound), plain);
    const after = await both.seal(plain, bound);
    assert.deepEqual(await both.unseal(after, bound), plain);
    await assert.rejects(
      vaultIn().unseal(after, bound),
      unusable(/PORTOLAN_KEY_SECRET, which is not set here/),
    );
  });

  it('refuses a sealed key with any byte changed, cut, or in another row', async () => {
    const vault = vaultIn();
    const sealed = await vault.seal(plain, bound);
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] as number) ^ 0x10;
      await assert.rejects(vault.unseal(changed, bound), unusable(/./), `byte ${index}`);
    }
    for (const length of [0, 1, 53, 54, sealed.length - 1])
      await assert.rejects(vault.unseal(sealed.subarray(0, length), bound), unusable(/./), `${length} bytes`);
    for (const other of [
      { ...bound, holder: 'other' },
      { ...bound, fingerprint: 'e'.repeat(64) },
    ])
      await assert.rejects(vault.unseal(sealed, other), unusable(/was changed since it was sealed/));
  });

  it('says that a reference to the secret cannot be followed', async () => {
    const vault = openVault({
      home: folder.path,
      secret: 'env:NOWHERE',
      resolve: () => Promise.reject(new Error('env:NOWHERE: the environment variable is not set')),
      warn: () => undefined,
    });
    await assert.rejects(
      vault.seal(plain, bound),
      unusable(/PORTOLAN_KEY_SECRET cannot be read: env:NOWHERE/),
    );
  });
});
