/** What a probe says of servers that are fine, and of each thing that may be wrong with them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { type SftpServer, startSftpServer } from '../../src/simulator/sftp-server.ts';
import type { Step } from '../../src/transport/probe.ts';
import { probeAs2 } from '../../src/transport/probe-as2.ts';
import { probeSftp } from '../../src/transport/probe-sftp.ts';
import { algorithmSteps } from '../../src/transport/probe-ssh.ts';
import type { SftpTerms } from '../../src/transport/sftp.ts';
import { modernAlgorithms } from '../../src/transport/ssh-algorithms.ts';
import { scratch, sftpTerms } from './mailboxes.ts';

describe('a probe', () => {
  let home: Awaited<ReturnType<typeof scratch>>;
  let root: string;
  let server: SftpServer;
  before(async () => {
    home = await scratch();
    root = join(home.path, 'root');
    for (const name of ['in', 'out']) await mkdir(join(root, name), { recursive: true });
    server = await startSftpServer({ root, users: [{ name: 'acme', password: 'sesame' }] });
  });
  after(async () => {
    await server.close();
    await home.remove();
  });

  const probe = (terms: Partial<SftpTerms> = {}) => {
    const reach = { host: '127.0.0.1', port: server.port, user: 'acme', password: 'sesame' };
    const folders = { in: '/in', out: '/out', hostKeys: [server.fingerprint] };
    return all(probeSftp({ ...sftpTerms, ...reach, ...folders, ...terms }));
  };

  it('goes all the way through a server that is fine, and leaves nothing there', async () => {
    const steps = await probe();
    assert.deepEqual(
      steps.map(({ what, found }) => `${found} ${what}`),
      [
        ...['name', 'connection', 'SSH', 'key exchange', 'host key', 'cipher', 'MAC', 'host key', 'login'],
        ...['in', 'out', 'rename', 'remove'],
      ].map((what) => `fine ${what}`),
    );
    assert.deepEqual(await readdir(join(root, 'out')), []);
  });

  it('ends at what is wrong, and says what to do', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const pinned = 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU';
    const cases: [Partial<SftpTerms>, string, RegExp][] = [
      [{ host: 'no-such-host.invalid' }, 'name', /no-such-host/],
      [{ port }, 'connection', /ECONNREFUSED/],
      [{ hostKeys: [pinned] }, 'host key', new RegExp(`${escaped(server.fingerprint)}.*${escaped(pinned)}`)],
      [{ password: 'open' }, 'login', /server takes publickey, password/],
      [{ password: undefined, privateKey: 'nonsense' }, 'login', /private key cannot be read/],
      [{ in: '/nowhere' }, 'in', /nowhere/],
    ];
    for (const [terms, what, says] of cases) {
      const wrong = (await probe(terms)).filter(({ found }) => found === 'wrong');
      assert.deepEqual(
        wrong.map((step) => step.what),
        [what],
      );
      assert.match(wrong[0]?.says ?? '', says);
      assert.ok((wrong[0]?.hint ?? '').length > 10);
    }
  });

  it('says where and at which step a connection was lost', async () => {
    let [made, cutAt] = [0, 0];
    const cut = createTcpServer((near) => {
      made += 1;
      const isCut = made === cutAt;
      const far = connect(server.port, '127.0.0.1');
      far.on('data', (bytes) => void (isCut ? near.resetAndDestroy() : near.write(bytes)));
      near.on('data', (bytes) => far.write(bytes)).on('error', () => undefined);
      near.on('close', () => far.destroy());
    }).listen(0, '127.0.0.1');
    await once(cut, 'listening');
    const { port } = cut.address() as AddressInfo;
    const place = `127.0.0.1:${port}`;
    const found: string[] = [];
    for (cutAt of [1, 2, 3, 4]) {
      made = 0;
      const { what, says } = (await probe({ port })).find((step) => step.found === 'wrong') as Step;
      assert.ok(says.includes(`${place}: the connection was lost (ECONNRESET)`), says);
      found.push(what);
    }
    assert.deepEqual(found, ['SSH', 'host key', 'login', 'in']);
    cutAt = 2;
    for (const [protocol, what] of [
      ['http', 'HTTP'],
      ['https', 'TLS'],
    ]) {
      made = 0;
      const url = `${protocol}://${place}/as2`;
      const last = (await all(probeAs2({ url, login: null, clientKey: null, authority: null }))).at(-1);
      assert.deepEqual([last?.what, last?.says], [what, `${place}: the connection was lost (ECONNRESET)`]);
    }
    cut.close();
  });

  it('names the old algorithm that a server needs', () => {
    const offered = { ...modernAlgorithms, cipher: ['aes128-cbc', '3des-cbc'] };
    const wrong = (legacy: boolean) =>
      algorithmSteps({ banner: 'SSH-2.0-old', offered }, legacy).filter(({ found }) => found !== 'fine');
    assert.match(wrong(false)[0]?.hint ?? '', /legacyAlgorithms: \[aes128-cbc\]/);
    assert.deepEqual(
      wrong(true).map(({ found }) => found),
      ['note'],
    );
  });

  it('asks an AS2 address with GET alone, and judges the answer', async () => {
    const asked: string[] = [];
    let status = 405;
    const http: Server = createServer((request, response) => {
      asked.push(`${request.method} ${request.headers.authorization ?? ''}`.trim());
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/as2`;
    const last = async (login: { user: string; password: string } | null) =>
      (await all(probeAs2({ url, login, clientKey: null, authority: null }))).at(-1)?.found;
    const found: unknown[] = [];
    for (status of [405, 404, 401, 302, 503]) found.push(await last(null));
    assert.deepEqual(found, ['fine', 'note', 'wrong', 'wrong', 'wrong']);
    status = 200;
    assert.equal(await last({ user: 'us', password: 'sesame' }), 'fine');
    assert.equal(asked.at(-1), `GET Basic ${Buffer.from('us:sesame').toString('base64')}`);
    assert.ok(asked.every((line) => line.startsWith('GET')));
    http.close();
  });
});

async function all(steps: AsyncIterable<Step>): Promise<Step[]> {
  const found: Step[] = [];
  for await (const step of steps) found.push(step);
  return found;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
