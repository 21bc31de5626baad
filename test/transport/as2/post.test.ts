/** Posting to real servers that behave in all the ways in which servers do. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { Piece } from '../../../src/transport/as2/as2.ts';
import type { PostLimits } from '../../../src/transport/as2/limits.ts';
import { pieceOf } from '../../../src/transport/as2/piece.ts';
import { createPoster, type Poster, type Target } from '../../../src/transport/as2/post.ts';
import { failureOf, type PostError } from '../../../src/transport/as2/post-error.ts';
import { ownKey } from './certificates.ts';
import { targetOf } from './http-house.ts';

describe('posting AS2', () => {
  const servers: { server: Server; sockets: Set<Socket> }[] = [];
  let poster: Poster = createPoster();

  afterEach(async () => {
    poster.close();
    for (const { server, sockets } of servers.splice(0)) {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    }
  });

  const listen = async (server: Server) => {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
    servers.push({ server, sockets });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/as2`;
  };
  const serve = (listener: RequestListener) => listen(createServer(listener));
  const speak = (talk: (socket: Socket) => void) => listen(createTcpServer(talk));
  const post = (
    url: string,
    {
      body = Buffer.from('x'),
      limits = {},
      ...change
    }: Partial<Target> & { body?: Buffer; limits?: Partial<PostLimits> } = {},
    signal?: AbortSignal,
  ) => {
    if (Object.keys(limits).length > 0) poster = createPoster(limits);
    return poster.post(targetOf(url, change), { headers: { 'AS2-From': 'US' }, body: pieceOf(body) }, signal);
  };
  const failed = (posting: Promise<unknown>): Promise<PostError> =>
    posting.then(
      () => assert.fail('it was posted'),
      (error) => {
        assert.equal(error.name, 'PostError', String(error));
        return error;
      },
    );
  const large = Buffer.alloc(6 * 1024 * 1024);

  it('gives the answer whole, and sends a body with its length and basic authentication', async () => {
    let seen: Record<string, unknown> = {};
    const url = await serve(async (request, response) => {
      let size = 0;
      for await (const chunk of request) size += chunk.length;
      seen = { ...request.headers, size, method: request.method, url: request.url };
      response.writeHead(201, { 'X-Twice': ['a', 'b'] }).end('taken');
    });
    const posted = await post(url, { body: large, login: { user: 'ümlaut', password: 'a:b' } });
    assert.deepEqual(
      [posted.status, posted.body.toString(), posted.headers['x-twice']],
      [201, 'taken', 'a, b'],
    );
    assert.deepEqual(
      [seen.size, seen['content-length'], seen.method, seen.url],
      [large.length, `${large.length}`, 'POST', '/as2'],
    );
    assert.equal(seen.authorization, `Basic ${Buffer.from('ümlaut:a:b').toString('base64')}`);
    assert.equal(seen['as2-from'], 'US');
  });

  it('tells which answers may be tried again, and follows no other address', async () => {
    let hits = 0;
    const other = await serve((_, response) => {
      hits += 1;
      response.end();
    });
    let status = 0;
    const headers = { location: other, 'content-type': 'text/plain' };
    const url = await serve((_, response) => response.writeHead(status, headers).end('because\r\n of this'));
    for (const [answered, retry] of [
      [500, true],
      [502, true],
      [503, true],
      [504, true],
      [408, true],
      [425, true],
      [429, true],
      [400, false],
      [401, false],
      [403, false],
      [404, false],
      [413, false],
      [301, false],
      [307, false],
      [308, false],
    ] as const) {
      status = answered;
      const error = await failed(post(url));
      assert.deepEqual([error.retry, error.status], [retry, answered]);
      assert.match(
        error.message,
        new RegExp(`^${new URL(url).host}: They answered ${answered}.*because of this`),
      );
      if (answered > 300 && answered < 400)
        assert.match(error.message, /is not followed; if it is theirs, make it the url/);
    }
    assert.equal(hits, 0);
  });

  it('tries again later when nobody listens, the name is unknown, or the connection is lost', async () => {
    const url = await serve(() => undefined);
    servers[0]?.server.close();
    assert.match((await failed(post(url))).message, /nobody listens there/);
    const unknown = failureOf(
      Object.assign(new Error(), { code: 'ENOTFOUND' }),
      new URL(url),
      false,
    ) as PostError;
    assert.deepEqual([unknown.retry, /DNS/.test(unknown.message)], [true, true]);
    const cut = await speak((socket) => socket.once('data', () => socket.resetAndDestroy()));
    for (const body of [Buffer.from('x'), large]) {
      const error = await failed(post(cut, { body }));
      assert.equal(error.retry, true);
      assert.match(
        error.message,
        new RegExp(`^${new URL(cut).host}: the connection was lost \\((ECONNRESET|EPIPE)\\)$`),
      );
    }
    const half = await speak((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'));
    });
    assert.equal((await failed(post(half))).retry, true);
  });

  it('gives up on silence: of the connection, of the answer, of its middle, and of it all', async () => {
    const silent = await speak(() => undefined);
    assert.match(
      (await failed(post(silent, { limits: { answerMs: 30 } }))).message,
      /Nothing came for 0.03 s/,
    );
    assert.match(
      (await failed(post(silent, { body: large, limits: { silenceMs: 30 } }))).message,
      /Nothing came/,
    );
    assert.match((await failed(post(silent, { limits: { totalMs: 30 } }))).message, /more than 0.03 s/);
    const half = await speak((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'));
    });
    const error = await failed(post(half, { limits: { silenceMs: 30 } }));
    assert.deepEqual([error.retry, error.message], [true, `${new URL(half).host}: Nothing came for 0.03 s`]);
    const tls = silent.replace('http:', 'https:');
    assert.match(
      (await failed(post(tls, { limits: { connectMs: 30 } }))).message,
      /No connection within 0.03 s/,
    );
  });

  it('is broken off by its signal', async () => {
    const silent = await speak((socket) => socket.once('data', () => stop.abort()));
    const stop = new AbortController();
    assert.match((await failed(post(silent, {}, stop.signal))).message, /broken off here/);
    assert.match((await failed(post(silent, {}, AbortSignal.abort()))).message, /broken off here/);
  });

  it('takes an answer that comes before its body has ended, and reads no more of the body', async () => {
    const url = await serve((_, response) => response.writeHead(413).end());
    const whole = pieceOf(Buffer.alloc(64 * 1024 * 1024));
    let read = 0;
    let isClosed = false;
    const body: Piece = {
      size: whole.size,
      async *read() {
        try {
          for await (const chunk of whole.read()) {
            read += chunk.length;
            yield chunk;
          }
        } finally {
          isClosed = true;
        }
      },
    };
    const error = await failed(poster.post(targetOf(url), { headers: {}, body }));
    assert.equal(error.status, 413);
    assert.deepEqual([isClosed, read < whole.size / 2], [true, true], `${read} bytes were read`);
  });

  it('reads no more of an answer than the cap', async () => {
    const url = await serve((_, response) => void response.end(Buffer.alloc(2 * 1024 * 1024)));
    const error = await failed(post(url));
    assert.deepEqual([error.retry, /larger than 1048576 bytes/.test(error.message)], [false, true]);
  });

  it('asks first where that is wanted, waits no longer than it must, and hears a no', async () => {
    const bodies: string[] = [];
    const deaf = await serve(async (request, response) => {
      for await (const chunk of request) bodies.push(String(chunk));
      response.end();
    });
    servers[0]?.server.on('checkContinue', (request, response) => {
      request.on('data', (chunk: Buffer) => bodies.push(String(chunk))).on('end', () => response.end());
    });
    await post(deaf, { expectContinue: true, limits: { continueMs: 20 } });
    assert.deepEqual(bodies, ['x']);
    const no = await serve(() => assert.fail('asked'));
    servers[1]?.server.on('checkContinue', (_, response) => response.writeHead(417).end());
    const error = await failed(post(no, { expectContinue: true }));
    assert.deepEqual([error.retry, /switch the quirk expectContinue off/.test(error.message)], [false, true]);
  });

  it('keeps the connection, and makes another at once when the kept one was just ended', async () => {
    const sockets = new Set<Socket>();
    let hits = 0;
    const url = await serve((request, response) => {
      hits += 1;
      sockets.add(request.socket);
      if (hits === 3) request.socket.resetAndDestroy();
      else request.resume().on('end', () => response.end());
    });
    await post(url);
    await post(url);
    assert.equal(sockets.size, 1);
    await post(url);
    assert.deepEqual([hits, sockets.size], [4, 2]);
  });

  it('believes no server that it cannot prove, whatever the environment says', async () => {
    const made = ownKey('localhost', { keyOf: 'us' });
    const server = createTlsServer({ key: made.keyPem, cert: made.certificatePem }, (_, response) =>
      response.end(),
    );
    const url = (await listen(server)).replace('http:', 'https:');
    const known = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    const { emitWarning } = process;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    process.emitWarning = () => undefined;
    try {
      const error = await failed(post(url));
      assert.deepEqual(
        [error.retry, /nobody that we trust vouches/.test(error.message)],
        [false, true],
        error.message,
      );
      const other = await failed(post(url, { authority: made.certificatePem }));
      assert.deepEqual(
        [other.retry, /is for another host/.test(other.message)],
        [false, true],
        other.message,
      );
    } finally {
      process.emitWarning = emitWarning;
      if (known === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = known;
    }
    const answered = await post(url.replace('127.0.0.1', 'localhost'), { authority: made.certificatePem });
    assert.equal(answered.status, 200);
    const plain = await serve((_, response) => response.end());
    const wrong = await failed(post(plain.replace('http:', 'https:')));
    assert.deepEqual([wrong.retry, /no TLS there/.test(wrong.message)], [false, true], wrong.message);
  });

  it('says what is wrong with its own settings', async () => {
    for (const url of ['ftp://x/', 'nonsense', 'http://user:secret@x/']) {
      const error = await failed(post(url));
      assert.deepEqual([error.retry, error.message.includes('secret')], [false, false]);
    }
    const error = await failed(post('https://127.0.0.1:1/', { clientKey: 'no PEM' }));
    assert.deepEqual([error.retry, /clientKey/.test(error.message)], [false, true], error.message);
  });

  it('says that an answer is no HTTP', async () => {
    const url = await speak((socket) => socket.once('data', () => socket.end('SSH-2.0-x\r\n')));
    const error = await failed(post(url));
    assert.deepEqual([error.retry, /is no HTTP/.test(error.message)], [false, true], error.message);
  });

  it('passes on what its own disk says', async () => {
    const url = await serve((request, response) => request.resume().on('end', () => response.end()));
    const body = { size: 10, read: () => torn() };
    await assert.rejects(poster.post(targetOf(url), { headers: {}, body }), {
      message: 'torn',
      name: 'Error',
    });
  });
});

async function* torn(): AsyncIterable<Buffer> {
  yield Buffer.from('half');
  throw new Error('torn');
}
