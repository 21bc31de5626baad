import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Cipher, Digest } from '../../../src/transport/as2/as2.ts';
import { Refusal } from '../../../src/transport/as2/as2.ts';
import { encrypt } from '../../../src/transport/as2/enveloped-data.ts';
import { signedEnd, signedStart, signedType } from '../../../src/transport/as2/multipart-signed.ts';
import { collect, pieceOf } from '../../../src/transport/as2/piece.ts';
import { signDetached } from '../../../src/transport/as2/signed-data.ts';
import { unwrap } from '../../../src/transport/as2/unwrap.ts';
import {
  countingWorkshop,
  fixture,
  fixtureMessage,
  fixtureMic,
  harbour,
  harbourKey,
  harrow,
  inChunks,
  type Message,
  messageIn,
  now,
  partnership,
} from './mime-messages.ts';

/** Made by fixtures/make.sh: what each is. */
const made: Record<string, { signed?: Digest; encrypted?: string; compressed?: boolean }> = {
  plain: {},
  signed: { signed: 'sha-256' },
  'signed-384': { signed: 'sha-384' },
  'signed-512': { signed: 'sha-512' },
  'signed-sha1': { signed: 'sha-1' },
  opaque: { signed: 'sha-256' },
  encrypted: { encrypted: 'aes-256-cbc' },
  'signed-encrypted': { signed: 'sha-256', encrypted: 'aes-128-cbc' },
  'signed-gcm': { signed: 'sha-256', encrypted: 'aes-256-gcm' },
  'signed-base64': { signed: 'sha-256', encrypted: 'aes-192-cbc' },
  compressed: { compressed: true },
  'compressed-encrypted': { compressed: true, encrypted: 'aes-256-cbc' },
  'compressed-signed': { signed: 'sha-256', compressed: true },
  'signed-compressed': { signed: 'sha-256', compressed: true },
  'compressed-signed-encrypted': { signed: 'sha-256', compressed: true, encrypted: 'aes-256-cbc' },
  'signed-compressed-encrypted': { signed: 'sha-256', compressed: true, encrypted: 'aes-256-cbc' },
};

/** Opens a message whose body comes in chunks of 1,000 bytes, and sees that nothing is left behind. */
async function open(message: Message, agreed = partnership(), micDigests: readonly Digest[] = []) {
  const workshop = countingWorkshop();
  const body = inChunks(message.body, 1000);
  try {
    const opened = await unwrap({ headers: message.headers, body }, agreed, { workshop, now, micDigests });
    const payload = await collect(opened.payload.read());
    const decrypted = opened.evidence.decrypted && (await collect(opened.evidence.decrypted.read()));
    await opened.evidence.decrypted?.remove();
    await opened.payload.remove();
    await opened.payload.remove();
    return { ...opened, payload, decrypted };
  } finally {
    assert.equal(workshop.live.size, 0, 'pieces were left');
  }
}

async function refusalOf(message: Message | Promise<Message>, agreed = partnership()): Promise<Refusal> {
  const refusal = await open(await message, agreed).then(
    () => assert.fail('was taken'),
    (error: unknown) => error,
  );
  assert.ok(refusal instanceof Refusal, String(refusal));
  return refusal;
}

/** A message with some of its bytes written anew. */
function changed(name: string, from: string, to: string): Message {
  const bytes = fixture(`${name}.message`).toString('latin1');
  assert.ok(bytes.includes(from), `${name} has no ${from}`);
  return messageIn(Buffer.from(bytes.replace(from, to), 'latin1'));
}

/** A message of Harbour's whose signed part is this. */
function signedAs(part: string): Message {
  const content = Buffer.from(part, 'latin1');
  const contentDigest = createHash('sha256').update(content).digest();
  const terms = {
    digest: 'sha-256',
    form: 'pkcs1',
    key: harbourKey,
    at: now,
    algorithmProtection: true,
  } as const;
  const cms = signDetached({ ...terms, contentDigest });
  const body = Buffer.concat([signedStart('edge'), content, signedEnd(cms, 'edge')]);
  return { headers: { 'content-type': signedType('sha-256', 'sha-256', 'edge') }, body };
}

