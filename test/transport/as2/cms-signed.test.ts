import assert from 'node:assert/strict';
import type { Digest, SignatureForm } from '../../../src/transport/as2/as2.ts';
import { digests as digestTable } from '../../../src/transport/as2/oids.ts';
import { collect, digestsOf, pieceOf } from '../../../src/transport/as2/piece.ts';
import {
  digestsIn,
  openSigned,
  readSignedData,
  type SignedData,
  signDetached,
  verify,
} from '../../../src/transport/as2/signed-data.ts';
import { ownKey } from './certificates.ts';
import { openWorkbench, type Workbench } from './cms-openssl.ts';

const digests: readonly Digest[] = ['sha-1', 'sha-256', 'sha-384', 'sha-512'];
const forms: readonly SignatureForm[] = ['pkcs1', 'pss'];
const now = new Date('2026-06-01');
/** Large enough for several segments of `openssl -stream`. */
const content = Buffer.from('Content-Type: application/edi-x12\r\n\r\nISA*00*~\r\n'.repeat(400));

/** A signature that openssl makes, and ways to make it. */
interface Signing {
  readonly name: string;
  readonly digest: Digest;
  readonly form: SignatureForm;
  readonly opaque: boolean;
  readonly options: readonly string[];
}

const signings: Signing[] = digests.flatMap((digest) =>
  forms.flatMap((form) =>
    [false, true].flatMap((opaque) => [
      { name: `${digest}-${form}-${opaque}`, digest, form, opaque, options: [] },
      { name: `${digest}-${form}-${opaque}-keyid`, digest, form, opaque, options: ['-keyid', '-nosmimecap'] },
    ]),
  ),
);
/** openssl does not stream RSA-PSS. */
const streamed: Signing[] = [
  { name: 'streamed', digest: 'sha-256', form: 'pkcs1', opaque: true, options: ['-stream'] },
  {
    name: 'streamed-nocerts',
    digest: 'sha-512',
    form: 'pkcs1',
    opaque: true,
    options: ['-stream', '-nocerts'],
  },
];
const salted: Signing = {
  name: 'salted',
  digest: 'sha-256',
  form: 'pss',
  opaque: false,
  options: ['-keyopt', 'rsa_pss_saltlen:20'],
};

/** A signature that we make. */
const ours = digests.flatMap((digest) =>
  forms.flatMap((form) =>
    [false, true].map((algorithmProtection) => ({
      name: `ours-${digest}-${form}-${algorithmProtection}`,
      digest,
      form,
      algorithmProtection,
    })),
  ),
);

