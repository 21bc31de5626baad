/** What is odd about a certificate that somebody wants to use: said, not refused, because partners are slow to make new ones. */
import type { Certificate } from './as2.ts';
import { childrenOf, identifierOf, octetsOf, readElement, sequenceOf, tags } from './ber.ts';

/** RFC 5280, 4.2.1.3; its bits in the first octet. */
const keyUsage = {
  oid: '2.5.29.15',
  digitalSignature: 0x80,
  nonRepudiation: 0x40,
  keyEncipherment: 0x20,
} as const;

/** Shorter RSA keys are within reach of those who have the means (NIST SP 800-131A). */
const leastBits = 2048;

/**
 * What a person should know before a certificate is used, a sentence each.
 * @param uses what it is to be used for
 */
export function concernsOf(
  certificate: Certificate,
  uses: { readonly sign: boolean; readonly encrypt: boolean },
  now: Date,
): readonly string[] {
  const { publicKey, notAfter, der } = certificate;
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  const flags = keyUsageOf(der);
  const allows = (flag: number) => flags === null || (flags & flag) !== 0;
  return [
    ...(notAfter <= now ? [`It expired on ${notAfter.toISOString().slice(0, 10)}.`] : []),
    ...(bits < leastBits ? [`Its RSA key has ${bits} bits; fewer than ${leastBits} are not safe.`] : []),
    ...(uses.sign && !allows(keyUsage.digitalSignature | keyUsage.nonRepudiation)
      ? ['Its key usage does not name digital signatures; some programs refuse them then.']
      : []),
    ...(uses.encrypt && !allows(keyUsage.keyEncipherment)
      ? ['Its key usage does not name key encipherment; some programs do not encrypt to it then.']
      : []),
  ];
}

/** The bits of its key usage; null: the certificate does not limit it. */
function keyUsageOf(der: Buffer): number | null {
  const extensions = sequenceOf(sequenceOf(readElement(der))[0]).find(({ tag }) => tag === extensionsTag);
  if (extensions === undefined) return null;
  for (const extension of sequenceOf(childrenOf(extensions)[0])) {
    const parts = sequenceOf(extension);
    if (identifierOf(parts[0]) !== keyUsage.oid) continue;
    // A BIT STRING's first octet counts the bits that are not used.
    const bits = readElement(octetsOf(parts.at(-1)));
    return bits.tag === tags.bitString ? (bits.contents[1] ?? 0) : 0;
  }
  return null;
}

/** [3] of the TBSCertificate (RFC 5280, 4.1). */
const extensionsTag = 0xa3;
