import assert from 'node:assert/strict';
import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { readAlgorithm } from '../../../src/transport/as2/algorithm.ts';
import { type Cipher, Refusal } from '../../../src/transport/as2/as2.ts';
import { readElement } from '../../../src/transport/as2/ber.ts';
import { readOwnKey } from '../../../src/transport/as2/certificate.ts';
import {
  element,
  integer,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  tagged,
} from '../../../src/transport/as2/der.ts';
import { decrypt } from '../../../src/transport/as2/enveloped-data.ts';
import {
  type Candidate,
  readTransport,
  type Transport,
  transportAlgorithm,
  unwrapKey,
  wrapKey,
} from '../../../src/transport/as2/key-transport.ts';
import { algorithms, contentTypes } from '../../../src/transport/as2/oids.ts';
import { collect, pieceOf } from '../../../src/transport/as2/piece.ts';
import { ownKey } from './certificates.ts';
import { type EnvelopeForgery, forgeEnvelope, inBer, padded, rsa } from './cms-forge.ts';

const us = ownKey('us');
const partner = ownKey('partner');
const content = Buffer.from("Content-Type: application/edifact\r\n\r\nUNA:+.? '".repeat(40));
const ciphers: readonly Cipher[] = ['aes-128-cbc', 'aes-256-cbc', '3des', 'aes-256-gcm'];
const key = randomBytes(32);
const pkcs1: Transport = { kind: 'pkcs1' };
const oaep: Transport = { kind: 'oaep', hash: 'sha-256', mask: 'sha-256', label: Buffer.alloc(0) };

function candidate(block: Buffer, transport = pkcs1, own = us): Candidate {
  const wrapped = publicEncrypt({ key: us.certificate.publicKey, padding: constants.RSA_NO_PADDING }, block);
  return { transport, wrapped, privateKey: own.own.privateKey };
}

/** What a message looks like from outside: what came out, or which refusal. */
async function outcome(cms: Buffer, keys = [us.own]) {
  try {
    const opened = await decrypt(pieceOf(cms).read(), keys, { ciphers });
    const { cipher, keyTransport } = opened;
    const bytes = await collect(opened.content);
    return { cipher, keyTransport, right: bytes.equals(content), sound: opened.sound() };
  } catch (error) {
    if (error instanceof Refusal) return { modifier: error.modifier, message: error.message };
    throw error;
  }
}

const envelope = (forgery: Partial<EnvelopeForgery>) =>
  forgeEnvelope(content, { to: us.certificate, ...forgery });

