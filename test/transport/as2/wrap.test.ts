import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Cipher, Digest, Packing } from '../../../src/transport/as2/as2.ts';
import { collect } from '../../../src/transport/as2/piece.ts';
import { unwrap } from '../../../src/transport/as2/unwrap.ts';
import { wrap } from '../../../src/transport/as2/wrap.ts';
import { testFolder } from '../../support/folder.ts';
import {
  countingWorkshop,
  fixture,
  fixtureMessage,
  fixtureMic,
  harbour,
  harbourKey,
  harrow,
  inChunks,
  now,
  packing,
  partnership,
} from './mime-messages.ts';

const run = promisify(execFile);
const payload = fixture('payload.edi');

/** Harbour packs for Harrow. */
async function packed(how: Packing, filename: string | null = 'order 905.edi', content = payload) {
  const workshop = countingWorkshop();
  const terms = { packing: how, contentType: 'application/edi-x12', filename, workshop, now };
  const wrapped = await wrap({
    ...terms,
    payload: inChunks(content, 100),
    signWith: harbourKey,
    encryptTo: harrow.certificate,
  });
  assert.deepEqual([...workshop.live], [wrapped.body], 'only the body is left');
  return { ...wrapped, bytes: await collect(wrapped.body.read()) };
}

async function opened(
  message: { headers: Record<string, string>; bytes: Buffer },
  micDigests: readonly Digest[] = [],
) {
  const headers = Object.fromEntries(Object.entries(message.headers).map(([n, v]) => [n.toLowerCase(), v]));
  const terms = { workshop: countingWorkshop(), now, micDigests };
  const result = await unwrap({ headers, body: inChunks(message.bytes, 999) }, partnership(), terms);
  return { ...result, payload: await collect(result.payload.read()) };
}

describe('wrap', () => {
  const signs: Packing['sign'][] = ['none', 'sha-1', 'sha-256', 'sha-384', 'sha-512'];
  const ciphers: Packing['encrypt'][] = ['none', 'aes-256-cbc', 'aes-128-gcm'];
  const compressions: Packing['compress'][] = ['none', 'before-signing', 'after-signing'];
  for (const sign of signs) {
    for (const encrypt of ciphers) {
      for (const compress of compressions) {
        for (const transferEncoding of ['binary', 'base64'] as const) {
          it(`sign ${sign}, encrypt ${encrypt}, compress ${compress}, ${transferEncoding}`, async () => {
            const sent = await packed(packing({ sign, encrypt, compress }, { transferEncoding }));
            const got = await opened(sent, ['sha-384']);
            assert.deepEqual(got.payload, payload);
            assert.equal(got.filename, 'order 905.edi');
            assert.equal(got.mic.digest, sign === 'none' ? 'sha-384' : sign);
            assert.equal(sent.mics[got.mic.digest], got.mic.value);
            assert.equal(got.encrypted?.cipher ?? 'none', encrypt as Cipher);
            assert.equal(got.signed?.digest ?? 'none', sign);
            assert.equal(got.compressed, compress !== 'none');
          });
        }
      }
    }
  }

  it('computes the MICs that openssl computed', async () => {
    const signed = await packed(packing({ encrypt: 'none' }));
    assert.equal(signed.mics['sha-256'], fixtureMic('signed').value);
    assert.equal(signed.mics['sha-1'], fixtureMic('signed-sha1').value);
    assert.equal(signed.mics['sha-384'], fixtureMic('signed-384').value);
    assert.equal(signed.mics['sha-512'], fixtureMic('signed-512').value);
    const encrypted = await packed(packing({ sign: 'none' }));
    assert.equal(encrypted.mics['sha-1'], fixtureMic('encrypted').value);
    const compressed = await packed(packing({ sign: 'none', encrypt: 'none', compress: 'before-signing' }));
    assert.equal(compressed.mics['sha-1'], fixtureMic('compressed').value);
    const plain = await packed(packing({ sign: 'none', encrypt: 'none' }));
    assert.equal(plain.mics['sha-1'], fixtureMic('plain').value);
    assert.deepEqual(plain.bytes, fixtureMessage('plain').body);
  });

  it('signs what openssl verifies, over the part between the boundaries', async () => {
    const folder = await testFolder('wrap');
    try {
      const { headers, bytes, mics } = await packed(packing({ encrypt: 'none', sign: 'sha-384' }));
      const boundary = /boundary="(.*)"/.exec(headers['Content-Type'] ?? '')?.[1] ?? '';
      const [, part, signature] = bytes
        .toString('latin1')
        .split(new RegExp(`(?:^|\r\n)--${boundary}(?:\r\n|--)`));
      const file = (name: string) => join(folder.path, name);
      await writeFile(file('part'), part ?? '', 'latin1');
      await writeFile(file('p7s'), Buffer.from(signature?.split('\r\n\r\n')[1] ?? '', 'base64'));
      await writeFile(file('crt'), harbour.pem);
      const arguments_ = [
        'cms',
        '-verify',
        '-binary',
        '-inform',
        'DER',
        '-in',
        file('p7s'),
        '-content',
        file('part'),
      ];
      const { stderr } = await run('openssl', [...arguments_, '-CAfile', file('crt'), '-out', file('out')]);
      assert.match(stderr, /successful/i);
      const digest = createHash('sha384').update(Buffer.from(part ?? '', 'latin1'));
      assert.equal(digest.digest('base64'), mics['sha-384']);
    } finally {
      await folder.remove();
    }
  });

  it('spells digests, quotes names and codes parts as the partner needs it', async () => {
    const quirks = { digestSpelling: 'sha256', quoteFilename: false, transferEncoding: 'base64' } as const;
    const { headers, bytes } = await packed(packing({ encrypt: 'none' }, quirks), 'po.edi');
    assert.match(headers['Content-Type'] ?? '', /; micalg=sha256; /);
    const text = bytes.toString('latin1');
    assert.match(text, /\r\nContent-Disposition: attachment; filename=po\.edi\r\n\r\n/);
    assert.match(text, /\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: att/);
    const gcm = await packed(packing({ encrypt: 'aes-256-gcm' }));
    assert.match(
      gcm.headers['Content-Type'] ?? '',
      /^application\/pkcs7-mime; smime-type=authEnveloped-data; /,
    );
  });

  it('keeps names whole, whatever they hold', async () => {
    for (const filename of [
      'a"b\\c.edi',
      '../../etc/passwd',
      'Bestellung für Köln.edi',
      '注文.edi',
      ';=%27.edi',
    ]) {
      assert.equal((await opened(await packed(packing(), filename))).filename, filename);
    }
    assert.equal((await opened(await packed(packing(), null))).filename, null);
  });

  it('makes nothing without the key or the certificate that it needs', async () => {
    const workshop = countingWorkshop();
    const terms = {
      payload: inChunks(payload, 99),
      contentType: 'text/plain',
      filename: null,
      workshop,
      now,
    };
    const without = { ...terms, packing: packing(), signWith: null, encryptTo: null };
    await assert.rejects(wrap(without), /no key to sign/);
    await assert.rejects(wrap({ ...without, signWith: harbourKey }), /no certificate to encrypt/);
    assert.equal(workshop.live.size, 0);
  });
});
