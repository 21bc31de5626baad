/** The small parts: names, spool, retry, API keys, buckets. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, open, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { apiKeyPrefix, hashApiKey, makeApiKey, verifyApiKey } from '../../src/transport/apikey.ts';
import { createBuckets } from '../../src/transport/bucket.ts';
import { openFolder } from '../../src/transport/folder.ts';
import { archiveName, isFinishedName, isSafeName, matcher } from '../../src/transport/names.ts';
import { firstWaitMs, jitter, longestWaitMs, nextAttempt } from '../../src/transport/retry.ts';
import { FileTooLarge, openSpool } from '../../src/transport/spool.ts';
import { FilesNotTaken } from '../../src/transport/transport.ts';
import { collector, scratch, stoppingSpool } from './mailboxes.ts';

describe('transport/names', () => {
  it('matches * and ?, and takes every other character as itself', () => {
    for (const [pattern, name, expected] of [
      ['*', '', true],
      ['*.edi', 'a.edi', true],
      ['*.edi', 'a.edi.old', false],
      ['850_????.x12', '850_0001.x12', true],
      ['850_????.x12', '850_001.x12', false],
      ['a*b*c', 'a-b-b-c', true],
      ['a*b*c', 'a-b-b-d', false],
      ['[a].+', '[a].+', true],
      ['[a].+', 'a.x', false],
    ] as const) {
      assert.equal(matcher(pattern)(name), expected, `${pattern} on ${name}`);
    }
  });

  it('agrees with a regular expression on any pattern and name', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.'), maxLength: 12 });
    fc.assert(
      fc.property(letters, letters, (pattern, name) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
        assert.equal(matcher(pattern)(name), new RegExp(`^${source}$`).test(name));
      }),
    );
  });

  it('is not slowed down by a name made for it', () => {
    assert.equal(matcher(`${'*a'.repeat(50)}*b`)('a'.repeat(10_000)), false);
  }).timeout(2_000);

  it('lets no archived or partial name grow past what a file system takes', () => {
    const longest = 'x'.repeat(223);
    assert.ok(isSafeName(longest) && !isSafeName(`${longest}x`));
    assert.ok(archiveName(longest, Date.now(), 999).length <= 255);
    assert.equal(isFinishedName('orders.EDI'), true);
  });
});

describe('transport/spool', () => {
  it('caps, digests, and leaves nothing of what failed', async () => {
    const { path, remove } = await scratch();
    const spool = await openSpool(path);
    const source = (digest: string) => digest;
    await assert.rejects(
      spool.take('a', source, Readable.from([Buffer.alloc(6), Buffer.alloc(6)]), 10),
      FileTooLarge,
    );
    async function* broken() {
      yield Buffer.from('x');
      throw new Error('cut');
    }
    await assert.rejects(spool.take('a', source, broken()), /cut/);
    async function* brokenLater() {
      yield Buffer.alloc(100_000);
      yield* broken();
    }
    await assert.rejects(spool.take('a', source, brokenLater()), /cut/);
    const tooLarge = Readable.from([Buffer.alloc(100_000), Buffer.alloc(6)]);
    await assert.rejects(spool.take('a', source, tooLarge, 100_001), FileTooLarge);
    assert.ok(tooLarge.destroyed);
    assert.deepEqual(await readdir(path), []);
    const copy = await spool.take('a/../b', source, Readable.from([Buffer.from('abc')]), 3);
    assert.equal(copy.size, 3);
    assert.equal(copy.source, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    assert.equal(copy.source, copy.digest.toString('hex'));
    await copy.remove();
    assert.deepEqual(await readdir(path), []);
    await remove();
  });

  it('sweeps what dead processes left, and nothing of the living', async () => {
    const { path, remove } = await scratch();
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const gone = [`${dead}-00000000-1.spool`, `${process.pid}-00000000-1.spool`];
    const kept = [`${process.ppid}-00000000-1.spool`, 'notes.txt'];
    for (const name of [...gone, ...kept]) await writeFile(join(path, name), 'x');
    const large = Readable.from([Buffer.alloc(100_000), Buffer.from('x')]);
    const mine = await (await openSpool(join(path))).take('a', () => null, large);
    assert.equal((await buffer(mine.open())).length, 100_001);
    await openSpool(path);
    assert.equal((await readdir(path)).length, 3);
    for (const name of kept) assert.ok((await readdir(path)).includes(name));
    await mine.remove();
    await remove();
  });
});

describe('transport/folder', () => {
  it('takes at once what was renamed into place long after it was written', async () => {
    const { path, remove } = await scratch();
    await mkdir(join(path, 'in'));
    const terms = { direction: 'in', in: 'in', pattern: '*' } as const;
    const place = {
      home: path,
      name: 'acme',
      spool: await openSpool(join(path, 'spool')),
      settleMs: 600_000,
    };
    const { poll } = await openFolder(terms, place);
    assert.ok(poll !== undefined);
    const { receive } = collector();
    await poll(receive, new AbortController().signal);
    await writeFile(join(path, 'in', 'old.edi'), 'x');
    await utimes(join(path, 'in', 'old.edi'), 1_000, 1_000);
    assert.equal(await poll(receive, new AbortController().signal), 1);
    await remove();
  });

  it('gives a program that writes in place longer than a short pause', async () => {
    const { path, remove } = await scratch();
    const terms = { direction: 'in', in: 'in', pattern: '*' } as const;
    const place = { home: path, name: 'acme', spool: await openSpool(join(path, 'spool')) };
    const { poll } = await openFolder(terms, place);
    await writeFile(join(path, 'in', 'slow.edi'), 'half');
    assert.equal(await poll?.(collector().receive, AbortSignal.timeout(400)), 0);
    await remove();
  });

  it('takes a file whose name is not UTF-8, and says which names it cannot take', async () => {
    const { path, remove } = await scratch();
    const terms = { direction: 'in', in: 'in', pattern: '*' } as const;
    const place = { home: path, name: 'acme', spool: await openSpool(join(path, 'spool')), settleMs: 20 };
    const { poll } = await openFolder(terms, place);
    const { received, receive } = collector();
    const long = `${'n'.repeat(240)}.edi`;
    await writeFile(Buffer.concat([Buffer.from(join(path, 'in', 'caf')), Buffer.from([0xe9])]), 'content');
    await writeFile(join(path, 'in', long), 'content');
    const error = await poll?.(receive, new AbortController().signal).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof FilesNotTaken);
    assert.deepEqual(
      error.files.map(({ name, needsPerson }) => [name, needsPerson]),
      [[long, true]],
    );
    assert.deepEqual(
      received.map(({ name, bytes }) => [name, bytes.toString()]),
      [['caf\ufffd', 'content']],
    );
    assert.deepEqual((await readdir(join(path, 'in'))).sort(), ['archive', long]);
    assert.deepEqual(await readdir(join(path, 'in', 'archive')), ['caf\ufffd']);
    await remove();
  });

  it('takes a file again, whole, that its writer goes on with after it was archived', async () => {
    const { path, remove } = await scratch();
    const terms = { direction: 'in', in: 'in', pattern: '*' } as const;
    const place = { home: path, name: 'acme', spool: await openSpool(join(path, 'spool')), settleMs: 10 };
    const { poll } = await openFolder(terms, place);
    const { received, receive } = collector();
    const writer = await open(join(path, 'in', 'slow.edi'), 'w');
    await writer.write('half');
    assert.equal(await poll?.(receive, new AbortController().signal), 1);
    await writer.write(' and half');
    await writer.close();
    assert.equal(await poll?.(receive, new AbortController().signal), 1);
    assert.equal(await poll?.(receive, new AbortController().signal), 0);
    assert.deepEqual(
      received.map(({ name, bytes }) => [name, bytes.toString()]),
      [
        ['slow.edi', 'half'],
        ['slow.edi', 'half and half'],
      ],
    );
    assert.deepEqual(await readdir(join(path, 'in', 'archive')), ['slow.edi']);
    await remove();
  });

  it('breaks off a copy when it is told to stop', async () => {
    const { path, remove } = await scratch();
    const stop = new AbortController();
    const { spool, read } = stoppingSpool(stop);
    const terms = { direction: 'in', in: 'in', pattern: '*' } as const;
    const { poll } = await openFolder(terms, { home: path, name: 'acme', spool, settleMs: 10 });
    await writeFile(join(path, 'in', 'large.edi'), Buffer.alloc(8 * 1024 * 1024));
    assert.equal(await poll?.(collector().receive, stop.signal), 0);
    assert.ok(read() > 0 && read() < 8 * 1024 * 1024, `${read()} bytes were read`);
    await remove();
  });

  it('takes 20 files that were just dropped in one poll', async () => {
    const { path, remove } = await scratch();
    const terms = { direction: 'in', in: 'in', pattern: '*' } as const;
    const place = { home: path, name: 'acme', spool: await openSpool(join(path, 'spool')), settleMs: 20 };
    const { poll } = await openFolder(terms, place);
    for (let index = 0; index < 20; index += 1) await writeFile(join(path, 'in', `${index}.edi`), 'x');
    assert.equal(await poll?.(collector().receive, new AbortController().signal), 20);
    await remove();
  });
});

describe('transport/retry', () => {
  const now = new Date('2026-01-01T00:00:00Z');
  const waitMs = (attempts: number, random: number) =>
    nextAttempt(attempts, now, () => random).getTime() - now.getTime();

  it('doubles from the first wait to the longest, spread by the jitter', () => {
    assert.deepEqual(
      [1, 2, 3].map((attempts) => waitMs(attempts, 0.5)),
      [5_000, 10_000, 20_000],
    );
    assert.equal(waitMs(0, 0.5), firstWaitMs);
    for (const attempts of [9, 100, 1e9]) assert.equal(waitMs(attempts, 0.5), longestWaitMs);
    assert.equal(waitMs(1, 0), firstWaitMs * (1 - jitter));
    assert.ok(waitMs(1, 0.999) <= firstWaitMs * (1 + jitter));
  });
});

describe('transport/apikey', () => {
  it('makes keys that verify against their own hash only', () => {
    const { key, prefix, hash } = makeApiKey();
    assert.match(key, /^ptl_[0-9a-f]{12}_[\w-]{43}$/);
    assert.equal(apiKeyPrefix(key), prefix);
    assert.ok(verifyApiKey(key, hash));
    assert.ok(!verifyApiKey(`${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`, hash));
    assert.ok(!verifyApiKey(key, hash.subarray(1)));
    assert.deepEqual(hashApiKey(key), hash);
    assert.notEqual(makeApiKey().key, key);
    for (const wrong of ['', 'ptl__', `x${key}`, `${key}\n`, key.slice(4)])
      assert.equal(apiKeyPrefix(wrong), null);
  });
});

describe('transport/bucket', () => {
  it('gives a burst, then as time earns it, and forgets the caller who was silent longest', () => {
    let nowMs = 0;
    const wait = createBuckets({ burst: 2, perSecond: 0.5, callers: 2 }, () => nowMs);
    assert.deepEqual([wait('a'), wait('a'), wait('a')], [0, 0, 2]);
    nowMs = 1_000;
    assert.equal(wait('a'), 1);
    nowMs = 2_000;
    assert.deepEqual([wait('a'), wait('a')], [0, 2]);
    wait('b');
    wait('c');
    assert.equal(wait('a'), 0);
  });
});
