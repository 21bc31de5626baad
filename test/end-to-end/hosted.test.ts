/** The built-in SFTP server as a process that dies, and its verbs. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import ssh2 from 'ssh2';
import Client from 'ssh2-sftp-client';
import { hosted } from '../../src/cli/hosted.ts';
import { loadConfig } from '../../src/config.ts';
import { startGateway } from '../../src/main.ts';
import { runVerb } from '../support/command.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';
import { testProgram } from '../support/program.ts';
import { killPointText, type Moment } from './kill-points.ts';

const key = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });

describe('hosted SFTP: a gateway that dies', function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let folder: TestFolder;
  const children: ChildProcess[] = [];
  before(async () => {
    database = await freshDatabase();
    folder = await testFolder('hosted');
  });
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await database.drop();
    await folder.remove();
  });

  /** Starts the server, which dies at that moment of its first receiving. */
  async function start(moment: Moment | null) {
    const program = await testProgram(join(import.meta.dirname, 'hosted-worker.ts'));
    const point = moment === null ? '' : killPointText({ step: 'receive', count: 1, moment });
    const child = spawn(process.execPath, [...program, database.url, folder.path, key.public, point], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    const [line] = await once(createInterface(child.stdout as NonNullable<typeof child.stdout>), 'line');
    return { child, ...(JSON.parse(line) as { port: number; fingerprints: string[] }) };
  }

  const scratch = () => readdir(join(folder.path, 'spool'));
  const count = async () =>
    (await database.store.db.raw('select count(*)::int as n from deliveries')).rows[0].n;

  it('has stored what it said OK to, and takes what is sent again once', async () => {
    const bytes = randomBytes(100_000);
    const put = async (port: number) =>
      (await connected(port, { privateKey: key.private })).put(bytes, '/in/a.edi');
    const first = await start('before-commit');
    const ssh = await partOfAFile(first.port);
    assert.equal((await scratch()).length, 1);
    await assert.rejects(put(first.port));
    assert.equal(await count(), 0);
    ssh.destroy();

    const second = await start('after-commit');
    assert.deepEqual(second.fingerprints, first.fingerprints, 'it is the same server still');
    assert.deepEqual(await scratch(), [], 'what it left was swept');
    await assert.rejects(put(second.port));
    assert.equal(await count(), 1);

    const third = await start(null);
    await put(third.port);
    assert.equal(await count(), 1);
    third.child.stdin?.end();
    const [status] = await once(third.child, 'exit');
    assert.equal(status, 0);
  });

  /** Begins a file and leaves it open. */
  async function partOfAFile(port: number): Promise<ssh2.Client> {
    const ssh = new ssh2.Client();
    ssh.on('error', () => undefined);
    ssh.connect({ host: '127.0.0.1', port, username: 'acme', privateKey: key.private });
    await once(ssh, 'ready');
    await new Promise<void>((done, fail) =>
      ssh.sftp((error, sftp) => {
        if (error) return fail(error);
        sftp.open('/in/part.edi', 'w', (refused, handle) =>
          refused ? fail(refused) : sftp.write(handle, Buffer.from('half'), 0, 4, 0, () => done()),
        );
      }),
    );
    return ssh;
  }
});

describe('hosted SFTP: the gateway and its verbs', function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let folder: TestFolder;
  before(async () => {
    database = await freshDatabase();
    folder = await testFolder('hosted');
  });
  after(async () => {
    await database.drop();
    await folder.remove();
  });

  it('hosts a partner of the mappings: password, host keys, a file in', async () => {
    const mappings = join(folder.path, 'mappings');
    await mkdir(join(mappings, 'acme'), { recursive: true });
    await writeFile(join(mappings, 'acme/partner.yaml'), partnerFile);
    const env = {
      ...{ PORTOLAN_HOME: folder.path, PORTOLAN_MAPPINGS: mappings, DATABASE_URL: database.url },
      ...{ PORTOLAN_SFTP_PORT: '0', PORTOLAN_PORT: '0', PORTOLAN_LOG_LEVEL: 'silent' },
    };
    const verb = (...words: string[]) => runVerb(hosted, words, env);
    const refused = await verb('password', 'nowhere');
    assert.match(refused.err, /No partner has an endpoint nowhere of type hosted: there are acme-files/);
    const password = (await verb('password', 'acme-files')).out.trim();
    const config = loadConfig({ ...env, PORTOLAN_ROLES: 'receive' }, folder.path);
    const gateway = await startGateway({ config, env: {}, demo: false });
    try {
      const keys = (await verb('host-keys')).out.trim().split('\n');
      assert.deepEqual(
        keys.map((line) => line.split(' ')[0]).sort(),
        [...(gateway.sftp?.fingerprints ?? [])].sort(),
      );
      const port = gateway.sftp?.port ?? 0;
      const client = await connected(port, { username: 'acme', password });
      await client.put(Buffer.from('ISA'), '/in/a.edi');
      await client.end();
      assert.match((await verb('list')).out, /^acme-files {2}login acme {2}0 keys, password of 20/);
      await verb('password', 'acme-files');
      await assert.rejects(connected(port, { username: 'acme', password }), /authentication/i);
      await verb('no-password', 'acme-files');
      assert.match((await verb('no-password', 'acme-files')).err, /has no password/);
    } finally {
      await gateway.stop();
    }
    const { rows } = await database.store.db.raw(
      "select kind, who from events where kind like 'hosted-p%' order by id",
    );
    assert.deepEqual(
      rows.map(({ kind }: { kind: string }) => kind),
      [...['hosted-password-set', 'hosted-password-set', 'hosted-password-removed']],
    );
    const kept = JSON.stringify((await database.store.db.raw('select hash from hosted_passwords')).rows);
    assert.doesNotMatch(kept, new RegExp(password));
  });
});

const partnerFile = `partner: 1
name: Acme
endpoints:
  acme-files: { type: hosted, login: acme }
agreements:
  live:
    standard: x12
    us: { qualifier: '01', id: '123456789' }
    them: { qualifier: ZZ, id: ACME }
    version: { interchange: '00401', message: '004010' }
    acknowledge: { send: '997' }
    endpoint: acme-files
`;

/** Else the client writes to the console. */
const silent = { error: () => undefined, end: () => undefined, close: () => undefined };

async function connected(port: number, settings: ssh2.ConnectConfig): Promise<Client> {
  const client = new Client('test', silent);
  await client.connect({ host: '127.0.0.1', port, username: 'acme', ...settings });
  return client;
}
