import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { digestAlgorithm, hashAndMask } from '../../../src/transport/as2/algorithm.ts';
import type { Certificate, Digest, Modifier } from '../../../src/transport/as2/as2.ts';
import { readElement } from '../../../src/transport/as2/ber.ts';
import { issuerAndSerial, readCertificate } from '../../../src/transport/as2/certificate.ts';
import {
  element,
  integer,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  set,
  tagged,
} from '../../../src/transport/as2/der.ts';
import { algorithms, attributes, contentTypes, digests } from '../../../src/transport/as2/oids.ts';
import { collect, pieceOf } from '../../../src/transport/as2/piece.ts';
import { digestsIn, openSigned, readSignedData, verify } from '../../../src/transport/as2/signed-data.ts';
import { ownKey } from './certificates.ts';
import {
  attribute,
  forgeSigned,
  forgeSigner,
  inBer,
  retag,
  rsa,
  type SignerForgery,
  usualAttributes,
} from './cms-forge.ts';

const content = Buffer.from("Content-Type: application/edifact\r\n\r\nUNA:+.? '");
const now = new Date('2026-06-01');
const us = ownKey('us');
const partner = ownKey('partner');
const stranger = ownKey('stranger');
const usual = usualAttributes(content);
const both = Object.values(usual);
/** DER even where the rest is BER: signed attributes, and names, which are copied from certificates. */
const kept = [retag(0xa0, set(...both)), issuerAndSerial(partner.certificate)];

function judge(
  cms: Buffer,
  pinned: readonly Certificate[] = [us.certificate, partner.certificate],
  demands: Partial<Parameters<typeof verify>[3]> = {},
  over: Buffer = content,
) {
  const signed = readSignedData(cms);
  const found = new Map(
    digestsIn(signed).map((digest) => [digest, createHash(digests[digest].hash).update(over).digest()]),
  );
  return verify(signed, found, pinned, {
    digests: ['sha-256', 'sha-384', 'sha-512'],
    expired: false,
    now,
    ...demands,
  });
}

function signedBy(forgery: Partial<SignerForgery>, announced: Digest[] = ['sha-256']): Buffer {
  return forgeSigned([forgeSigner(content, { key: partner.own, ...forgery })], { announced });
}

function refused(run: () => unknown, modifier: Modifier, reason: RegExp): void {
  assert.throws(run, (error: Error & { modifier?: Modifier }) => {
    assert.equal(error.name, 'Refusal', error.stack ?? '');
    assert.deepEqual([error.modifier, reason.test(error.message)], [modifier, true], error.message);
    return true;
  });
}

