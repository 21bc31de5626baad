/**
 * EnvelopedData (RFC 5652, 6: AES-CBC and 3DES) and AuthEnvelopedData (RFC 5083 and 5084: AES-GCM): encrypts to one
 * certificate, decrypts with keys of ours. Content only flows through.
 */
import { randomBytes } from 'node:crypto';
import { readAlgorithm } from './algorithm.ts';
import {
  type Bytes,
  type Certificate,
  type Cipher,
  type KeyTransport,
  type OwnKey,
  type Piece,
  Refusal,
} from './as2.ts';
import {
  BerStream,
  BrokenBer,
  type Element,
  identifierOf,
  octetsOf,
  sequenceOf,
  setOf,
  smallIntegerOf,
  tags,
} from './ber.ts';
import { isNamed, issuerAndSerial, readName } from './certificate.ts';
import {
  type ContentCipher,
  cipherAlgorithm,
  type Opener,
  opener,
  readContentCipher,
  sealedBytes,
  sealer,
  tagBytes,
} from './content-cipher.ts';
import { headerOf, integer, objectIdentifier, octetString, sequence, set } from './der.ts';
import { type Candidate, readTransport, transportAlgorithm, unwrapKey, wrapKey } from './key-transport.ts';
import { type CipherFacts, ciphers, contentTypes } from './oids.ts';

/** Recipients that a message may have. */
const mostRecipients = 1000;
/** Times that a key of ours may be named in a message: each costs an RSA operation. */
const mostCandidates = 8;

/** How a message is encrypted. */
export interface Encryption {
  readonly cipher: Cipher;
  readonly keyTransport: KeyTransport;
  readonly to: Certificate;
}

/** A message that is being decrypted. */
export interface Decrypted {
  readonly cipher: Cipher;
  readonly keyTransport: KeyTransport;
  /**
   * What was encrypted. AES-GCM: nothing of it may be used before its end has come without a refusal. CBC: a wrong key or
   * padding is not told here, since that would let anybody decrypt what he has captured; garbage comes out.
   */
  readonly content: Bytes;
  /** Whether content that came to its end also came out well. Counts only for content that bears no verified signature. */
  sound(): boolean;
}

/** The smime-type of what `encrypt` makes (RFC 8551, 3.2.2). */
export function smimeTypeOf(cipher: Cipher): 'enveloped-data' | 'authEnveloped-data' {
  return ciphers[cipher].mode === 'gcm' ? 'authEnveloped-data' : 'enveloped-data';
}

/**
 * Encrypts content to a certificate, with a new key.
 * @returns DER of a ContentInfo, to be read once, and how many bytes it has
 */
export function encrypt(content: Piece, encryption: Encryption): { size: number; bytes: Bytes } {
  const facts = ciphers[encryption.cipher];
  const random = randomBytes(facts.keyBytes + (facts.mode === 'gcm' ? 12 : facts.blockBytes));
  const key = random.subarray(0, facts.keyBytes);
  const iv = random.subarray(facts.keyBytes);
  const sealed = sealedBytes(content.size, facts);
  const tail = facts.mode === 'gcm' ? tagBytes + 2 : 0;
  const head = headFor(encryption, key, iv, sealed, tail);
  return { size: head.length + sealed + tail, bytes: sealedContent(content, head, facts, key, iv) };
}

/**
 * Decrypts a message for which any recipient is one of our keys.
 * @param demands ciphers: those that are taken
 * @throws Refusal decryption-failed (no key of ours, broken; in content: AES-GCM whose tag is wrong), unsupported-format,
 *   insufficient-message-security (a cipher that is not taken)
 */
export async function decrypt(
  cms: Bytes,
  keys: readonly OwnKey[],
  demands: { readonly ciphers: readonly Cipher[] },
): Promise<Decrypted> {
  const stream = new BerStream(cms);
  try {
    const kind = await enterEnvelope(stream);
    const recipients = setOf(await stream.take());
    const content = await enterContent(stream, kind, demands.ciphers);
    const candidates = candidatesAmong(recipients, keys);
    const key = unwrapKey(candidates, ciphers[content.cipher].keyBytes);
    const opened = opener(content, key);
    const keyTransport = (candidates[0] as Candidate).transport.kind;
    return {
      cipher: content.cipher,
      keyTransport,
      content: openedContent(stream, content, opened),
      sound: opened.sound,
    };
  } catch (error) {
    await stream.close();
    throw asRefusal(error);
  }
}

/** All that comes before the ciphertext. @param tail bytes after it */
function headFor(
  { cipher, keyTransport, to }: Encryption,
  key: Buffer,
  iv: Buffer,
  sealed: number,
  tail: number,
): Buffer {
  const facts = ciphers[cipher];
  const recipient = sequence(
    integer(0),
    issuerAndSerial(to),
    transportAlgorithm(keyTransport),
    octetString(wrapKey(key, keyTransport, to)),
  );
  const type = facts.mode === 'gcm' ? contentTypes.authEnvelopedData : contentTypes.envelopedData;
  const content = around(tags.sequence, sealed, [
    objectIdentifier(contentTypes.data),
    cipherAlgorithm(facts, iv),
    headerOf(0x80, sealed),
  ]);
  const rest = sealed + tail;
  const data = around(tags.sequence, rest, [integer(0), set(recipient), content]);
  return around(tags.sequence, rest, [objectIdentifier(type), around(0xa0, rest, [data])]);
}

