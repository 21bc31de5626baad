/** docs/keys.md as people follow it: each command runs, in the page's order; its days are moved to days that are to come. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { doctor } from '../../src/cli/data.ts';
import { keys } from '../../src/cli/keys.ts';
import { backup, restore } from '../../src/store/backup.ts';
import { currentKeys } from '../../src/store/keys.ts';
import { readCertificate } from '../../src/transport/as2/certificate.ts';
import { as2Terms } from '../flow/key-office.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';
import { commandLine } from '../support/program.ts';
import { type Ran, runHere } from '../support/run-here.ts';
import { ownKey } from '../transport/as2/certificates.ts';

const page = await readFile(fileURLToPath(new URL('../../docs/keys.md', import.meta.url)), 'utf8');
const commands = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, text = '']) =>
  text.trimEnd().split('\n'),
);

describe('docs/keys.md', function () {
  this.timeout(60_000);
  let folder: TestFolder;
  let database: TestDatabase;
  const env: Record<string, string> = {};
  const shown: Ran[] = [];

  before(async () => {
    folder = await testFolder('keys-doc');
    database = await freshDatabase();
    const mappings = join(folder.path, 'mappings');
    await mkdir(join(mappings, 'northgate'), { recursive: true });
    await writeFile(join(mappings, 'northgate', 'partner.yaml'), JSON.stringify(as2Terms('northgate')));
    Object.assign(env, {
      DATABASE_URL: database.url,
      PORTOLAN_HOME: join(folder.path, 'home'),
      PORTOLAN_MAPPINGS: mappings,
      CA_KEY_PASSPHRASE: 'the passphrase',
    });
    await file('northgate.pem', ownKey('as2.northgate.example', { keyOf: 'partner' }).certificatePem);
    await file('northgate-2027.pem', ownKey('northgate 2027', { keyOf: 'partner' }).certificatePem);
    const ca = ownKey('Saltmarsh, certified', { keyOf: 'stranger' });
    await file('saltmarsh-ca.pem', ca.certificatePem);
    await file('plain.key', ca.keyPem);
    const words = ['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-in', 'plain.key', '-out', 'saltmarsh-ca.key'];
    execFileSync('openssl', [...words, '-passout', 'env:CA_KEY_PASSPHRASE'], {
      cwd: folder.path,
      env: { ...process.env, ...env },
    });
  });
  after(async () => {
    await database.drop();
    await folder.remove();
  });

  const file = (name: string, text: string | Buffer) => writeFile(join(folder.path, name), text);
  const text = (name: string) => readFile(join(folder.path, name), 'utf8');
  const run = async (words: readonly string[], more: Record<string, string> = {}): Promise<Ran> => {
    const ran = await runHere(keys, words, { cwd: folder.path, env: { ...env, ...more } });
    shown.push(ran);
    return ran;
  };
  const refused = async (...words: string[]): Promise<string> => {
    const error = await run(words).then(
      () => assert.fail(`${words.join(' ')} was taken`),
      (thrown: Error) => thrown,
    );
    return error.message;
  };
  const list = async () =>
    (await run(['list', '--json'])).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  const ours = async () => (await list()).filter(({ holder }) => holder === 'default');

  /** The page's fingerprints stand for keys of this run: whose they are is said by the first digits. */
  const stands: Record<string, (row: { holder: string; subject: string; first: boolean }) => boolean> = {
    '4b9c1e70a35d2f86': ({ holder, first }) => holder === 'default' && first,
    '7ad1c0f35b8e2946': ({ holder, first }) => holder === 'default' && !first,
    d027f4198b63ea55: ({ holder, first }) => holder === 'northgate-as2' && first,
  };

  /** Days of the page begin 90 days from now. */
  const moved = (word: string) =>
    /^\d{4}-\d{2}-\d{2}$/.test(word)
      ? new Date(Date.now() + 90 * 86_400_000 + Date.parse(word) - Date.parse('2027-03-01'))
          .toISOString()
          .slice(0, 10)
      : word;

  async function meant(word: string): Promise<string> {
    const choose = stands[word];
    if (choose === undefined) return moved(word);
    const rows = await currentKeys(database.store.db);
    const found = rows.find((row) => {
      const subject = readCertificate(row.certificate).x509.subject;
      const oldest = rows
        .filter(({ holder }) => holder === row.holder)
        .sort((a, b) => Number(a.id) - Number(b.id))[0];
      return choose({ holder: row.holder, subject, first: oldest?.id === row.id });
    });
    return found?.fingerprint.slice(0, 16) ?? assert.fail(`${word} stands for no key`);
  }

  async function follow(line: string, more: Record<string, string> = {}): Promise<Ran> {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, bare]) => quoted ?? (bare as string),
    );
    assert.deepEqual(words.slice(0, 2), ['portolan', 'keys'], line);
    return run(await Promise.all(words.slice(2).map(meant)), more);
  }

  const next = (part: string): string => {
    const line = commands.shift();
    assert.ok(line?.includes(part), `${line} instead of ${part}`);
    return line as string;
  };

  it('makes the first keys', async () => {
    const made = await follow(next('keys new'));
    assert.match(made.text, /SHA-256 fingerprint: ([0-9A-F]{2}:){31}[0-9A-F]{2}\n/);
    assert.match(made.text, /opens messages now and signs from now on/);
    assert.equal(made.out, '');
    const certificate = readCertificate(await text('saltmarsh.pem'));
    assert.equal(certificate.x509.subject, 'CN=Saltmarsh AS2');
    assert.equal((await stat(join(folder.path, 'home', 'keys', 'master.key'))).mode & 0o777, 0o600);
    const pinned = await follow(next('keys import --partner'));
    assert.match(pinned.text, /Compare the fingerprint with the partner by another way/);
    assert.match(pinned.text, /verifies their signatures from now on and is encrypted to from now on/);
  });

  it('lists what the page shows', async () => {
    const { out } = await follow(next('keys list'));
    const shape = (lines: string) =>
      lines
        .replace(/([0-9A-F]{2}:){7}[0-9A-F]{2}/g, 'FP')
        .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC, \d+ days/g, 'DATE, N days');
    const [, block = ''] = /```sh\nportolan keys list\n```\n\n```\n(.*?)```/s.exec(page) ?? [];
    assert.equal(shape(out), shape(block));
  });

  it('takes a key pair that was made elsewhere, with its passphrase by reference alone', async () => {
    const line = next('--passphrase env:');
    const wrong = await follow(line, { CA_KEY_PASSPHRASE: 'another one' }).catch((error: Error) => error);
    assert.match((wrong as Error).message, /passphrase is missing or wrong/);
    const { text: said } = await follow(line);
    assert.match(said, /saltmarsh-ca\.key is not needed any more: remove it/);
    const words = ['import', 'x', '--certificate', 'saltmarsh-ca.pem', '--private-key', 'saltmarsh-ca.key'];
    const inTheOpen = await refused(...words, '--passphrase', 'the passphrase');
    assert.match(inTheOpen, /takes a reference/);
    assert.ok(!inTheOpen.includes('the passphrase'));
    await file('x.p12', 'x');
    await file('x.pem', '-----BEGIN PKCS7-----');
    assert.match(await refused('import', '--partner', 'northgate-as2', 'x.p12'), /openssl pkcs12 -in x\.p12/);
    assert.match(
      await refused('import', '--partner', 'northgate-as2', 'x.pem'),
      /openssl pkcs7 -print_certs/,
    );
  });

  it('rolls our own key, puts the day off, and retires the old one', async () => {
    const rolled = await follow(next('keys roll default'));
    for (const words of [
      /send them the new certificate/,
      /they add it beside the old one/,
      /: we sign with the new one/,
      /later +when every partner encrypts to the new one: portolan keys retire [0-9a-f]{16}/,
    ])
      assert.match(rolled.text, words);
    const [young, old] = await ours();
    assert.deepEqual([young.does, young.later, old.does], [['opens'], ['signs'], ['signs', 'opens']]);
    assert.equal(young.subject, 'Saltmarsh AS2', 'named as before');
    const exported = await run(['export', 'default']);
    assert.equal(exported.out, await text('saltmarsh-2027.pem'));
    assert.match(exported.text, /It signs from/);
    const signing = await run(['export', 'default', '--fingerprint', old.fingerprint.slice(0, 10)]);
    assert.equal(signing.out, await text('saltmarsh.pem'));
    const put = await follow(next('keys reschedule'));
    assert.match(put.text, /signs from .* 00:00 UTC and opens their messages from now on/);
    const [later] = await ours();
    assert.equal(Date.parse(later.useFrom) - Date.parse(young.useFrom), 7 * 86_400_000);
    const retiring = next('keys retire 4b9c');
    await assert.rejects(follow(retiring), /nothing left to sign with/, 'the new one does not sign yet');
    await run(['reschedule', young.fingerprint, '--from', 'now']);
    assert.match((await follow(retiring)).text, /is retired/);
    assert.match((await run(['retire', old.fingerprint, '--undo'])).text, /in use again/);
  });

  it("rolls a partner's certificate", async () => {
    const rolled = await follow(next('keys roll --partner'));
    assert.match(rolled.text, /certificates before go on verifying/);
    const rows = (await list()).filter(({ kind }) => kind === 'partner');
    assert.deepEqual(
      rows.map(({ subject, does, later }) => [subject, does, later]),
      [
        ['northgate 2027', ['verifies'], ['encrypts']],
        ['as2.northgate.example', ['encrypts', 'verifies'], []],
      ],
    );
    await run(['reschedule', rows[0].fingerprint, '--from', 'now', '--of', 'northgate-as2']);
    await follow(next('keys retire d027'));
    assert.equal((await list()).filter(({ kind }) => kind === 'partner').length, 1);
  });

  it('is carried by a backup, which is of no use without the master secret', async () => {
    const other = await freshDatabase();
    try {
      const saved = join(folder.path, 'saved');
      await backup(database.store, saved);
      await restore(other.store, saved);
      const before = await currentKeys(database.store.db);
      assert.deepEqual(await currentKeys(other.store.db), before);
      const elsewhere = { DATABASE_URL: other.url, PORTOLAN_HOME: join(folder.path, 'elsewhere') };
      await assert.rejects(
        run(['reseal'], elsewhere),
        /elsewhere\/keys\/master\.key, and that file is missing: put back its copy/,
      );
      assert.match((await run(['reseal'], { DATABASE_URL: other.url })).text, /Sealed \d+ private keys/);
    } finally {
      await other.drop();
    }
  });

  it('is checked by doctor', async () => {
    const check = (more: Record<string, string> = {}) =>
      runHere(doctor, [], { cwd: folder.path, env: { ...env, ...more } });
    const fine = await check();
    assert.match(fine.out, /^keys +\d, problems 0, warnings 0$/m);
    assert.equal(fine.status, 0);
    const lost = await check({ PORTOLAN_HOME: join(folder.path, 'elsewhere') });
    assert.match(lost.out, /master\.key, and that file is missing/);
    assert.equal(lost.status, 1);
  });

  it('seals anew with another master secret', async () => {
    const line = next('keys reseal');
    const [first, second] = ['an old secret of some length', 'a new secret of some length'];
    await run(['reseal'], { PORTOLAN_KEY_SECRET: first as string });
    await assert.rejects(
      follow(line, { PORTOLAN_KEY_SECRET: second as string, OLD_KEY_SECRET: 'the wrong one, of course' }),
      /is not what the private key of .* was sealed with/,
    );
    const secrets = { PORTOLAN_KEY_SECRET: second as string, OLD_KEY_SECRET: first as string };
    assert.match((await follow(line, secrets)).text, /Sealed \d+ private keys/);
    assert.deepEqual(commands, [], 'every command of the page was run');
  });

  it('tells a lost secret in a sentence, as a program', async () => {
    const settings = { ...process.env, ...env, PORTOLAN_HOME: join(folder.path, 'elsewhere') };
    const words = [...commandLine(), 'keys', 'reseal'];
    const ended = await new Promise<{ code: unknown; out: string; err: string }>((resolve) =>
      execFile(process.execPath, words, { cwd: folder.path, env: settings }, (error, out, err) =>
        resolve({ code: error?.code, out, err }),
      ),
    );
    assert.deepEqual([ended.code, ended.out], [2, '']);
    assert.match(
      ended.err,
      /^The private key of \w+ \([0-9a-f]{16}\) was sealed with PORTOLAN_KEY_SECRET.*\n$/,
    );
  });

  it('refuses what makes no sense', async () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      ['roll default', /Say from when/],
      ['roll default --from yesterday', /no date/],
      ['roll default --from 2027-02-30', /no date/],
      ['roll default --from 2020-01-01', /is past/],
      ['roll --partner nobody-as2 northgate.pem --from now', /no certificate to roll/],
      ['import --partner nobody-as2 northgate.pem', /There are: northgate-as2/],
      ['import --partner northgate-as2 plain.key', /no X\.509 certificate/],
      ['import --partner northgate-as2 nothing.pem', /ENOENT/],
      ['import default --certificate saltmarsh.pem', /portolan keys import/],
      ['new default', /keys roll default/],
      ['new other --bits 1024', /2048, 3072, 4096/],
      ['new other --days 100000', /at most 3650/],
      ['new Other', /small letters/],
      ['export other', /no such key/],
      ['frobnicate', /portolan keys new/],
    ];
    for (const [words, sentence] of wrong) assert.match(await refused(...words.split(' ')), sentence, words);
    assert.match(keys.help?.(['roll', '--help']) ?? '', /^portolan keys roll NAME --from DATE/);
  });

  it('shows no private key and no passphrase to anybody', async () => {
    const events = await database.store.db('events').select();
    const rows = await database.store.db('keys').select();
    const everything = JSON.stringify([shown, events, rows]);
    assert.ok(!/PRIVATE KEY|the passphrase|secret of some length/.test(everything));
    assert.deepEqual(
      new Set(events.map(({ kind }) => kind)),
      new Set([
        ...['key-made', 'key-imported', 'key-rolled', 'key-rescheduled', 'key-retired', 'key-taken-up'],
        ...['certificate-imported', 'certificate-rolled', 'keys-resealed'],
      ]),
    );
    for (const { who, why } of events) assert.ok(/\(command line\)$/.test(who) && why !== null);
  });
});