describe('Who signed', () => {
  it('is told by issuer and serial number, and by subject key identifier', () => {
    assert.equal(judge(signedBy({})).certificate, partner.certificate);
    const keyId = element(0x80, partner.certificate.subjectKeyId as Buffer);
    assert.equal(judge(signedBy({ named: keyId })).certificate, partner.certificate);
    assert.equal(judge(inBer(signedBy({ named: keyId }), kept)).certificate, partner.certificate);
  });

  it('is never told by a certificate in the message', () => {
    const forged = ownKey('partner-forged', {
      subject: 'partner',
      keyOf: 'stranger',
      serial: Number(`0x${partner.certificate.serial.toString('hex')}`),
    });
    assert.deepEqual(forged.certificate.serial, partner.certificate.serial);
    assert.deepEqual(forged.certificate.issuer, partner.certificate.issuer);
    const keyId = element(0x80, partner.certificate.subjectKeyId as Buffer);
    for (const named of [issuerAndSerial(forged.certificate), keyId]) {
      const signer = forgeSigner(content, { key: forged.own, named });
      const cms = forgeSigned([signer], { certificates: [forged.certificate] });
      refused(() => judge(cms), 'authentication-failed', /not of the certificate/);
      const pinned = { ...forged.certificate, subjectKeyId: partner.certificate.subjectKeyId };
      assert.equal(judge(cms, [pinned]).certificate, pinned);
    }
  });

  it('is nobody who is not pinned, and nobody if there is no signature', () => {
    const cms = forgeSigned([forgeSigner(content, { key: stranger.own })], {
      certificates: [stranger.certificate],
    });
    refused(() => judge(cms), 'authentication-failed', /pinned/);
    refused(() => judge(signedBy({}), []), 'authentication-failed', /pinned/);
    refused(
      () => judge(forgeSigned([], { certificates: [partner.certificate] })),
      'authentication-failed',
      /pinned/,
    );
    assert.deepEqual(digestsIn(readSignedData(forgeSigned([]))), []);
  });

  it('is found among several signers, of whom one must be good', () => {
    const good = forgeSigner(content, { key: partner.own });
    const unknown = forgeSigner(content, { key: stranger.own });
    const bad = forgeSigner(content, { key: us.own, signature: Buffer.alloc(256, 1) });
    const odd = forgeSigner(content, { key: us.own, attributes: null });
    assert.equal(judge(forgeSigned([unknown, bad, odd, good])).certificate, partner.certificate);
    refused(() => judge(forgeSigned([bad, unknown])), 'authentication-failed', /not of the certificate/);
    const wrong = forgeSigner(Buffer.from('other'), { key: us.own });
    refused(() => judge(forgeSigned([wrong, bad])), 'integrity-check-failed', /not what was signed/);
    refused(() => judge(forgeSigned(Array(17).fill(good))), 'authentication-failed', /too many signers/);
  });

  it('may be any of the pinned certificates, in overlap', () => {
    const renewed = ownKey('partner-renewed', { subject: 'partner', keyOf: 'stranger' });
    const pinned = [partner.certificate, renewed.certificate];
    assert.equal(judge(signedBy({ key: renewed.own }), pinned).certificate, renewed.certificate);
    assert.equal(judge(signedBy({}), pinned).certificate, partner.certificate);
  });

  it('is judged by the time of the certificate', () => {
    const old = ownKey('partner-old', { keyOf: 'partner', notAfter: new Date('2026-05-31T23:59:59Z') });
    const young = ownKey('partner-young', { keyOf: 'partner', notBefore: new Date('2026-06-01T00:00:01Z') });
    const by = ({ own, certificate }: typeof old, demands = {}) =>
      judge(signedBy({ key: own }), [certificate], demands);
    refused(() => by(old), 'authentication-failed', /not valid now/);
    refused(() => by(young), 'authentication-failed', /not valid now/);
    refused(() => by(young, { expired: true }), 'authentication-failed', /not valid now/);
    assert.equal(by(old, { expired: true }).certificate, old.certificate);
    assert.equal(by(old, { now: new Date('2026-05-31T23:59:59Z') }).certificate, old.certificate);
  });

  it('is nobody with a key that is no RSA key', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const certificate = {
      ...partner.certificate,
      publicKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey,
    };
    const cms = signedBy({ signature: sign('sha256', set(...both), privateKey) });
    refused(() => judge(cms, [certificate]), 'authentication-failed', /not of the certificate/);
  });
});

