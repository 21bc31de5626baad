import assert from 'node:assert/strict';
import type { Cipher, KeyTransport } from '../../../src/transport/as2/as2.ts';
import { decrypt, encrypt, smimeTypeOf } from '../../../src/transport/as2/enveloped-data.ts';
import { ciphers as cipherTable } from '../../../src/transport/as2/oids.ts';
import { collect, pieceOf } from '../../../src/transport/as2/piece.ts';
import { ownKey } from './certificates.ts';
import { openWorkbench, type Workbench } from './cms-openssl.ts';

const ciphers = Object.keys(cipherTable) as Cipher[];
const keyTransports: readonly KeyTransport[] = ['pkcs1', 'oaep'];
/** Large enough for several segments of `openssl -stream`. */
const content = Buffer.from('Content-Type: application/edi-x12\r\n\r\nISA*00*~\r\n'.repeat(400));

/** A message that openssl encrypts, and ways to do it. */
interface Encrypting {
  readonly name: string;
  readonly cipher: Cipher;
  readonly keyTransport: KeyTransport;
  readonly options: readonly string[];
  readonly to: readonly string[];
}

const oaep = (...digests: string[]) =>
  ['rsa_padding_mode:oaep', ...digests].flatMap((option) => ['-keyopt', option]);

const plain: Encrypting[] = ciphers.flatMap((cipher) => [
  { name: `${cipher}-pkcs1`, cipher, keyTransport: 'pkcs1', options: [], to: ['us'] },
  { name: `${cipher}-oaep`, cipher, keyTransport: 'oaep', options: oaep(), to: ['us'] },
  { name: `${cipher}-streamed`, cipher, keyTransport: 'pkcs1', options: ['-stream'], to: ['us'] },
]);
const special: Encrypting[] = [
  ...['sha1', 'sha256', 'sha384', 'sha512'].map((md) => [`rsa_oaep_md:${md}`, `rsa_mgf1_md:${md}`]),
  ['rsa_oaep_md:sha256'],
  ['rsa_oaep_md:sha256', 'rsa_mgf1_md:sha1'],
  ['rsa_oaep_md:sha1', 'rsa_mgf1_md:sha512'],
  ['rsa_oaep_md:sha256', 'rsa_oaep_label:504f52544f4c414e'],
].map((options) => ({
  name: options.join('-').replaceAll(':', '.'),
  cipher: 'aes-256-gcm',
  keyTransport: 'oaep',
  options: oaep(...options),
  to: ['us'],
}));
const several: Encrypting[] = [
  { name: 'keyid', cipher: 'aes-128-cbc', keyTransport: 'pkcs1', options: ['-keyid'], to: ['us'] },
  {
    name: 'keyid-gcm',
    cipher: 'aes-128-gcm',
    keyTransport: 'pkcs1',
    options: ['-keyid', '-stream'],
    to: ['us'],
  },
  {
    name: 'three',
    cipher: 'aes-256-cbc',
    keyTransport: 'pkcs1',
    options: [],
    to: ['partner', 'us', 'stranger'],
  },
  { name: 'overlap', cipher: 'aes-256-cbc', keyTransport: 'pkcs1', options: [], to: ['next', 'us'] },
  { name: 'next', cipher: 'aes-256-cbc', keyTransport: 'pkcs1', options: [], to: ['next'] },
];
const given = [...plain, ...special, ...several];

const ours = ciphers.flatMap((cipher) =>
  keyTransports.map((keyTransport) => ({ name: `ours-${cipher}-${keyTransport}`, cipher, keyTransport })),
);