describe('CMS signatures with openssl', () => {
  const us = ownKey('us');
  const partner = ownKey('partner');
  const stranger = ownKey('stranger');
  let bench: Workbench;
  let failed: string[];

  before(async () => {
    bench = openWorkbench();
    bench.put('content', content);
    bench.put('us.pem', us.certificatePem);
    bench.put('partner.pem', partner.certificatePem);
    bench.put('partner.key', partner.keyPem);
    bench.put('stranger.pem', stranger.certificatePem);
    bench.put('stranger.key', stranger.keyPem);
    const made = await digestsOf(pieceOf(content).read(), digests);
    for (const { name, digest, form, algorithmProtection } of ours) {
      const contentDigest = made[digests.indexOf(digest)] as Buffer;
      bench.put(
        name,
        signDetached({ digest, contentDigest, form, key: us.own, at: now, algorithmProtection }),
      );
    }
    failed = bench.run([
      ...[...signings, ...streamed, salted].map(signing),
      ...ours.map(({ name }) => verifying(name)),
      ...['-noattr', '-econtent_type 1.2.3.4'].map((option, i) =>
        signing({ name: `odd-${i}`, digest: 'sha-256', form: 'pkcs1', opaque: true, options: [option] }),
      ),
      signing({
        ...salted,
        name: 'both',
        form: 'pkcs1',
        options: ['-signer', 'stranger.pem', '-inkey', 'stranger.key'],
      }),
    ]);
  });
  after(() => bench.remove());

  it('are made by openssl, and what we make is verified by it', () => {
    assert.deepEqual(failed, []);
    for (const { name } of ours) assert.deepEqual(bench.get(`${name}.content`), content, name);
  });

  for (const given of [...signings, ...streamed, salted]) {
    it(`of openssl are verified: ${given.name}`, async () => {
      const read = given.opaque ? await opened(bench.get(given.name)) : detached(bench.get(given.name));
      assert.deepEqual(read.content, content);
      assert.deepEqual(digestsIn(read.signed), [given.digest]);
      const found = await proven(read.signed, read.content);
      assert.deepEqual(
        [found.certificate, found.digest, found.form],
        [partner.certificate, given.digest, given.form],
      );
      const other = Buffer.from(content);
      other[7000] = 0x21;
      await assert.rejects(proven(read.signed, other), { modifier: 'integrity-check-failed' });
    });
  }

  for (const { name, digest, form } of ours) {
    it(`of ours are verified by us: ${name}`, async () => {
      const found = await proven(readSignedData(bench.get(name)), content);
      assert.deepEqual([found.certificate, found.digest, found.form], [us.certificate, digest, form]);
    });
  }

  it('of several signers count if one is pinned', async () => {
    const signed = readSignedData(bench.get('both'));
    assert.equal(signed.signers.length, 2);
    assert.equal((await proven(signed, content)).certificate, partner.certificate);
  });

  it('without signed attributes are refused', async () => {
    const { signed } = await opened(bench.get('odd-0'));
    await assert.rejects(proven(signed, content), {
      modifier: 'authentication-failed',
      message: 'The signature has no signed attributes',
    });
  });

  it('of another type of content are refused', async () => {
    await assert.rejects(opened(bench.get('odd-1')), { modifier: 'unsupported-format' });
  });

  it('are read however their bytes come', async () => {
    const cms = bench.get('streamed');
    for (const size of [1, 1000]) {
      const { signed, content: inside } = await opened(cms, size);
      assert.deepEqual(inside, content);
      assert.equal((await proven(signed, inside)).certificate, partner.certificate);
    }
  });

  async function proven(signed: SignedData, bytes: Buffer) {
    const wanted = digestsIn(signed);
    const found = await digestsOf(pieceOf(bytes).read(), wanted);
    const contentDigests = new Map(wanted.map((digest, i) => [digest, found[i] as Buffer]));
    return verify(signed, contentDigests, [us.certificate, partner.certificate], {
      digests,
      expired: false,
      now,
    });
  }
});

function signing({ name, digest, form, opaque, options }: Signing): string[] {
  return [
    ...'cms -sign -binary -in content -signer partner.pem -inkey partner.key -outform DER'.split(' '),
    ...['-md', digestTable[digest].hash, '-out', name],
    ...(opaque ? ['-nodetach'] : []),
    ...(form === 'pss' ? ['-keyopt', 'rsa_padding_mode:pss'] : []),
    ...options,
  ];
}

function verifying(name: string): string[] {
  return [
    ...'cms -verify -binary -content content -inform DER -CAfile us.pem -purpose any'.split(' '),
    ...['-in', name, '-out', `${name}.content`],
  ];
}

function detached(cms: Buffer): { signed: SignedData; content: Buffer } {
  return { signed: readSignedData(cms), content };
}

async function opened(cms: Buffer, chunkBytes = 4096): Promise<{ signed: SignedData; content: Buffer }> {
  async function* chunks() {
    for (let at = 0; at < cms.length; at += chunkBytes) yield cms.subarray(at, at + chunkBytes);
  }
  const { content: inside, finish } = openSigned(chunks());
  assert.throws(finish, /before its content/);
  const bytes = await collect(inside);
  return { signed: finish(), content: bytes };
}
