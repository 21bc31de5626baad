/** The built-in SFTP server on the road: what partners put there becomes deliveries, what we send lies there to be fetched. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Client from 'ssh2-sftp-client';
import { shownMs } from '../../src/flow/hosted-desk.ts';
import { dropOldFiles, placeOut } from '../../src/flow/hosted-out.ts';
import { chunkBytes, readChunks } from '../../src/store/chunks.ts';
import { openTransport } from '../../src/transport/open.ts';
import { pieceBytes } from '../../src/transport/sftp-server-desk.ts';
import {
  deliveriesOf,
  eventsOf,
  has,
  hostedEndpoint,
  type Office,
  openOffice,
  runLftp,
  runSftp,
  sftpWords,
} from './hosted-office.ts';

const quota = { bytes: 2_000_000, files: 40 };
const endpoints = [
  hostedEndpoint('acme', { quota }),
  hostedEndpoint('solo', { direction: 'in', login: 'Solo' }),
];

describe('hosted SFTP: on the road', () => {
  let office: Office;
  let client: Client;
  before(async () => {
    office = await openOffice(endpoints);
    client = await office.client();
  });
  afterEach(async () => {
    await office.store.db.raw('truncate hosted_files, hosted_received, deliveries, events, ready cascade');
  });
  after(() => office.close());

  const put = (text: string, name: string, by = client) => by.put(Buffer.from(text), `/in/${name}`);
  const names = async () => (await deliveriesOf(office)).map(({ name }) => name);

  it('receives what is put into in/, once however often it is put while it is shown', async () => {
    await put('one', 'a.edi');
    await put('one', 'a.edi');
    assert.deepEqual(await names(), ['a.edi']);
    assert.equal((await client.stat('/in/a.edi')).size, 3);
    await put('two', 'a.edi');
    await put('one', 'b.edi');
    assert.deepEqual(await names(), ['a.edi', 'a.edi', 'b.edi']);
    assert.deepEqual(await eventsOf(office, 'hosted-uploaded-again'), [
      { endpoint: 'acme', from: '127.0.0.1', name: 'a.edi', size: 3 },
    ]);
    const { rows } = await office.store.db.raw('select stage, partner from ready');
    assert.deepEqual(rows[0], { stage: 'translate', partner: 'acme' });
  });

  it('takes the same file again once the partner removed it, or it is shown no longer', async () => {
    await put('one', 'a.edi');
    await client.delete('/in/a.edi');
    assert.equal(await client.exists('/in/a.edi'), false);
    await put('one', 'a.edi');
    await office.store.db.raw("update hosted_received set at = at - ? * interval '1 millisecond'", [
      shownMs + 1,
    ]);
    assert.equal(await client.exists('/in/a.edi'), false);
    await put('one', 'a.edi');
    assert.equal((await names()).length, 3);
  });

  it('receives once what two clients put at the same moment, and both where they differ', async () => {
    const others = await Promise.all([office.client(), office.client()]);
    await Promise.all([...others, client].map((each) => put('same', 'a.edi', each)));
    await Promise.all(others.map((each, index) => put(`other ${index}`, 'a.edi', each)));
    assert.equal((await deliveriesOf(office)).length, 3);
    await Promise.all(others.map((each) => each.end()));
  });

  it('receives at the rename what had an unfinished name, byte for byte, once', async () => {
    const bytes = randomBytes(600_000);
    await client.put(bytes, '/in/a.edi.filepart');
    assert.deepEqual(await names(), []);
    assert.equal((await client.stat('/in/a.edi.filepart')).size, bytes.length);
    const other = await office.client();
    await other.rename('/in/a.edi.filepart', '/in/a.edi');
    await other.end();
    assert.deepEqual(await names(), ['a.edi']);
    assert.ok((await bytesOfDelivery(office)).equals(bytes));
    assert.deepEqual(
      (await client.list('/in')).map(({ name }) => name),
      ['a.edi'],
    );
    // As after an answer that never came.
    await assert.rejects(client.rename('/in/a.edi.filepart', '/in/a.edi'), /no such file/i);
    await client.put(bytes, '/in/a.edi.filepart');
    await client.posixRename('/in/a.edi.filepart', '/in/a.edi');
    assert.deepEqual(await names(), ['a.edi']);
  });

  it('lets what was received get another name, which is no other file', async () => {
    await put('one', 'a.upload');
    await client.rename('/in/a.upload', '/in/a.edi');
    assert.deepEqual(
      (await client.list('/in')).map(({ name }) => name),
      ['a.edi'],
    );
    assert.deepEqual(await names(), ['a.upload']);
  });

  it('counts what nobody has read yet against the quota', async () => {
    await client.put(randomBytes(1_500_000), '/in/a.edi');
    const second = () => client.put(randomBytes(600_000), '/in/b.edi');
    await assert.rejects(second(), /quota of 2000000 bytes/);
    await office.store.db.raw("update deliveries set state = 'translated'");
    // What waits is counted once a second.
    await until(() =>
      second().then(
        () => true,
        () => false,
      ),
    );
    assert.deepEqual(await names(), ['a.edi', 'b.edi']);
  });

  it('gives what we send, tells when it was fetched and taken away, and lets old files go', async () => {
    assert.equal(chunkBytes, pieceBytes);
    const [acme, solo] = endpoints as [(typeof endpoints)[0], (typeof endpoints)[0]];
    const opening = {
      ...{ home: office.folder.path, spool: office.spool, resolveSecret: (text: string) => text },
      placeOut: (name: string, file: string, bytes: Buffer) => placeOut(office.context, name, file, bytes),
    };
    const line = await openTransport(acme, opening);
    assert.equal((await openTransport(solo, opening)).send, undefined, 'solo only sends to us');
    const bytes = randomBytes(700_000);
    await line.send?.('855.edi', Buffer.from('first'));
    await line.send?.('855.edi', bytes);
    await line.send?.('856.edi', Buffer.from('other'));
    assert.deepEqual(
      (await client.list('/out')).map(({ name, size }) => [name, size]),
      [
        ['855.edi', 700_000],
        ['856.edi', 5],
      ],
    );
    for (let times = 0; times < 2; times += 1)
      assert.ok(((await client.get('/out/855.edi')) as Buffer).equals(bytes));
    await until(async () => (await eventsOf(office, 'hosted-fetched')).length > 0);
    const fetched = { endpoint: 'acme', from: '127.0.0.1', name: '855.edi', size: 700_000 };
    assert.deepEqual(await eventsOf(office, 'hosted-fetched'), [fetched]);
    await client.delete('/out/855.edi');
    assert.deepEqual(await eventsOf(office, 'hosted-taken-away'), [fetched]);
    await office.store.db.raw("update hosted_files set at = at - interval '31 days'");
    await dropOldFiles(office.context);
    assert.deepEqual(await client.list('/out'), []);
    assert.equal((await eventsOf(office, 'hosted-never-fetched'))[0]?.name, '856.edi');
    await line.close();
  });

  it('tells the timeline of each document that it was fetched', async () => {
    const { db } = office.store;
    const { rows } = await db.raw(
      `insert into transmissions (partner, agreement, endpoint, standard, control, cycle, name, size, digest, bytes, test)
       values ('acme', 'acme/live', 'acme', 'x12', '1', 0, '855.edi', 1, '', '', false) returning id`,
    );
    await db.raw(
      `insert into documents (kind, partner, agreement, subject, transmission_id) values ('855', 'acme', 'acme/live', 'order:1', ?)`,
      [rows[0].id],
    );
    await placeOut(office.context, 'acme', '855.edi', Buffer.from('x'));
    await client.get('/out/855.edi');
    await until(async () => (await eventsOf(office, 'hosted-fetched')).length > 0);
    const events = await db.raw('select document_id, partner from events where kind = ?', ['hosted-fetched']);
    const documents = await db.raw('select id as document_id, partner from documents');
    assert.deepEqual(events.rows, documents.rows);
    await db.raw('truncate transmissions, documents cascade');
  });

  it('shows each partner only what is theirs, and goes by the mappings as they are', async () => {
    await put('one', 'a.edi');
    await placeOut(office.context, 'acme', '855.edi', Buffer.from('x'));
    const solo = await office.client('Solo');
    assert.deepEqual(
      (await solo.list('/')).map(({ name }) => name),
      ['in'],
    );
    assert.deepEqual(await solo.list('/in'), []);
    await put('two', 'a.edi', solo);
    office.reload(endpoints.slice(0, 1));
    await assert.rejects(put('three', 'b.edi', solo), /account is closed/);
    await assert.rejects(office.client('Solo'));
    office.reload(endpoints);
    assert.equal((await deliveriesOf(office)).length, 2);
    await solo.end();
  });

  it("serves OpenSSH's sftp: put, get, ls, rename, rm, and goes on where it left off", async function () {
    if (!has('sftp')) this.skip();
    const order = randomBytes(400_000);
    const ack = randomBytes(500_000);
    await writeFile(join(office.folder.path, 'order.edi'), order);
    await writeFile(join(office.folder.path, 'half.edi'), order.subarray(0, 150_000));
    await placeOut(office.context, 'acme', 'ack.edi', ack);
    const { status, text } = await runSftp(office, [
      ...['ls -l', 'put -p order.edi in/', 'ls -l in', 'put order.edi in/x.tmp', 'rename in/x.tmp in/x.edi'],
      ...['get -p out/ack.edi got.edi', 'rm out/ack.edi', 'ls out', '-mkdir in/sub', '-symlink in/a in/b'],
      ...['put half.edi in/late.edi', 'reput order.edi in/late.edi'],
    ]);
    assert.equal(status, 0, text);
    assert.match(text, /--w------- +1 portolan partner +400000 .* order\.edi/);
    assert.match(text, /mkdir.*(denied|Failure)/i);
    assert.ok((await readFile(join(office.folder.path, 'got.edi'))).equals(ack));
    assert.deepEqual(await names(), ['order.edi', 'x.edi', 'late.edi', 'late.edi']);
    assert.ok((await bytesOfDelivery(office)).equals(order));
    assert.deepEqual(await client.list('/out'), []);
  });

  it('serves lftp: mirror both ways, put -c on what came in part', async function () {
    if (!has('lftp')) this.skip();
    const [a, b] = [randomBytes(300_000), randomBytes(10)];
    const at = (name: string) => join(office.folder.path, name);
    await mkdir(at('batch'));
    for (const [name, bytes] of Object.entries({ 'batch/a.edi': a, 'batch/b.edi': b, 'c.edi': a }))
      await writeFile(at(name), bytes);
    await client.put(a.subarray(0, 100_000), '/in/c.edi');
    await placeOut(office.context, 'acme', '855.edi', b);
    await placeOut(office.context, 'acme', '856.edi', a);
    const { status, text } = await runLftp(office, [
      ...[
        'mirror -R batch in',
        'mirror --Remove-source-files out got',
        'put -c -O in c.edi',
        'cls -1 in',
        'cls out',
      ],
    ]);
    assert.equal(status, 0, text);
    assert.deepEqual((await names()).sort(), ['a.edi', 'b.edi', 'c.edi', 'c.edi']);
    assert.ok((await bytesOfDelivery(office)).equals(a), 'the rest followed what was there');
    assert.ok((await readFile(at('got/856.edi'))).equals(a));
    assert.deepEqual(await client.list('/out'), []);
  });

  it('takes nothing of a client that is killed while it writes', async function () {
    if (!has('sftp')) this.skip();
    await writeFile(join(office.folder.path, 'large.edi'), randomBytes(1_500_000));
    const words = await sftpWords(office, ['put large.edi in/']);
    const child = spawn('sftp', ['-l', '2000', ...words], { cwd: office.folder.path, stdio: 'ignore' });
    const spool = join(office.folder.path, 'spool');
    while ((await readdir(spool)).length === 0) await sleep(5);
    child.kill('SIGKILL');
    await once(child, 'exit');
    while ((await readdir(spool)).length > 0) await sleep(5);
    assert.deepEqual(await names(), []);
    assert.deepEqual(await client.list('/in'), []);
  });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(5);
}

/** The bytes of the last delivery. */
async function bytesOfDelivery({ store }: Office): Promise<Buffer> {
  const { rows } = await store.db.raw('select max(id) as id from deliveries');
  const parts: Buffer[] = [];
  for await (const part of readChunks(store.db, rows[0].id)) parts.push(part);
  return Buffer.concat(parts);
}
