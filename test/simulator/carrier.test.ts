import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mailbox, post } from '../../src/simulator/carrier.ts';
import { controlNumbers, storedControlNumbers } from '../../src/simulator/control.ts';

describe('how a simulated partner sends and collects', () => {
  let root: string;
  const servers: Server[] = [];

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'simulator-'));
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
    await rm(root, { recursive: true, force: true });
  });

  it('puts a file down whole, under its final name only', async () => {
    const carrier = mailbox({ outgoing: join(root, 'out'), incoming: join(root, 'in') });
    await carrier.send('850-1.edi', Buffer.from('ISA'));
    assert.deepEqual(await readdir(join(root, 'out')), ['850-1.edi']);
    assert.equal(await readFile(join(root, 'out', '850-1.edi'), 'latin1'), 'ISA');
  });

  it('takes complete files once, oldest first, and keeps them aside even under a name that comes again', async () => {
    const carrier = mailbox({ outgoing: join(root, 'out'), incoming: join(root, 'in') });
    await mkdir(join(root, 'in'));
    for (const [name, time] of [
      ['b.edi', 1],
      ['a.edi', 2],
      ['c.edi.part', 3],
      ['.d.edi', 4],
    ] as const) {
      await writeFile(join(root, 'in', name), name);
      await utimes(join(root, 'in', name), time, time);
    }
    assert.deepEqual(
      (await carrier.collect()).map(({ name }) => name),
      ['b.edi', 'a.edi'],
    );
    assert.deepEqual(await carrier.collect(), []);
    await writeFile(join(root, 'in', 'a.edi'), 'again');
    assert.deepEqual(
      (await carrier.collect()).map(({ bytes }) => bytes.toString()),
      ['again'],
    );
    assert.deepEqual((await readdir(join(root, 'taken'))).sort(), ['a.edi', 'a.edi.2', 'b.edi']);
    assert.deepEqual((await readdir(join(root, 'in'))).sort(), ['.d.edi', 'c.edi.part']);
  });

  it('posts the bytes with its key and the name, and throws what a refusal says', async () => {
    let status = 202;
    const seen: { body: string; key?: string | undefined; name?: string | undefined }[] = [];
    const url = await listen((request, respond) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        seen.push({ body, key: request.headers.authorization, name: request.headers['content-disposition'] });
        respond(status);
      });
    });
    const carrier = post({ url, key: 'secret', incoming: join(root, 'in') });
    await carrier.send('ORDERS-1.edi', Buffer.from("UNA:+.? '"));
    assert.deepEqual(seen, [
      { body: "UNA:+.? '", key: 'Bearer secret', name: 'attachment; filename="ORDERS-1.edi"' },
    ]);
    status = 401;
    await assert.rejects(carrier.send('ORDERS-2.edi', Buffer.from('x')), /answered 401: no key/);
  });

  async function listen(
    handle: (request: import('node:http').IncomingMessage, respond: (status: number) => void) => void,
  ) {
    const server = createServer((request, response) =>
      handle(request, (status) => {
        response.writeHead(status, { connection: 'close' }).end(status === 202 ? '{}' : 'no key');
      }),
    );
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/edi`;
  }
});

describe('control numbers of a simulated partner', () => {
  it('go on after a restart, and end at nine digits', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
    try {
      const file = join(folder, 'state', 'control');
      const first = storedControlNumbers(file, 7);
      assert.deepEqual([first.next(), first.next()], [7, 8]);
      assert.equal(storedControlNumbers(file, 7).next(), 9);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    const last = controlNumbers(999_999_999);
    assert.equal(last.next(), 999_999_999);
    assert.throws(() => last.next(), /No control number left/);
  });
});
