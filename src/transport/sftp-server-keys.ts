/** Keys of the built-in SFTP server: its own, which partners pin, and those that partners sign in with. */
import { createHash, timingSafeEqual } from 'node:crypto';
import ssh2, { type PublicKeyAuthContext } from 'ssh2';
import { readSshPublicKey } from './ssh-public-key.ts';

/**
 * What the server proves itself with. No RSA: ssh2 would offer every RSA key for SHA-1 signatures too, and whoever knows
 * rsa-sha2 knows ECDSA.
 */
export const hostKeyTypes = ['ed25519', 'ecdsa'] as const;
export type HostKeyType = (typeof hostKeyTypes)[number];

export interface HostKey {
  readonly type: HostKeyType;
  /** In OpenSSH's form. */
  readonly privateKey: string;
  /** One line, as it stands in known_hosts after the host's name. */
  readonly publicKey: string;
  /** 'SHA256:…', as ssh-keygen prints it. */
  readonly fingerprint: string;
}

/**
 * Makes a host key. About one in 250 ed25519 keys that ssh2 1.17 makes cannot be read again, because it drops a leading zero
 * of the public key; those are thrown away.
 */
export function makeHostKey(type: HostKeyType): HostKey {
  for (;;) {
    const pair =
      type === 'ed25519'
        ? ssh2.utils.generateKeyPairSync('ed25519')
        : ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
    const key = ssh2.utils.parseKey(pair.private);
    if (key instanceof Error || typeof readSshPublicKey(pair.public) === 'string') continue;
    return {
      type,
      privateKey: pair.private,
      publicKey: pair.public.trim(),
      fingerprint: fingerprintOf(key.getPublicSSH()),
    };
  }
}

/** The fingerprint of a public key's blob. */
export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** Signatures that are taken, by the type of the key; for RSA the digest that the client names. */
const rsaDigests = ['sha256', 'sha512'];

/**
 * Whether a client shows one of these public keys; signed: and has its private key.
 * @param keys lines as in partner.yaml; those that cannot be read count as not there
 */
export function showsKey(context: PublicKeyAuthContext, keys: readonly string[]): 'no' | 'shown' | 'signed' {
  const { key: shown, blob, signature, hashAlgo } = context;
  const line = keys.find((one) => isKey(one, shown));
  if (line === undefined) return 'no';
  // Without a digest an RSA signature is of SHA-1.
  if (shown.algo === 'ssh-rsa' && !rsaDigests.includes(hashAlgo ?? '')) return 'no';
  if (signature === undefined) return 'shown';
  const key = ssh2.utils.parseKey(line);
  if (key instanceof Error || blob === undefined) return 'no';
  // What cannot be verified gives an Error, which is true as well.
  return key.verify(blob, signature, hashAlgo) === true ? 'signed' : 'no';
}

function isKey(line: string, shown: PublicKeyAuthContext['key']): boolean {
  const key = readSshPublicKey(line);
  if (typeof key === 'string' || key.type !== shown.algo || key.blob.length !== shown.data.length)
    return false;
  return timingSafeEqual(key.blob, shown.data);
}