function entityText({ headers, body }: Message): string {
  return `Content-Type: ${headers['content-type']}\r\n\r\n${body.toString('latin1')}`;
}

/** What a partner truly signed, behind something else that a reader might take instead. */
function wrappedSignature(): Message {
  const parts = ['Content-Type: application/edi-x12\r\n\r\nISA*FORGED~', entityText(signedAs('\r\nISA'))];
  const body = parts.map((part) => `--mix\r\n${part}\r\n`).join('');
  return {
    headers: { 'content-type': 'multipart/mixed; boundary=mix' },
    body: Buffer.from(`${body}--mix--\r\n`, 'latin1'),
  };
}

/** Harrow's certificate with a key of another: whoever names it in a message is not helped by it. */
const stolen = { certificate: harrow.certificate, privateKey: harbourKey.privateKey };

/** A message of the fixtures in which one byte of the body is another. */
function flipped(name: string, at: number | ((body: Buffer) => number)): Message {
  const { headers, body } = fixtureMessage(name);
  const changed = Buffer.from(body);
  const index = typeof at === 'number' ? changed.length + at : at(changed);
  changed[index] = (changed[index] as number) ^ 0x80;
  return { headers, body: changed };
}

/** Within the first block of AES-128-CBC: before the content's length stands its IV, whose OCTET STRING has 16 bytes. */
function firstBlock(body: Buffer): number {
  const iv = body.indexOf(Buffer.from('608648016503040102' + '0410', 'hex'));
  assert.ok(iv > 0);
  return iv + 11;
}

/** A message that is encrypted for us and holds this. */
async function encryptedAs(content: string, cipher: Cipher = 'aes-128-cbc'): Promise<Message> {
  const to = harrow.certificate;
  const { bytes } = encrypt(pieceOf(Buffer.from(content, 'latin1')), {
    cipher,
    keyTransport: 'pkcs1',
    to,
  });
  return {
    headers: { 'content-type': 'application/pkcs7-mime; smime-type=enveloped-data' },
    body: await collect(bytes),
  };
}

describe('AS2 messages made by openssl alone', () => {
  for (const [name, facts] of Object.entries(made)) {
    it(`${name}: payload, MIC and layers`, async () => {
      const opened = await open(fixtureMessage(name));
      assert.deepEqual(opened.payload, fixture('payload.edi'));
      assert.deepEqual(opened.mic, fixtureMic(name));
      assert.equal(opened.filename, 'order 905.edi');
      assert.equal(opened.contentType, 'application/edi-x12');
      assert.equal(opened.signed?.digest, facts.signed);
      assert.equal(opened.encrypted?.cipher, facts.encrypted);
      assert.equal(opened.compressed, facts.compressed ?? false);
      assert.equal(opened.decrypted === null, facts.encrypted === undefined);
      if (facts.signed) assert.equal(opened.signed?.fingerprint, harbour.fingerprint);
    });
  }

  it('keeps the decrypted part as it was encrypted', async () => {
    const { decrypted, evidence } = await open(fixtureMessage('signed-encrypted'));
    const signature = evidence.signature as Buffer;
    const bare = fixture('signed.message').toString('latin1').split('smime.p7s')[0] as string;
    assert.ok(decrypted?.toString('latin1').startsWith(bare));
    assert.ok(
      decrypted?.includes(Buffer.concat([Buffer.from('\r\n\r\n'), signature, Buffer.from('\r\n--=-edge--')])),
    );
  });

  it('keeps what payload and decrypted part share until both are removed', async () => {
    const { headers, body } = fixtureMessage('signed-encrypted');
    const workshop = countingWorkshop();
    const terms = { workshop, now, micDigests: [] };
    const opened = await unwrap({ headers, body: inChunks(body, 100) }, partnership(), terms);
    await opened.payload.remove();
    await opened.payload.remove();
    assert.equal(workshop.live.size, 1);
    await opened.evidence.decrypted?.remove();
    assert.equal(workshop.live.size, 0);
  });

  it('reads the kind of CMS in any case', async () => {
    const opened = await open(changed('opaque', 'smime-type=signed-data', 'SMIME-Type="Signed-Data"'));
    assert.equal(opened.signed?.digest, 'sha-256');
  });

  it('opens what was encrypted first and signed then, over the bytes that were signed', async () => {
    const part = fixture('encrypted.message').toString('latin1');
    const opened = await open(signedAs(part), partnership({ signed: true, encrypted: true }));
    assert.deepEqual(opened.payload, fixture('payload.edi'));
    assert.equal(opened.mic.value, createHash('sha256').update(part, 'latin1').digest('base64'));
  });

  it('gives an unsigned message its MIC in the digest that was asked for', async () => {
    const { mic } = await open(fixtureMessage('plain'), partnership(), ['sha-512', 'sha-256']);
    assert.equal(mic.digest, 'sha-512');
    const { mic: signature } = await open(fixtureMessage('signed'), partnership(), ['sha-512']);
    assert.deepEqual(signature, fixtureMic('signed'));
  });
});

