/** What partner.yaml says of an SFTP server: keys to log in with, old algorithms, done-files, files under way together. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, rename, utimes, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { join } from 'node:path';
import ssh2, { type SFTPWrapper } from 'ssh2';
import { type SftpServer, startSftpServer } from '../../src/simulator/sftp-server.ts';
import { serveSftp } from '../../src/simulator/sftp-session.ts';
import { createPoll } from '../../src/transport/mailbox.ts';
import { openSftp, type SftpTerms } from '../../src/transport/sftp.ts';
import { createBox } from '../../src/transport/sftp-box.ts';
import { stateOf } from '../../src/transport/sftp-files.ts';
import { createLine, type Hands, type Line, LineLost } from '../../src/transport/sftp-line.ts';
import { createSend } from '../../src/transport/sftp-send.ts';
import { openSpool, type Spool } from '../../src/transport/spool.ts';
import { algorithmsFor, legacyWarning, oldAlgorithms } from '../../src/transport/ssh-algorithms.ts';
import { readLoginKey } from '../../src/transport/ssh-key.ts';
import type { Transport } from '../../src/transport/transport.ts';
import { collector, scratch, sftpTerms } from './mailboxes.ts';

const never = new AbortController().signal;

describe('an SFTP endpoint', () => {
  let home: Awaited<ReturnType<typeof scratch>>;
  let root: string;
  let server: SftpServer;
  let spool: Spool;
  let open: Transport[];

  beforeEach(async () => {
    home = await scratch();
    root = join(home.path, 'root');
    for (const name of ['in', 'out']) await mkdir(join(root, name), { recursive: true });
    spool = await openSpool(join(home.path, 'spool'));
    server = await startSftpServer({ root, users: [{ name: 'acme', password: 'sesame' }] });
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((transport) => transport.close()));
    await server.close();
    await home.remove();
  });

  const start = (terms: Partial<SftpTerms> = {}) => {
    const reach = { host: '127.0.0.1', port: server.port, user: 'acme', password: 'sesame' };
    const folders = { in: '/in', out: '/out', hostKeys: [server.fingerprint] };
    const transport = openSftp(
      { ...sftpTerms, ...reach, ...folders, ...terms },
      { name: 'acme-sftp', spool, settleMs: 1 },
    );
    open.push(transport);
    assert.ok(transport.poll !== undefined && transport.send !== undefined);
    return { poll: transport.poll, send: transport.send };
  };
  const drop = async (name: string, content: string, seconds: number) => {
    await writeFile(join(root, 'in', `${name}.tmp`), content);
    await utimes(join(root, 'in', `${name}.tmp`), seconds, seconds);
    await rename(join(root, 'in', `${name}.tmp`), join(root, 'in', name));
  };

  it('takes a file only once its done-file is there, and removes both', async () => {
    const { poll } = start({ doneFile: '.done', afterwards: 'delete' });
    const { received, receive } = collector();
    for (const name of ['a.edi', 'b.edi', 'b.edi.done']) await drop(name, name, 1_000);
    assert.equal(await poll(receive, never), 1);
    assert.equal(await poll(receive, never), 0);
    assert.deepEqual(await readdir(join(root, 'in')), ['a.edi']);
    await drop('a.edi.done', '', 1_000);
    assert.equal(await poll(receive, never), 1);
    assert.deepEqual(await readdir(join(root, 'in')), []);
    assert.deepEqual(
      received.map(({ name }) => name),
      ['b.edi', 'a.edi'],
    );
  });

  it('leaves the done-file of a new file that took the place of the one it received', async () => {
    const { poll } = start({ doneFile: '.done', afterwards: 'delete' });
    const { received, receive } = collector();
    for (const name of ['a.edi', 'a.edi.done']) await drop(name, 'first', 1_000);
    const sender: typeof receive = async (endpoint, arrival) => {
      if (received.length === 0) await drop('a.edi', 'second', 2_000);
      return receive(endpoint, arrival);
    };
    for (let polls = 0; polls < 3; polls += 1) await poll(sender, never);
    assert.deepEqual(
      received.map(({ bytes }) => bytes.toString()),
      ['first', 'second'],
    );
  });

  it('tells two small files of one name, size and second apart, and takes both', async () => {
    const { poll } = start({ afterwards: 'delete' });
    const { received, receive } = collector();
    await drop('a.edi', 'content 1', 1_000);
    const sender: typeof receive = async (endpoint, arrival) => {
      if (received.length === 0) await drop('a.edi', 'content 2', 1_000);
      return receive(endpoint, arrival);
    };
    for (let polls = 0; polls < 3; polls += 1) await poll(sender, never);
    assert.deepEqual(
      received.map(({ name, bytes }) => [name, bytes.toString()]),
      [
        ['a.edi', 'content 1'],
        ['a.edi', 'content 2'],
      ],
    );
    assert.deepEqual(await readdir(join(root, 'in')), []);
  });

  it('has as many files under way as agreed, and never two of one name', async () => {
    const { send } = start({ parallel: 2 });
    const names = ['a.edi', 'a.edi', 'b.edi', 'c.edi', 'd.edi'];
    await Promise.all(names.map((name, index) => send(name, Buffer.alloc(40_000, String(index)))));
    assert.deepEqual((await readdir(join(root, 'out'))).sort(), ['a.edi', 'b.edi', 'c.edi', 'd.edi']);
  });

  it('removes what a cut left under a temporary name, in the next send if need be', async () => {
    const reach = { host: '127.0.0.1', port: server.port, user: 'acme', password: 'sesame' };
    const line = createLine({ ...reach, hostKeys: [server.fingerprint] });
    let runs = 0;
    const cut = async <T>(operation: (hands: Hands) => Promise<T>): Promise<T> => {
      runs += 1;
      // The first send's writing, and the removal of what it left, done or not: nobody hears.
      if (runs === 4) throw new LineLost('The connection was cut');
      const done = await line.run(operation);
      if (runs === 1) throw new LineLost('The connection was cut');
      return done;
    };
    const send = createSend({ ...line, run: cut }, { folder: '/out', parallel: 1, fast: false });
    const left = () => readdir(join(root, 'out'));
    await assert.rejects(send('a.edi', Buffer.from('a')));
    await send('a.edi', Buffer.from('a'));
    assert.deepEqual((await left()).sort(), ['.a.edi.part', 'a.edi']);
    await send('b.edi', Buffer.from('b'));
    assert.deepEqual((await left()).sort(), ['a.edi', 'b.edi']);
    await line.close();
  });

  it('ends the poll when there is no connection to clear a file away, says where, and blames no file', async () => {
    const resetting = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    resetting.listen(0, '127.0.0.1');
    await once(resetting, 'listening');
    const { port } = resetting.address() as AddressInfo;
    const reach = { host: '127.0.0.1', user: 'acme', password: 'sesame', hostKeys: [server.fingerprint] };
    const live = createLine({ ...reach, port: server.port });
    const cut = createLine({ ...reach, port });
    let runs = 0;
    // Two listings and the copy go well; by the time that clearing has failed, others have made a connection again.
    const line: Line = {
      ...live,
      run: (operation, signal) => {
        runs += 1;
        return (runs === 4 ? cut : live).run(operation, signal);
      },
    };
    const box = { folder: '/in', archive: null, doneFile: null, fast: false, spool };
    const poller = { endpoint: 'acme-sftp', pattern: '*', settleMs: 1, parallel: 1 };
    const poll = createPoll(createBox(line, box), poller);
    await drop('a.edi', 'x', 1_000);
    const { received, receive } = collector();
    await assert.rejects(poll(receive, never), {
      name: 'MailboxLost',
      message: `127.0.0.1:${port}: the connection was lost (ECONNRESET)`,
    });
    assert.equal(received.length, 1);
    assert.equal(await poll(receive, never), 1, 'it need not wait');
    assert.deepEqual(await readdir(join(root, 'in')), []);
    await Promise.all([live.close(), cut.close()]);
    resetting.close();
  });

  it('hands requests of one moment to the system together', async () => {
    const reach = { host: '127.0.0.1', port: server.port, user: 'acme', password: 'sesame' };
    const line = createLine({ ...reach, hostKeys: [server.fingerprint] });
    const write = Socket.prototype._writev as NonNullable<Socket['_writev']>;
    const written: number[] = [];
    Socket.prototype._writev = function (packets, done) {
      written.push(packets.length);
      write.call(this, packets, done);
    };
    try {
      const names = Array.from({ length: 8 }, (_, at) => `/in/${at}`);
      await line.run((hands) => Promise.all(names.map((name) => stateOf(hands, name))));
      // A packet may come in several pieces.
      assert.ok(Math.max(...written) >= names.length, String(written));
    } finally {
      Socket.prototype._writev = write;
      await line.close();
    }
  });

  it('is refused by a server with old algorithms alone, and works with those allowed by name', async () => {
    const old = await startOldServer(root);
    const reach = { port: old.port, hostKeys: [old.fingerprint] };
    await assert.rejects(start(reach).send('a.edi', Buffer.from('x')), /no matching/i);
    await assert.rejects(
      start({ ...reach, legacyAlgorithms: ['ssh-rsa'] }).send('a.edi', Buffer.from('x')),
      /no matching/i,
    );
    const named = ['diffie-hellman-group14-sha1', 'ssh-rsa', 'aes128-cbc', 'hmac-sha1'] as const;
    await start({ ...reach, legacyAlgorithms: named }).send('a.edi', Buffer.from('x'));
    await start({ ...reach, legacyAlgorithms: true }).send('b.edi', Buffer.from('x'));
    assert.deepEqual((await readdir(join(root, 'out'))).sort(), ['a.edi', 'b.edi']);
    await Promise.all(open.map((transport) => transport.close()));
    await old.close();
  });

  it('offers nothing old unless it is allowed, and then last', () => {
    for (const [kind, names] of Object.entries(algorithmsFor(false)))
      for (const name of names) assert.doesNotMatch(name, /sha1|-cbc|md5|dss|^ssh-rsa$/, kind);
    const { kex } = algorithmsFor(['diffie-hellman-group1-sha1']);
    assert.equal(kex.at(-1), 'diffie-hellman-group1-sha1');
    assert.ok(!kex.includes(oldAlgorithms.kex[0]));
    assert.match(legacyWarning('acme', ['ssh-dss']) ?? '', /acme.*ssh-dss/);
    assert.equal(legacyWarning('acme', false), null);
  });

  it('reads login keys as PEM and PKCS#8 with a passphrase, and says what is wrong with others', () => {
    const pair = (type: string, options = {}) =>
      generateKeyPairSync(type as 'ec', options as { namedCurve: string }).privateKey;
    const locked = { cipher: 'aes-256-cbc', passphrase: 'hush' } as const;
    const pem = (key: ReturnType<typeof pair>, type: 'pkcs8' | 'sec1') =>
      key.export({ format: 'pem', type, ...locked }).toString();
    for (const [key, type, expected] of [
      [pair('ed25519'), 'pkcs8', 'ssh-ed25519'],
      [pair('ec', { namedCurve: 'P-256' }), 'pkcs8', 'ecdsa-sha2-nistp256'],
      [pair('ec', { namedCurve: 'P-384' }), 'sec1', 'ecdsa-sha2-nistp384'],
      [pair('ec', { namedCurve: 'P-521' }), 'pkcs8', 'ecdsa-sha2-nistp521'],
    ] as const) {
      assert.equal(readLoginKey(pem(key, type), 'hush').type, expected);
      assert.throws(() => readLoginKey(pem(key, type), 'loud'), /passphrase is another/);
      assert.throws(() => readLoginKey(pem(key, type), undefined), /needs a passphrase/);
    }
    const small = pair('rsa', { modulusLength: 1024 }).export({ format: 'pem', type: 'pkcs8' }).toString();
    assert.throws(() => readLoginKey(small, undefined), /1024 bits/);
    assert.throws(() => readLoginKey(pem(pair('ed448'), 'pkcs8'), 'hush'), /ed448/);
    assert.throws(() => readLoginKey('ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI', undefined), /private/);
  });
});

/** A server as they were made long ago: RSA with SHA-1, CBC, group 14 with SHA-1. */
async function startOldServer(root: string) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const hostKey = privateKey.export({ format: 'pem', type: 'pkcs1' }).toString();
  const algorithms = {
    kex: ['diffie-hellman-group14-sha1'],
    serverHostKey: ['ssh-rsa'],
    cipher: ['aes128-cbc'],
    hmac: ['hmac-sha1'],
  } as never;
  const server = new ssh2.Server({ hostKeys: [hostKey], algorithms }, (client) => {
    client.on('error', () => client.end());
    client.on('authentication', (context) => context.accept());
    client.on('session', (accept) => {
      accept().on('sftp', (openSession) => serveSftp(openSession() as SFTPWrapper, root, false));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const parsed = ssh2.utils.parseKey(hostKey);
  if (parsed instanceof Error) throw parsed;
  const { fingerprintOf } = await import('../../src/transport/sftp-line.ts');
  return {
    port: (server.address() as { port: number }).port,
    fingerprint: fingerprintOf(parsed.getPublicSSH()),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
