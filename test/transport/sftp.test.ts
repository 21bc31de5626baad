/** What only SFTP has: host keys, logins, cuts, rights. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import Client from 'ssh2-sftp-client';
import { makeSshKey, type SftpServer, startSftpServer } from '../../src/simulator/sftp-server.ts';
import { openTransport } from '../../src/transport/open.ts';
import { openSftp, type SftpTerms } from '../../src/transport/sftp.ts';
import { openSpool, type Spool } from '../../src/transport/spool.ts';
import { FilesNotTaken, type Transport } from '../../src/transport/transport.ts';
import { collector, scratch, sftpTerms, stoppingSpool } from './mailboxes.ts';
import { type CuttingProxy, startProxy } from './proxy.ts';

const never = new AbortController().signal;

describe('sftp', () => {
  let home: Awaited<ReturnType<typeof scratch>>;
  let root: string;
  let server: SftpServer;
  let proxy: CuttingProxy;
  let spool: Spool;
  let open: Transport[];
  const userKey = makeSshKey();

  beforeEach(async () => {
    home = await scratch();
    root = join(home.path, 'root');
    await mkdir(join(root, 'in'), { recursive: true });
    await mkdir(join(root, 'out'));
    spool = await openSpool(join(home.path, 'spool'));
    server = await startSftpServer({
      root,
      users: [{ name: 'acme', password: 'sesame', publicKey: userKey.public }],
    });
    proxy = await startProxy(server.port);
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((transport) => transport.close()));
    await proxy.close();
    await server.close();
    await home.remove();
  });

  const start = (terms: Partial<SftpTerms> = {}, ownSpool = spool) => {
    const transport = openSftp(
      {
        ...sftpTerms,
        host: '127.0.0.1',
        port: proxy.port,
        user: 'acme',
        password: 'sesame',
        hostKeys: [server.fingerprint],
        in: '/in',
        out: '/out',
        ...terms,
      },
      { name: 'acme-sftp', spool: ownSpool, settleMs: 10 },
    );
    open.push(transport);
    assert.ok(transport.poll !== undefined && transport.send !== undefined);
    return { poll: transport.poll, send: transport.send };
  };

  it('refuses a host key that is not pinned, names it, and sends no password', async () => {
    const { send } = start({ hostKeys: ['SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU'] });
    await assert.rejects(send('a.edi', Buffer.from('x')), (error: Error) => {
      assert.equal(error.name, 'UnknownHostKey');
      assert.ok(error.message.includes(server.fingerprint));
      return true;
    });
    assert.deepEqual(await readdir(join(root, 'out')), []);
  });

  it('takes any of several pinned keys, so that a server can roll over', async () => {
    const { send } = start({ hostKeys: ['SHA256:47DEQpj8HBSa', server.fingerprint] });
    await send('a.edi', Buffer.from('x'));
    assert.deepEqual(await readdir(join(root, 'out')), ['a.edi']);
  });

  it('logs in with a key, and not with a wrong password or a stranger’s key', async () => {
    const key = { password: undefined, privateKey: userKey.private };
    await start(key).send('a.edi', Buffer.from('x'));
    const stranger = makeSshKey().private;
    for (const wrong of [
      { password: 'open' },
      { password: undefined, privateKey: stranger },
      { user: 'other' },
    ]) {
      await assert.rejects(start(wrong).send('b.edi', Buffer.from('x')), /authentication methods failed/);
    }
    assert.deepEqual(await readdir(join(root, 'out')), ['a.edi']);
  });

  it('keeps one connection over polls and sends, and makes a new one after a cut', async () => {
    const { poll, send } = start();
    const { receive } = collector();
    await poll(receive, never);
    await send('a.edi', Buffer.from('x'));
    await poll(receive, never);
    assert.equal(proxy.connections(), 1);
    const { port } = server;
    await server.close();
    await assert.rejects(poll(receive, never));
    const { hostKey } = server;
    server = await startSftpServer({ root, users: [{ name: 'acme', password: 'sesame' }], hostKey, port });
    await poll(receive, never);
    await send('b.edi', Buffer.from('x'));
    assert.deepEqual((await readdir(join(root, 'out'))).sort(), ['a.edi', 'b.edi']);
  });

  it('takes a file once when it may neither move nor delete it, and says so once', async () => {
    await server.close();
    server = await startSftpServer({ root, users: [{ name: 'acme', password: 'sesame' }], readOnly: true });
    const { poll } = start({ port: server.port, hostKeys: [server.fingerprint] });
    const { received, receive } = collector();
    await writeFile(join(root, 'in', 'a.edi'), 'content');
    await assert.rejects(poll(receive, never), /a\.edi.*ermission denied/);
    assert.equal(await poll(receive, never), 0);
    assert.equal(received.length, 1);
    await writeFile(join(root, 'in', 'a.edi'), 'other content');
    await assert.rejects(poll(receive, never), AggregateError);
    assert.deepEqual(
      received.map(({ bytes }) => bytes.toString()),
      ['content', 'other content'],
    );
  });

  it('says so when a name cannot be asked for, because it is not UTF-8', async () => {
    const { poll } = start();
    const { received, receive } = collector();
    // As a server's listing shows such a name; that it is not found is what asking for it comes to.
    const odd = join(root, 'in', 'caf\ufffd');
    for (const name of ['1', '2', '3', '4', '5', '6', 'caf\ufffd'])
      await writeFile(join(root, 'in', name), 'content');
    await utimes(odd, 4e9, 4e9);
    const remover: typeof receive = async (name, arrival) => {
      await rm(odd, { force: true });
      return receive(name, arrival);
    };
    await assert.rejects(poll(remover, never), (error: unknown) => {
      assert.equal(received.length, 6);
      assert.ok(error instanceof FilesNotTaken);
      assert.deepEqual(
        error.files.map(({ name, needsPerson }) => [name, needsPerson]),
        [['caf\ufffd', true]],
      );
      return true;
    });
  });

  it('breaks off a download when it is told to stop', async () => {
    const stop = new AbortController();
    const stopping = stoppingSpool(stop);
    const { poll } = start({}, stopping.spool);
    await writeFile(join(root, 'in', 'large.edi'), Buffer.alloc(8 * 1024 * 1024));
    assert.equal(await poll(collector().receive, stop.signal), 0);
    assert.ok(stopping.read() > 0 && stopping.read() < 8 * 1024 * 1024, `${stopping.read()} bytes were read`);
  });

  it('does not wait for a server that is silent when it is told to stop', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { poll } = start({ port: (silent.address() as AddressInfo).port });
    assert.equal(await poll(collector().receive, AbortSignal.timeout(100)), 0);
    const last = open.at(-1);
    await last?.close();
    silent.close();
  });

  it('resolves the references in an endpoint', async () => {
    const known: Record<string, string> = { 'env:PORT': String(proxy.port), 'file:pw': 'sesame\n' };
    known['env:HOST_KEY'] = server.fingerprint;
    const transport = await openTransport(
      {
        ...sftpTerms,
        type: 'sftp',
        name: 'acme-sftp',
        host: '127.0.0.1',
        port: 'env:PORT',
        user: 'acme',
        password: 'file:pw',
        hostKeys: ['env:HOST_KEY'],
        out: '/out',
      },
      { home: home.path, spool, resolveSecret: (reference) => known[reference] ?? '' },
    );
    open.push(transport);
    assert.equal(transport.poll, undefined);
    await transport.send?.('a.edi', Buffer.from('x'));
    assert.deepEqual(await readdir(join(root, 'out')), ['a.edi']);
  });

  it('refuses an endpoint whose references all fail with one error, and leaves no failure that nobody awaits', async () => {
    const unset = (reference: string) => Promise.reject(new Error(`${reference} is not set`));
    const endpoint = {
      ...sftpTerms,
      type: 'sftp' as const,
      name: 'acme-sftp',
      host: '127.0.0.1',
      user: 'acme',
    };
    const references = { port: 'env:PORT', password: 'env:PASSWORD', hostKeys: ['env:KEY', 'env:KEY_2'] };
    const opening = { home: home.path, spool, resolveSecret: unset };
    const loose: unknown[] = [];
    const note = (reason: unknown) => loose.push(reason);
    process.on('unhandledRejection', note);
    try {
      await assert.rejects(openTransport({ ...endpoint, ...references }, opening), /env:PORT is not set/);
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('unhandledRejection', note);
    }
    assert.deepEqual(loose, []);
  });

  describe("the simulator's server", () => {
    let client: Client;
    beforeEach(async () => {
      client = new Client();
      await client.connect({ host: server.host, port: server.port, username: 'acme', password: 'sesame' });
    });
    afterEach(() => client.end());

    it('makes keys that can be read again, every time', () => {
      // Some four of these would not be, as ssh2 makes them.
      for (let index = 0; index < 1_000; index += 1) {
        assert.ok(!(ssh2.utils.parseKey(makeSshKey().private) instanceof Error));
      }
    });

    it('shows nothing outside its root, by .. or by symbolic links', async () => {
      await writeFile(join(home.path, 'secret'), 'secret');
      await symlink(home.path, join(root, 'folder-link'));
      await symlink(join(home.path, 'secret'), join(root, 'file-link'));
      await symlink(join(home.path, 'made'), join(root, 'dangling-link'));
      for (const path of ['/../secret', '../../secret', '/in/../../secret']) {
        await assert.rejects(client.get(path), /ENOENT/);
      }
      for (const path of ['/folder-link/secret', '/file-link']) await assert.rejects(client.get(path));
      await assert.rejects(client.put(Buffer.from('x'), '/folder-link/made'));
      await assert.rejects(client.put(Buffer.from('x'), '/dangling-link'));
      await assert.rejects(client.list('/folder-link'));
      await client.rename('/file-link', '/../../moved');
      assert.ok((await readdir(root)).includes('moved'));
      assert.deepEqual((await readdir(home.path)).sort(), ['root', 'secret', 'spool']);
      assert.equal(await client.realPath('../..'), '/');
    });

    it('does what a client asks of folders and attributes', async () => {
      await client.mkdir('/a/b', true);
      await client.put(Buffer.from('content'), '/a/b/file');
      await client.append(Buffer.from(' more'), '/a/b/file');
      assert.equal(String(await client.get('/a/b/file')), 'content more');
      await client.chmod('/a/b/file', 0o600);
      assert.equal((await stat(join(root, 'a/b/file'))).mode & 0o777, 0o600);
      await client.put(Buffer.from('other'), '/a/b/other');
      await assert.rejects(client.rename('/a/b/other', '/a/b/file'));
      await client.posixRename('/a/b/other', '/a/b/file');
      assert.equal(String(await client.get('/a/b/file')), 'other');
      await client.rmdir('/a', true);
      assert.equal(await client.exists('/a'), false);
    });

    it('serves many files at once, and a folder of many names', async () => {
      (client as unknown as { client: Client & NodeJS.EventEmitter }).client.setMaxListeners(0);
      const names = Array.from({ length: 300 }, (_, index) => `/in/${index}.edi`);
      await Promise.all(names.map((name) => client.put(Buffer.from(name), name)));
      assert.equal((await client.list('/in')).length, 300);
      const contents = await Promise.all(names.map((name) => client.get(name)));
      assert.deepEqual(contents.map(String), names);
    });
  });
});
