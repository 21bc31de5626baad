/** The built-in SFTP server over a desk in memory: who gets in, what becomes of what they send, and what they may not do. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import ssh2, { type SFTPWrapper } from 'ssh2';
import { type Hall, keep, openHall, password, sessionOn } from './sftp-server-desk.ts';

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;
const writes = OPEN_MODE.WRITE | OPEN_MODE.CREAT | OPEN_MODE.TRUNC;

/** A session's requests as promises. */
function requestsOf(sftp: SFTPWrapper) {
  const bound = <T extends unknown[], R>(
    work: (...args: [...T, (error: unknown, result?: R) => void]) => unknown,
  ) => promisify(work.bind(sftp) as never) as unknown as (...args: T) => Promise<R>;
  return {
    open: bound<[string, number], Buffer>(sftp.open),
    close: bound<[Buffer], void>(sftp.close),
    write: bound<[Buffer, Buffer, number, number, number], void>(sftp.write),
    stat: bound<[string], { size: number; isDirectory(): boolean }>(sftp.stat),
    readdir: bound<[string], { filename: string; longname: string }[]>(sftp.readdir),
    readFile: bound<[string], Buffer>(sftp.readFile),
    writeFile: bound<[string, Buffer], void>(sftp.writeFile),
    rename: bound<[string, string], void>(sftp.rename),
    posixRename: bound<[string, string], void>(sftp.ext_openssh_rename),
    unlink: bound<[string], void>(sftp.unlink),
    mkdir: bound<[string], void>(sftp.mkdir),
    rmdir: bound<[string], void>(sftp.rmdir),
    symlink: bound<[string, string], void>(sftp.symlink),
    setstat: bound<[string, object], void>(sftp.setstat),
    chmod: bound<[string, number], void>(sftp.chmod),
    fsetstat: bound<[Buffer, object], void>(sftp.fsetstat),
  };
}

const code = (status: number) => (error: { code?: number }) => error.code === status;
const { FAILURE, NO_SUCH_FILE, PERMISSION_DENIED, OP_UNSUPPORTED } = STATUS_CODE;

/** What ssh2's client keeps of its channel. */
type Insides = {
  _protocol: {
    channelData(id: number, data: Buffer): void;
    channelWindowAdjust(id: number, bytes: number): void;
  };
  outgoing: { id: number; window: number };
  incoming: { window: number };
};

/** An OPEN for writing as it goes over the wire, with a number that ssh2's client does not use. */
function openRequest(index: number): Buffer {
  const path = Buffer.from(`/in/${index}`);
  const packet = Buffer.alloc(4 + 1 + 4 + 4 + path.length + 4 + 4);
  packet.writeUInt32BE(packet.length - 4, 0);
  packet[4] = 3;
  packet.writeUInt32BE(1_000_000 + index, 5);
  packet.writeUInt32BE(path.length, 9);
  path.copy(packet, 13);
  packet.writeUInt32BE(writes, 13 + path.length);
  return packet;
}

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

