/** The built-in SFTP server over a desk in memory: what becomes of what clients send and ask for. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import ssh2, { type SFTPWrapper } from 'ssh2';
import { type Hall, keep, openHall } from './sftp-server-desk.ts';
import {
  code,
  FAILURE,
  type Insides,
  NO_SUCH_FILE,
  OP_UNSUPPORTED,
  openRequest,
  PERMISSION_DENIED,
  requestsOf,
  until,
  writes,
} from './sftp-server-requests.ts';

const { OPEN_MODE } = ssh2.utils.sftp;

describe('built-in SFTP server: files', () => {
  let hall: Hall;
  let ask: ReturnType<typeof requestsOf>;
  let sftp: SFTPWrapper;
  before(async () => {
    hall = await openHall();
    ({ sftp } = await hall.session());
    ask = requestsOf(sftp);
  });
  beforeEach(() => {
    for (const folder of [hall.shelf.in, hall.shelf.out]) folder.clear();
    hall.shelf.received.length = 0;
  });
  after(() => hall.close());

  it('takes a file when it is closed, whatever the order of its parts', async () => {
    const bytes = randomBytes(300_000);
    const handle = await ask.open('/in/a.edi', writes);
    const part = 32_768;
    const offsets = [...Array(Math.ceil(bytes.length / part)).keys()].map((index) => index * part);
    const shuffled = [...offsets.slice(3), ...offsets.slice(0, 3).reverse()];
    const write = (at: number) => ask.write(handle, bytes, at, Math.min(part, bytes.length - at), at);
    await Promise.all([...shuffled, 0].map(write));
    assert.equal(hall.shelf.received.length, 0);
    await ask.close(handle);
    assert.deepEqual(hall.shelf.received, [{ name: 'a.edi', bytes }]);
    assert.equal((await ask.stat('/in/a.edi')).size, bytes.length);
    assert.deepEqual(await hall.scratch(), []);
  });

  it('refuses a file with a hole, and one that was cut or stretched over its bytes', async () => {
    const bytes = Buffer.from('0123456789');
    const holed = await ask.open('/in/a', writes);
    await ask.write(holed, bytes, 0, 10, 0);
    await ask.write(holed, bytes, 0, 10, 11);
    await assert.rejects(ask.close(holed), code(FAILURE));
    const stretched = await ask.open('/in/b', writes);
    await ask.write(stretched, bytes, 0, 10, 0);
    await ask.fsetstat(stretched, { size: 11 });
    await assert.rejects(ask.close(stretched), code(FAILURE));
    const cut = await ask.open('/in/c', writes);
    await ask.write(cut, bytes, 0, 10, 0);
    await ask.fsetstat(cut, { size: 4 });
    await ask.close(cut);
    assert.deepEqual(hall.shelf.received, [{ name: 'c', bytes: bytes.subarray(0, 4) }]);
    assert.deepEqual(await hall.scratch(), []);
  });

  it('shows neither a file that is being written nor takes one whose connection is cut', async () => {
    const { ssh, sftp: other } = await hall.session();
    const handle = await requestsOf(other).open('/in/a.edi', writes);
    await requestsOf(other).write(handle, Buffer.from('half'), 0, 4, 0);
    await assert.rejects(ask.stat('/in/a.edi'), code(NO_SUCH_FILE));
    assert.equal((await hall.scratch()).length, 1);
    ssh.destroy();
    await until(async () => (await hall.scratch()).length === 0);
    assert.equal(hall.shelf.received.length, 0);
  });

  it('takes a file that was closed just before the connection was cut', async () => {
    const { ssh, sftp: other } = await hall.session();
    const stored = new Promise<void>((go) => {
      hall.shelf.beforeTake = async () => {
        ssh.destroy();
        await until(() => hall.server.connections() === 1);
        go();
      };
    });
    await until(() => hall.server.connections() === 2);
    requestsOf(other)
      .writeFile('/in/a.edi', Buffer.from('whole'))
      .catch(() => undefined);
    await stored;
    hall.shelf.beforeTake = async () => undefined;
    await until(() => hall.shelf.received.length === 1);
    assert.equal(String(hall.shelf.received[0]?.bytes), 'whole');
  });

  it('says OK only once a file is stored, and fails with the store', async () => {
    hall.shelf.beforeTake = () => Promise.reject(new Error('secret of the database'));
    await assert.rejects(ask.writeFile('/in/a.edi', Buffer.from('x')), (error: Error) => {
      assert.doesNotMatch(error.message, /secret/);
      return code(FAILURE)(error as never);
    });
    hall.shelf.beforeTake = async () => undefined;
    await assert.rejects(ask.stat('/in/a.edi'), code(NO_SUCH_FILE));
    assert.deepEqual(await hall.scratch(), []);
  });

  it('receives a file with an unfinished name when it gets its final one', async () => {
    await ask.writeFile('/in/a.tmp', Buffer.from('x'));
    assert.equal(hall.shelf.received.length, 0);
    await ask.rename('/in/a.tmp', '/in/a.edi');
    assert.equal(hall.shelf.received.at(0)?.name, 'a.edi');
    await ask.writeFile('/in/b.tmp', Buffer.from('y'));
    await assert.rejects(ask.rename('/in/b.tmp', '/in/a.edi'), code(FAILURE));
    await ask.posixRename('/in/b.tmp', '/in/a.edi');
    assert.equal(hall.shelf.received.at(1)?.name, 'a.edi');
  });

  it('goes on with a file that is opened without being emptied', async () => {
    keep(hall.shelf, 'in', 'a.edi', Buffer.from('0123'));
    const handle = await ask.open('/in/a.edi', OPEN_MODE.WRITE | OPEN_MODE.CREAT);
    await ask.write(handle, Buffer.from('45'), 0, 2, 4);
    await ask.close(handle);
    const end = await ask.open('/in/a.edi', OPEN_MODE.WRITE | OPEN_MODE.APPEND);
    await ask.write(end, Buffer.from('6'), 0, 1, 0);
    await ask.close(end);
    assert.deepEqual(
      hall.shelf.received.map(({ bytes }) => String(bytes)),
      ['012345', '0123456'],
    );
    await assert.rejects(ask.open('/in/a.edi', writes | OPEN_MODE.EXCL), code(FAILURE));
    await assert.rejects(ask.open('/in/new', OPEN_MODE.WRITE), code(NO_SUCH_FILE));
  });

  it('gives files from any place on, and tells which were fetched whole', async () => {
    const bytes = randomBytes(600_000);
    keep(hall.shelf, 'out', 'b.edi', bytes);
    const whole = await ask.readFile('/out/b.edi');
    assert.ok(whole.equals(bytes));
    await until(() => hall.shelf.fetched.length === 1);
    const handle = await ask.open('/out/b.edi', OPEN_MODE.READ);
    const into = Buffer.alloc(20);
    await new Promise<void>((done) => sftp.read(handle, into, 0, 20, 262_134, () => done()));
    assert.ok(into.equals(bytes.subarray(262_134, 262_154)));
    await ask.close(handle);
    assert.deepEqual(hall.shelf.fetched, ['b.edi'], 'twenty bytes are not the file');
    await ask.unlink('/out/b.edi');
    await assert.rejects(ask.unlink('/out/b.edi'), code(NO_SUCH_FILE));
  });

  it('lists many names page by page', async () => {
    const names = [...Array(1_234).keys()].map((index) => `f${String(index).padStart(5, '0')}`);
    for (const name of names) keep(hall.shelf, 'out', name, Buffer.from(name));
    const listed = await ask.readdir('/out');
    assert.deepEqual(
      listed.map(({ filename }) => filename).filter((name) => !/^\.+$/.test(name)),
      names,
    );
    assert.match(listed.at(-1)?.longname ?? '', /^-rw------- 1 portolan partner +6 Nov 22 00:00 f01233$/);
    assert.deepEqual(
      (await ask.readdir('/')).map(({ filename }) => filename),
      ['in', 'out'],
    );
  });

  it('lets nobody make folders or links, write elsewhere, or read what they gave', async () => {
    keep(hall.shelf, 'in', 'a.edi', Buffer.from('x'));
    keep(hall.shelf, 'out', 'b.edi', Buffer.from('y'));
    const denied = code(PERMISSION_DENIED);
    await assert.rejects(ask.mkdir('/in/sub'), denied);
    await assert.rejects(ask.rmdir('/in'), denied);
    await assert.rejects(ask.unlink('/in'), denied);
    await assert.rejects(ask.symlink('/etc/passwd', '/in/link'), code(OP_UNSUPPORTED));
    await assert.rejects(ask.open('/in/a.edi', OPEN_MODE.READ), denied);
    for (const path of ['/x', '/out/x', '/etc/passwd', '/in/sub/x', '/out/b.edi'])
      await assert.rejects(ask.open(path, writes), denied, path);
    await assert.rejects(ask.rename('/out/b.edi', '/in/b.edi'), denied);
    await assert.rejects(ask.rename('/in/a.edi', '/out/a.edi'), denied);
    for (const path of ['/in/../../etc/passwd', '/out/../../../../etc/passwd', '/etc'])
      await assert.rejects(ask.stat(path), code(NO_SUCH_FILE), path);
    await ask.chmod('/in/a.edi', 0o777);
    await assert.rejects(ask.setstat('/in/a.edi', { size: 0 }), denied);
  });

  it('takes names as data: what could be part of a path, or is too long, is refused', async () => {
    for (const name of ['a\0b', 'a\\b', '..\\x', 'é'.repeat(120), 'x'.repeat(5_000)])
      await assert.rejects(ask.open(`/in/${name}`, writes), code(PERMISSION_DENIED), name.slice(0, 20));
    const odd = 'zeile\n\u001b[31m größe 😀.edi';
    await ask.writeFile(`/in/${odd}`, Buffer.from('x'));
    assert.equal(hall.shelf.received.at(0)?.name, odd);
    assert.ok((await ask.readdir('/in')).some(({ filename }) => filename === odd));
  });

  it('shows only the folders that the direction leaves', async () => {
    hall.shelf.account = { ...hall.shelf.account, folders: ['out'] };
    assert.deepEqual(
      (await ask.readdir('/')).map(({ filename }) => filename),
      ['out'],
    );
    await assert.rejects(ask.open('/in/a', writes), code(PERMISSION_DENIED));
    hall.shelf.account = { ...hall.shelf.account, folders: ['in', 'out'] };
  });

  it('opens no more than so many files, however many are asked for at once', async () => {
    const { ssh, sftp: other } = await hall.session();
    const { _protocol, outgoing } = other as unknown as Insides;
    const requests = Buffer.concat([...Array(10_000).keys()].map(openRequest));
    for (let at = 0; at < requests.length; at += 30_000)
      _protocol.channelData(outgoing.id, requests.subarray(at, at + 30_000));
    await new Promise<void>((done, fail) => other.stat('/in', (error) => (error ? fail(error) : done())));
    await until(async () => (await hall.scratch()).length === 32);
    await assert.rejects(requestsOf(other).open('/in/b', writes), /No more than 32 files/);
    ssh.destroy();
    await until(async () => (await hall.scratch()).length === 0);
    assert.equal(hall.shelf.received.length, 0);
  });

  it('keeps to the quota while a file is written, and before it is begun', async () => {
    const { account } = hall.shelf;
    hall.shelf.account = { ...account, quota: { bytes: 100_000, files: 1 } };
    const [a, b] = [await ask.open('/in/a', writes), await ask.open('/in/b', writes)];
    const bytes = randomBytes(60_000);
    const put = (handle: Buffer) =>
      Promise.all([0, 30_000].map((at) => ask.write(handle, bytes, at, 30_000, at)));
    await put(a);
    await assert.rejects(put(b), /quota of 100000 bytes/);
    await assert.rejects(ask.close(b), code(FAILURE));
    await ask.close(a);
    await assert.rejects(ask.open('/in/c', writes), /1 files wait here unread/);
    assert.deepEqual(
      hall.shelf.received.map(({ name }) => name),
      ['a'],
    );
    hall.shelf.account = account;
  });

  it('closes what is open to an account that is gone', async () => {
    const handle = await ask.open('/in/a', writes);
    await ask.write(handle, Buffer.from('x'), 0, 1, 0);
    const { account } = hall.shelf;
    hall.shelf.account = { ...account, login: 'other' };
    await assert.rejects(ask.close(handle), code(PERMISSION_DENIED));
    await assert.rejects(ask.stat('/in'), code(PERMISSION_DENIED));
    hall.shelf.account = account;
    assert.equal(hall.shelf.received.length, 0);
    assert.deepEqual(await hall.scratch(), []);
  });
});