/** Begins an element that has these parts, and then so many bytes more. */
function around(tag: number, more: number, parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, more);
  return Buffer.concat([headerOf(tag, length), ...parts]);
}

async function* sealedContent(
  content: Piece,
  head: Buffer,
  facts: CipherFacts,
  key: Buffer,
  iv: Buffer,
): Bytes {
  yield head;
  const seal = sealer(facts, key, iv);
  let size = 0;
  for await (const chunk of content.read()) {
    size += chunk.length;
    yield seal.update(chunk);
  }
  if (size !== content.size) throw new Error('content is of another size than it said');
  yield seal.final();
}

type Kind = 'cbc' | 'gcm';

/** Steps in to the recipients. */
async function enterEnvelope(stream: BerStream): Promise<Kind> {
  await stream.enter(tags.sequence);
  const type = identifierOf(await stream.take());
  if (type !== contentTypes.envelopedData && type !== contentTypes.authEnvelopedData) {
    throw new Refusal('unsupported-format', `Content type ${type} where encrypted data is due`);
  }
  await stream.enter(0xa0);
  await stream.enter(tags.sequence);
  smallIntegerOf(await stream.take());
  // originatorInfo [0] has certificates that nobody here trusts.
  if ((await stream.nextTag()) === 0xa0) await stream.take();
  return type === contentTypes.envelopedData ? 'cbc' : 'gcm';
}

/** Steps in to the ciphertext. */
async function enterContent(stream: BerStream, kind: Kind, taken: readonly Cipher[]): Promise<ContentCipher> {
  await stream.enter(tags.sequence);
  const type = identifierOf(await stream.take());
  if (type !== contentTypes.data)
    throw new Refusal('unsupported-format', `Content type ${type} is encrypted`);
  const content = readContentCipher(readAlgorithm(await stream.take()));
  if (ciphers[content.cipher].mode !== kind) {
    throw new Refusal('unsupported-format', `${content.cipher} is of another kind of encrypted data`);
  }
  if (!taken.includes(content.cipher)) {
    throw new Refusal('insufficient-message-security', `Encryption with ${content.cipher} is not taken`);
  }
  return content;
}

/** The recipients that are keys of ours, each with each of them. */
function candidatesAmong(recipients: readonly Element[], keys: readonly OwnKey[]): Candidate[] {
  if (recipients.length > mostRecipients) throw new BrokenBer('too many recipients');
  const candidates = recipients.flatMap((recipient) => candidatesOf(recipient, keys));
  if (candidates.length === 0)
    throw new Refusal('decryption-failed', 'The message is not encrypted to a key of ours');
  if (candidates.length > mostCandidates) throw new BrokenBer('too many recipients');
  return candidates;
}

/** KeyTransRecipientInfo (RFC 5652, 6.2.1); other kinds of recipients, which have tags of their own, are not ours. */
function candidatesOf(recipient: Element, keys: readonly OwnKey[]): Candidate[] {
  if (recipient.tag !== tags.sequence) return [];
  const [version, named, algorithm, wrapped] = sequenceOf(recipient);
  smallIntegerOf(version);
  const name = readName(named);
  return keys
    .filter(({ certificate }) => isNamed(certificate, name))
    .map(({ privateKey }) => ({
      transport: readTransport(readAlgorithm(algorithm)),
      wrapped: octetsOf(wrapped),
      privateKey,
    }));
}

async function* openedContent(stream: BerStream, { cipher }: ContentCipher, opened: Opener): Bytes {
  try {
    for await (const chunk of stream.octets(0x80)) {
      const some = opened.update(chunk);
      if (some.length > 0) yield some;
    }
    const rest = opened.final(await tagAfter(stream, ciphers[cipher].mode));
    if (rest.length > 0) yield rest;
  } catch (error) {
    throw asRefusal(error);
  } finally {
    await stream.close();
  }
}

/** Reads what follows the ciphertext, to the end of the message. @returns the tag of AES-GCM; empty for CBC */
async function tagAfter(stream: BerStream, kind: Kind): Promise<Buffer> {
  await stream.leave();
  let tag = Buffer.alloc(0);
  if (kind === 'gcm') {
    // authAttrs [1] go into the tag before the content does, and stand behind it: that cannot be streamed.
    if ((await stream.nextTag()) === 0xa1) {
      throw new Refusal('unsupported-format', 'Authenticated attributes beside encrypted data are not read');
    }
    tag = Buffer.from(octetsOf(await stream.take()));
  }
  // unprotectedAttrs [1] or unauthAttrs [2]
  if (!(await stream.ends())) await stream.take();
  await stream.finish();
  return tag;
}

function asRefusal(error: unknown): unknown {
  if (!(error instanceof BrokenBer)) return error;
  return new Refusal('decryption-failed', `The encrypted data is broken: ${error.message}`, { cause: error });
}
