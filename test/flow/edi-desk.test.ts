/** POST /edi on the road: keys from the database, real sockets, and what senders hear later. */
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { apiKey } from '../../src/cli/apikey.ts';
import {
  alarmDays,
  endApiKey,
  forgetOldAnswers,
  newApiKey,
  noteEndingApiKeys,
  rollApiKey,
} from '../../src/flow/api-keys.ts';
import type { Context } from '../../src/flow/context.ts';
import { replayDelivery } from '../../src/flow/deeds.ts';
import { openEdiDesk } from '../../src/flow/edi-desk.ts';
import { createLogger } from '../../src/log.ts';
import { listApiKeys } from '../../src/store/api-keys.ts';
import { readChunks } from '../../src/store/chunks.ts';
import { keepAnswer, keptAnswer } from '../../src/store/idempotency.ts';
import { type Listener, listen } from '../../src/transport/listener.ts';
import { openSpool } from '../../src/transport/spool.ts';
import { randomFrom } from '../interchange/fuzz-random.ts';
import { runVerb } from '../support/command.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';
import { seed, trials } from '../support/trials.ts';
import { selfSigned } from '../transport/pem.ts';
import { startProxy } from '../transport/proxy.ts';
import { ask, partnerTerms } from './edi-sender.ts';
import { Desk, purchaseOrder, x12 } from './steps.ts';

const by = { who: 'test', why: 'to try it' };
const dayMs = 86_400_000;

