/**
 * Connections cut at random bytes, both ways: no partial file is taken or left under a final name, nothing is lost or taken
 * twice. Seeded: PORTOLAN_TEST_SEED chooses other places, PORTOLAN_TEST_TRIALS more of them.
 */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type SftpServer, startSftpServer } from '../../src/simulator/sftp-server.ts';
import { openSftp } from '../../src/transport/sftp.ts';
import { openSpool, type Spool } from '../../src/transport/spool.ts';
import type { Transport } from '../../src/transport/transport.ts';
import { seed, trials } from '../support/trials.ts';
import { collector, scratch, sftpTerms } from './mailboxes.ts';
import { type CuttingProxy, startProxy } from './proxy.ts';

const cuts = trials(6);
const never = new AbortController().signal;

describe(`sftp, cut at random bytes (PORTOLAN_TEST_SEED=${seed})`, () => {
  let home: Awaited<ReturnType<typeof scratch>>;
  let root: string;
  let server: SftpServer;
  let proxy: CuttingProxy;
  let spool: Spool;
  let line: Transport;
  const random = createRandom(seed);

  beforeEach(async () => {
    home = await scratch();
    root = join(home.path, 'root');
    for (const name of ['in', 'out']) await mkdir(join(root, name), { recursive: true });
    spool = await openSpool(join(home.path, 'spool'));
    server = await startSftpServer({ root, users: [{ name: 'acme', password: 'sesame' }] });
    proxy = await startProxy(server.port);
    const reach = { host: '127.0.0.1', port: proxy.port, user: 'acme', password: 'sesame' };
    const folders = { in: '/in', out: '/out', hostKeys: [server.fingerprint] };
    line = openSftp(
      // Two at a time of four files: the first ones are whole when the others are cut.
      { ...sftpTerms, ...reach, ...folders, parallel: 2, afterwards: 'delete', fast: random() < 0.5 },
      { name: 'acme-sftp', spool, settleMs: 1 },
    );
  });
  afterEach(async () => {
    await line.close();
    await proxy.close();
    await server.close();
    await home.remove();
  });

  /** Places over all bytes of a run, one in each equal share, the first share being the handshake's. */
  const places = (bytes: number) =>
    Array.from({ length: cuts }, (_, index) => Math.floor(((index + random()) * bytes) / cuts));

  it('leaves no partial file under a final name, and loses none that it sent', async () => {
    const files = new Map(Array.from({ length: 4 }, (_, index) => [`${index}.edi`, bytesOf(random, 20_000)]));
    const earlier = new Map<string, Buffer[]>();
    let cut = 0;
    for (const place of places(4 * 21_000 + 16_000)) {
      proxy.cutAfterMore(place);
      const sent = await Promise.allSettled([...files].map(([name, bytes]) => line.send?.(name, bytes)));
      proxy.cutAfterMore(null);
      cut += sent.filter(({ status }) => status === 'rejected').length;
      const names = await readdir(join(root, 'out'));
      for (const [index, [name, bytes]] of [...files].entries()) {
        if (!names.includes(name)) assert.equal(sent[index]?.status, 'rejected', `${name}, ${place}`);
        if (!names.includes(name)) continue;
        const found = await readFile(join(root, 'out', name));
        // One that was not sent may be the whole one of an earlier round.
        const before = sent[index]?.status === 'fulfilled' ? [] : (earlier.get(name) ?? []);
        assert.ok(
          [bytes, ...before].some((one) => one.equals(found)),
          `${name}, cut after ${place}`,
        );
        earlier.set(name, [...(earlier.get(name) ?? []), bytes]);
      }
      for (const [name] of files) files.set(name, bytesOf(random, 20_000));
    }
    for (const [name, bytes] of files) {
      // What the last cut left under way may still end the first try.
      await line.send?.(name, bytes).catch(() => line.send?.(name, bytes));
      assert.deepEqual(await readFile(join(root, 'out', name)), bytes);
    }
    assert.deepEqual((await readdir(join(root, 'out'))).sort(), [...files.keys()]);
    assert.ok(cut > 0, 'no cut hit anything');
  }).timeout(30_000 + cuts * 2_000);

  it('takes every file whole and once by its source, and clears it away', async () => {
    let failed = 0;
    for (const place of places(4 * 21_000 + 8_000)) {
      const files = new Map(
        Array.from({ length: 4 }, (_, index) => [`${index}.edi`, bytesOf(random, 20_000)]),
      );
      for (const [name, bytes] of files) await writeFile(join(root, 'in', name), bytes);
      const { received, receive } = collector();
      proxy.cutAfterMore(place);
      await line.poll?.(receive, never).catch(() => {
        failed += 1;
      });
      proxy.cutAfterMore(null);
      for (let tries = 0; tries < 200 && (await readdir(join(root, 'in'))).length > 0; tries += 1)
        await line.poll?.(receive, never).catch(() => sleep(20));
      assert.deepEqual(await readdir(join(root, 'in')), [], `cut after ${place}`);
      for (const { name, bytes } of received)
        assert.deepEqual(bytes, files.get(name), `${name}, cut after ${place}`);
      assert.deepEqual(new Set(received.map(({ name }) => name)), new Set(files.keys()));
      assert.equal(new Set(received.map(({ source }) => source)).size, files.size);
    }
    assert.ok(failed > 0);
    // What was under way at a cut tidies up behind it; left for good, it ends this test at its time-out.
    while ((await readdir(join(home.path, 'spool'))).length > 0)
      await new Promise((resolve) => setImmediate(resolve));
  }).timeout(30_000 + cuts * 2_000);
});

/** Numbers from 0 to 1, always the same for a seed (mulberry32). */
function createRandom(start: number): () => number {
  let state = start | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function bytesOf(random: () => number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 4) bytes.writeUInt32LE(Math.floor(random() * 2 ** 32), at);
  return bytes;
}
