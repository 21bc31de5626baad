/**
 * SignedData (RFC 5652, 5): signs, reads and verifies. A signature counts only by a certificate that is pinned; those
 * inside the message are not even read.
 */
import { constants, sign } from 'node:crypto';
import { digestAlgorithm, hashAndMask, readAlgorithm } from './algorithm.ts';
import {
  type Bytes,
  type Certificate,
  type Digest,
  type OwnKey,
  Refusal,
  type SignatureForm,
} from './as2.ts';
import {
  BerStream,
  BrokenBer,
  childrenOf,
  type Element,
  identifierOf,
  readElement,
  sequenceOf,
  setOf,
  smallIntegerOf,
  tags,
} from './ber.ts';
import { isNamed, issuerAndSerial, validAt } from './certificate.ts';
import {
  element,
  integer,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  set,
  tagged,
  time,
} from './der.ts';
import { algorithms, attributes, contentTypes, digestOf, digests } from './oids.ts';
import { type Claim, isSignedBy, readSigner, type Signer } from './signer-info.ts';

/** Signers that a message may have. */
const mostSigners = 16;

/** A signature as a message brings it: nothing of this is proven. */
export interface SignedData {
  readonly contentType: string;
  /** The digests that it announces, as far as they are known here. */
  readonly digests: readonly Digest[];
  readonly signers: readonly Signer[];
}

/** What is asked of a signature. */
export interface SignatureDemands {
  readonly digests: readonly Digest[];
  /** Take a certificate that has expired. */
  readonly expired: boolean;
  readonly now: Date;
}

/** Who signed, proven. */
export interface Verified {
  readonly certificate: Certificate;
  readonly digest: Digest;
  readonly form: SignatureForm;
}

/**
 * Signs content that travels beside its signature.
 * @param wanted contentDigest: of the exact bytes that are signed; algorithmProtection: add RFC 6211's attribute
 * @returns DER of a ContentInfo with SignedData, our certificate inside
 */
export function signDetached(wanted: {
  digest: Digest;
  contentDigest: Buffer;
  form: SignatureForm;
  key: OwnKey;
  at: Date;
  algorithmProtection: boolean;
}): Buffer {
  const { digest, form, key } = wanted;
  const algorithm = signatureAlgorithm(digest, form);
  const signed = signedAttributes(wanted, algorithm);
  const attached = Buffer.from(signed);
  attached[0] = 0xa0;
  const signer = sequence(
    integer(1),
    issuerAndSerial(key.certificate),
    digestAlgorithm(digest),
    attached,
    algorithm,
    octetString(signatureOf(signed, digest, form, key)),
  );
  const data = sequence(
    integer(1),
    set(digestAlgorithm(digest)),
    sequence(objectIdentifier(contentTypes.data)),
    tagged(0, key.certificate.der),
    set(signer),
  );
  return sequence(objectIdentifier(contentTypes.signedData), tagged(0, data));
}

/**
 * Reads a signature that travels beside its content.
 * @param cms ContentInfo in BER
 * @throws Refusal unsupported-format (no SignedData), authentication-failed (broken)
 */
export function readSignedData(cms: Buffer): SignedData {
  try {
    const [type, wrapped] = sequenceOf(readElement(cms));
    expectType(identifierOf(type), contentTypes.signedData);
    const [version, announced, content, ...rest] = sequenceOf(onlyChild(wrapped));
    smallIntegerOf(version);
    const contentType = identifierOf(sequenceOf(content)[0]);
    expectType(contentType, contentTypes.data);
    // certificates [0] and crls [1] lie between: nobody here trusts them.
    return { contentType, digests: readDigests(announced), signers: readSigners(rest.at(-1)) };
  } catch (error) {
    throw asRefusal(error);
  }
}

/**
 * Opens signed data that has its content inside.
 * @returns its content, which must be read to its end; and what gives the signature then
 * @throws content: Refusal unsupported-format (no SignedData, or none with content), authentication-failed (broken)
 */
export function openSigned(cms: Bytes): { content: Bytes; finish(): SignedData } {
  let signed: SignedData | null = null;
  async function* content(): Bytes {
    const stream = new BerStream(cms);
    try {
      const head = await enterContent(stream);
      yield* stream.octets();
      signed = { ...head, signers: readSigners(await takeSigners(stream)) };
    } catch (error) {
      throw asRefusal(error);
    } finally {
      await stream.close();
    }
  }
  return {
    content: content(),
    finish() {
      if (!signed) throw new Error('signed data is asked for before its content has been read');
      return signed;
    },
  };
}

/** The digests over the content that `verify` needs; empty if there is no signature that it could verify. */
export function digestsIn(signed: SignedData): Digest[] {
  return [...new Set(signed.signers.flatMap(({ digest }) => digest ?? []))];
}

/**
 * Proves who signed: at least one signer whose certificate is pinned must have signed this content.
 * @param contentDigests of the content, by `digestsIn`
 * @throws Refusal authentication-failed, integrity-check-failed (the content is another), insufficient-message-security
 *   (a digest that is not taken), unsupported-mic-algorithms, unsupported-format
 */