describe('CMS encryption with openssl', () => {
  const us = ownKey('us');
  const next = ownKey('us-next', { subject: 'us', serial: 7 });
  const partner = ownKey('partner');
  let bench: Workbench;
  let failed: string[];

  before(async () => {
    bench = openWorkbench();
    bench.put('content', content);
    bench.put('partner.key', partner.keyPem);
    for (const [name, { certificatePem }] of Object.entries({
      us,
      partner,
      next,
      stranger: ownKey('stranger'),
    })) {
      bench.put(`${name}.pem`, certificatePem);
    }
    for (const { name, cipher, keyTransport } of ours) {
      const { size, bytes } = encrypt(pieceOf(content), { cipher, keyTransport, to: partner.certificate });
      const cms = await collect(bytes);
      assert.equal(cms.length, size);
      bench.put(name, cms);
    }
    failed = bench.run([...given.map(encrypting), ...ours.map(({ name }) => decrypting(name))]);
  });
  after(() => bench.remove());

  it('is done by openssl, and what we encrypt is decrypted by it', () => {
    assert.deepEqual(failed, []);
    for (const { name } of ours) assert.deepEqual(bench.get(`${name}.content`), content, name);
  });

  for (const { name, cipher, keyTransport } of given) {
    it(`of openssl is decrypted: ${name}`, async () => {
      const opened = await decrypt(pieceOf(bench.get(name)).read(), [next.own, us.own], {
        ciphers: [cipher],
      });
      assert.deepEqual([opened.cipher, opened.keyTransport], [cipher, keyTransport]);
      assert.deepEqual(await collect(opened.content), content);
      assert.equal(opened.sound(), true);
    });
  }

  for (const { name, cipher, keyTransport } of ours) {
    it(`of ours is decrypted by us: ${name}`, async () => {
      const opened = await decrypt(pieceOf(bench.get(name)).read(), [partner.own], { ciphers });
      assert.deepEqual([opened.cipher, opened.keyTransport], [cipher, keyTransport]);
      assert.deepEqual(await collect(opened.content), content);
    });
  }

  it('is read however its bytes come', async () => {
    for (const name of ['aes-256-cbc-streamed', 'aes-256-gcm-streamed', '3des-pkcs1']) {
      for (const size of [11, 1000]) {
        const opened = await decrypt(inChunks(bench.get(name), size), [us.own], { ciphers });
        assert.deepEqual(await collect(opened.content), content);
      }
    }
  });

  it('is of the size that was said, for content of every size', async () => {
    for (const cipher of ['aes-128-cbc', '3des', 'aes-128-gcm'] as const) {
      for (const length of [0, 1, 7, 8, 15, 16, 17, 100, 127, 128, 200, 255, 256, 65_000, 70_000]) {
        const some = Buffer.alloc(length, 'x');
        const { size, bytes } = encrypt(pieceOf(some), { cipher, keyTransport: 'pkcs1', to: us.certificate });
        const cms = await collect(bytes);
        assert.equal(cms.length, size);
        const opened = await decrypt(pieceOf(cms).read(), [us.own], { ciphers });
        assert.deepEqual(await collect(opened.content), some);
        assert.equal(opened.sound(), true);
      }
    }
  });

  it('names its kind', () => {
    assert.equal(smimeTypeOf('aes-128-gcm'), 'authEnveloped-data');
    assert.equal(smimeTypeOf('3des'), 'enveloped-data');
  });

  it('is refused where nobody has the key, or the cipher is not taken', async () => {
    const open = (name: string, keys = [us.own]) =>
      decrypt(pieceOf(bench.get(name)).read(), keys, { ciphers: ['aes-256-cbc', 'aes-128-gcm'] });
    await assert.rejects(open('aes-256-cbc-pkcs1', [partner.own]), { modifier: 'decryption-failed' });
    await assert.rejects(open('aes-256-cbc-pkcs1', []), { modifier: 'decryption-failed' });
    await assert.rejects(open('keyid-gcm', [partner.own]), { modifier: 'decryption-failed' });
    await assert.rejects(open('3des-pkcs1'), { modifier: 'insufficient-message-security' });
    await assert.rejects(open('aes-256-gcm-pkcs1'), { modifier: 'insufficient-message-security' });
  });

  it('does not take content that is of another size than it said', async () => {
    const lying = { ...pieceOf(content), size: content.length + 1 };
    const { bytes } = encrypt(lying, { cipher: 'aes-128-cbc', keyTransport: 'pkcs1', to: us.certificate });
    await assert.rejects(collect(bytes), /another size/);
  });
});

function encrypting({ name, cipher, options, to }: Encrypting): string[] {
  const flag = cipher === '3des' ? '-des3' : `-${cipher}`;
  return [
    ...['cms', '-encrypt', '-binary', '-in', 'content', '-outform', 'DER', '-out', name, flag],
    ...to.flatMap((recipient) => [
      '-recip',
      `${recipient}.pem`,
      ...options.filter((word) => word !== '-stream'),
    ]),
    ...options.filter((word) => word === '-stream'),
  ];
}

function decrypting(name: string): string[] {
  return [
    ...'cms -decrypt -binary -inform DER -recip partner.pem -inkey partner.key'.split(' '),
    ...['-in', name, '-out', `${name}.content`],
  ];
}

async function* inChunks(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