describe('built-in SFTP server: the door', () => {
  const halls: Hall[] = [];
  const hallWith = async (...terms: Parameters<typeof openHall>) => {
    const hall = await openHall(...terms);
    halls.push(hall);
    return hall;
  };
  const closed = { free: 99, firstMs: 1, longestMs: 1, forgetMs: 1, most: 9 };
  afterEach(() => Promise.all(halls.splice(0).map((hall) => hall.close())));
  const refused = { level: 'client-authentication' };

  it('lets in by key and by password, and nobody by anything else', async () => {
    const { connect: to, shelf } = await hallWith({ throttle: { address: closed, account: closed } });
    const other = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
    const byPassword = { privateKey: undefined, password } as never;
    await Promise.all([
      to(),
      to(byPassword),
      assert.rejects(to({ privateKey: undefined, password: 'wrong' } as never), refused),
      assert.rejects(to({ privateKey: other.private }), refused),
      assert.rejects(to({ username: 'nobody' }), refused),
      assert.rejects(to({ ...(byPassword as object), username: 'nobody' }), refused),
    ]);
    assert.deepEqual(shelf.notices.map(({ kind, endpoint, how }) => [kind, endpoint, how].join(' ')).sort(), [
      'login acme password',
      'login acme publickey',
      'login-failed  password',
      'login-failed acme password',
    ]);
    assert.doesNotMatch(JSON.stringify(shelf.notices), /wrong|correct horse/);
  });

  it('lets in only from where the account may come', async () => {
    const { connect: to, shelf } = await hallWith({ throttle: { address: closed, account: closed } });
    shelf.account = { ...shelf.account, allowedFrom: ['192.0.2.0/24', '2001:db8::1'] };
    await assert.rejects(to(), refused);
    await assert.rejects(to({ privateKey: undefined, password } as never), refused);
    shelf.account = { ...shelf.account, allowedFrom: ['127.0.0.0/8'] };
    await to();
  });

  it('slows down who guesses: the account for passwords, the address for everything', async () => {
    const strict = { free: 0, firstMs: 60_000, longestMs: 60_000, forgetMs: 3_600_000, most: 9 };
    const account = await hallWith({ throttle: { address: closed, account: strict } });
    await assert.rejects(account.connect({ privateKey: undefined, password: 'wrong' } as never), refused);
    const right = { privateKey: undefined, password } as never;
    await assert.rejects(account.connect(right), refused, 'the right one comes too early');
    await account.connect();
    const address = await hallWith({ throttle: { address: strict, account: closed } });
    const other = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
    await assert.rejects(address.connect({ privateKey: other.private }), refused);
    await until(() => address.server.connections() === 0);
    await assert.rejects(address.connect());
    assert.equal(address.shelf.notices.at(-1)?.how, 'too early');
  });

  it('gives a connection so many tries', async () => {
    const { connect: to } = await hallWith({
      limits: { tries: 3 },
      throttle: { address: closed, account: closed },
    });
    const keys = [1, 2, 3, 4].map(() => ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }).private);
    let tried = 0;
    const authHandler = (_left: unknown, _partial: unknown, next: (method: unknown) => void) => {
      tried += 1;
      next({ type: 'publickey', username: 'acme', key: keys[tried % 4] });
    };
    await assert.rejects(to({ authHandler } as never));
    assert.equal(tried, 4);
  });

  it('takes RSA keys with SHA-2 only', async () => {
    const { connect: to, shelf } = await hallWith({ throttle: { address: closed, account: closed } });
    const rsa = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 });
    shelf.account = { ...shelf.account, keys: [rsa.public] };
    await to({ privateKey: rsa.private });
    const key = ssh2.utils.parseKey(rsa.private);
    assert.ok(!(key instanceof Error) && !Array.isArray(key));
    // ssh2's client signs with SHA-1 where it is told that the server knows nothing newer.
    const old = Object.assign(Object.create(key), { type: 'ssh-rsa' });
    const { showsKey } = await import('../../src/transport/sftp-server-keys.ts');
    const blob = Buffer.from('session');
    const context = (hashAlgo: string | undefined) =>
      ({
        key: { algo: 'ssh-rsa', data: old.getPublicSSH() },
        blob,
        hashAlgo,
        signature: key.sign(blob, hashAlgo ?? 'sha1'),
      }) as never;
    assert.equal(showsKey(context('sha256'), [rsa.public]), 'signed');
    assert.equal(showsKey(context('sha1'), [rsa.public]), 'no');
    assert.equal(showsKey(context(undefined), [rsa.public]), 'no');
  });

  it('serves neither shells nor commands nor forwarding, and few sessions', async () => {
    const { connect: to } = await hallWith({ limits: { sessions: 2 } });
    const ssh = await to();
    await assert.rejects(promisify(ssh.shell.bind(ssh) as never)());
    await assert.rejects(promisify(ssh.exec.bind(ssh) as never)('id' as never));
    await assert.rejects(promisify(ssh.forwardOut.bind(ssh) as never)(...(['a', 1, 'b', 2] as never[])));
    await assert.rejects(promisify(ssh.forwardIn.bind(ssh) as never)(...(['127.0.0.1', 0] as never[])));
    await assert.rejects(promisify(ssh.subsys.bind(ssh) as never)('other' as never));
    const other = await to();
    await sessionOn(other);
    await sessionOn(other);
    await assert.rejects(sessionOn(other));
  });

  it('lets go of who does not sign in, or comes too often', async () => {
    const { server } = await hallWith({ limits: { signInMs: 50, strangers: 2 } });
    const silent = [1, 2, 3].map(() => connect(server.port, '127.0.0.1').resume());
    await Promise.all(silent.map((socket) => once(socket, 'close')));
    await until(() => server.connections() === 0);
  });

  it('lets go of who asks for nothing, and lets in no more than so many at once', async () => {
    const { connect: to, server } = await hallWith({ limits: { idleMs: 50, accountConnections: 0 } });
    await assert.rejects(to());
    await until(() => server.connections() === 0);
    const { connect: on, server: idle } = await hallWith({ limits: { idleMs: 50 } });
    const ssh = await on();
    await once(ssh, 'close');
    await until(() => idle.connections() === 0);
  });

  it('ends what is being stored before it stops, and takes nothing new', async () => {
    const hall = await hallWith();
    const { sftp } = await hall.session();
    const gate: { open?: () => void } = {};
    hall.shelf.beforeTake = () => new Promise((go) => (gate.open = go));
    const stored = requestsOf(sftp).writeFile('/in/a.edi', Buffer.from('x'));
    await until(() => gate.open !== undefined);
    const stopped = hall.server.close(5_000);
    await assert.rejects(requestsOf(sftp).open('/in/b', writes), /about to stop/);
    await assert.rejects(hall.connect());
    gate.open?.();
    await stored;
    await stopped;
    assert.equal(hall.shelf.received.length, 1);
  });
});

