/** `portolan partner probe` as it is called: a server that is fine, one with another host key, a secret that is not there. */
import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { partner } from '../../src/cli/partner.ts';
import { type SftpServer, startSftpServer } from '../../src/simulator/sftp-server.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';
import { runHere } from '../support/run-here.ts';

describe('portolan partner probe', () => {
  let folder: TestFolder;
  let server: SftpServer;
  before(async () => {
    folder = await testFolder('partner-probe');
    for (const path of ['root/in', 'root/out', 'mappings/acme', 'mappings/bolt'])
      await mkdir(join(folder.path, path), { recursive: true });
    const root = join(folder.path, 'root');
    server = await startSftpServer({ root, users: [{ name: 'acme', password: 'sesame' }] });
    const reach = {
      type: 'sftp',
      host: '127.0.0.1',
      port: server.port,
      user: 'acme',
      in: '/in',
      out: '/out',
    };
    const mailbox = { ...reach, password: 'env:ACME_PASSWORD', hostKeys: [server.fingerprint] };
    const other = 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU';
    await terms('acme', {
      'acme-fine': mailbox,
      'acme-other-key': { ...mailbox, hostKeys: [other] },
      'acme-no-secret': { ...mailbox, password: 'env:ACME_NOT_SET' },
    });
    await terms('bolt', { 'bolt-box': { type: 'folder', in: 'in', out: 'out' } });
  });
  after(async () => {
    await server.close();
    await folder.remove();
  });

  const terms = (name: string, endpoints: Record<string, object>) => {
    const agreement = {
      standard: 'x12',
      us: { qualifier: 'ZZ', id: 'SALTMARSH' },
      them: { qualifier: 'ZZ', id: name.toUpperCase() },
      version: { interchange: '00401', message: '004010' },
      acknowledge: { send: '997' },
      documents: {},
      endpoint: Object.keys(endpoints)[0],
    };
    const text = JSON.stringify({ partner: 1, name, agreements: { live: agreement }, endpoints });
    return writeFile(join(folder.path, 'mappings', name, 'partner.yaml'), text);
  };
  const run = (...words: string[]) => {
    const home = join(folder.path, 'home');
    const env = { PORTOLAN_MAPPINGS: 'mappings', PORTOLAN_HOME: home, ACME_PASSWORD: 'sesame' };
    return runHere(partner, ['probe', ...words], { cwd: folder.path, env });
  };

  it('says that nothing is wrong, and leaves nothing there', async () => {
    const { status, text } = await run('acme', '--endpoint', 'acme-fine');
    assert.equal(status, 0, text);
    assert.match(text, /^acme-fine \(sftp\)\n {2}✓ settings .*\n {2}✓ name /);
    assert.match(text, /✓ remove .*\nNothing is wrong\.\n$/);
    assert.deepEqual(await readdir(join(folder.path, 'root', 'out')), []);
  });

  it('probes all endpoints, says what is wrong with each, what to do, and no secret', async () => {
    const { status, text } = await run('acme');
    assert.equal(status, 1);
    assert.match(
      text,
      /✗ host key +SHA256:\S+ \(.*\); pinned: SHA256:47DEQ.*\n +Ask the partner, by another way/,
    );
    assert.match(text, /✗ settings +.*ACME_NOT_SET.*\n +Mend what partner\.yaml refers to\./);
    assert.match(text, /\n2 things are wrong\.\n$/);
    assert.doesNotMatch(text, /sesame/);
  });

  it('gives each step as JSON', async () => {
    const { status, out } = await run('acme', '--endpoint', 'acme-other-key', '--json');
    const steps = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(status, 1);
    assert.deepEqual(
      [steps.at(-1).endpoint, steps.at(-1).what, steps.at(-1).found],
      ['acme-other-key', 'host key', 'wrong'],
    );
  });

  it('refuses what it does not know or cannot probe', async () => {
    await assert.rejects(run('acme', '--endpoint', 'nowhere'), /acme has no endpoint nowhere/);
    await assert.rejects(run('bolt'), /bolt has no SFTP or AS2 endpoint/);
    await assert.rejects(run('nobody'), /There is no partner nobody/);
  });

  it('says what keeps a partner from being known', async () => {
    await terms('bolt', {});
    await assert.rejects(run('bolt'), /bolt\/partner\.yaml:\d+:\d+: /);
  });
});
