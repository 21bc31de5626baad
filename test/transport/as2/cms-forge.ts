/** Makes CMS messages as no honest writer does: every part can be another. */
import { constants, createCipheriv, createHash, publicEncrypt, randomBytes, sign } from 'node:crypto';
import { digestAlgorithm } from '../../../src/transport/as2/algorithm.ts';
import type { Certificate, Digest, OwnKey } from '../../../src/transport/as2/as2.ts';
import { childrenOf, readElement } from '../../../src/transport/as2/ber.ts';
import { issuerAndSerial } from '../../../src/transport/as2/certificate.ts';
import { cipherAlgorithm } from '../../../src/transport/as2/content-cipher.ts';
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
import {
  algorithms,
  attributes as attributeTypes,
  ciphers,
  contentTypes,
  digests,
} from '../../../src/transport/as2/oids.ts';

/** An attribute with its values. */
export const attribute = (oid: string, ...values: Buffer[]) =>
  sequence(objectIdentifier(oid), element(0x31, ...values));

/** The two attributes that every signature has. */
export const usualAttributes = (content: Buffer, digest: Digest = 'sha-256') => ({
  contentType: attribute(attributeTypes.contentType, objectIdentifier(contentTypes.data)),
  messageDigest: attribute(attributeTypes.messageDigest, octetString(hashOf(content, digest))),
});

/** rsaEncryption. */
export const rsa = sequence(objectIdentifier(algorithms.rsaEncryption), nothing);

export interface SignerForgery {
  readonly key: OwnKey;
  readonly named?: Buffer;
  readonly digest?: Digest;
  readonly digestAlgorithm?: Buffer;
  readonly attributes?: readonly Buffer[] | null;
  /** The attributes as they travel; default: those that are signed. */
  readonly travelling?: Buffer;
  readonly algorithm?: Buffer;
  readonly signature?: Buffer;
}

/** A SignerInfo. */
export function forgeSigner(content: Buffer, forgery: SignerForgery): Buffer {
  const { key, digest = 'sha-256' } = forgery;
  const usual = Object.values(usualAttributes(content, digest));
  const listed = forgery.attributes === undefined ? usual : forgery.attributes;
  const signed = listed ? set(...listed) : content;
  const travelling = forgery.travelling ?? (listed ? retag(0xa0, signed) : Buffer.alloc(0));
  return sequence(
    integer(1),
    forgery.named ?? issuerAndSerial(key.certificate),
    forgery.digestAlgorithm ?? digestAlgorithm(digest),
    travelling,
    forgery.algorithm ?? rsa,
    octetString(forgery.signature ?? sign(digests[digest].hash, signed, key.privateKey)),
  );
}

/** A detached SignedData of these signers. */
export function forgeSigned(
  signers: readonly Buffer[],
  {
    announced = ['sha-256'] as readonly Digest[],
    certificates = [] as readonly Certificate[],
    opaque = false,
    content = Buffer.alloc(0),
  } = {},
): Buffer {
  const inner = [objectIdentifier(contentTypes.data), ...(opaque ? [tagged(0, octetString(content))] : [])];
  const data = sequence(
    integer(1),
    set(...announced.map((digest) => digestAlgorithm(digest))),
    sequence(...inner),
    ...(certificates.length > 0 ? [tagged(0, ...certificates.map(({ der }) => der))] : []),
    element(0x31, ...signers),
  );
  return sequence(objectIdentifier(contentTypes.signedData), tagged(0, data));
}

export interface EnvelopeForgery {
  readonly to: Certificate;
  readonly cipher?: 'aes-128-cbc' | 'aes-256-cbc' | '3des' | 'aes-256-gcm';
  /** What is encrypted with RSA, without anything being added; default: the key with right PKCS#1 v1.5 padding. */
  readonly block?: (key: Buffer) => Buffer;
  readonly transport?: Buffer;
  readonly recipients?: (usual: Buffer) => Buffer[];
  readonly algorithm?: (usual: Buffer) => Buffer;
  readonly ciphertext?: (usual: Buffer) => Buffer;
  readonly tag?: (usual: Buffer) => Buffer;
  readonly contentType?: string;
  /** Elements between the encrypted content and the tag. */
  readonly between?: readonly Buffer[];
  readonly type?: string;
}

/** An EnvelopedData or AuthEnvelopedData. */
export function forgeEnvelope(content: Buffer, forgery: EnvelopeForgery): Buffer {
  const facts = ciphers[forgery.cipher ?? 'aes-128-cbc'];
  const gcm = facts.mode === 'gcm';
  const key = randomBytes(facts.keyBytes);
  const iv = randomBytes(gcm ? 12 : facts.blockBytes);
  const cipher = createCipheriv(facts.name as 'aes-256-gcm', key, iv);
  const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
  const recipient = forgeRecipient(forgery, key);
  const same = (usual: Buffer) => usual;
  const encrypted = sequence(
    objectIdentifier(forgery.contentType ?? contentTypes.data),
    (forgery.algorithm ?? same)(cipherAlgorithm(facts, iv)),
    element(0x80, (forgery.ciphertext ?? same)(sealed)),
  );
  const tag = gcm ? [octetString((forgery.tag ?? same)(cipher.getAuthTag()))] : [];
  const recipients = forgery.recipients?.(recipient) ?? [recipient];
  const data = sequence(integer(0), set(...recipients), encrypted, ...(forgery.between ?? []), ...tag);
  const type = forgery.type ?? (gcm ? contentTypes.authEnvelopedData : contentTypes.envelopedData);
  return sequence(objectIdentifier(type), tagged(0, data));
}

function forgeRecipient({ to, block, transport }: EnvelopeForgery, key: Buffer): Buffer {
  const padding = constants.RSA_NO_PADDING;
  const wrapped = publicEncrypt({ key: to.publicKey, padding }, (block ?? padded)(key));
  return sequence(integer(0), issuerAndSerial(to), transport ?? rsa, octetString(wrapped));
}

/** EME-PKCS1-v1_5 for keys of 2048 bits. */
export function padded(key: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0, 2), Buffer.alloc(256 - 3 - key.length, 0x5a), Buffer.of(0), key]);
}

/** The same contents under another tag. */
export function retag(tag: number, der: Buffer): Buffer {
  return element(tag, readElement(der).contents);
}

/**
 * The same structure in BER as streaming writers make it: indefinite lengths, and octet strings in segments.
 * @param kept elements that stay as they are: signed attributes, names copied from certificates
 */
export function inBer(der: Buffer, kept: readonly Buffer[] = [], segmentBytes = 1000): Buffer {
  const { tag, contents } = readElement(der);
  const open = (parts: Buffer[]) => Buffer.concat([Buffer.of(tag | 0x20, 0x80), ...parts, Buffer.of(0, 0)]);
  if (tag === 0x04 || tag === 0x80) return open(segments(contents, segmentBytes));
  if (!(tag & 0x20) || kept.some((whole) => whole.equals(der))) return der;
  return open(childrenOf(readElement(der)).map(({ whole }) => inBer(whole, kept, segmentBytes)));
}

function segments(contents: Buffer, bytes: number): Buffer[] {
  const count = Math.ceil(contents.length / bytes);
  return Array.from({ length: count }, (_, i) => octetString(contents.subarray(i * bytes, (i + 1) * bytes)));
}

function hashOf(content: Buffer, digest: Digest): Buffer {
  return createHash(digests[digest].hash).update(content).digest();
}
