/** Logging in to OpenSSH's own server, where this machine has one, with each kind of key that ssh-keygen makes. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { opensshKind, type TestMailbox } from './mailboxes.ts';

// Without sshd (scripts/test installs it; in CI it must be there) these are left out; the same is tried on ssh2's server.
(opensshKind === null ? describe.skip : describe)('sftp with OpenSSH', () => {
  let box: TestMailbox;
  before(async () => {
    box = await (opensshKind as NonNullable<typeof opensshKind>).start();
  });
  after(() => box.close());

  for (const [type, bits, form, passphrase] of [
    ['ed25519', '', 'RFC4716', 'hush hush'],
    ['rsa', '2048', 'PKCS8', 'hush hush'],
    ['ecdsa', '256', 'PEM', 'hush hush'],
    ['ecdsa', '384', 'RFC4716', ''],
    ['ecdsa', '521', 'PKCS8', ''],
  ] as const) {
    it(`logs in with ${type} ${bits} as ${form}${passphrase === '' ? '' : ', locked'}`, async () => {
      const keys = join(box.in, '..', '..', 'keys');
      const path = join(keys, `${type}${bits}`);
      const size = bits === '' ? [] : ['-b', bits];
      execFileSync('ssh-keygen', [
        '-q',
        '-a',
        '1',
        '-t',
        type,
        ...size,
        '-m',
        form,
        '-N',
        passphrase,
        '-f',
        path,
      ]);
      await appendFile(join(keys, 'user.pub'), await readFile(`${path}.pub`));
      const line = await box.open({ privateKey: await readFile(path, 'utf8'), passphrase });
      await line.send?.(`${type}${bits}.edi`, Buffer.from('x'));
      await line.close();
      assert.ok((await readdir(box.out)).includes(`${type}${bits}.edi`));
    });
  }
});
