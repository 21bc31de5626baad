/** The object identifiers of CMS (RFC 5652, 5083, 3274, 5754, 4055, 3565, 5084, 6211) by the words that we use for them. */
import type { Cipher, Digest } from './as2.ts';

export const contentTypes = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  envelopedData: '1.2.840.113549.1.7.3',
  authEnvelopedData: '1.2.840.113549.1.9.16.1.23',
  compressedData: '1.2.840.113549.1.9.16.1.9',
} as const;

export const attributes = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  algorithmProtection: '1.2.840.113549.1.9.52',
} as const;

export const algorithms = {
  rsaEncryption: '1.2.840.113549.1.1.1',
  oaep: '1.2.840.113549.1.1.7',
  mgf1: '1.2.840.113549.1.1.8',
  labelSpecified: '1.2.840.113549.1.1.9',
  pss: '1.2.840.113549.1.1.10',
  zlib: '1.2.840.113549.1.9.16.3.8',
} as const;

/** extnID of a certificate's SubjectKeyIdentifier. */
export const subjectKeyIdentifier = '2.5.29.14';

/** A digest: its identifier, that of its PKCS#1 v1.5 signatures, and its bytes. */
export const digests: Readonly<
  Record<Digest, { oid: string; withRsa: string; bytes: number; hash: string }>
> = {
  'sha-1': { oid: '1.3.14.3.2.26', withRsa: '1.2.840.113549.1.1.5', bytes: 20, hash: 'sha1' },
  'sha-256': {
    oid: '2.16.840.1.101.3.4.2.1',
    withRsa: '1.2.840.113549.1.1.11',
    bytes: 32,
    hash: 'sha256',
  },
  'sha-384': {
    oid: '2.16.840.1.101.3.4.2.2',
    withRsa: '1.2.840.113549.1.1.12',
    bytes: 48,
    hash: 'sha384',
  },
  'sha-512': {
    oid: '2.16.840.1.101.3.4.2.3',
    withRsa: '1.2.840.113549.1.1.13',
    bytes: 64,
    hash: 'sha512',
  },
};

/** A content cipher: its identifier, OpenSSL's name, and the bytes of its key and (CBC) its blocks. */
export interface CipherFacts {
  readonly oid: string;
  readonly name: string;
  readonly keyBytes: number;
  readonly mode: 'cbc' | 'gcm';
  readonly blockBytes: number;
}

export const ciphers: Readonly<Record<Cipher, CipherFacts>> = {
  'aes-128-cbc': aes('cbc', 128, 2),
  'aes-192-cbc': aes('cbc', 192, 22),
  'aes-256-cbc': aes('cbc', 256, 42),
  'aes-128-gcm': aes('gcm', 128, 6),
  'aes-192-gcm': aes('gcm', 192, 26),
  'aes-256-gcm': aes('gcm', 256, 46),
  '3des': { oid: '1.2.840.113549.3.7', name: 'des-ede3-cbc', keyBytes: 24, mode: 'cbc', blockBytes: 8 },
};

function aes(mode: 'cbc' | 'gcm', bits: number, arc: number): CipherFacts {
  const oid = `2.16.840.1.101.3.4.1.${arc}`;
  return { oid, name: `aes-${bits}-${mode}`, keyBytes: bits / 8, mode, blockBytes: 16 };
}

const digestsByOid = byOid(digests, ({ oid }) => oid);
const digestsByRsa = byOid(digests, ({ withRsa }) => withRsa);
const ciphersByOid = byOid(ciphers, ({ oid }) => oid);

/** The digest of an identifier; null: not known here. */
export const digestOf = (oid: string): Digest | null => digestsByOid.get(oid) ?? null;
/** The digest of a PKCS#1 v1.5 signature's identifier; null: it names none. */
export const digestOfRsa = (oid: string): Digest | null => digestsByRsa.get(oid) ?? null;
/** The cipher of an identifier; null: not known here. */
export const cipherOf = (oid: string): Cipher | null => ciphersByOid.get(oid) ?? null;

function byOid<Name extends string, Facts>(
  table: Readonly<Record<Name, Facts>>,
  oid: (facts: Facts) => string,
): ReadonlyMap<string, Name> {
  return new Map(Object.entries<Facts>(table).map(([name, facts]) => [oid(facts), name as Name]));
}
