/** HTTP and HTTPS on real sockets, with certificates that openssl makes. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { copyFile, rename, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { createLogger } from '../../src/log.ts';
import {
  type Handler,
  type Listener,
  listen,
  listenerLimits,
  TlsUnusable,
} from '../../src/transport/listener.ts';
import { scratch } from './mailboxes.ts';
import { selfSigned, signedBy } from './pem.ts';

const lookMs = 20;

describe('the port', () => {
  let home: Awaited<ReturnType<typeof scratch>>;
  let listener: Listener | null = null;
  const at = (name: string) => join(home.path, name);
  const pem = (name: string) => readFileSync(at(name));

  before(async () => {
    home = await scratch();
    for (const name of ['first', 'second', 'authority', 'stranger']) selfSigned(home.path, name);
    signedBy(home.path, 'partner', 'authority');
  });
  after(() => home.remove());
  afterEach(async () => {
    await listener?.close(0);
    listener = null;
  });

  const answer: Handler = (request, response) => {
    const shown = (request.socket as TLSSocket).getPeerX509Certificate?.();
    response.end(shown?.subject ?? 'nobody');
  };
  const open = async (tls: Parameters<typeof listen>[0]['tls'], handle = answer) => {
    listener = await listen({ host: '127.0.0.1', port: 0, tls, handle, log: createLogger('silent'), lookMs });
    return listener.url;
  };
  const files = (name: string, clients: string | null = null) => ({
    certificate: at(`${name}.crt`),
    key: at(`${name}.key`),
    clients: clients === null ? null : at(clients),
  });

  it('speaks HTTP without PEM files', async () => {
    const url = await open(null);
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(await (await fetch(url)).text(), 'nobody');
  });

  it('speaks HTTPS with them, and nothing older than TLS 1.2', async () => {
    const url = await open(files('first'));
    assert.match(url, /^https:/);
    assert.equal(await get(url, { ca: pem('first.crt') }), 'nobody');
    await assert.rejects(get(url, { ca: pem('second.crt') }), /self-signed/);
    await assert.rejects(
      get(url, {
        ca: pem('first.crt'),
        minVersion: 'TLSv1.1',
        maxVersion: 'TLSv1.1',
        ciphers: 'ALL:@SECLEVEL=0',
      }),
      /alert|version|protocol/i,
    );
  });

  it('shows a renewed certificate without a restart, and keeps the former while the new pair does not fit', async () => {
    for (const part of ['crt', 'key']) await copyFile(at(`first.${part}`), at(`live.${part}`));
    const url = await open(files('live'));
    const first = await shownBy(url);
    await replace('second.crt', 'live.crt');
    // Several looks at a certificate whose key is not there yet.
    await sleep(lookMs * 5);
    assert.equal(await shownBy(url), first);
    await replace('second.key', 'live.key');
    const renewed = await until(async () => {
      const shown = await shownBy(url);
      return shown === first ? null : shown;
    });
    assert.notEqual(renewed, first);
    assert.equal(await get(url, { ca: pem('second.crt') }), 'nobody');
    async function replace(from: string, to: string) {
      await copyFile(at(from), at(`${to}.new`));
      await rename(at(`${to}.new`), at(to));
    }
  });

  it('asks for client certificates: an authority of ours is known, a stranger is cut off, nobody is let in', async () => {
    const url = await open(files('first', 'authority.crt'));
    const ca = pem('first.crt');
    assert.equal(await get(url, { ca, cert: pem('partner.crt'), key: pem('partner.key') }), 'CN=partner');
    assert.equal(await get(url, { ca }), 'nobody');
    await assert.rejects(
      get(url, { ca, cert: pem('stranger.crt'), key: pem('stranger.key') }),
      /hang up|reset/i,
    );
  });

  it('does not ask for them otherwise', async () => {
    const url = await open(files('first'));
    const shown = { cert: pem('partner.crt'), key: pem('partner.key') };
    assert.equal(await get(url, { ca: pem('first.crt'), ...shown }), 'nobody');
  });

  it('names the PEM file that it cannot use', async () => {
    const refused = (tls: ReturnType<typeof files>, says: RegExp) =>
      assert.rejects(open(tls), (error) => error instanceof TlsUnusable && says.test(error.message));
    await refused(files('nowhere'), /nowhere\.crt cannot be read/);
    await refused(
      { ...files('first'), key: at('second.key') },
      /first\.crt and .*second\.key cannot be used/,
    );
    await writeFile(at('broken.crt'), 'no certificate');
    await refused({ ...files('first'), certificate: at('broken.crt') }, /broken\.crt/);
  });

  it('passes on what waits with Expect: 100-continue', async () => {
    const url = await open(null, (request, response) => {
      response.writeContinue();
      request.resume().once('end', () => response.end('wanted'));
    });
    const sent = httpRequest(url, {
      method: 'POST',
      headers: { expect: '100-continue', 'content-length': 1 },
    });
    sent.flushHeaders();
    await once(sent, 'continue');
    sent.end('x');
    const [response] = await once(sent, 'response');
    assert.equal(response.statusCode, 200);
    response.resume();
  });

  it('refuses too many bytes of headers with 431', async () => {
    const url = new URL(await open(null));
    const socket = connect(Number(url.port), '127.0.0.1');
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(listenerLimits.headerBytes)}\r\n\r\n`);
    let text = '';
    for await (const part of socket) text += part;
    assert.match(text, /^HTTP\/1\.1 431 /);
  });

  /** Fingerprint of the certificate that is shown now. */
  async function shownBy(url: string): Promise<string> {
    const socket = connectTls({
      port: Number(new URL(url).port),
      host: '127.0.0.1',
      rejectUnauthorized: false,
    });
    await once(socket, 'secureConnect');
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  }
});

async function until<T>(look: () => Promise<T | null>): Promise<T> {
  for (let turn = 0; turn < 200; turn += 1) {
    const found = await look();
    if (found !== null) return found;
    await sleep(lookMs);
  }
  return assert.fail('it did not come');
}

function get(url: string, options: RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = httpsRequest(url, { ...options, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve(text)).on('error', reject);
    });
    sent.on('error', reject).end();
  });
}
