/** What is odd about a certificate that somebody wants to use: said, not refused, because partners are slow to make new ones. */
import 'reflect-metadata';
import { KeyUsageFlags, KeyUsagesExtension, X509Certificate } from '@peculiar/x509';
import type { Certificate } from './as2.ts';

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
  const flags = new X509Certificate(der).getExtension(KeyUsagesExtension)?.usages;
  const allows = (flag: KeyUsageFlags) => flags === undefined || (flags & flag) !== 0;
  return [
    ...(notAfter <= now ? [`It expired on ${notAfter.toISOString().slice(0, 10)}.`] : []),
    ...(bits < leastBits ? [`Its RSA key has ${bits} bits; fewer than ${leastBits} are not safe.`] : []),
    ...(uses.sign && !allows(KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation)
      ? ['Its key usage does not name digital signatures; some programs refuse them then.']
      : []),
    ...(uses.encrypt && !allows(KeyUsageFlags.keyEncipherment)
      ? ['Its key usage does not name key encipherment; some programs do not encrypt to it then.']
      : []),
  ];
}
