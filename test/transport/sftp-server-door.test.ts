/** The built-in SFTP server over a desk in memory: who gets in, and for how long. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import { type Hall, openHall, password, sessionOn } from './sftp-server-desk.ts';
import { requestsOf, until, writes } from './sftp-server-requests.ts';

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