describe('what unwrap refuses', () => {
  const expected: [string, string, () => Promise<Refusal>][] = [
    [
      'unsigned',
      'insufficient-message-security',
      () => refusalOf(fixtureMessage('encrypted'), partnership({ signed: true })),
    ],
    [
      'unencrypted',
      'insufficient-message-security',
      () => refusalOf(fixtureMessage('signed'), partnership({ encrypted: true })),
    ],
    [
      'a weak digest',
      'insufficient-message-security',
      () => refusalOf(fixtureMessage('signed-sha1'), partnership({ digests: ['sha-256'] })),
    ],
    [
      'a weak cipher',
      'insufficient-message-security',
      () => refusalOf(fixtureMessage('encrypted'), partnership({ ciphers: ['aes-256-gcm'] })),
    ],
    [
      'a signer who is not pinned',
      'authentication-failed',
      () => refusalOf(fixtureMessage('signed'), partnership({}, { pinned: [] })),
    ],
    [
      'changed content',
      'integrity-check-failed',
      () => refusalOf(changed('signed', '4500881234', '4500881235')),
    ],
    [
      'keys that are not ours',
      'decryption-failed',
      () => refusalOf(fixtureMessage('encrypted'), partnership({}, { openWith: [] })),
    ],
    [
      'more than the cap',
      'decompression-failed',
      () => refusalOf(fixtureMessage('compressed'), partnership({ mostBytes: 500 })),
    ],
    [
      'a third part',
      'unsupported-format',
      () => refusalOf(changed('signed', '\r\n--=-edge\r\n', '\r\n--=-edge\r\n\r\nISA\r\n--=-edge\r\n')),
    ],
    [
      'a part after the end',
      'unsupported-format',
      () => refusalOf(changed('signed', '--=-edge--\r\n', '--=-edge--\r\n--=-edge\r\n')),
    ],
    [
      'no closing boundary',
      'unsupported-format',
      () => refusalOf(changed('signed', '--=-edge--', '--=-edg---')),
    ],
    [
      'a second Content-Type',
      'unsupported-format',
      () => refusalOf(signedAs('Content-Type: text/plain\r\nContent-Type: application/edi-x12\r\n\r\nISA')),
    ],
    ['a header without end', 'unsupported-format', () => refusalOf(signedAs('Content-Type: text/plain'))],
    [
      'a signature within a signature',
      'unsupported-format',
      () => refusalOf(signedAs(entityText(signedAs('\r\nISA')))),
    ],
    [
      'a signed part beside another',
      'insufficient-message-security',
      () => refusalOf(wrappedSignature(), partnership({ signed: true })),
    ],
    [
      'two boundaries',
      'unsupported-format',
      () => refusalOf(changed('signed', 'boundary="=-edge"', 'boundary="=-edge"; boundary="x"')),
    ],
    [
      'another smime-type',
      'unsupported-format',
      () => refusalOf(changed('opaque', 'signed-data', 'certs-only')),
    ],
    ['an unknown coding', 'unsupported-format', () => refusalOf(changed('plain', ': binary', ': x-uue'))],
    [
      'an unpacked size past the cap',
      'unexpected-processing-error',
      () => refusalOf(fixtureMessage('encrypted'), partnership({ mostBytes: 500 })),
    ],
    [
      'a key that is not the right one',
      'decryption-failed',
      () => refusalOf(fixtureMessage('encrypted'), partnership({}, { openWith: [stolen] })),
    ],
    [
      'garbage where a header was',
      'decryption-failed',
      () => refusalOf(flipped('signed-encrypted', firstBlock)),
    ],
    ['encrypted bytes that are no MIME', 'decryption-failed', () => refusalOf(encryptedAs('\r\nISA'))],
    [
      'bad padding, where no signature proves the content',
      'decryption-failed',
      () => refusalOf(flipped('encrypted', -1)),
    ],
    ['a bad tag', 'decryption-failed', () => refusalOf(flipped('signed-gcm', -1))],
    [
      'encryption within encryption',
      'unsupported-format',
      () => refusalOf(encryptedAs(fixture('encrypted.message').toString('latin1'))),
    ],
  ];
  for (const [what, modifier, refused] of expected) {
    it(`${what}: ${modifier}`, async () => assert.equal((await refused()).modifier, modifier));
  }

  it('says one thing of all that CBC may have made of a message, and tells our side what it was', async () => {
    const torn = entityText(signedAs('\r\nISA')).replace('--edge--', '--edge-');
    const hidden = await refusalOf(encryptedAs(torn));
    assert.equal(hidden.modifier, 'decryption-failed');
    assert.equal(hidden.message, (await refusalOf(flipped('signed-encrypted', firstBlock))).message);
    assert.match(String(hidden.cause), /closing delimiter/);
    const told = await refusalOf(encryptedAs(torn, 'aes-128-gcm'));
    assert.equal(told.modifier, 'unsupported-format');
  });

  it('gives no digest of what CBC made of a message, before a signature proves it', async () => {
    const strict = partnership({ signed: true });
    for (const refusal of [
      await refusalOf(fixtureMessage('encrypted'), strict),
      await refusalOf(fixtureMessage('signed-encrypted'), partnership({}, { pinned: [] })),
      await refusalOf(encryptedAs(entityText(changed('signed', '4500881234', '4500881235')))),
    ])
      assert.equal(refusal.mic, null, refusal.modifier);
    const sealed = await refusalOf(fixtureMessage('signed-gcm'), partnership({}, { pinned: [] }));
    assert.deepEqual(sealed.mic, fixtureMic('signed-gcm'));
    const broken = 'Content-Type: text/plain\r\nContent-Transfer-Encoding: x-uue\r\n\r\nISA';
    const proved = await refusalOf(encryptedAs(entityText(signedAs(broken))));
    assert.equal(proved.modifier, 'unsupported-format');
    assert.notEqual(proved.mic, null);
  });

  it('tells the MIC of what it refuses, as far as it knows it', async () => {
    const forged = await refusalOf(fixtureMessage('signed'), partnership({}, { pinned: [] }));
    assert.deepEqual(forged.mic, fixtureMic('signed'));
    const locked = await refusalOf(fixtureMessage('encrypted'), partnership({}, { openWith: [] }));
    assert.equal(locked.mic, null);
  });
});
