/** POST /as2 over real HTTP: what is taken, what is answered, what is refused, and what is left behind: nothing. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import type { As2Terms } from '../../../src/transport/as2/handler-terms.ts';
import { readMdn } from '../../../src/transport/as2/mdn.ts';
import { collect, pieceOf } from '../../../src/transport/as2/piece.ts';
import { createPoster, type Posted } from '../../../src/transport/as2/post.ts';
import { ownKey } from './certificates.ts';
import {
  agreedWith,
  closePoster,
  type House,
  memoryDesk,
  mirrored,
  openHouse,
  pack,
  post,
  type Sending,
  send,
  targetOf,
  usual,
} from './http-house.ts';

const ours = agreedWith('US', 'THEM');
const theirs = mirrored(ours);
const payload = Buffer.from('ISA*00*~');
let house: House;

const start = async (terms: Partial<As2Terms> = {}, agreed = ours) => {
  house = await openHouse([agreed], terms);
};
const packed = (sending: Partial<Sending> = {}) => pack(memoryDesk([]), theirs, { payload, ...sending });
const sent = async (sending: Partial<Sending> = {}) => post(house.url, await packed(sending));
const refused = (posting: Promise<unknown>) =>
  posting.then(
    () => assert.fail('it was taken'),
    (error: { status: number; message: string; retry: boolean }) => error,
  );
const dispositionOf = async ({ headers, body }: Posted) => (await readMdn(headers, body)).disposition.text;
const states = () => house.desk.rows.map(({ state }) => state);

describe('POST /as2', () => {
  afterEach(async () => {
    await house.close();
    assert.equal(house.left.size, 0, 'nothing is left in the workshop');
  });
  after(() => closePoster());

  describe('takes a message', () => {
    it('and answers with a signed MDN that its sender can prove', async () => {
      await start();
      const { verdict, posted } = await send(memoryDesk([]), theirs, house.url, { payload });
      assert.equal(verdict.kind, 'confirmed', JSON.stringify(verdict));
      const { headers } = posted;
      assert.deepEqual(
        [headers['as2-from'], headers['as2-to'], headers['as2-version']],
        ['US', 'THEM', '1.2'],
      );
      assert.equal(headers['ediint-features'], 'AS2-Reliability');
      assert.match(headers['message-id'] ?? '', /^<.+@us>$/);
      assert.equal(house.desk.rows[0]?.payload, payload.toString());
      assert.equal(house.desk.rows[0]?.opened?.filename, 'order.edi');
      assert.deepEqual(house.errors, []);
    });

    it('in chunks, and after 100 Continue', async () => {
      await start();
      for (const target of [
        { chunked: true },
        { expectContinue: true },
        { chunked: true, expectContinue: true },
      ]) {
        const { verdict } = await send(memoryDesk([]), theirs, house.url, { payload, target });
        assert.equal(verdict.kind, 'confirmed');
        const { headers } = house.desk.rows.at(-1)?.request ?? { headers: {} as Record<string, string> };
        assert.equal(headers['transfer-encoding'], target.chunked ? 'chunked' : undefined);
        assert.equal(headers['content-length'] === undefined, target.chunked === true);
        assert.equal(headers.expect, target.expectContinue ? '100-continue' : undefined);
      }
    });

    it('and keeps no secret of its header', async () => {
      await start();
      await post(house.url, await packed({ headers: { Cookie: 'x=1' } }), {
        login: { user: 'u', password: 'p' },
      });
      const { headers = {} } = house.desk.rows[0]?.request ?? {};
      assert.deepEqual([headers.authorization, headers.cookie], [undefined, undefined]);
    });

    it('over HTTPS with a client certificate', async () => {
      const made = ownKey('localhost', { keyOf: 'us' });
      const pem = `${made.certificatePem}\n${made.keyPem}`;
      const tls = { key: made.keyPem, cert: made.certificatePem, ca: made.certificatePem, requestCert: true };
      house = await openHouse([ours], {}, { ...tls, rejectUnauthorized: true });
      const url = house.url.replace('127.0.0.1', 'localhost');
      const target = { clientKey: pem, authority: made.certificatePem };
      const { verdict } = await send(memoryDesk([]), theirs, url, { payload, target });
      assert.equal(verdict.kind, 'confirmed');
      const bare = await refused(post(url, await packed(), { authority: made.certificatePem }));
      assert.equal(house.desk.rows.length, 1, bare.message);
      const untrusting = await refused(post(url, await packed(), { clientKey: pem }));
      assert.equal(untrusting.retry, false);
      assert.match(untrusting.message, /nobody that we trust vouches/);
    });

    it('between names that need quotes, and from products that quote them twice or not at all', async () => {
      const us = 'Our "House" \\ 1';
      await start({}, agreedWith(us, 'THEM TOO'));
      const agreed = mirrored(agreedWith(us, 'THEM TOO'));
      const { verdict, posted } = await send(memoryDesk([]), agreed, house.url, { payload });
      assert.equal(verdict.kind, 'confirmed', JSON.stringify(verdict));
      assert.equal(posted.headers['as2-from'], '"Our \\"House\\" \\\\ 1"');
      for (const from of ['THEM TOO', '"\\"THEM TOO\\""']) {
        await send(memoryDesk([]), agreed, house.url, { payload, headers: { 'AS2-From': from } });
      }
      assert.deepEqual(states(), ['accepted', 'accepted', 'accepted']);
    });

    it('with an empty 200 where no MDN is asked for', async () => {
      await start();
      const { status, body } = await sent({ ask: { how: 'none', signed: false } });
      assert.deepEqual([status, body.length], [200, 0]);
      assert.equal(house.desk.rows[0]?.answer, null);
    });
  });

  describe('takes a message once', () => {
    it('and gives the stored MDN, byte for byte, for the same bytes', async () => {
      await start();
      const message = await packed();
      const [first, second] = [await post(house.url, message), await post(house.url, message)];
      const { date: _, ...headers } = first.headers;
      assert.deepEqual(second.body, first.body);
      assert.deepEqual({ ...second.headers, date: undefined }, { ...headers, date: undefined });
      assert.deepEqual(states(), ['accepted']);
    });

    it('and gives the stored MDN for the same content, encrypted anew', async () => {
      await start();
      const messageId = '<again@them>';
      const packing = { ...usual, sign: 'none' as const };
      const lax = { ...ours, demands: { ...ours.demands, signed: false } };
      house.desk.partnerships.splice(0, 1, lax);
      const first = await sent({ messageId, packing });
      const second = await sent({ messageId, packing });
      assert.deepEqual(second.body, first.body);
      assert.deepEqual(states(), ['accepted', 'repeat']);
    });

    it('and says duplicate-document for the same content under another name, with its MIC', async () => {
      await start();
      const messageId = '<again@them>';
      await sent({ messageId });
      const { verdict } = await send(memoryDesk([]), theirs, house.url, {
        payload,
        messageId,
        filename: 'b.edi',
      });
      assert.deepEqual(
        [verdict.kind, 'modifier' in verdict && verdict.modifier],
        ['confirmed', 'duplicate-document'],
      );
      assert.deepEqual(states(), ['accepted', 'repeat']);
    });

    it('and answers other content under an accepted id with an error', async () => {
      await start();
      const messageId = '<again@them>';
      await sent({ messageId });
      const second = await sent({ messageId, payload: Buffer.from('other') });
      assert.equal(await dispositionOf(second), 'processed/error: unexpected-processing-error');
      assert.deepEqual(states(), ['accepted', 'conflict']);
    });

    it('when another process took it meanwhile', async () => {
      await start();
      const messageId = '<again@them>';
      const first = await packed({ messageId });
      const { accept } = house.desk;
      let raced = false;
      house.desk.accept = async (...parts) => {
        if (!raced) {
          raced = true;
          await post(house.url, first);
        }
        return accept(...parts);
      };
      const second = await sent({ messageId, payload: Buffer.from('other') });
      assert.equal(await dispositionOf(second), 'processed/error: unexpected-processing-error');
      assert.deepEqual(states(), ['conflict', 'accepted']);
    });

    it('and tries again what was refused under the same id', async () => {
      await start({}, { ...ours, pinned: [] });
      const message = await packed();
      assert.equal(
        await dispositionOf(await post(house.url, message)),
        'processed/error: authentication-failed',
      );
      house.desk.partnerships.splice(0, 1, ours);
      assert.equal(await dispositionOf(await post(house.url, message)), 'processed');
      assert.deepEqual(states(), ['refused', 'accepted']);
    });

    it('and queues the stored asynchronous MDN again for the same bytes', async () => {
      await start();
      house.desk.partnerships.splice(0, 1, { ...ours, deliverMdnTo: house.url });
      const message = await packed({ ask: { how: 'async', signed: true } });
      for (const _ of [1, 2]) assert.equal((await post(house.url, message)).body.length, 0);
      const [first, second] = house.desk.queue.map(({ answer }) => answer);
      assert.deepEqual(second, first);
      assert.equal(first?.how, 'async');
    });
  });

  describe('refuses', () => {
    it('what it cannot open, with its disposition, or with 422 where no MDN is asked for', async () => {
      await start({}, { ...ours, openWith: [ownKey('stranger').own] });
      assert.equal(await dispositionOf(await sent()), 'processed/error: decryption-failed');
      const error = await refused(sent({ ask: { how: 'none', signed: false } }));
      assert.equal(error.status, 422);
      assert.match(error.message, /decryption-failed/);
      assert.deepEqual(states(), ['refused', 'refused']);
    });

    it('headers that are missing, twice there or malformed', async () => {
      await start();
      const message = await packed();
      for (const name of ['AS2-From', 'AS2-To', 'Message-ID']) {
        const { [name]: _, ...without } = message.headers;
        const missing = await refused(post(house.url, { ...message, headers: without }));
        assert.deepEqual([missing.status, missing.message.includes(`${name} is missing`)], [400, true]);
        for (const wrong of ['', 'a"b', '<a> <b>']) {
          if (name !== 'Message-ID' && wrong === '<a> <b>') continue;
          if (name === 'Message-ID' && wrong === 'a"b') continue;
          const headers = { ...message.headers, [name]: wrong };
          assert.equal(
            (await refused(post(house.url, { ...message, headers }))).status,
            400,
            `${name}: ${wrong}`,
          );
        }
      }
      const twice = await raw(
        `POST /as2 HTTP/1.1\r\nHost: x\r\nAS2-From: A\r\nAS2-From: THEM\r\nAS2-To: US\r\n`,
      );
      assert.match(twice, /^HTTP\/1.1 400 [\s\S]*AS2-From is there twice/);
      assert.deepEqual(states(), []);
    });

    it('strangers, with an unsigned MDN in the answer or else with 403', async () => {
      await start();
      for (const [name, modifier] of [
        ['NOBODY', 'unknown-trading-relationship'],
        ['US', 'sender-equals-receiver'],
      ] as const) {
        const message = await packed({ headers: { 'AS2-From': name } });
        const posted = await post(house.url, message);
        assert.equal(posted.status, 200);
        const mdn = await readMdn(posted.headers, posted.body);
        assert.deepEqual([mdn.disposition.modifier, mdn.signed], [modifier, null]);
        for (const how of ['none', 'async'] as const) {
          const silent = await packed({ headers: { 'AS2-From': name }, ask: { how, signed: true } });
          assert.equal((await refused(post(house.url, silent))).status, 403);
        }
      }
      assert.deepEqual(new Set(house.desk.notices.map(({ kind }) => kind)), new Set(['unknown-partner']));
      assert.deepEqual(states(), []);
    });

    it('messages from those that it only sends to, as from strangers', async () => {
      await start({}, { ...ours, receives: false, signWith: null });
      const posted = await sent();
      const { disposition, signed } = await readMdn(posted.headers, posted.body);
      assert.deepEqual([disposition.modifier, signed], ['unknown-trading-relationship', null]);
      for (const how of ['none', 'async'] as const)
        assert.equal((await refused(sent({ ask: { how, signed: true } }))).status, 403);
      const [notice] = house.desk.notices;
      assert.deepEqual([notice?.kind, notice?.endpoint], ['unknown-partner', 'as2-THEM']);
      assert.match(notice?.reason ?? '', /as2-THEM must not say direction: out/);
      assert.deepEqual(states(), []);
    });

    it('receipts that it cannot give, before it takes the message', async () => {
      await start();
      const ask = { how: 'async', signed: true } as const;
      assert.equal((await refused(sent({ ask }))).status, 403);
      house.desk.partnerships.splice(0, 1, { ...ours, signWith: null });
      const error = await refused(sent());
      assert.deepEqual([error.status, error.retry], [503, true]);
      assert.deepEqual(
        house.desk.notices.map(({ kind }) => kind),
        ['no-mdn-address', 'no-signing-key'],
      );
      assert.deepEqual(states(), []);
    });

    it('receipts that nobody here knows, where they are required', async () => {
      await start();
      for (const [options, disposition] of [
        ['signed-receipt-protocol=required, pgp-signature', 'failed/failure: unsupported format'],
        [
          'signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=required, md5',
          'failed/failure: unsupported MIC-algorithms',
        ],
      ] as const) {
        const posted = await sent({ headers: { 'Disposition-Notification-Options': options } });
        assert.equal(await dispositionOf(posted), disposition);
      }
    });

    it('other methods, codings, an empty body, and header fields past the cap', async () => {
      await start({ limits: { headerBytes: 2_000 } });
      assert.equal((await fetch(house.url)).status, 405);
      assert.equal((await refused(sent({ headers: { 'Content-Encoding': 'gzip' } }))).status, 415);
      const message = await packed();
      assert.equal((await refused(post(house.url, { ...message, body: Buffer.alloc(0) }))).status, 400);
      const headers = { ...message.headers, 'X-Long': 'x'.repeat(2_000) };
      assert.equal((await refused(post(house.url, { ...message, headers }))).status, 431);
    });

    it('more than its rates and places allow', async () => {
      const slow = { burst: 1, perSecond: 0.001, callers: 10 };
      await start({ limits: { partnerRate: slow } });
      await sent();
      assert.equal((await refused(sent())).status, 429);
      await house.close();
      await start({ limits: { remoteRate: slow } });
      await sent();
      assert.equal((await refused(sent())).status, 429);
      await house.close();
      await start({ limits: { places: 0 } });
      assert.equal((await refused(sent())).status, 503);
      await house.close();
      await start({ limits: { strangerRate: slow } });
      await sent({ headers: { 'AS2-From': 'NOBODY' } });
      assert.equal((await refused(sent({ headers: { 'AS2-From': 'NOBODY' } }))).status, 429);
      assert.equal(house.desk.notices.length, 1);
    });

    it('with 503 when the desk fails, and promises nothing', async () => {
      for (const step of ['begin', 'accept', 'partnership'] as const) {
        await start();
        house.desk[step] = async () => Promise.reject(new Error('no database at 10.0.0.1'));
        const error = await refused(sent());
        assert.deepEqual([error.status, error.retry, error.message.includes('10.0.0.1')], [503, true, false]);
        assert.equal(house.errors.length, 1);
        if (step !== 'partnership') await house.close();
      }
    });

    it('what is cut off in its middle, without a trace', async () => {
      await start();
      const { headers, body } = await packed({ payload: Buffer.alloc(3 * 1024 * 1024) });
      const cut = { size: body.length, read: () => halfOf(body) };
      const target = targetOf(house.url);
      const poster = createPoster();
      await assert.rejects(poster.post(target, { headers, body: cut }), /torn/);
      poster.close();
      assert.deepEqual([states(), house.errors], [[], []]);
    });
  });

  it('refuses what is too large before it asks for the body', async () => {
    await start({}, { ...ours, demands: { ...ours.demands, mostBytes: 1_000 } });
    const { headers } = await packed();
    const lines = Object.entries({ Host: 'x', ...headers, 'Content-Length': 1_001, Expect: '100-continue' });
    const answer = await raw(
      `POST /as2 HTTP/1.1\r\n${lines.map((line) => `${line.join(': ')}\r\n`).join('')}`,
    );
    assert.match(answer, /^HTTP\/1.1 413 /);
  });
});

async function* halfOf(body: Buffer) {
  yield* pieceOf(body).read(0, body.length / 2);
  throw new Error('torn');
}

async function raw(head: string): Promise<string> {
  const socket = connect(Number(new URL(house.url).port), '127.0.0.1');
  socket.end(`${head}Connection: close\r\n\r\n`);
  return (await collect(socket as AsyncIterable<Buffer>)).toString();
}