describe('built-in SFTP server: hostile sessions', () => {
  let hall: Hall;
  before(async () => {
    hall = await openHall();
  });
  after(() => hall.close());

  it('gives no new room to a client while what it wrote is not on the disk', async () => {
    const { sftp } = await hall.session();
    const insides = sftp as unknown as Insides;
    const gate: { open?: () => void } = {};
    hall.shelf.beforePiece = () => new Promise((go) => (gate.open = go));
    keep(hall.shelf, 'out', 'slow', Buffer.from('x'));
    const ask = requestsOf(sftp);
    // Requests of one handle wait for the one before: this reading keeps all that follow waiting.
    const handle = await ask.open('/out/slow', OPEN_MODE.READ);
    sftp.read(handle, Buffer.alloc(1), 0, 1, 0, () => undefined);
    await until(() => gate.open !== undefined);
    const bytes = Buffer.alloc(32_000);
    let answered = 0;
    for (let sent = 0; sent < 200; sent += 1)
      sftp.write(handle, bytes, 0, bytes.length, 0, () => (answered += 1));
    await until(() => insides.outgoing.window === 0);
    await sleep(20);
    assert.equal(insides.outgoing.window, 0, 'of 6.4 MB the client got rid of 2 MiB');
    hall.shelf.beforePiece = async () => undefined;
    gate.open?.();
    await until(() => answered === 200);
  });

  it('keeps no answers for a client that takes none', async () => {
    const { sftp } = await hall.session();
    let pieces = 0;
    hall.shelf.beforePiece = async () => {
      pieces += 1;
    };
    keep(hall.shelf, 'out', 'large', randomBytes(8 * 1024 * 1024));
    const insides = sftp as unknown as Insides & Record<string, unknown>;
    const given = insides._protocol.channelWindowAdjust;
    insides._protocol.channelWindowAdjust = () => undefined;
    const handle = await requestsOf(sftp).open('/out/large', OPEN_MODE.READ);
    let answered = 0;
    const into = Buffer.alloc(30_000);
    for (let at = 0; at < 256; at += 1)
      sftp.read(handle, into, 0, into.length, at * into.length, () => (answered += 1));
    await until(() => answered >= 60);
    await sleep(20);
    assert.ok(answered < 70, `${answered} answers in a window of 2 MiB`);
    assert.ok(pieces <= 10, `${pieces} pieces of 256 KiB were read for them`);
    insides._protocol.channelWindowAdjust = given;
    const { incoming, outgoing, _protocol } = insides;
    incoming.window += 16 * 1024 * 1024;
    _protocol.channelWindowAdjust(outgoing.id, 16 * 1024 * 1024);
    await until(() => answered === 256);
    hall.shelf.beforePiece = async () => undefined;
  });

  it('ends the connection of a client that sends more than its window', async () => {
    const { ssh, sftp } = await hall.session();
    const insides = sftp as unknown as Insides;
    let isOver = false;
    ssh.on('close', () => {
      isOver = true;
    });
    hall.shelf.beforePiece = () => new Promise(() => undefined);
    keep(hall.shelf, 'out', 'slow', Buffer.from('x'));
    const handle = await requestsOf(sftp).open('/out/slow', OPEN_MODE.READ);
    for (let sent = 0; sent < 200 && !isOver; sent += 1) {
      insides.outgoing.window = 1_000_000_000;
      sftp.write(handle, Buffer.alloc(32_000), 0, 32_000, 0, () => undefined);
      if (sent === 0) sftp.read(handle, Buffer.alloc(1), 0, 1, 0, () => undefined);
    }
    await until(() => isOver);
    hall.shelf.beforePiece = async () => undefined;
  });

  it('ends the connection of a client whose packets are too small to answer in', async () => {
    const ssh = await hall.connect();
    const protocol = (ssh as unknown as { _protocol: { session: unknown; _packetRW: object } })._protocol;
    const { allocStart } = (protocol as never as { _packetRW: { write: { allocStart: number } } })._packetRW
      .write;
    const write = (
      protocol as never as {
        _packetRW: { write: { alloc(size: number): Buffer; finalize(b: Buffer): Buffer } };
      }
    )._packetRW.write;
    const packet = write.alloc(1 + 4 + 7 + 4 + 4 + 4);
    let at = allocStart;
    packet[at] = 90;
    at = packet.writeUInt32BE(7, at + 1);
    at += packet.write('session', at, 'latin1');
    at = packet.writeUInt32BE(0, at);
    at = packet.writeUInt32BE(1_000_000, at);
    packet.writeUInt32BE(0, at);
    const cipher = (protocol as never as { _cipher: { encrypt(packet: Buffer): void } })._cipher;
    const gone = once(ssh, 'close');
    cipher.encrypt(write.finalize(packet));
    await gone;
    const { sftp } = await hall.session();
    assert.ok((await requestsOf(sftp).stat('/in')).isDirectory());
  });

  it('ends a session that breaks the protocol, and serves the others', async () => {
    const others = await hall.session();
    for (const bytes of [
      '00000001ff',
      'ffffffff0000000000',
      '00000000',
      '0000000503000000',
      '0000000903000000010000ffff',
    ]) {
      const { ssh, sftp } = await hall.session();
      const { _protocol, outgoing } = sftp as unknown as Insides;
      const gone = once(ssh, 'close');
      _protocol.channelData(outgoing.id, Buffer.from(bytes, 'hex'));
      if (bytes === '0000000503000000') ssh.end();
      await gone;
    }
    for (const line of ['GET / HTTP/1.1\r\n\r\n', 'SSH-2.0-x\r\n\u0000\u0000', '\u0000'.repeat(70_000)]) {
      const socket = connect(hall.server.port, '127.0.0.1')
        .on('error', () => undefined)
        .resume();
      socket.end(line);
      await once(socket, 'close');
    }
    assert.ok((await requestsOf(others.sftp).stat('/in')).isDirectory());
  });
});

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(2);
}
