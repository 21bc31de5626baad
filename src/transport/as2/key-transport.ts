/**
 * RSA key transport (RFC 8017; RFC 3370 4.2.1, RFC 3560). Unwrapping never fails: where the padding is wrong, a key comes
 * out that nobody can foresee but that is the same each time ("implicit rejection"), the content then is garbage, and
 * nothing tells whoever sent it that it was the padding (Bleichenbacher, Manger). So the steps from the RSA operation to
 * the key do not branch on what it gave.
 */
import {
  constants,
  createHash,
  createHmac,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
} from 'node:crypto';
import { type Algorithm, explicitFields, hashAndMask, readAlgorithm, readHashAndMask } from './algorithm.ts';
import { type Certificate, type Digest, type KeyTransport, Refusal } from './as2.ts';
import { octetsOf } from './ber.ts';
import { nothing, objectIdentifier, sequence } from './der.ts';
import { algorithms, digests } from './oids.ts';

/** The digest of RSA-OAEP in what we send. */
const ourDigest: Digest = 'sha-256';

/** How a key was transported. */
export type Transport =
  | { readonly kind: 'pkcs1' }
  | { readonly kind: 'oaep'; readonly hash: Digest; readonly mask: Digest; readonly label: Buffer };

/** A transported key beside a key of ours that may unwrap it. */
export interface Candidate {
  readonly transport: Transport;
  readonly wrapped: Buffer;
  readonly privateKey: KeyObject;
}

/** The AlgorithmIdentifier of what `wrapKey` makes. */
export function transportAlgorithm(kind: KeyTransport): Buffer {
  if (kind === 'pkcs1') return sequence(objectIdentifier(algorithms.rsaEncryption), nothing);
  return sequence(objectIdentifier(algorithms.oaep), sequence(...hashAndMask(ourDigest)));
}

/** Encrypts a content key to a certificate. */
export function wrapKey(key: Buffer, kind: KeyTransport, { publicKey }: Certificate): Buffer {
  if (kind === 'pkcs1') return publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, key);
  const oaepHash = digests[ourDigest].hash;
  return publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, key);
}

/**
 * Reads a keyEncryptionAlgorithm.
 * @throws BrokenBer; Refusal unsupported-format
 */
export function readTransport(algorithm: Algorithm): Transport {
  if (algorithm.oid === algorithms.rsaEncryption) return { kind: 'pkcs1' };
  if (algorithm.oid !== algorithms.oaep)
    throw new Refusal('unsupported-format', 'The key transport is not known here');
  const fields = explicitFields(algorithm.parameters);
  const { hash, mask } = readHashAndMask(fields);
  const source = fields.get(2);
  const { oid, parameters } = source
    ? readAlgorithm(source)
    : { oid: algorithms.labelSpecified, parameters: null };
  if (!hash || !mask || oid !== algorithms.labelSpecified) {
    throw new Refusal('unsupported-format', 'The parameters of the key transport are not known here');
  }
  return { kind: 'oaep', hash, mask, label: parameters ? octetsOf(parameters) : Buffer.alloc(0) };
}

/**
 * Unwraps a content key: the first candidate that gives one, or else a made-up key. What happens, and how long it takes,
 * does not depend on which.
 * @param candidates at least one
 */
export function unwrapKey(candidates: readonly Candidate[], keyBytes: number): Buffer {
  const key = Buffer.alloc(keyBytes);
  let found = 0;
  for (const candidate of candidates) {
    const block = decryptBlock(candidate);
    const bad =
      candidate.transport.kind === 'pkcs1'
        ? unpad(block, keyBytes)
        : unmask(block, keyBytes, candidate.transport);
    found |= select(key, block.subarray(block.length - keyBytes), allOnesIfZero(bad) & ~found);
  }
  select(key, madeUpKey(candidates[0] as Candidate, keyBytes), ~found);
  return key;
}

/** The bare RSA operation. What has no block in it by its length or size alone gives one without padding. */
function decryptBlock({ wrapped, privateKey }: Candidate): Buffer {
  try {
    return privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, wrapped);
  } catch {
    return Buffer.alloc(512, 0xff);
  }
}

/** EME-PKCS1-v1_5 (RFC 8017, 7.2.2): 00 02, at least 8 octets that are not 00, 00, the key. Not 0: bad. */
function unpad(block: Buffer, keyBytes: number): number {
  const end = block.length - keyBytes - 1;
  let bad = octet(block, 0) | (octet(block, 1) ^ 2) | octet(block, end) | negative(end - 10);
  for (let i = 2; i < end; i++) bad |= allOnesIfZero(octet(block, i));
  return bad;
}

/** EME-OAEP (RFC 8017, 7.1.2): 00, masked seed, masked (digest of the label, 00 …, 01, the key); unmasks in place. Not 0: bad. */
function unmask(
  block: Buffer,
  keyBytes: number,
  { hash, mask, label }: Transport & { kind: 'oaep' },
): number {
  const { bytes, hash: name } = digests[hash];
  const end = block.length - keyBytes - 1;
  if (end < 2 * bytes + 1) return 1;
  const seed = block.subarray(1, 1 + bytes);
  const data = block.subarray(1 + bytes);
  xor(seed, maskFrom(data, seed.length, mask));
  xor(data, maskFrom(seed, data.length, mask));
  const expected = createHash(name).update(label).digest();
  let bad = octet(block, 0) | (octet(block, end) ^ 1);
  for (let i = 0; i < bytes; i++) bad |= octet(data, i) ^ octet(expected, i);
  for (let i = 1 + 2 * bytes; i < end; i++) bad |= octet(block, i);
  return bad;
}

/** MGF1 (RFC 8017, B.2.1). */
function maskFrom(seed: Buffer, length: number, digest: Digest): Buffer {
  const { hash, bytes } = digests[digest];
  const blocks: Buffer[] = [];
  for (let counter = 0; counter * bytes < length; counter++) {
    blocks.push(
      createHash(hash)
        .update(seed)
        .update(Buffer.of(0, 0, counter >> 8, counter))
        .digest(),
    );
  }
  return Buffer.concat(blocks, length);
}

function xor(target: Buffer, mask: Buffer): void {
  for (let i = 0; i < target.length; i++) target[i] = octet(target, i) ^ octet(mask, i);
}

/** Sets the target to the source where the mask is all ones, and leaves it where the mask is 0. @returns the mask */
function select(target: Buffer, source: Buffer, mask: number): number {
  for (let i = 0; i < target.length; i++) {
    target[i] = (octet(source, i) & mask) | (octet(target, i) & ~mask);
  }
  return mask;
}

function octet(bytes: Buffer, at: number): number {
  return bytes[at] as number;
}

/** All ones for 0, and 0 for 1 to 2^31. */
function allOnesIfZero(value: number): number {
  return ~(value | -value) >> 31;
}

/** Not 0 for negative numbers. */
function negative(value: number): number {
  return value >>> 31;
}

/** A key that only the holder of the private key could foresee, the same for the same message. */
function madeUpKey({ wrapped, privateKey }: Candidate, keyBytes: number): Buffer {
  return createHmac('sha256', secretOf(privateKey)).update(wrapped).digest().subarray(0, keyBytes);
}

const secrets = new WeakMap<KeyObject, Buffer>();

function secretOf(privateKey: KeyObject): Buffer {
  let secret = secrets.get(privateKey);
  if (!secret) {
    secret = createHash('sha256')
      .update('implicit rejection')
      .update(privateKey.export({ type: 'pkcs8', format: 'der' }))
      .digest();
    secrets.set(privateKey, secret);
  }
  return secret;
}
