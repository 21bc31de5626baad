import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { backup, restore } from '../../src/store/backup.ts';
import { BackupRefused } from '../../src/store/backup-file.ts';
import { backupTables, quoted } from '../../src/store/backup-tables.ts';
import { takeNumbers } from '../../src/store/control-numbers.ts';
import type { Store } from '../../src/store/store.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';
import { testProgram } from '../support/program.ts';

const moved = ['control_numbers', 'events', 'ready'];

describe('store/backup', () => {
  let folder: TestFolder;
  let source: TestDatabase;
  let target: TestDatabase;
  let file: string;

  before(async () => {
    folder = await testFolder('backup');
    file = join(folder.path, 'portolan.backup');
    source = await freshDatabase();
    await fill(source.store);
    await backup(source.store, file);
  });
  beforeEach(async () => {
    target = await freshDatabase();
  });
  afterEach(() => target.drop());
  after(async () => {
    await source.drop();
    await folder.remove();
  });

  /** A row or more in every table, with values that a careless copy would change. */
  async function fill(store: Store): Promise<void> {
    const { db } = store;
    const bytes = Buffer.from([0, 1, 2, 92, 39, 255, ...Buffer.from('é\n\t')]);
    await db.raw(
      `insert into deliveries (endpoint, source, name, size, digest, received_at, state) values
        ('mailbox', 'a', 'order 1 "x"\\n.edi', 12, ?, '2026-03-29 01:30:00.123456+00', 'translated'),
        ('mailbox', null, E'back\\\\slash', 9007199254740993, ?, now(), 'held')`,
      [bytes, bytes],
    );
    await db.raw('update deliveries set replay_of = 1 where id = 2');
    await db.raw('insert into chunks values (1, 0, ?), (1, 1, ?)', [bytes, Buffer.alloc(300_000, 7)]);
    await db.raw(
      `insert into interchanges (delivery_id, ordinal, standard, control, sender_qualifier, sender, receiver_qualifier,
         receiver, version, test, identity, digest, state, receipt)
       values (1, 1, 'x12', '000000007', 'ZZ', 'THEM', 'ZZ', 'US', '00401', false, 'one', ?, 'translated', ?)`,
      [bytes, JSON.stringify({ text: 'a "quoted" é \\ line\n', nothing: null, list: [1, { a: 'b' }] })],
    );
    await db.raw(
      `insert into orders (partner, agreement, number, business_key, message_id, delivery_id, line_count, amount, state,
         document, ordered_on) values ('harbor', 'harbor/live', '4711', '4711', 1, 1, 1, 12.50, 'received', '{"a": [1, 2]}',
         '2026-02-28')`,
    );
    await db.raw(
      `insert into documents (kind, partner, agreement, subject, order_id, overdue_noted)
       values ('855', 'harbor', 'harbor/live', 'order:1', 1, '{late,"a,b"}')`,
    );
    await db.raw("insert into items (sku, gtin) values ('A-1', null), ('', '')");
    await db.raw("insert into stock (sku, on_hand) values ('A-1', 12.125)");
    await db.raw(
      "insert into ready (stage, subject, partner, taken_until) values ('decide', 1, 'harbor', now() + interval '1 hour')",
    );
    await store.transaction((tx) =>
      takeNumbers(tx, 'harbor/live', 'interchange', { first: 1, last: 999_999_999 }, 41),
    );
    await store.transaction((tx) =>
      takeNumbers(tx, 'short/live', 'interchange', { first: 1, last: 1_500 }, 900),
    );
    await db.raw("insert into leases values ('poll mailbox', 'somebody', now())");
  }

  /** Every row of every table but some, as text. */
  async function content(store: Store, without: readonly string[] = []): Promise<Record<string, unknown>> {
    const tables = (await backupTables(store.db)).filter(({ name }) => !without.includes(name));
    const rows = await Promise.all(
      tables.map(async ({ name }) => {
        const { rows } = await store.db.raw(`select t::text as row from ${quoted(name)} t order by 1`);
        return [name, rows.map(({ row }: { row: string }) => row)];
      }),
    );
    return Object.fromEntries(rows);
  }

  it('loses nothing: every value of every row comes back', async () => {
    const { rows } = await restore(target.store, file);
    const expected = await content(source.store, moved);
    assert.ok(Object.values(expected).flat().length >= 9);
    assert.deepEqual(await content(target.store, moved), expected);
    assert.ok(rows >= 9);
  });

  it('is taken as of one moment, and readable by its owner only', async () => {
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    await restore(target.store, file);
    const other = join(folder.path, 'second.backup');
    const before = (await content(target.store)).orders;
    const [{ rows }] = await Promise.all([
      backup(target.store, other),
      target.store.db.raw("update orders set state = 'accepted'"),
    ]);
    assert.ok(rows > 0);
    assert.notDeepEqual((await content(target.store)).orders, before);
  });

  it('moves ids and control numbers on, so that none is used twice', async () => {
    const rangeOf = (agreement: string) => (agreement === 'short/live' ? { first: 1, last: 1_500 } : null);
    await restore(target.store, file, { rangeOf, who: 'ann' });
    const take = (agreement: string, last: number) =>
      target.store.transaction((tx) => takeNumbers(tx, agreement, 'interchange', { first: 1, last }));
    assert.deepEqual(await take('harbor/live', 999_999_999), { first: 41 + 1_000 + 1, cycle: 0 });
    // 900 + 1,000 is past 1,500: the range began again, and 400 of it count as used.
    assert.deepEqual(await take('short/live', 1_500), { first: 401, cycle: 1 });
    const { rows } = await target.store.db.raw(
      "insert into deliveries (endpoint, name, size, digest) values ('m', 'n', 1, '') returning id",
    );
    assert.equal(rows[0].id, String(2 + 1_000 + 1));
    const [event] = await target.store.db('events').where({ kind: 'restored' });
    assert.equal(event.who, 'ann');
    assert.equal(event.data.gap, 1_000);
  });

  it('feeds again what a worker held, and forgets who polled', async () => {
    await restore(target.store, file);
    const [waiting] = await target.store.db('ready');
    assert.deepEqual([waiting.subject, waiting.taken_until], ['1', null]);
    assert.equal((await target.store.db('leases')).length, 0);
  });

  it('refuses a database that holds something, unless told to replace it', async () => {
    await target.store.db.raw("insert into items (sku) values ('kept')");
    await assert.rejects(restore(target.store, file), /not empty \(items has rows\)/);
    assert.equal((await target.store.db('items')).length, 1);
    await restore(target.store, file, { replace: true });
    assert.deepEqual(await content(target.store, moved), await content(source.store, moved));
  });

  it('refuses another schema', async () => {
    await target.store
      .db('schema_migrations')
      .insert({ name: '9999_newer.sql', batch: 9, migration_time: new Date() });
    await assert.rejects(
      restore(target.store, file),
      /the database 9999_newer\.sql: restore with the version/,
    );
  });

  it('refuses a file that was cut or changed, and leaves the database as it was', async () => {
    const whole = await readFile(file);
    const lines = gunzipSync(whole).toString('utf8').trimEnd().split('\n');
    const damaged: [string, Buffer, RegExp][] = [
      ['cut in the middle', whole.subarray(0, whole.length - 40), /cut or is no backup/],
      ['without its end', gzipSync(`${lines.slice(0, -1).join('\n')}\n`), /the end is missing/],
      [
        'without a row',
        gzipSync(`${lines.filter((line) => !line.includes('A-1')).join('\n')}\n`),
        /checksum differs/,
      ],
      [
        'with a changed value',
        gzipSync(`${lines.join('\n').replace('12.50', '92.50')}\n`),
        /checksum differs/,
      ],
      ['no backup', gzipSync('{"portolan": "other"}\n'), /no backup of Portolan/],
      ['no gzip', Buffer.from('ISA*00*'), /no backup/],
    ];
    for (const [name, bytes, reason] of damaged) {
      const broken = join(folder.path, 'broken.backup');
      await writeFile(broken, bytes);
      const isTold = (error: Error) => error instanceof BackupRefused && reason.test(error.message);
      await assert.rejects(restore(target.store, broken), isTold, name);
      assert.deepEqual(Object.values(await content(target.store)).flat(), [], name);
    }
  });

  it('holds a batch at a time, however large the table', async function () {
    this.timeout(90_000);
    const { db } = target.store;
    await db.raw("insert into deliveries (endpoint, name, size, digest) values ('m', 'n', 1, '')");
    await db.raw(
      "insert into chunks select 1, n, decode(repeat(md5(n::text), 8192), 'hex') from generate_series(1, 600) n",
    );
    const large = join(folder.path, 'large.backup');
    const child = fileURLToPath(new URL('./backup-memory.ts', import.meta.url));
    const words = ['--max-old-space-size=128', ...(await testProgram(child)), target.url, large];
    const { stdout } = await promisify(execFile)(process.execPath, words);
    const grown = Number(stdout);
    assert.equal((await db('chunks').count())[0]?.count, '600');
    // Garbage that is not collected yet is in the figure, too: so the table is several times larger than that.
    const text = 600 * 131_072 * 2;
    assert.ok(grown > 0 && grown < text, `${Math.round(grown / 1e6)} MB for ${text / 1e6} MB of text`);
  });
});