describe('What was signed', () => {
  it('is the content and nothing else', () => {
    refused(
      () => judge(signedBy({}), undefined, {}, Buffer.from('other')),
      'integrity-check-failed',
      /signed/,
    );
    refused(() => judge(signedBy({ signature: Buffer.alloc(256) })), 'authentication-failed', /not of the/);
    refused(() => judge(signedBy({ signature: Buffer.alloc(0) })), 'authentication-failed', /not of the/);
    const changed = retag(0xa0, set(usual.contentType, usualAttributes(Buffer.from('other')).messageDigest));
    const cms = signedBy({ travelling: changed });
    refused(() => judge(cms, undefined, {}, Buffer.from('other')), 'authentication-failed', /not of the/);
  });

  it('is never the attributes of another signature, taken for content', () => {
    // The bytes that were signed become content, the signature one without attributes.
    const inner = set(...both);
    const cms = forgeSigned([forgeSigner(inner, { key: partner.own, attributes: null })]);
    refused(() => judge(cms, undefined, {}, inner), 'authentication-failed', /no signed attributes/);
  });

  const flawed: [string, Partial<SignerForgery>, Modifier, RegExp][] = [
    [
      'contentType is missing',
      { attributes: [usual.messageDigest] },
      'authentication-failed',
      /lacks its attribute contentType/,
    ],
    [
      'messageDigest is missing',
      { attributes: [usual.contentType] },
      'authentication-failed',
      /lacks its attribute messageDigest/,
    ],
    ['there are no attributes', { attributes: [] }, 'authentication-failed', /lacks/],
    [
      'messageDigest comes twice',
      { attributes: [...both, usualAttributes(Buffer.from('x')).messageDigest] },
      'authentication-failed',
      /exactly one value/,
    ],
    [
      'messageDigest has two values',
      {
        attributes: [
          usual.contentType,
          attribute(attributes.messageDigest, octetString(Buffer.alloc(32)), octetString(Buffer.alloc(32))),
        ],
      },
      'authentication-failed',
      /exactly one value/,
    ],
    [
      'messageDigest has no value',
      { attributes: [usual.contentType, attribute(attributes.messageDigest)] },
      'authentication-failed',
      /exactly one value/,
    ],
    [
      'contentType is another',
      {
        attributes: [
          attribute(attributes.contentType, objectIdentifier(contentTypes.signedData)),
          usual.messageDigest,
        ],
      },
      'authentication-failed',
      /another type/,
    ],
    [
      'the digest is not known',
      { digestAlgorithm: sequence(objectIdentifier('1.2.840.113549.2.5'), nothing) },
      'unsupported-mic-algorithms',
      /digest/,
    ],
    [
      'the algorithm is not known',
      { algorithm: sequence(objectIdentifier('1.2.840.10045.4.3.2')) },
      'unsupported-format',
      /not known/,
    ],
    [
      'the algorithm is of another digest',
      { algorithm: sequence(objectIdentifier(digests['sha-1'].withRsa), nothing) },
      'authentication-failed',
      /another digest/,
    ],
  ];
  for (const [what, forgery, modifier, reason] of flawed) {
    it(`is refused where ${what}`, () => refused(() => judge(signedBy(forgery)), modifier, reason));
  }

  it('may be named by the digest too', () => {
    const algorithm = sequence(objectIdentifier(digests['sha-256'].withRsa), nothing);
    assert.equal(judge(signedBy({ algorithm })).form, 'pkcs1');
  });

  it('is refused with SHA-1 unless that is taken', () => {
    const cms = signedBy({ digest: 'sha-1' }, ['sha-1']);
    refused(() => judge(cms), 'insufficient-message-security', /sha-1/);
    assert.equal(judge(cms, undefined, { digests: ['sha-1'] }).digest, 'sha-1');
    refused(
      () => judge(signedBy({}), undefined, { digests: ['sha-512'] }),
      'insufficient-message-security',
      /sha-256/,
    );
  });

  it('is refused with a digest that is not announced', () => {
    refused(() => judge(signedBy({}, ['sha-512'])), 'authentication-failed', /announce/);
    assert.equal(judge(signedBy({}, ['sha-512', 'sha-256'])).digest, 'sha-256');
  });

  it('needs a digest over the content', () => {
    const signed = readSignedData(signedBy({}));
    const demands = { digests: ['sha-256'] as const, expired: false, now };
    assert.throws(() => verify(signed, new Map(), [partner.certificate], demands), /sha-256 is needed/);
  });

  it('are attributes as received, which must be DER', () => {
    const signed = set(...both);
    const backwards = element(0x31, ...[...both].sort(Buffer.compare).reverse());
    const unsorted = {
      travelling: retag(0xa0, backwards),
      signature: sign('sha256', backwards, partner.own.privateKey),
    };
    assert.equal(judge(signedBy(unsorted)).certificate, partner.certificate);
    const indefinite = Buffer.concat([Buffer.of(0xa0, 0x80), readElement(signed).contents, Buffer.of(0, 0)]);
    refused(() => judge(signedBy({ travelling: indefinite })), 'authentication-failed', /not DER/);
  });
});