export function verify(
  signed: SignedData,
  contentDigests: ReadonlyMap<Digest, Buffer>,
  pinned: readonly Certificate[],
  demands: SignatureDemands,
): Verified {
  let refusal: Refusal | null = null;
  for (const { named, claim } of signed.signers) {
    for (const certificate of pinned.filter((known) => isNamed(known, named))) {
      try {
        if (claim instanceof Refusal) throw claim;
        expectProven(signed, claim, certificate, contentDigests, demands);
        return { certificate, digest: claim.digest, form: claim.form };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (refusal === null || refusal.modifier === 'authentication-failed') refusal = error;
      }
    }
  }
  throw refusal ?? new Refusal('authentication-failed', 'No signature is of a certificate that is pinned');
}

function expectProven(
  signed: SignedData,
  claim: Claim,
  certificate: Certificate,
  contentDigests: ReadonlyMap<Digest, Buffer>,
  { digests: taken, expired, now }: SignatureDemands,
): void {
  const { digest } = claim;
  if (!taken.includes(digest)) {
    throw new Refusal('insufficient-message-security', `Signatures with ${digest} are not taken`);
  }
  if (!signed.digests.includes(digest)) {
    throw new Refusal('authentication-failed', 'The signer uses a digest that the message does not announce');
  }
  if (!isSignedBy(claim, certificate)) {
    throw new Refusal('authentication-failed', 'The signature is not of the certificate that it names');
  }
  if (now < certificate.notBefore || (!expired && !validAt(certificate, now))) {
    throw new Refusal('authentication-failed', 'The certificate of the signature is not valid now');
  }
  if (claim.contentType !== signed.contentType) {
    throw new Refusal('authentication-failed', 'The signature is of another type of content');
  }
  const found = contentDigests.get(digest);
  if (!found) throw new Error(`the content's ${digest} is needed to verify`);
  if (!found.equals(claim.messageDigest)) {
    throw new Refusal('integrity-check-failed', 'The content is not what was signed');
  }
}

/** SignedAttributes (RFC 5652, 5.3) as a SET. */
function signedAttributes(
  { digest, contentDigest, at, algorithmProtection }: Omit<Parameters<typeof signDetached>[0], 'key'>,
  algorithm: Buffer,
): Buffer {
  const attribute = (oid: string, value: Buffer) => sequence(objectIdentifier(oid), set(value));
  const protection = () => sequence(digestAlgorithm(digest), retagged(0xa1, algorithm));
  return set(
    attribute(attributes.contentType, objectIdentifier(contentTypes.data)),
    attribute(attributes.signingTime, time(at)),
    attribute(attributes.messageDigest, octetString(contentDigest)),
    ...(algorithmProtection ? [attribute(attributes.algorithmProtection, protection())] : []),
  );
}

function retagged(tag: number, der: Buffer): Buffer {
  return element(tag, readElement(der).contents);
}

function signatureOf(signed: Buffer, digest: Digest, form: SignatureForm, { privateKey }: OwnKey): Buffer {
  const { hash, bytes } = digests[digest];
  if (form === 'pkcs1') return sign(hash, signed, { key: privateKey, padding: constants.RSA_PKCS1_PADDING });
  return sign(hash, signed, {
    key: privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: bytes,
  });
}

function signatureAlgorithm(digest: Digest, form: SignatureForm): Buffer {
  if (form === 'pkcs1') return sequence(objectIdentifier(algorithms.rsaEncryption), nothing);
  const { bytes } = digests[digest];
  // saltLength [2] has the DEFAULT 20, which DER leaves out.
  const salt = bytes === 20 ? [] : [tagged(2, integer(bytes))];
  return sequence(objectIdentifier(algorithms.pss), sequence(...hashAndMask(digest), ...salt));
}

async function enterContent(stream: BerStream): Promise<Omit<SignedData, 'signers'>> {
  await stream.enter(tags.sequence);
  expectType(identifierOf(await stream.take()), contentTypes.signedData);
  await stream.enter(0xa0);
  await stream.enter(tags.sequence);
  smallIntegerOf(await stream.take());
  const announced = readDigests(await stream.take());
  await stream.enter(tags.sequence);
  const contentType = identifierOf(await stream.take());
  expectType(contentType, contentTypes.data);
  if (await stream.ends()) throw new Refusal('unsupported-format', 'The signed data has no content');
  await stream.enter(0xa0);
  return { contentType, digests: announced };
}

async function takeSigners(stream: BerStream): Promise<Element | undefined> {
  await stream.leave();
  await stream.leave();
  let last: Element | undefined;
  while (!(await stream.ends())) last = await stream.take();
  await stream.finish();
  return last;
}

function readDigests(announced: Element | undefined): Digest[] {
  return setOf(announced).flatMap((algorithm) => digestOf(readAlgorithm(algorithm).oid) ?? []);
}

function readSigners(set: Element | undefined): Signer[] {
  const signers = setOf(set);
  if (signers.length > mostSigners) throw new BrokenBer('too many signers');
  return signers.map(readSigner);
}

function onlyChild(wrapped: Element | undefined): Element | undefined {
  if (wrapped?.tag !== 0xa0) throw new BrokenBer('content missing');
  const [child, ...more] = childrenOf(wrapped);
  if (more.length > 0) throw new BrokenBer('more elements than are due');
  return child;
}

function expectType(found: string, wanted: string): void {
  if (found !== wanted)
    throw new Refusal('unsupported-format', `Content type ${found} where ${wanted} is due`);
}

function asRefusal(error: unknown): unknown {
  if (!(error instanceof BrokenBer)) return error;
  return new Refusal('authentication-failed', `The signature is broken: ${error.message}`, { cause: error });
}
