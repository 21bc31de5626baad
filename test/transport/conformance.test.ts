/** What every mailbox must do, run against each kind of mailbox there is. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FilesNotTaken, type Transport } from '../../src/transport/transport.ts';
import {
  collector,
  folderKind,
  opensshKind,
  type Settings,
  simulatorKind,
  type TestMailbox,
} from './mailboxes.ts';

const never = new AbortController().signal;
const kinds = [folderKind, simulatorKind, ...(opensshKind === null ? [] : [opensshKind])];

for (const kind of kinds) {
  describe(`a mailbox: ${kind.name}`, () => {
    let box: TestMailbox;
    let open: Transport[];
    const start = async (settings?: Settings) => {
      const transport = await box.open(settings);
      open.push(transport);
      assert.ok(transport.poll !== undefined && transport.send !== undefined);
      return { poll: transport.poll, send: transport.send };
    };

    beforeEach(async () => {
      box = await kind.start();
      open = [];
    });
    afterEach(async () => {
      await Promise.all(open.map((transport) => transport.close()));
      await box.close();
    });

    it('takes complete files, oldest first, and moves them to the archive', async () => {
      await drop('b.edi', 'second', 2_000);
      await drop('a.edi', 'third', 3_000);
      await drop('c.edi', 'first', 1_000);
      const { poll } = await start();
      const { received, receive } = collector();
      assert.equal(await poll(receive, never), 3);
      assert.deepEqual(
        received.map(({ name, bytes }) => [name, bytes.toString()]),
        [
          ['c.edi', 'first'],
          ['b.edi', 'second'],
          ['a.edi', 'third'],
        ],
      );
      assert.equal(received[0]?.digest, createHash('sha256').update('first').digest('hex'));
      assert.deepEqual(await readdir(box.in), ['archive']);
      assert.deepEqual((await readdir(box.archive)).sort(), ['a.edi', 'b.edi', 'c.edi']);
      assert.deepEqual(await readdir(box.spoolFolder), []);
      assert.equal(await poll(receive, never), 0);
    });

    it('deletes what it took where the terms say so', async () => {
      await drop('a.edi', 'content', 1_000);
      const { poll } = await start({ afterwards: 'delete' });
      assert.equal(await poll(collector().receive, never), 1);
      assert.deepEqual(await readdir(box.in), []);
    });

    it('leaves alone what is unfinished, hidden, not asked for, or no file', async () => {
      for (const name of ['a.tmp', 'b.part', 'c.filepart', 'd.WRITING', '.e.edi', 'f.txt', 'good-1.edi']) {
        await drop(name, name, 1_000);
      }
      await mkdir(join(box.in, 'folder.edi'));
      const { poll } = await start({ pattern: '*-?.edi' });
      const { received, receive } = collector();
      assert.equal(await poll(receive, never), 1);
      assert.deepEqual(
        received.map(({ name }) => name),
        ['good-1.edi'],
      );
    });

    it('waits for a file that grows between two listings', async () => {
      await drop('grows.edi', 'half', 1_000);
      const { poll } = await start({ settleMs: 1_000 });
      const { received, receive } = collector();
      // The wait for a file to stand still ends with the signal: 0 means that the file was seen and not taken.
      const shortly = () => AbortSignal.timeout(100);
      assert.equal(await poll(receive, shortly()), 0);
      await appendFile(join(box.in, 'grows.edi'), ' and half');
      assert.equal(await poll(receive, shortly()), 0);
      assert.equal(await poll(receive, never), 1);
      assert.equal(received[0]?.bytes.toString(), 'half and half');
    });

    it('gives the same source when the same file is seen again after a crash, and clears it then', async () => {
      await drop('a.edi', 'content', 1_000);
      const { poll } = await start();
      const { received, receive } = collector();
      // A file where the archive should be: received, but it cannot be moved.
      await rm(box.archive, { recursive: true, force: true });
      await writeFile(box.archive, 'in the way');
      await assert.rejects(poll(receive, never), AggregateError);
      assert.deepEqual((await readdir(box.in)).sort(), ['a.edi', 'archive']);
      await rm(box.archive);
      await mkdir(box.archive);
      const again = await start();
      assert.equal(await again.poll(receive, never), 1);
      const sources = received.filter(({ name }) => name === 'a.edi').map(({ source }) => source);
      assert.equal(sources.length, 2);
      assert.equal(new Set(sources).size, 1);
      assert.deepEqual(await readdir(box.archive), ['a.edi']);
    });

    it('gives another source to another content under the same name, size and time', async () => {
      const { poll } = await start();
      const { received, receive } = collector();
      for (const content of ['one', 'two']) {
        await drop('orders.edi', content, 5_000);
        assert.equal(await poll(receive, never), 1);
      }
      assert.notEqual(received[0]?.source, received[1]?.source);
    });

    it('never overwrites in the archive', async () => {
      const { poll } = await start();
      for (const content of ['one', 'two', 'three']) {
        await drop('orders.edi', content, 5_000);
        assert.equal(await poll(collector().receive, never), 1);
      }
      const kept = await readdir(box.archive);
      const contents = await Promise.all(kept.map((name) => readFile(join(box.archive, name), 'utf8')));
      assert.deepEqual(contents.sort(), ['one', 'three', 'two']);
    });

    for (const afterwards of ['archive', 'delete'] as const) {
      it(`takes a file that took the place of the one it received, before ${afterwards}`, async () => {
        await drop('orders.edi', 'first', 5_000);
        const { poll } = await start({ afterwards });
        const { received, receive } = collector();
        const sender: typeof receive = async (endpoint, arrival) => {
          if (received.length === 0) await drop('orders.edi', 'the second', 9_000);
          return receive(endpoint, arrival);
        };
        for (let polls = 0; polls < 5; polls += 1) await poll(sender, never);
        assert.deepEqual(
          received.map(({ name, bytes }) => [name, bytes.toString()]),
          [
            ['orders.edi', 'first'],
            ['orders.edi', 'the second'],
          ],
        );
        assert.deepEqual(await readdir(box.in), afterwards === 'archive' ? ['archive'] : []);
        if (afterwards === 'archive')
          assert.equal(await readFile(join(box.archive, 'orders.edi'), 'utf8'), 'the second');
      });
    }

    it('takes a file again, whole, that was written to after it was copied', async () => {
      await drop('slow.edi', 'half', 5_000);
      const { poll } = await start();
      const { received, receive } = collector();
      const writer: typeof receive = async (endpoint, arrival) => {
        if (received.length === 0) await appendFile(join(box.in, 'slow.edi'), ' and half');
        return receive(endpoint, arrival);
      };
      for (let polls = 0; polls < 5; polls += 1) await poll(writer, never);
      assert.deepEqual(
        received.map(({ bytes }) => bytes.toString()),
        ['half', 'half and half'],
      );
      assert.equal(await readFile(join(box.archive, 'slow.edi'), 'utf8'), 'half and half');
    });

    it('goes on past a file that fails, leaves it, and says so', async () => {
      for (const [index, name] of ['a.edi', 'bad.edi', 'z.edi'].entries())
        await drop(name, name, 1_000 * (index + 1));
      const { poll } = await start();
      const { received, receive } = collector();
      const choosy: typeof receive = async (endpoint, arrival) => {
        if (arrival.name === 'bad.edi') throw new Error('the database is not amused');
        return receive(endpoint, arrival);
      };
      await assert.rejects(poll(choosy, never), (error: unknown) => {
        assert.ok(error instanceof FilesNotTaken);
        assert.match(error.message, /1 failed, 2 received.*bad\.edi.*not amused/);
        return true;
      });
      assert.deepEqual(received.map(({ name }) => name).sort(), ['a.edi', 'z.edi']);
      assert.deepEqual((await readdir(box.in)).sort(), ['archive', 'bad.edi']);
      assert.deepEqual(await readdir(box.spoolFolder), []);
      // It waits for a while here; a poller that starts anew tries it at once.
      assert.equal(await (await start()).poll(receive, never), 1);
    });

    it('stops when it is told to, without taking more', async () => {
      for (const index of [1, 2, 3, 4, 5, 6]) await drop(`${index}.edi`, 'x', 1_000 * index);
      const { poll } = await start();
      const stop = new AbortController();
      const { received, receive } = collector();
      const once: typeof receive = (endpoint, arrival) => {
        stop.abort();
        return receive(endpoint, arrival);
      };
      assert.equal(await poll(once, stop.signal), 1);
      assert.deepEqual(
        received.map(({ name }) => name),
        ['1.edi'],
      );
      assert.equal((await readdir(box.in)).length, 6);
      assert.deepEqual(await readdir(box.spoolFolder), []);
    });

    it('sends under the final name, and the same name again replaces', async () => {
      const { send } = await start();
      for (const content of ['a first, longer content', 'second']) {
        await send('855-000000001.edi', Buffer.from(content));
        assert.deepEqual(await readdir(box.out), ['855-000000001.edi']);
        assert.equal(await readFile(join(box.out, '855-000000001.edi'), 'utf8'), content);
      }
      await send('empty.edi', Buffer.alloc(0));
      assert.equal((await stat(join(box.out, 'empty.edi'))).size, 0);
    });

    it('refuses to send under a name that could leave the folder', async () => {
      const { send } = await start();
      for (const name of ['../x.edi', 'a/b', 'a\\b', '..', '.', '', 'nul\0', 'x'.repeat(250)]) {
        await assert.rejects(send(name, Buffer.from('x')), { name: 'UnsafeName' });
      }
      assert.deepEqual(await readdir(box.out), []);
    });

    it('leaves nothing under the final name when the target cannot be written', async () => {
      const { send } = await start();
      await mkdir(join(box.out, 'taken.edi'));
      await assert.rejects(send('taken.edi', Buffer.from('x')));
      assert.ok((await stat(join(box.out, 'taken.edi'))).isDirectory());
    });

    it('carries 100 MB both ways in little memory', async () => {
      const piece = randomBytes(1024 * 1024);
      const expected = createHash('sha256');
      for (let index = 0; index < 100; index += 1) expected.update(piece);
      const path = join(box.in, 'large.edi');
      await pipeline(
        Readable.from(Array.from({ length: 100 }, () => piece)),
        createWriteStream(`${path}.tmp`),
      );
      await rename(`${path}.tmp`, path);
      const { poll, send } = await start();
      const before = process.memoryUsage.rss();
      let most = 0;
      const watching = setInterval(() => {
        most = Math.max(most, process.memoryUsage.rss() - before);
      }, 10);
      let digest = '';
      const count = await poll(async (_endpoint, arrival) => {
        digest = arrival.digest.toString('hex');
        return { deliveryId: '1' };
      }, never);
      clearInterval(watching);
      assert.equal(count, 1);
      assert.equal(digest, expected.digest('hex'));
      // Server and client share this process, so this is twice what a gateway needs.
      assert.ok(most < 90 * 1024 * 1024, `${Math.round(most / 1024 / 1024)} MB`);
      await send('large.edi', Buffer.alloc(100 * 1024 * 1024, 'x'));
      assert.equal((await stat(join(box.out, 'large.edi'))).size, 100 * 1024 * 1024);
    }).timeout(60_000);

    async function drop(name: string, content: string, mtimeMs: number): Promise<void> {
      const hidden = join(box.in, `.${name}.new`);
      await writeFile(hidden, content);
      await utimes(hidden, new Date(mtimeMs), new Date(mtimeMs));
      await rename(hidden, join(box.in, name));
    }
  });
}
