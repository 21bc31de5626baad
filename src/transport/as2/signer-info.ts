/** SignerInfo (RFC 5652, 5.3): reads one, and proves it with one certificate. */
import { constants, type VerifyKeyObjectInput, verify as verifySignature } from 'node:crypto';
import {
  type Algorithm,
  algorithmOf,
  explicitFields,
  readAlgorithm,
  readHashAndMask,
  sameAlgorithm,
} from './algorithm.ts';
import { type Certificate, type Digest, Refusal, type SignatureForm } from './as2.ts';
import {
  BrokenBer,
  childrenOf,
  type Element,
  identifierOf,
  octetsOf,
  sequenceOf,
  setOf,
  smallIntegerOf,
  tags,
} from './ber.ts';
import { type CertificateName, readName } from './certificate.ts';
import { algorithms, attributes, digestOf, digestOfRsa, digests } from './oids.ts';

/** One signer of a message, as the message has it: nothing of this is proven. */
export interface Signer {
  readonly named: CertificateName;
  readonly digest: Digest | null;
  /** What is signed and how; or why this signer counts for nothing. */
  readonly claim: Claim | Refusal;
}

/** What a signer signed: attributes, of which one is the digest of the content. */
export interface Claim {
  readonly digest: Digest;
  readonly form: SignatureForm;
  readonly saltBytes: number;
  /** The signed attributes as they were signed: as received, with the tag of a SET (RFC 5652, 5.4). */
  readonly attributes: Buffer;
  readonly contentType: string;
  readonly messageDigest: Buffer;
  readonly signature: Buffer;
}

/** Reads a SignerInfo. @throws BrokenBer */
export function readSigner(element: Element): Signer {
  const fields = sequenceOf(element);
  smallIntegerOf(fields[0]);
  const named = readName(fields[1]);
  const digestAlgorithm = readAlgorithm(fields[2]);
  const digest = digestOf(digestAlgorithm.oid);
  try {
    return { named, digest, claim: claimOf(fields, digestAlgorithm, digest) };
  } catch (error) {
    if (error instanceof Refusal) return { named, digest, claim: error };
    throw error;
  }
}

/** Whether the claim was signed with the certificate's key. */
export function isSignedBy(claim: Claim, { publicKey }: Certificate): boolean {
  const kind = publicKey.asymmetricKeyType;
  if (kind !== 'rsa' && !(kind === 'rsa-pss' && claim.form === 'pss')) return false;
  const key: VerifyKeyObjectInput = { key: publicKey, padding: constants.RSA_PKCS1_PADDING };
  if (claim.form === 'pss')
    Object.assign(key, { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: claim.saltBytes });
  return verifySignature(digests[claim.digest].hash, claim.attributes, key, claim.signature);
}

function claimOf(fields: readonly Element[], digestAlgorithm: Algorithm, digest: Digest | null): Claim {
  const signed = fields[3];
  if (signed?.tag !== 0xa0)
    throw new Refusal('authentication-failed', 'The signature has no signed attributes');
  // Attributes are DER even where the rest is BER (RFC 5652, 5.3).
  if (signed.whole[1] === 0x80)
    throw new Refusal('authentication-failed', 'The signed attributes are not DER');
  if (!digest)
    throw new Refusal('unsupported-mic-algorithms', 'The digest of the signature is not known here');
  const signatureAlgorithm = readAlgorithm(fields[4]);
  const attached = readAttributes(signed);
  expectProtected(attached.get(attributes.algorithmProtection), digestAlgorithm, signatureAlgorithm);
  return {
    digest,
    ...formOf(signatureAlgorithm, digest),
    attributes: asSet(signed.whole),
    contentType: identifierOf(required(attached, attributes.contentType)),
    messageDigest: octetsOf(required(attached, attributes.messageDigest)),
    signature: octetsOf(fields[5]),
  };
}

function asSet(received: Buffer): Buffer {
  const copy = Buffer.from(received);
  copy[0] = tags.set;
  return copy;
}

/** The attributes that are understood here, each with its only value (RFC 5652, 11); others may be what they like. */
function readAttributes(signed: Element): Map<string, Element> {
  const known: string[] = Object.values(attributes);
  const values = new Map<string, Element>();
  for (const attribute of childrenOf(signed)) {
    const [type, set] = sequenceOf(attribute);
    const oid = identifierOf(type);
    if (!known.includes(oid)) continue;
    const [value, ...more] = setOf(set);
    if (!value || more.length > 0 || values.has(oid)) {
      throw new Refusal('authentication-failed', 'A signed attribute has not exactly one value');
    }
    values.set(oid, value);
  }
  return values;
}

function required(attached: ReadonlyMap<string, Element>, oid: string): Element {
  const value = attached.get(oid);
  if (value) return value;
  const name = oid === attributes.contentType ? 'contentType' : 'messageDigest';
  throw new Refusal('authentication-failed', `The signature lacks its attribute ${name}`);
}

/** CMSAlgorithmProtection (RFC 6211): algorithms outside the signature are those inside. */
function expectProtected(value: Element | undefined, digest: Algorithm, signature: Algorithm): void {
  if (!value) return;
  const [inner, form] = sequenceOf(value);
  const same =
    sameAlgorithm(readAlgorithm(inner), digest) &&
    form?.tag === 0xa1 &&
    sameAlgorithm(algorithmOf(childrenOf(form)), signature);
  if (!same) throw new Refusal('authentication-failed', 'The algorithms are not those that were signed');
}

function formOf(algorithm: Algorithm, digest: Digest): { form: SignatureForm; saltBytes: number } {
  if (algorithm.oid === algorithms.rsaEncryption) return { form: 'pkcs1', saltBytes: 0 };
  const signed = digestOfRsa(algorithm.oid);
  if (signed) {
    if (signed !== digest) throw new Refusal('authentication-failed', 'The signature is of another digest');
    return { form: 'pkcs1', saltBytes: 0 };
  }
  if (algorithm.oid === algorithms.pss) return { form: 'pss', saltBytes: saltOf(algorithm, digest) };
  throw new Refusal('unsupported-format', 'The signature algorithm is not known here');
}

/** RSASSA-PSS-params (RFC 4055, 3.1). */
function saltOf({ parameters }: Algorithm, digest: Digest): number {
  const fields = explicitFields(parameters);
  const { hash, mask } = readHashAndMask(fields);
  const salt = fields.get(2);
  const trailer = fields.get(3);
  if (hash !== digest || mask !== digest) {
    throw new Refusal('authentication-failed', 'The signature is of another digest');
  }
  if (trailer && smallIntegerOf(trailer) !== 1) throw new BrokenBer('trailer of RSA-PSS unknown');
  const bytes = salt ? smallIntegerOf(salt) : 20;
  if (bytes > 512) throw new BrokenBer('salt of RSA-PSS too long');
  return bytes;
}
