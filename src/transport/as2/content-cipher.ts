/** The ciphers of content: AES-CBC and 3DES (RFC 3565, RFC 3370 5.1), AES-GCM (RFC 5084, 3.2). */
import { createCipheriv, createDecipheriv, type DecipherGCM } from 'node:crypto';
import type { Algorithm } from './algorithm.ts';
import { type Cipher, Refusal } from './as2.ts';
import { BrokenBer, octetsOf, sequenceOf, smallIntegerOf } from './ber.ts';
import { integer, objectIdentifier, octetString, sequence } from './der.ts';
import { type CipherFacts, cipherOf, ciphers } from './oids.ts';

/** Bytes of the authentication tag in what we send. */
export const tagBytes = 16;

/** A contentEncryptionAlgorithm. */
export interface ContentCipher {
  readonly cipher: Cipher;
  readonly iv: Buffer;
  /** AES-GCM: bytes of its tag. */
  readonly tagBytes: number;
}

/** Enciphers one message, chunk by chunk. */
export interface Sealer {
  update(chunk: Buffer): Buffer;
  /** What stands behind the last chunk: CBC's padded block, or the OCTET STRING of AES-GCM's tag. */
  final(): Buffer;
}

/** Deciphers one message, chunk by chunk; what comes out may lag behind. */
export interface Opener {
  update(chunk: Buffer): Buffer;
  /**
   * The rest.
   * @param tag of AES-GCM; empty for CBC
   * @throws Refusal decryption-failed: the tag is wrong, or the ciphertext is not of whole blocks
   */
  final(tag: Buffer): Buffer;
  /** Whether the end came out well: for CBC, whether the padding was right. */
  sound(): boolean;
}

/** Bytes that a cipher makes of so many. */
export function sealedBytes(bytes: number, { mode, blockBytes }: CipherFacts): number {
  return mode === 'gcm' ? bytes : (Math.floor(bytes / blockBytes) + 1) * blockBytes;
}

/** The contentEncryptionAlgorithm of what we send. */
export function cipherAlgorithm({ oid, mode }: CipherFacts, iv: Buffer): Buffer {
  const parameters = mode === 'gcm' ? sequence(octetString(iv), integer(tagBytes)) : octetString(iv);
  return sequence(objectIdentifier(oid), parameters);
}

/**
 * Reads a contentEncryptionAlgorithm.
 * @throws BrokenBer; Refusal unsupported-format
 */
export function readContentCipher({ oid, parameters }: Algorithm): ContentCipher {
  const cipher = cipherOf(oid);
  if (!cipher) throw new Refusal('unsupported-format', 'The cipher is not known here');
  const { mode, blockBytes } = ciphers[cipher];
  if (!parameters) throw new BrokenBer('the cipher has no parameters');
  if (mode === 'cbc') {
    const iv = octetsOf(parameters);
    if (iv.length !== blockBytes) throw new BrokenBer('initial vector of a wrong length');
    return { cipher, iv, tagBytes: 0 };
  }
  const [nonce, tag] = sequenceOf(parameters);
  const iv = octetsOf(nonce);
  // AES-GCM-ICVlen has the DEFAULT 12 and must lie from 12 to 16.
  const bytes = tag ? smallIntegerOf(tag) : 12;
  if (iv.length < 1 || iv.length > 64 || bytes < 12 || bytes > 16)
    throw new BrokenBer('parameters of AES-GCM out of range');
  return { cipher, iv, tagBytes: bytes };
}

/** A sealer for one message. */
export function sealer(facts: CipherFacts, key: Buffer, iv: Buffer): Sealer {
  if (facts.mode === 'cbc') {
    const cipher = createCipheriv(facts.name, key, iv);
    return { update: (chunk) => cipher.update(chunk), final: () => cipher.final() };
  }
  const cipher = createCipheriv(facts.name as 'aes-128-gcm', key, iv, { authTagLength: tagBytes });
  return {
    update: (chunk) => cipher.update(chunk),
    final() {
      cipher.final();
      return octetString(cipher.getAuthTag());
    },
  };
}

/** An opener for one message. */
export function opener(content: ContentCipher, key: Buffer): Opener {
  return ciphers[content.cipher].mode === 'gcm' ? gcmOpener(content, key) : cbcOpener(content, key);
}

function gcmOpener({ cipher, iv, tagBytes: bytes }: ContentCipher, key: Buffer): Opener {
  const { name } = ciphers[cipher];
  const decipher = createDecipheriv(name as 'aes-128-gcm', key, iv, { authTagLength: bytes }) as DecipherGCM;
  let well = false;
  return {
    update: (chunk) => decipher.update(chunk),
    final(tag) {
      if (tag.length !== bytes)
        throw new Refusal('decryption-failed', 'The message cannot be decrypted with our keys');
      decipher.setAuthTag(tag);
      const rest = finalOf(decipher);
      well = true;
      return rest;
    },
    sound: () => well,
  };
}

/** Holds back the last chunk, of which the padding is to be taken off: as it is where the padding is wrong. */
function cbcOpener({ cipher, iv }: ContentCipher, key: Buffer): Opener {
  const { name, blockBytes } = ciphers[cipher];
  const decipher = createDecipheriv(name, key, iv).setAutoPadding(false);
  let held = Buffer.alloc(0);
  let padding = 0;
  return {
    update(chunk) {
      const opened = decipher.update(chunk);
      if (opened.length === 0) return opened;
      const before = held;
      held = opened;
      return before;
    },
    final() {
      finalOf(decipher);
      if (held.length === 0)
        throw new Refusal('decryption-failed', 'The message cannot be decrypted with our keys');
      padding = paddingOf(held, blockBytes);
      return held.subarray(0, held.length - padding);
    },
    sound: () => padding > 0,
  };
}

function finalOf(decipher: { final(): Buffer }): Buffer {
  try {
    return decipher.final();
  } catch {
    throw new Refusal('decryption-failed', 'The message cannot be decrypted with our keys');
  }
}

/** Bytes of padding (RFC 5652, 6.3) at the end; 0 where it is wrong. Looks at the whole block in any case. */
function paddingOf(bytes: Buffer, blockBytes: number): number {
  const count = bytes[bytes.length - 1] as number;
  let bad = (count - 1) | (blockBytes - count);
  for (let i = 1; i <= blockBytes; i++) {
    // All ones for i in the padding.
    const inside = ~((count - i) >> 31);
    bad |= inside & -((bytes[bytes.length - i] as number) ^ count);
  }
  return count & ~(bad >> 31);
}