describe('POST /edi on the road', function () {
  this.timeout(60_000);
  let desk: Desk;
  let folder: TestFolder;
  let listener: Listener;
  let secure: Listener;
  let context: Context;
  let now = new Date('2026-11-22T12:00:00Z');

  before(async () => {
    folder = await testFolder('edi-desk');
    for (const name of ['server', 'client', 'other']) selfSigned(folder.path, name);
    const { fingerprint256 } = new X509Certificate(await readFile(join(folder.path, 'client.crt')));
    desk = await Desk.open({}, { 'acme/partner.yaml': JSON.stringify(partnerTerms(fingerprint256)) });
    context = { ...desk.context, now: () => now };
    const handle = openEdiDesk({ context, spool: await openSpool(join(folder.path, 'spool')) });
    const at = (name: string) => join(folder.path, name);
    const terms = { host: '127.0.0.1', port: 0, handle, log: createLogger('silent') };
    listener = await listen({ ...terms, tls: null });
    // Their authority is their certificate itself.
    const tls = { certificate: at('server.crt'), key: at('server.key'), clients: at('client.crt') };
    secure = await listen({ ...terms, tls });
  });
  after(async () => {
    await listener?.close(0);
    await secure?.close(0);
    assert.deepEqual(await readdir(join(folder.path, 'spool')), []);
    await desk?.close();
    await folder?.remove();
  });
  beforeEach(() => {
    now = new Date('2026-11-22T12:00:00Z');
  });

  const key = (endpoint = 'acme-post') => newApiKey(context, endpoint, { note: null, expiresAt: null }, by);
  const prefixOf = (shown: string) => shown.slice(4, 16);
  const post = (apiKey: string, body: string, headers: Record<string, string> = {}, query = '') =>
    ask(
      `${listener.url}/edi${query}`,
      { method: 'POST', headers: { 'x-api-key': apiKey, ...headers } },
      body,
    );
  const get = (apiKey: string, delivery: string) =>
    ask(`${listener.url}/edi/${delivery}`, { headers: { 'x-api-key': apiKey } });
  const count = async (sql: string, bindings: unknown[] = []) =>
    (await desk.rows<{ n: number }>(`select count(*)::int as n from ${sql}`, bindings))[0]?.n;
  const tail = (kind: string) =>
    desk.rows<{ partner: string; data: Record<string, unknown>; who: string; why: string }>(
      'select partner, data, who, why from events where kind = ? order by id',
      [kind],
    );

  describe('keys', () => {
    it('are rolled with overlap: both work, then only the new one', async () => {
      const old = await key();
      const { key: fresh, endsAt } = await rollApiKey(context, prefixOf(old), { overlapMs: 7 * dayMs }, by);
      assert.equal(endsAt.toISOString(), '2026-11-29T12:00:00.000Z');
      for (const one of [old, fresh]) assert.equal((await post(one, 'ISA')).status, 202);
      now = new Date(endsAt.getTime() - 1);
      assert.equal((await post(old, 'ISA')).status, 202);
      now = endsAt;
      assert.equal((await post(old, 'ISA')).status, 401);
      assert.equal((await post(fresh, 'ISA')).status, 202);
      const event = (await tail('apikey-rolled')).find(({ data }) => data.prefix === prefixOf(fresh));
      assert.deepEqual([event?.who, event?.why, event?.partner], ['test', 'to try it', 'acme']);
      assert.equal(event?.data.follows, prefixOf(old));
      assert.ok(!JSON.stringify(event).includes(fresh.slice(17)), 'the secret is nowhere');
    });

    it('are rolled once, and only while they are good', async () => {
      const old = await key();
      const { key: fresh } = await rollApiKey(context, prefixOf(old), { overlapMs: dayMs }, by);
      const roll = (one: string) => rollApiKey(context, prefixOf(one), { overlapMs: 0 }, by);
      await assert.rejects(roll(old), /rolled already: .* follows it/);
      await endApiKey(context, prefixOf(fresh), by);
      assert.equal((await post(fresh, 'ISA')).status, 401);
      await assert.rejects(roll(fresh), /no good key/);
      await assert.rejects(endApiKey(context, prefixOf(fresh), by), /no good key/);
      await assert.rejects(key('acme-box'), /No partner has an endpoint acme-box of type http/);
    });

    it('end when they were said to, and are followed by keys that last as long', async () => {
      const expiresAt = new Date(now.getTime() + 30 * dayMs);
      const old = await newApiKey(context, 'acme-post', { note: 'test system', expiresAt }, by);
      now = new Date(now.getTime() + 20 * dayMs);
      await rollApiKey(context, prefixOf(old), { overlapMs: 60 * dayMs }, by);
      const keys = await listApiKeys(context.store.db);
      const [before, after] = keys.slice(-2);
      assert.equal(before?.expires_at?.getTime(), expiresAt.getTime(), 'an overlap makes no key live longer');
      assert.equal(after?.expires_at?.getTime(), now.getTime() + 30 * dayMs);
      assert.equal(after?.note, 'test system');
      now = expiresAt;
      assert.equal((await post(old, 'ISA')).status, 401);
    });

    it('tell when they were last used, noted once a minute', async () => {
      const one = await key();
      const used = async () => (await listApiKeys(context.store.db)).at(-1)?.last_used_at?.toISOString();
      assert.equal(await used(), undefined);
      const start = now.getTime();
      for (const [later, noted] of [
        [0, '2026-11-22T12:00:00.000Z'],
        [59_000, '2026-11-22T12:00:00.000Z'],
        [61_000, '2026-11-22T12:01:01.000Z'],
      ] as const) {
        now = new Date(start + later);
        await post(one, 'ISA');
        assert.equal(await used(), noted);
      }
    });

    it('alarm before they end, once at each threshold, until another is used', async () => {
      const expiresAt = new Date(now.getTime() + 30 * dayMs);
      const one = await newApiKey(context, 'acme-post', { note: null, expiresAt }, by);
      const told = async () =>
        [...(await tail('apikey-expiring')), ...(await tail('apikey-expired'))]
          .filter(({ data }) => data.prefix === prefixOf(one))
          .map(({ data }) => data.days);
      const waits = () =>
        count(`faults where waiting and code = 'apikey-expires' and value = ?`, [prefixOf(one)]);
      for (const days of [30, 15, 14, 13, 8, 7, 2, 1, 0.5, 0, -1]) {
        now = new Date(expiresAt.getTime() - days * dayMs);
        for (let look = 0; look < 2; look += 1) await noteEndingApiKeys(context);
        const expected = alarmDays.filter((threshold) => days <= threshold);
        assert.deepEqual(await told(), expected, `${days} days before`);
        assert.equal(await waits(), expected.length === 0 ? 0 : 1);
      }
      now = new Date(expiresAt.getTime() - dayMs / 2);
      const { key: fresh } = await rollApiKey(context, prefixOf(one), { overlapMs: dayMs }, by);
      await noteEndingApiKeys(context);
      assert.equal(await waits(), 1, 'the new one was never used');
      await post(fresh, 'ISA');
      await noteEndingApiKeys(context);
      assert.equal(await waits(), 0);
    });

    it('work only from the addresses that partner.yaml allows', async () => {
      assert.equal((await post(await key('acme-near'), 'ISA')).status, 202);
      const far = await post(await key('acme-far'), 'ISA');
      assert.equal(far.status, 403);
      assert.doesNotMatch(far.text, /192\.0\.2|2001:db8/, 'the sender does not hear which would do');
    });

    it('work only with the client certificate that partner.yaml pins', async () => {
      const one = await key('acme-pinned');
      const pem = (name: string) => readFile(join(folder.path, name));
      const send = async (shown: object) =>
        ask(
          `${secure.url}/edi`,
          {
            method: 'POST',
            headers: { 'x-api-key': one },
            ca: await pem('server.crt'),
            ...shown,
          } as RequestOptions,
          'ISA',
        );
      const shown = { cert: await pem('client.crt'), key: await pem('client.key') };
      assert.equal((await send(shown)).status, 202);
      assert.equal((await send({})).status, 403);
      await assert.rejects(
        send({ cert: await pem('other.crt'), key: await pem('other.key') }),
        /hang up|reset|EPIPE/,
      );
      assert.equal((await post(one, 'ISA')).status, 403, 'nor over plain HTTP');
    });
  });

  it('has its keys made, rolled and listed on the command line', async () => {
    const env = {
      DATABASE_URL: desk.database.url,
      PORTOLAN_MAPPINGS: desk.mappings,
      PORTOLAN_HOME: folder.path,
    };
    const run = async (...words: string[]) => {
      const { out, err, status } = await runVerb(apiKey, words, env);
      return status === 0 ? out.trim() : err;
    };
    const old = prefixOf(await run('new', 'acme-post', '--note', 'test system', '--expires', '90d'));
    const fresh = prefixOf(
      await run('roll', old, '--overlap', '14d', '--expires', 'never', '--why', 'yearly'),
    );
    const lines = (await run('list')).split('\n').slice(-2);
    const until = new Date(Date.now() + 14 * dayMs).toISOString().slice(0, 10);
    assert.match(
      lines[0] ?? '',
      new RegExp(
        `^${old}  acme-post  .*good until ${until}T.*followed by ${fresh}  never used  test system$`,
      ),
    );
    assert.match(lines[1] ?? '', new RegExp(`^${fresh}  acme-post  since [^ ]+  good  never used`));
    const rows = (await run('list', '--json')).split('\n').map((line) => JSON.parse(line));
    assert.equal(rows.at(-1).prefix, fresh);
    assert.ok(rows.every((row) => !('hash' in row)));
    assert.match(await run('roll', fresh, '--overlap', 'soon'), /--overlap takes a span such as 7d/);
    assert.match(await run('new', 'acme-post', '--expires', '2020-01-01'), /is past/);
    assert.match(await run('new', 'nowhere'), /No partner has an endpoint nowhere of type http/);
  });

  describe('answers', () => {
    it('?ack=sync gives the 997, and so does asking later with a key of that endpoint', async () => {
      const [one, other, stranger] = [await key(), await key(), await key('acme-near')];
      await desk.runAll();
      const text = x12([purchaseOrder('PO-SYNC')], 101);
      const answering = post(one, text, {}, '?ack=sync');
      await until(async () => ((await count(`ready where stage = 'translate'`)) ?? 0) > 0);
      await desk.runAll();
      const answer = await answering;
      assert.equal(answer.status, 200);
      assert.match(answer.text, /ST\*997\*/);
      const delivery = String(answer.headers['x-delivery']);
      assert.equal(answer.headers.location, `edi/${delivery}`);
      const later = await get(other, delivery);
      assert.deepEqual([later.status, later.text], [200, answer.text]);
      assert.equal((await get(stranger, delivery)).status, 404);
      assert.equal((await get(one, '999999999')).status, 404);
    });

    it('says that a delivery waits, is held, and what its replay was answered', async () => {
      const one = await key();
      const { text } = await post(one, x12([purchaseOrder('PO-HELD')], 102, { from: 'STRANGER' }));
      const { delivery } = JSON.parse(text);
      assert.deepEqual(JSON.parse((await get(one, delivery)).text), { delivery, state: 'waiting' });
      await desk.runAll();
      const held = await get(one, delivery);
      assert.deepEqual([held.status, JSON.parse(held.text)], [202, { delivery, state: 'held' }]);
      const again = await replayDelivery(context, delivery, by);
      assert.equal(JSON.parse((await get(one, delivery)).text).state, 'waiting', 'the replay counts');
      assert.notEqual(again, delivery);
      await desk.runAll();
      assert.equal(JSON.parse((await get(one, delivery)).text).state, 'held');
    });

    it('gives a repeated interchange the acknowledgment of the first', async () => {
      const one = await key();
      const text = x12([purchaseOrder('PO-AGAIN')], 103);
      const ids = [];
      for (let turn = 0; turn < 2; turn += 1) {
        ids.push(JSON.parse((await post(one, text)).text).delivery);
        await desk.runAll();
      }
      const [first, second] = [await get(one, ids[0]), await get(one, ids[1])];
      assert.deepEqual([first.status, second.status, second.text], [200, 200, first.text]);
    });
  });

  describe('Idempotency-Key', () => {
    it('used by many at once is one delivery, and every one hears of it', async () => {
      const one = await key();
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => post(one, 'ISA*same', { 'idempotency-key': 'at-once' })),
      );
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]));
      assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
      assert.equal(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true').length, 5);
      assert.equal(await count(`deliveries where source = 'idempotency:at-once'`), 1);
    });

    it('with other bytes is refused, and holds for every key of the endpoint but for no other endpoint', async () => {
      const [one, rolled, near] = [await key(), await key(), await key('acme-near')];
      const send = (apiKey: string, body: string) => post(apiKey, body, { 'idempotency-key': 'mine' });
      const first = await send(one, 'ISA*1');
      assert.equal((await send(one, 'ISA*2')).status, 422);
      assert.equal((await send(rolled, 'ISA*1')).text, first.text);
      assert.notEqual((await send(near, 'ISA*2')).text, first.text);
    });

    it('takes what was cut at any byte, tried again until it is answered, once and whole', async () => {
      const one = await key();
      const { below } = randomFrom(seed);
      const proxy = await startProxy(Number(new URL(listener.url).port));
      const files = Array.from(
        { length: trials(25) },
        (_, index) => `ISA*${index}*${'x'.repeat(below(90_000))}`,
      );
      let cuts = 0;
      try {
        for (const [index, file] of files.entries()) {
          const tries = below(3);
          for (let turn = 0; ; turn += 1) {
            // Request and answer are cut alike: the answer is some 250 bytes behind some 250 of headers and the body.
            proxy.cutAfter(turn < tries ? below(file.length + 700) : null);
            const headers = {
              'x-api-key': one,
              'idempotency-key': `cut-${index}`,
              ...(index % 2 === 0
                ? { 'transfer-encoding': 'chunked' }
                : { 'content-length': String(file.length) }),
            };
            const url = `http://127.0.0.1:${proxy.port}/edi`;
            const answer = await ask(url, { method: 'POST', headers }, file).catch(() => null);
            if (answer?.status === 202) break;
            cuts += 1;
          }
        }
      } finally {
        await proxy.close();
      }
      assert.ok(cuts > 5, `${cuts} cuts; seed ${seed}`);
      const taken = await desk.rows<{ id: string; digest: Buffer }>(
        `select id, digest from deliveries where source like 'idempotency:cut-%' order by split_part(source, '-', 2)::int`,
      );
      assert.deepEqual(
        taken.map(({ digest }) => digest.toString('hex')),
        files.map(sha256),
      );
      for (const [index, { id }] of taken.entries())
        assert.equal(String(await buffer(readChunks(context.store.db, id))), files[index]);
    });
  });

  it('forgets the answers of the API after a month', async () => {
    const answer = { digest: Buffer.from('x'), status: 200, body: {} };
    const { db } = context.store;
    await keepAnswer(db, 'POST /old', 'k', answer);
    await keepAnswer(db, 'POST /new', 'k', answer);
    await desk.rows(`update idempotency set at = ? where route = 'POST /old'`, [
      new Date(now.getTime() - 31 * dayMs),
    ]);
    await desk.rows(`update idempotency set at = ? where route = 'POST /new'`, [
      new Date(now.getTime() - 29 * dayMs),
    ]);
    await forgetOldAnswers(context);
    assert.equal(await keptAnswer(db, 'POST /old', 'k'), null);
    assert.notEqual(await keptAnswer(db, 'POST /new', 'k'), null);
  });
});

async function until(look: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 4_000; turn += 1) {
    if (await look()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail('it did not come');
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