describe('Algorithms of a signature', () => {
  const protection = (digest: Buffer, algorithm: Buffer, tag = 0xa1) =>
    attribute(attributes.algorithmProtection, sequence(digest, retag(tag, algorithm)));

  it('are protected where the signer says so (RFC 6211)', () => {
    const withNull = digestAlgorithm('sha-256', 'null');
    for (const value of [protection(digestAlgorithm('sha-256'), rsa), protection(withNull, rsa)]) {
      assert.equal(judge(signedBy({ attributes: [...both, value] })).digest, 'sha-256');
    }
    for (const value of [
      protection(digestAlgorithm('sha-512'), rsa),
      protection(digestAlgorithm('sha-256'), sequence(objectIdentifier(digests['sha-256'].withRsa), nothing)),
      protection(digestAlgorithm('sha-256'), rsa, 0xa2),
      attribute(attributes.algorithmProtection, sequence(digestAlgorithm('sha-256'))),
    ]) {
      const cms = signedBy({ attributes: [...both, value] });
      refused(() => judge(cms), 'authentication-failed', /not those that were signed/);
    }
  });

  const salt = tagged(2, integer(32));
  const pss = (...fields: Buffer[]) => ({
    algorithm: sequence(objectIdentifier(algorithms.pss), sequence(...fields)),
  });
  const [hash, mask] = hashAndMask('sha-256') as [Buffer, Buffer];
  const foreign: [string, Partial<SignerForgery>, RegExp][] = [
    ['another digest', pss(...hashAndMask('sha-512'), salt), /another digest/],
    ['another mask', pss(hash, hashAndMask('sha-512')[1] as Buffer, salt), /another digest/],
    [
      'a mask that is no MGF1',
      pss(hash, tagged(1, sequence(objectIdentifier('1.2.3'), hash)), salt),
      /another digest/,
    ],
    [
      'the digest of no parameters',
      { algorithm: sequence(objectIdentifier(algorithms.pss)) },
      /another digest/,
    ],
    ['another length of the salt', pss(hash, mask, tagged(2, integer(20))), /not of the certificate/],
    ['an absurd salt', pss(hash, mask, tagged(2, integer(100_000))), /salt/],
    ['an unknown trailer', pss(hash, mask, salt, tagged(3, integer(2))), /trailer/],
    ['a field twice', pss(hash, hash, mask, salt), /broken/],
  ];
  for (const [what, forgery, reason] of foreign) {
    it(`are refused where RSA-PSS has ${what}`, () => {
      const signature = sign('sha256', set(...both), {
        key: partner.own.privateKey,
        padding: 6,
        saltLength: 32,
      });
      assert.equal(judge(signedBy({ signature, ...pss(hash, mask, salt) })).form, 'pss');
      assert.equal(
        judge(signedBy({ signature, ...pss(hash, mask, salt, tagged(3, integer(1))) })).form,
        'pss',
      );
      refused(() => judge(signedBy({ signature, ...forgery })), 'authentication-failed', reason);
    });
  }
});

describe('Signed data', () => {
  it('is read in BER, detached and opaque', async () => {
    const signer = forgeSigner(content, { key: partner.own });
    const detached = inBer(forgeSigned([signer]), kept);
    assert.equal(judge(detached).certificate, partner.certificate);
    const opaque = forgeSigned([signer], { opaque: true, content, certificates: [partner.certificate] });
    for (const cms of [opaque, inBer(opaque, kept, 10)]) {
      const { content: inside, finish } = openSigned(pieceOf(cms).read());
      assert.deepEqual(await collect(inside), content);
      assert.equal(finish().signers.length, 1);
    }
  });

  it('is refused where it is something else, or broken', async () => {
    const data = sequence(objectIdentifier(contentTypes.data), tagged(0, octetString(content)));
    refused(() => readSignedData(data), 'unsupported-format', /Content type/);
    refused(() => readSignedData(Buffer.from('MIIB')), 'authentication-failed', /broken/);
    refused(
      () => readSignedData(Buffer.concat([signedBy({}), Buffer.of(0)])),
      'authentication-failed',
      /follow/,
    );
    assert.doesNotThrow(() => readSignedData(Buffer.concat([signedBy({}), Buffer.from('\r\n')])));
    await assert.rejects(collect(openSigned(pieceOf(signedBy({})).read()).content), {
      modifier: 'unsupported-format',
      message: 'The signed data has no content',
    });
    await assert.rejects(collect(openSigned(pieceOf(data).read()).content), {
      modifier: 'unsupported-format',
    });
  });

  it('is not read by certificates that nobody can read', () => {
    assert.throws(() => readCertificate('no certificate'), /no X.509 certificate/);
  });
});
