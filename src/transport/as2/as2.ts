/**
 * AS2 (RFC 4130): the words that its parts share. What a partner agreed comes from outside as a partnership, where bytes
 * and receipts are kept is a desk's business; this room reads, proves, makes and moves messages.
 */
import type { KeyObject, X509Certificate } from 'node:crypto';

/** A run of bytes that may be larger than memory. */
export type Bytes = AsyncIterable<Buffer>;

/** Bytes that lie whole in memory or on our disk: they can be read again, and in part. */
export interface Piece {
  readonly size: number;
  /** Reads the bytes at [from, to); default: all. */
  read(from?: number, to?: number): Bytes;
}

/** A piece that is to be removed once nobody needs it. Safe to call twice. */
export interface Kept extends Piece {
  remove(): Promise<void>;
}

/** Where intermediate results lie: small ones in memory, large ones in a file of the spool. */
export interface Workshop {
  /** @throws FileTooLarge past the cap; what the stream throws. Nothing is left behind then. */
  keep(bytes: Bytes, most: number): Promise<Kept>;
}

export type Digest = 'sha-1' | 'sha-256' | 'sha-384' | 'sha-512';
export type CbcCipher = 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc' | '3des';
export type GcmCipher = 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm';
export type Cipher = CbcCipher | GcmCipher;
/** PKCS#1 v1.5 or RSA-PSS. */
export type SignatureForm = 'pkcs1' | 'pss';
/** PKCS#1 v1.5 or RSA-OAEP. */
export type KeyTransport = 'pkcs1' | 'oaep';

/** An X.509 certificate with what CMS names it by. */
export interface Certificate {
  readonly pem: string;
  readonly der: Buffer;
  readonly x509: X509Certificate;
  readonly publicKey: KeyObject;
  /** DER of the issuer's Name. */
  readonly issuer: Buffer;
  /** Contents of the serial number's INTEGER. */
  readonly serial: Buffer;
  readonly subjectKeyId: Buffer | null;
  /** SHA-256 of the DER in small hex digits. */
  readonly fingerprint: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A key pair of ours. */
export interface OwnKey {
  readonly certificate: Certificate;
  readonly privateKey: KeyObject;
}

/** A MIC (RFC 4130, 7.3.1): base64 of the digest. */
export interface Mic {
  readonly digest: Digest;
  readonly value: string;
}

/** What is asked of a message that arrives. */
export interface Demands {
  readonly signed: boolean;
  readonly encrypted: boolean;
  readonly digests: readonly Digest[];
  readonly ciphers: readonly Cipher[];
  /** Take signatures of a pinned certificate that has expired. */
  readonly expired: boolean;
  /** The largest message in bytes, as it arrives and once it is unpacked. */
  readonly mostBytes: number;
}

/** How what we send is packed. */
export interface Packing {
  readonly sign: Digest | 'none';
  readonly signature: SignatureForm;
  readonly encrypt: Cipher | 'none';
  readonly keyTransport: KeyTransport;
  readonly compress: 'none' | 'before-signing' | 'after-signing';
  readonly quirks: {
    readonly digestSpelling: 'sha-256' | 'sha256';
    readonly transferEncoding: 'binary' | 'base64';
    readonly quoteFilename: boolean;
    readonly algorithmProtection: boolean;
  };
}

/** What was agreed between one AS2 name of ours and one of theirs, with the keys that count now. */
export interface Partnership {
  /** The endpoint's name. */
  readonly endpoint: string;
  readonly us: string;
  readonly them: string;
  readonly demands: Demands;
  /** The key pair that signs now; null: there is none. */
  readonly signWith: OwnKey | null;
  /** Every key pair of ours that may open a message; the newest first. */
  readonly openWith: readonly OwnKey[];
  /** Pinned: their certificates of which any may have signed. */
  readonly pinned: readonly Certificate[];
  /** Their certificate that we encrypt to; null: there is none. */
  readonly encryptTo: Certificate | null;
  /** Where their asynchronous MDNs go; null: nowhere. */
  readonly deliverMdnTo: string | null;
}

/**
 * How an MDN judges a message (RFC 3798 3.2.6, RFC 4130 7.4 to 7.5); '' for processed. `duplicate-document` is a warning,
 * `unsupported-…` are failures, the others errors.
 */
export type Modifier =
  | ''
  | 'duplicate-document'
  | 'authentication-failed'
  | 'decompression-failed'
  | 'decryption-failed'
  | 'insufficient-message-security'
  | 'integrity-check-failed'
  | 'invalid-message-id'
  | 'unexpected-processing-error'
  | 'unknown-trading-relationship'
  | 'unsupported-format'
  | 'unsupported-mic-algorithms'
  | 'sender-equals-receiver';

/** A message that is refused: its MDN says so. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly modifier: Exclude<Modifier, ''>;
  /** The MIC, as far as the message could be opened. */
  mic: Mic | null = null;
  /** @param reason for people on both sides: says what is wrong, and nothing that helps to break a cipher */
  constructor(modifier: Exclude<Modifier, ''>, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.modifier = modifier;
  }
}
