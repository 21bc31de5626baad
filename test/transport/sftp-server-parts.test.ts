/** Parts of the built-in SFTP server, each by itself. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import ssh2 from 'ssh2';
import { createExtents } from '../../src/transport/sftp-server-extents.ts';
import { hostKeyTypes, makeHostKey } from '../../src/transport/sftp-server-keys.ts';
import { canonicalPath, placeOf } from '../../src/transport/sftp-server-listing.ts';
import { hashPassword, makePassword, verifyPassword } from '../../src/transport/sftp-server-password.ts';
import { createThrottle } from '../../src/transport/sftp-server-throttle.ts';
import { createTurns } from '../../src/transport/sftp-server-turns.ts';
import { readSshPublicKey } from '../../src/transport/ssh-public-key.ts';

describe('built-in SFTP server: extents', () => {
  it('know of every byte whether it came, in whatever order', () => {
    const write = fc.tuple(fc.nat(40), fc.integer({ min: 0, max: 12 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(write, { maxLength: 30 }), (writes) => {
        const extents = createExtents();
        let came = new Set<number>();
        for (const [from, length, cuts] of writes) {
          if (cuts) {
            extents.cut(from);
            came = new Set([...came].filter((byte) => byte < from));
          } else {
            assert.ok(extents.add(from, from + length));
            for (let byte = from; byte < from + length; byte += 1) came.add(byte);
          }
          for (let size = 0; size < 55; size += 1) {
            const isThere = [...Array(size).keys()].every((byte) => came.has(byte));
            assert.equal(extents.covers(size), isThere, `up to ${size}`);
          }
        }
      }),
    );
  });

  it('refuse more runs than they are told to keep, and stay as they were', () => {
    const extents = createExtents(3);
    for (const at of [0, 10, 20]) assert.ok(extents.add(at, at + 1));
    assert.equal(extents.add(30, 31), false);
    assert.ok(extents.add(1, 10), 'what joins two is no further run');
    assert.ok(extents.covers(11));
  });
});

describe('built-in SFTP server: throttle', () => {
  const terms = { free: 2, firstMs: 100, longestMs: 350, forgetMs: 1_000, most: 2 };
  let atMs = 0;
  const fresh = () => {
    atMs = 0;
    return createThrottle(terms, () => atMs);
  };

  it('lets a few mistakes pass, then waits twice as long each time, up to a limit', () => {
    const throttle = fresh();
    const waits: number[] = [];
    for (let failure = 1; failure <= 6; failure += 1) {
      throttle.failed('a');
      let wait = 0;
      for (; !throttle.isOpen('a'); atMs += 50) wait += 50;
      waits.push(wait);
    }
    assert.deepEqual(waits, [0, 0, 100, 200, 350, 350]);
  });

  it('forgets after success and after a while, and never keeps more than it is told to', () => {
    const throttle = fresh();
    const shut = (key: string) => {
      for (let failure = 0; failure < 4; failure += 1) throttle.failed(key);
      assert.equal(throttle.isOpen(key), false);
    };
    shut('a');
    throttle.succeeded('a');
    assert.ok(throttle.isOpen('a'));
    shut('a');
    atMs += 1_001;
    throttle.failed('a');
    assert.ok(throttle.isOpen('a'), 'the count began anew');
    for (const key of ['a', 'b', 'c']) shut(key);
    assert.ok(throttle.isOpen('a'), 'who failed longest ago is forgotten');
    assert.equal(throttle.isOpen('c'), false);
  });
});

describe('built-in SFTP server: passwords and keys', () => {
  it('keeps a password so that only the password opens, however its letters were composed', async () => {
    const kept = await hashPassword('Gru\u0308n ist die Hoffnung');
    assert.match(kept, /^scrypt\$32768\$8\$1\$/);
    assert.equal(await verifyPassword('Gr\u00fcn ist die Hoffnung', kept), true);
    assert.equal(await verifyPassword('Grun ist die Hoffnung', kept), false);
    assert.equal(await verifyPassword('', null), false);
    assert.match(makePassword(), /^[a-zA-Z2-9]{24}$/);
  });

  it('makes host keys that ssh2 and node:crypto read', () => {
    for (const type of hostKeyTypes) {
      const key = makeHostKey(type);
      assert.match(key.fingerprint, /^SHA256:[A-Za-z0-9+/]{43}$/);
      assert.notEqual(typeof readSshPublicKey(key.publicKey), 'string');
      assert.ok(!(ssh2.utils.parseKey(key.privateKey) instanceof Error));
    }
  });

  it('takes ed25519, ECDSA and RSA from 2048 bits, and nothing else', () => {
    for (const [type, bits] of [['ed25519'], ['ecdsa', 256], ['ecdsa', 384], ['ecdsa', 521]] as const) {
      const pair =
        type === 'ed25519'
          ? ssh2.utils.generateKeyPairSync(type)
          : ssh2.utils.generateKeyPairSync(type, { bits: bits ?? 256 });
      assert.notEqual(typeof readSshPublicKey(`${pair.public.trim()} someone@example.com`), 'string');
    }
    assert.notEqual(typeof readSshPublicKey(rsaKey(2048)), 'string');
    assert.match(String(readSshPublicKey(rsaKey(1024))), /at least 2048 bits/);
    assert.match(String(readSshPublicKey('ssh-dss AAAAB3NzaC1kc3M=')), /type ssh-dss are not taken/);
    assert.match(String(readSshPublicKey(rsaKey(2048).slice(0, -20))), /cut off or changed/);
    assert.match(String(readSshPublicKey('ssh-ed25519 AAAA AAAA\nssh-ed25519 AAAA')), /one line/);
    assert.match(String(readSshPublicKey('-----BEGIN OPENSSH PRIVATE KEY-----')), /one line/);
  });

  function rsaKey(bits: number): string {
    const { n = '', e = '' } = generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({
      format: 'jwk',
    });
    const number = (value: string) => Buffer.concat([Buffer.from([0]), Buffer.from(value, 'base64url')]);
    const fields = [Buffer.from('ssh-rsa'), number(e), number(n)].map((field) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(field.length);
      return Buffer.concat([length, field]);
    });
    return `ssh-rsa ${Buffer.concat(fields).toString('base64')}`;
  }
});

describe('built-in SFTP server: paths', () => {
  it('name the two folders, the files in them, and nothing else', () => {
    const both = ['in', 'out'] as const;
    assert.deepEqual(placeOf('.', both), { kind: 'root' });
    assert.deepEqual(placeOf('/../..', both), { kind: 'root' });
    assert.deepEqual(placeOf('in/', both), { kind: 'folder', folder: 'in' });
    assert.deepEqual(placeOf('/out/./a.edi', both), { kind: 'file', folder: 'out', name: 'a.edi' });
    assert.deepEqual(placeOf('/in/../../out/a', both), { kind: 'file', folder: 'out', name: 'a' });
    for (const path of ['/etc/passwd', '/in/a/b', 'IN', 'x', `/in/${'a/../'.repeat(2_000)}a`])
      assert.deepEqual(placeOf(path, both), { kind: 'elsewhere' }, path);
    assert.deepEqual(placeOf('/out/a', ['in']), { kind: 'elsewhere' });
    assert.equal(canonicalPath('..//in/./x/..'), '/in');
  });
});

describe('built-in SFTP server: turns', () => {
  it('runs a few at a time in order, and turns away who would wait too long', async () => {
    const turns = createTurns(2, 1);
    const gates: (() => void)[] = [];
    const work = (name: string) => () => new Promise<string>((done) => gates.push(() => done(name)));
    const results = ['a', 'b', 'c', 'd'].map((name) => turns(work(name)));
    assert.equal(await results[3], null);
    assert.equal(gates.length, 2);
    gates[0]?.();
    assert.equal(await results[0], 'a');
    for (const gate of gates) gate();
    assert.equal(await results[1], 'b');
    gates[2]?.();
    assert.equal(await results[2], 'c');
    await assert.rejects(
      turns(async () => assert.fail('no')),
      /no/,
    );
    assert.equal(await turns(async () => 'still there'), 'still there');
  });
});