describe('A transported key', () => {
  it('comes out of what was wrapped', () => {
    for (const kind of ['pkcs1', 'oaep'] as const) {
      const transport = readTransport(readAlgorithm(readElement(transportAlgorithm(kind))));
      for (const bytes of [16, 24, 32]) {
        const wrapped = wrapKey(key.subarray(0, bytes), kind, us.certificate);
        const opened = unwrapKey([{ transport, wrapped, privateKey: us.own.privateKey }], bytes);
        assert.deepEqual(opened, key.subarray(0, bytes));
      }
    }
  });

  it('does not come out where any octet of its PKCS#1 v1.5 padding is wrong', () => {
    const good = padded(key);
    assert.deepEqual(unwrapKey([candidate(good)], 32), key);
    for (let at = 1; at < good.length - 32; at++) {
      const block = Buffer.from(good);
      block[at] = at === 1 ? 1 : at === good.length - 33 ? 0x5a : 0;
      const made = unwrapKey([candidate(block)], 32);
      assert.notDeepEqual(made, key, `octet ${at}`);
      assert.equal(made.length, 32);
      if (at % 50 === 0) assert.deepEqual(unwrapKey([candidate(block)], 32), made, 'made up anew');
    }
  });

  it('does not come out where it is of another length', () => {
    for (const bytes of [16, 24])
      assert.notDeepEqual(unwrapKey([candidate(padded(key))], bytes), key.subarray(0, bytes));
    assert.notDeepEqual(
      unwrapKey([candidate(padded(key.subarray(0, 16)))], 32).subarray(16),
      key.subarray(0, 16),
    );
  });

  it('does not come out where its RSA-OAEP is of other parameters', () => {
    const wrapped = wrapKey(key, 'oaep', us.certificate);
    const open = (transport: Transport) =>
      unwrapKey([{ transport, wrapped, privateKey: us.own.privateKey }], 32);
    assert.deepEqual(open(oaep), key);
    for (const other of [
      { hash: 'sha-1' },
      { hash: 'sha-512' },
      { mask: 'sha-1' },
      { label: Buffer.of(0) },
    ] as const) {
      assert.notDeepEqual(open({ ...oaep, ...other }), key);
    }
    assert.notDeepEqual(open(pkcs1), key);
    assert.notDeepEqual(unwrapKey([candidate(padded(key), oaep)], 32), key);
  });

  it('is made up for what is no RSA ciphertext at all, from a secret of the key', () => {
    const junk = (privateKey = us.own.privateKey) => ({
      transport: pkcs1,
      wrapped: Buffer.alloc(10, 7),
      privateKey,
    });
    const made = unwrapKey([junk()], 16);
    assert.equal(made.length, 16);
    assert.deepEqual(unwrapKey([junk()], 16), made);
    assert.notDeepEqual(unwrapKey([junk(partner.own.privateKey)], 16), made);
    const large = { ...junk(), wrapped: Buffer.alloc(256, 0xff) };
    assert.equal(unwrapKey([large], 32).length, 32);
  });

  it('comes out of the first candidate that has one', () => {
    const bad = candidate(Buffer.alloc(256, 1));
    const other = candidate(padded(randomBytes(32)));
    assert.deepEqual(unwrapKey([bad, candidate(padded(key)), other], 32), key);
    assert.deepEqual(unwrapKey([candidate(padded(key)), bad, other], 32), key);
  });

  it('is read with the parameters of RSA-OAEP, as far as they are known', () => {
    const read = (...fields: Buffer[]) =>
      readTransport(readAlgorithm(sequenceElement(objectIdentifier(algorithms.oaep), sequence(...fields))));
    assert.deepEqual(read(), { kind: 'oaep', hash: 'sha-1', mask: 'sha-1', label: Buffer.alloc(0) });
    const label = sequence(objectIdentifier(algorithms.labelSpecified), octetString(Buffer.from('L')));
    assert.deepEqual(read(tagged(2, label)), {
      kind: 'oaep',
      hash: 'sha-1',
      mask: 'sha-1',
      label: Buffer.from('L'),
    });
    const unknown = sequence(objectIdentifier('1.2.3'), nothing);
    for (const number of [0, 1, 2])
      assert.throws(() => read(tagged(number, unknown)), { modifier: 'unsupported-format' });
    assert.throws(() => readTransport({ oid: '1.2.3', parameters: null }), {
      modifier: 'unsupported-format',
    });
  });
});

