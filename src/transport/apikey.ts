/**
 * API keys of POST /edi: `ptl_<prefix>_<secret>`. The prefix finds the row and may be shown; the secret is 256 random bits
 * and is stored only as a hash. A plain SHA-256 is right here, and a slow hash would be wrong: slow hashes make up for
 * passwords that can be guessed, and 256 random bits cannot, while every request would pay for the slowness.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const prefixBytes = 6;
const secretBytes = 32;
const form = /^ptl_([0-9a-f]{12})_[\w-]{43}$/;

/** Makes a key. `key` is shown once; `prefix` and `hash` are what is stored. */
export function makeApiKey(): { key: string; prefix: string; hash: Buffer } {
  const prefix = randomBytes(prefixBytes).toString('hex');
  const key = `ptl_${prefix}_${randomBytes(secretBytes).toString('base64url')}`;
  return { key, prefix, hash: hashApiKey(key) };
}

/** The part of a key that its row is found by; null when it has not the form of a key. */
export function apiKeyPrefix(key: string): string | null {
  return form.exec(key)?.[1] ?? null;
}

/** SHA-256 of the whole key. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Whether the key is the one that was hashed, in a time that tells nothing of how much of it is right. */
export function verifyApiKey(key: string, hash: Buffer): boolean {
  const shown = hashApiKey(key);
  return hash.length === shown.length && timingSafeEqual(shown, hash);
}
