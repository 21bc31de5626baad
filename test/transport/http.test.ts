/** POST /edi over a real server and raw sockets. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashApiKey, makeApiKey, verifyApiKey } from '../../src/transport/apikey.ts';
import { type Became, createEdiHandler, type EdiTerms, type Sender } from '../../src/transport/http.ts';
import { Problem } from '../../src/transport/problem.ts';
import { openSpool } from '../../src/transport/spool.ts';
import { SourceReused } from '../../src/transport/transport.ts';
import { collector, type Received, scratch } from './mailboxes.ts';

describe('POST /edi', () => {
  const { key, prefix, hash } = makeApiKey();
  const caller = { endpoint: 'acme-http', prefix };
  let home: Awaited<ReturnType<typeof scratch>>;
  let spoolFolder: string;
  let server: Server;
  let url: string;
  let received: Received[];
  let served: Promise<void>[];

  beforeEach(async () => {
    home = await scratch();
    spoolFolder = join(home.path, 'spool');
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    await Promise.all(served);
    assert.deepEqual(await readdir(spoolFolder), [], 'the spool is empty after each request');
    await home.remove();
  });

  const start = async (terms: Partial<EdiTerms> = {}) => {
    const kept = collector();
    received = kept.received;
    const handle = createEdiHandler({
      authenticate: async (shown) => (verifyApiKey(shown, hash) ? caller : null),
      receive: kept.receive,
      look: async () => ({ state: 'waiting' }),
      spool: await openSpool(spoolFolder),
      ...terms,
    });
    served = [];
    const mounted = (...parts: Parameters<typeof handle>) => void served.push(handle(...parts));
    server = createServer(mounted).on('checkContinue', mounted);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/edi`;
  };

  const post = (body: string, headers: Record<string, string> = {}, query = '') =>
    fetch(`${url}${query}`, { method: 'POST', body, headers: { 'x-api-key': key, ...headers } });

  const problemOf = async (response: Response) => {
    assert.equal(response.headers.get('content-type'), 'application/problem+json');
    const body = (await response.json()) as { status: number; title: string; detail: string; type: string };
    assert.equal(body.status, response.status);
    assert.ok(body.title && body.detail && body.type);
    return body;
  };

  it('answers 202 with the delivery once the bytes are received', async () => {
    await start();
    const response = await post('ISA*00*', {
      'content-disposition': 'attachment; filename="../850 \\"x\\".edi"',
    });
    assert.equal(response.status, 202);
    assert.deepEqual(await response.json(), { delivery: '1' });
    assert.equal(received[0]?.bytes.toString(), 'ISA*00*');
    assert.equal(received[0]?.name, '../850 "x".edi');
    assert.equal(received[0]?.source, null);
  });

  it('takes the key as bearer or X-API-Key, and no other', async () => {
    await start();
    assert.equal((await post('x', { authorization: `Bearer ${key}`, 'x-api-key': '' })).status, 202);
    for (const wrong of ['', 'ptl_0_0', `${key}x`, makeApiKey().key]) {
      const response = await post('x', { 'x-api-key': wrong });
      assert.equal(response.status, 401);
      assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer/);
      await problemOf(response);
    }
    assert.equal(received.length, 1);
  });

  it('refuses other methods, forms, codings and an empty body', async () => {
    await start();
    const got = await fetch(url);
    assert.equal(got.status, 405);
    assert.equal(got.headers.get('allow'), 'POST');
    const form = new FormData();
    form.set('file', 'x');
    const sent = await fetch(url, { method: 'POST', body: form, headers: { 'x-api-key': key } });
    assert.equal((await problemOf(sent)).status, 415);
    const packed = await post('x', { 'content-encoding': 'gzip' });
    assert.equal(packed.headers.get('accept-encoding'), 'identity');
    assert.equal((await problemOf(packed)).status, 415);
    assert.equal((await problemOf(await post(''))).status, 400);
    assert.equal(received.length, 0);
  });

  it('gives the Idempotency-Key as source, and 422 where it was used with other bytes', async () => {
    await start();
    await post('x', { 'idempotency-key': 'order-1' });
    await post('x', { 'idempotency-key': '"order-1"' });
    await post('x', { 'idempotency-key': '"a \\"b\\""' });
    assert.deepEqual(
      received.map(({ source }) => source),
      ['idempotency:order-1', 'idempotency:order-1', 'idempotency:a "b"'],
    );
    assert.match(
      await dribble('Idempotency-Key: a\r\nIdempotency-Key: a\r\nConnection: close\r\nContent-Length: 1', [
        'x',
      ]),
      /^HTTP\/1\.1 400 /,
    );
    assert.equal((await problemOf(await post('x', { 'idempotency-key': 'x'.repeat(256) }))).status, 400);
  });

  it('says 422 when the receiver finds the key used with other bytes, and 503 when it fails', async () => {
    const errors: Error[] = [new SourceReused('used'), new Error('no database at 10.0.0.1')];
    await start({ receive: async () => Promise.reject(errors.shift()) });
    assert.equal((await problemOf(await post('x'))).status, 422);
    const failed = await post('x');
    assert.equal(failed.headers.get('retry-after'), '30');
    const { status, detail } = await problemOf(failed);
    assert.equal(status, 503);
    assert.doesNotMatch(detail, /database/);
  });

  it('refuses a body past the cap by its length alone, without 100 Continue', async () => {
    await start({ maxBytes: 10 });
    const sent = request(url, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-length': 11, expect: '100-continue' },
    });
    let continued = false;
    sent.on('continue', () => {
      continued = true;
    });
    sent.flushHeaders();
    const [response] = await once(sent, 'response');
    assert.equal(response.statusCode, 413);
    assert.equal(continued, false);
    sent.on('error', () => undefined).destroy();
  });

  it('sends 100 Continue once it wants the body', async () => {
    await start();
    const sent = request(url, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-length': 4, expect: '100-continue' },
    });
    sent.flushHeaders();
    await once(sent, 'continue');
    sent.end('ISA*');
    const [response] = await once(sent, 'response');
    assert.equal(response.statusCode, 202);
    response.resume();
    assert.equal(received[0]?.bytes.toString(), 'ISA*');
  });

  it('takes chunked bodies, and ends one that grows past the cap without reading on', async () => {
    await start({ maxBytes: 100_000 });
    const chunked = (bytes: AsyncIterable<Buffer>) =>
      fetch(url, {
        method: 'POST',
        body: bytes as never,
        duplex: 'half',
        headers: { 'x-api-key': key },
      } as never);
    async function* few() {
      for (const piece of ['ISA', '*00', '*']) yield Buffer.from(piece);
    }
    assert.equal((await chunked(few())).status, 202);
    assert.equal(received[0]?.bytes.toString(), 'ISA*00*');
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`POST /edi HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const piece = `8000\r\n${'x'.repeat(0x8000)}\r\n`;
    let answer = '';
    socket.on('data', (bytes) => {
      answer += bytes;
    });
    // Not `once`: it rejects on the error that a closed pipe may give the last write.
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const endless = setInterval(() => socket.writable && socket.write(piece), 5);
    await closed;
    clearInterval(endless);
    assert.match(answer, /^HTTP\/1\.1 413 /);
    assert.equal(received.length, 1);
  });

  it('ends a body that comes too slowly', async () => {
    await start({ limits: { silenceMs: 50 } });
    assert.match(await dribble('Content-Length: 100', ['ISA*']), /^HTTP\/1\.1 408 /);
    assert.equal(received.length, 0);
  });

  it('ends a body that trickles for too long', async () => {
    await start({ limits: { silenceMs: 10_000, bodyMs: 200 } });
    const answer = await dribble(
      'Content-Length: 100000',
      Array.from({ length: 1_000 }, () => 'x'),
    );
    assert.match(answer, /^HTTP\/1\.1 408 /);
    assert.equal(received.length, 0);
  });

  it('receives nothing of a body that was cut', async () => {
    await start();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(`POST /edi HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\nContent-Length: 100\r\n\r\nISA*`);
    await once(server, 'request');
    socket.destroy();
    await Promise.all(served);
    assert.equal(received.length, 0);
  });

  it('gives the acknowledgment for ?ack=sync, or 202 and how it stands', async () => {
    const bytes = Buffer.from('ISA*997');
    const looks: (() => Promise<Became | null>)[] = [
      async () => ({ state: 'waiting' }),
      async () => ({ state: 'acknowledged', bytes }),
      async () => ({ state: 'held' }),
      async () => ({ state: 'unanswered' }),
    ];
    await start({ limits: { lookMs: 1 }, look: () => (looks.shift() ?? assert.fail)() });
    const first = await post('x', {}, '?ack=sync');
    assert.equal(first.status, 200);
    assert.equal(first.headers.get('x-delivery'), '1');
    assert.equal(first.headers.get('location'), 'edi/1');
    assert.equal(await first.text(), 'ISA*997');
    for (const [index, state] of ['held', 'unanswered'].entries()) {
      const response = await post('x', {}, '?ack=sync');
      const delivery = String(index + 2);
      assert.equal(response.status, 202);
      assert.equal(new URL(response.headers.get('location') ?? '', url).pathname, `/edi/${delivery}`);
      assert.deepEqual(await response.json(), { delivery, state });
    }
    assert.deepEqual(await (await post('x')).json(), { delivery: '4' }, 'nobody asked how it stands');
  });

  it('says after a while that the acknowledgment waits, or that nobody knows', async () => {
    const looks = [async () => Promise.reject(new Error('no database'))];
    await start({
      limits: { acknowledgmentMs: 50, lookMs: 1 },
      look: () => (looks.shift() ?? (async () => ({ state: 'waiting' }) as const))(),
    });
    for (const delivery of ['1', '2']) {
      const response = await post('x', {}, '?ack=sync');
      assert.equal(response.status, 202);
      assert.deepEqual(await response.json(), { delivery, state: 'waiting' });
    }
  });

  it('tells a sender later what became of its delivery, and of no other', async () => {
    const became: Record<string, Became> = {
      '1': { state: 'acknowledged', bytes: Buffer.from('ISA*997') },
      '2': { state: 'waiting' },
      '3': { state: 'unanswered' },
    };
    await start({ look: async (endpoint, id) => (endpoint === 'acme-http' ? (became[id] ?? null) : null) });
    const ask = (id: string, headers: Record<string, string> = { 'x-api-key': key }) =>
      fetch(`${url}/${id}`, { headers });
    const first = await ask('1');
    assert.deepEqual([first.status, await first.text()], [200, 'ISA*997']);
    const second = await ask('2');
    assert.deepEqual([second.status, await second.json()], [202, { delivery: '2', state: 'waiting' }]);
    assert.ok(Number(second.headers.get('retry-after')) > 0);
    assert.equal((await ask('3')).status, 204);
    assert.equal((await problemOf(await ask('4'))).status, 404);
    assert.equal((await problemOf(await ask('x'))).status, 404);
    assert.equal((await problemOf(await ask('1', {}))).status, 401);
    const posted = await fetch(`${url}/1`, { method: 'POST', body: 'x', headers: { 'x-api-key': key } });
    assert.equal(posted.headers.get('allow'), 'GET');
    assert.equal((await problemOf(posted)).status, 405);
  });

  it('says that a repeat is one', async () => {
    await start({ receive: async () => ({ deliveryId: '7', isRepeat: true }) });
    const response = await post('x', { 'idempotency-key': 'order-1' });
    assert.deepEqual([response.status, await response.json()], [202, { delivery: '7' }]);
    assert.equal(response.headers.get('idempotency-replayed'), 'true');
  });

  it('takes any media type, whatever charset it names', async () => {
    await start();
    for (const type of ['text/plain; charset=utf-16', 'application/edifact', 'nonsense', ''])
      assert.equal((await post('ISA*00*\xe9', { 'content-type': type })).status, 202, type);
    assert.deepEqual(new Set(received.map(({ bytes }) => bytes.toString('hex'))).size, 1);
  });

  it('says where a request comes from, and refuses with what it is told', async () => {
    const seen: Sender[] = [];
    const statuses: number[] = [];
    await start({
      authenticate: async (_key, sender) => {
        seen.push(sender);
        throw new Problem(403, 'Forbidden', 'not from there');
      },
      refused: (status) => statuses.push(status),
    });
    assert.equal((await problemOf(await post('x'))).detail, 'not from there');
    assert.deepEqual(seen, [{ address: '127.0.0.1', certificate: null }]);
    assert.deepEqual(statuses, [403]);
  });

  it('lets one key have so many requests under way, and gives each place back', async () => {
    let free = () => {};
    const waits = new Promise<void>((resolve) => {
      free = resolve;
    });
    let under = 0;
    await start({
      limits: { atOnce: 2 },
      receive: async () => {
        under += 1;
        await waits;
        return { deliveryId: String(under) };
      },
    });
    const first = [post('x'), post('x')];
    while (under < 2) await sleep(5);
    const refused = await post('x');
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    assert.equal((await problemOf(refused)).status, 429);
    free();
    assert.deepEqual(
      (await Promise.all(first)).map(({ status }) => status),
      [202, 202],
    );
    assert.equal((await post('x')).status, 202);
  });

  it('slows down a key that asks too often, and no other', async () => {
    const other = makeApiKey();
    const known = [hash, other.hash];
    await start({
      authenticate: async (shown) =>
        known.some((one) => one.equals(hashApiKey(shown)))
          ? { endpoint: 'acme-http', prefix: shown.slice(4, 16) }
          : null,
      limits: { rate: { burst: 2, perSecond: 0.01, callers: 10 } },
    });
    const statuses = [];
    for (let index = 0; index < 3; index += 1) statuses.push((await post('x')).status);
    assert.deepEqual(statuses, [202, 202, 429]);
    const refused = await post('x');
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    await problemOf(refused);
    assert.equal((await post('x', { 'x-api-key': other.key })).status, 202);
  });

  /** Sends pieces 20 ms apart until the server ends the connection; gives what it answered. */
  async function dribble(length: string, pieces: string[]): Promise<string> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`POST /edi HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\n${length}\r\n\r\n`);
    let answer = '';
    socket.on('data', (bytes) => {
      answer += bytes;
    });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const sending = setInterval(() => {
      const piece = pieces.shift();
      if (piece !== undefined && socket.writable) socket.write(piece);
    }, 20);
    await closed;
    clearInterval(sending);
    return answer;
  }
});