describe('A message that is encrypted wrongly', () => {
  const blocks: [string, (key: Buffer) => Buffer][] = [
    ['another key', (right) => padded(randomBytes(right.length))],
    ['a wrong first octet', () => Buffer.concat([Buffer.of(1), randomBytes(255)])],
    ['a wrong type of block', (right) => replaced(padded(right), 1, 1)],
    ['a zero among the padding', (right) => replaced(padded(right), 5, 0)],
    ['no end of the padding', (right) => replaced(padded(right), 255 - right.length, 1)],
    ['a key that is too short', (right) => padded(right.subarray(1))],
    ['a key that is too long', (right) => padded(Buffer.concat([right, right]))],
    ['an empty key', () => padded(Buffer.alloc(0))],
    ['zeros', () => Buffer.alloc(256)],
  ];

  it('with AES-GCM is refused in one way, whatever is wrong', async () => {
    const seen = new Set<string>();
    for (const [, block] of blocks)
      seen.add(JSON.stringify(await outcome(envelope({ cipher: 'aes-256-gcm', block }))));
    for (const forgery of [
      { ciphertext: (usual: Buffer) => replaced(usual, 9, (usual[9] as number) ^ 1) },
      { tag: (usual: Buffer) => replaced(usual, 0, (usual[0] as number) ^ 1) },
      { tag: (usual: Buffer) => usual.subarray(0, 12) },
      { tag: () => Buffer.alloc(0) },
    ]) {
      seen.add(JSON.stringify(await outcome(envelope({ cipher: 'aes-256-gcm', ...forgery }))));
    }
    assert.deepEqual(
      [...seen],
      ['{"modifier":"decryption-failed","message":"The message cannot be decrypted with our keys"}'],
    );
  });

  it('with CBC comes out as garbage, whatever is wrong', async () => {
    for (const cipher of ['aes-128-cbc', '3des'] as const) {
      for (const [what, block] of blocks) {
        const { sound, ...seen } = await outcome(envelope({ cipher, block }));
        assert.deepEqual(seen, { cipher, keyTransport: 'pkcs1', right: false }, what);
        // One in 256 keys happens to give a padding.
        assert.equal(typeof sound, 'boolean');
      }
    }
  });

  it('with CBC keeps its wrong padding, which only sound() tells', async () => {
    const blockOf = (cms: Buffer) => decrypt(pieceOf(cms).read(), [us.own], { ciphers });
    const cut = envelope({ ciphertext: (usual) => usual.subarray(0, usual.length - 16) });
    const opened = await blockOf(cut);
    const bytes = await collect(opened.content);
    assert.equal(opened.sound(), false);
    assert.deepEqual(bytes, content.subarray(0, content.length - (content.length % 16)));
    const right = await blockOf(envelope({}));
    assert.equal(right.sound(), false);
    assert.deepEqual(await collect(right.content), content);
    assert.equal(right.sound(), true);
  });

  const others = (count: number): Buffer[] => Array(count).fill(element(0xa1, integer(0)));

  it('is read up to the limits', async () => {
    const short: Partial<EnvelopeForgery> = {
      cipher: 'aes-256-gcm',
      algorithm: (usual) => replaced(usual, usual.length - 1, 12),
      tag: (usual) => usual.subarray(0, 12),
    };
    const crowded: Partial<EnvelopeForgery> = {
      recipients: (usual) => [...others(992), ...Array(8).fill(usual)],
    };
    for (const forgery of [short, crowded]) assert.equal((await outcome(envelope(forgery))).right, true);
  });

  const broken: [string, Partial<EnvelopeForgery>, string][] = [
    ['half a block', { ciphertext: (usual) => usual.subarray(0, usual.length - 1) }, 'decryption-failed'],
    ['no block', { ciphertext: () => Buffer.alloc(0) }, 'decryption-failed'],
    ['no recipients', { recipients: () => [] }, 'decryption-failed'],
    ['a recipient who is somebody else', { to: partner.certificate }, 'decryption-failed'],
    ['no recipient with an RSA key', { recipients: (usual) => [element(0xa1, usual)] }, 'decryption-failed'],
    ['nine recipients who are us', { recipients: (usual) => Array(9).fill(usual) }, 'decryption-failed'],
    ['recipients without number', { recipients: (usual) => [...others(1000), usual] }, 'decryption-failed'],
    [
      'an initial vector that is too short',
      { algorithm: () => sequence(objectIdentifier('2.16.840.1.101.3.4.1.2'), octetString(Buffer.alloc(8))) },
      'decryption-failed',
    ],
    [
      'no initial vector',
      { algorithm: () => sequence(objectIdentifier('2.16.840.1.101.3.4.1.2'), nothing) },
      'decryption-failed',
    ],
    [
      'an unknown cipher',
      { algorithm: () => sequence(objectIdentifier('1.2.840.113549.3.2'), nothing) },
      'unsupported-format',
    ],
    ['AES-GCM without its tag', { algorithm: () => gcm(16) }, 'unsupported-format'],
    ['AES-CBC where AES-GCM is due', { type: contentTypes.authEnvelopedData }, 'unsupported-format'],
    [
      'a tag of AES-GCM that is too short',
      {
        cipher: 'aes-256-gcm',
        algorithm: (usual) => replaced(usual, usual.length - 1, 8),
        tag: (usual) => usual.subarray(0, 8),
      },
      'decryption-failed',
    ],
    ['another content type', { contentType: contentTypes.signedData }, 'unsupported-format'],
    ['an unknown type', { type: '1.2.840.113549.1.7.6' }, 'unsupported-format'],
    ['an unknown key transport', { transport: sequence(objectIdentifier('1.2.3')) }, 'unsupported-format'],
    ['authenticated attributes', { cipher: 'aes-256-gcm', between: [tagged(1)] }, 'unsupported-format'],
    ['something behind its content', { between: [tagged(1), tagged(2)] }, 'decryption-failed'],
  ];
  for (const [what, forgery, modifier] of broken) {
    it(`is refused: ${what}`, async () => {
      assert.equal((await outcome(envelope(forgery))).modifier, modifier);
    });
  }

  it('is refused where it is cut, or where anything follows', async () => {
    const cms = envelope({});
    for (let to = 0; to < cms.length; to += 37) {
      assert.equal((await outcome(cms.subarray(0, to))).modifier, 'decryption-failed');
    }
    assert.equal((await outcome(Buffer.concat([cms, Buffer.of(0)]))).modifier, 'decryption-failed');
    assert.equal((await outcome(Buffer.concat([cms, Buffer.from('\r\n')]))).right, true);
  });
});

describe('An encrypted message', () => {
  it('is read in BER, with originator, attributes and other recipients', async () => {
    for (const cipher of ciphers as readonly ('aes-128-cbc' | 'aes-256-cbc' | '3des' | 'aes-256-gcm')[]) {
      const others = (usual: Buffer) => [
        element(0xa1, integer(3)),
        sequence(integer(2), element(0x80, Buffer.of(1)), rsa, octetString(key)),
        usual,
      ];
      const cms = envelope({
        cipher,
        recipients: others,
        between: cipher === 'aes-256-gcm' ? [] : [tagged(1)],
      });
      for (const bytes of [cms, inBer(cms, [us.certificate.issuer], 100)]) {
        assert.deepEqual(await outcome(bytes, [partner.own, us.own]), {
          cipher,
          keyTransport: 'pkcs1',
          right: true,
          sound: true,
        });
      }
    }
  });

  it('is for nobody who shares only the issuer or only the serial number with its recipient', async () => {
    const to = ownKey('named', { subject: 'named', serial: 5, keyOf: 'us' });
    for (const [name, wanted] of [
      ['same-issuer', { subject: 'named', serial: 6 }],
      ['same-serial', { subject: 'else', serial: 5 }],
    ] as const) {
      const other = ownKey(name, { ...wanted, keyOf: 'us' });
      const { message } = await outcome(envelope({ to: to.certificate }), [other.own]);
      assert.equal(message, 'The message is not encrypted to a key of ours');
    }
  });

  it('is opened with the right one of two keys that have one name', async () => {
    const serial = 99;
    const twin = ownKey('twin', { subject: 'twin', serial, keyOf: 'partner' });
    const other = ownKey('other-twin', { subject: 'twin', serial, keyOf: 'us' });
    for (const to of [twin, other]) {
      for (const keys of [
        [twin.own, other.own],
        [other.own, twin.own],
      ]) {
        assert.equal((await outcome(envelope({ to: to.certificate }), keys)).right, true);
      }
    }
  });
});

describe('A key pair', () => {
  it('is refused unless both belong together, and are RSA', () => {
    assert.throws(() => readOwnKey(us.certificatePem, partner.keyPem), /does not belong/);
    assert.throws(() => readOwnKey(us.certificatePem, 'no key'), /cannot be read/);
    const encrypted = us.own.privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'open',
    });
    assert.throws(() => readOwnKey(us.certificatePem, encrypted), /cannot be read/);
    assert.throws(() => readOwnKey(us.certificatePem, encrypted, 'shut'), /cannot be read/);
    const { certificate } = readOwnKey(us.certificate.der, encrypted, 'open');
    assert.deepEqual(
      [certificate.fingerprint, certificate.pem],
      [us.certificate.fingerprint, us.certificate.pem],
    );
  });
});

function replaced(bytes: Buffer, at: number, octet: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = octet;
  return copy;
}

function gcm(tagBytes: number): Buffer {
  return sequence(
    objectIdentifier('2.16.840.1.101.3.4.1.46'),
    sequence(octetString(Buffer.alloc(12)), integer(tagBytes)),
  );
}

function sequenceElement(...contents: Buffer[]) {
  return readElement(sequence(...contents));
}
