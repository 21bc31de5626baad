/** X.509 certificates and key pairs as CMS names and uses them. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Certificate, OwnKey } from './as2.ts';
import {
  childrenOf,
  type Element,
  expectTag,
  identifierOf,
  octetsOf,
  readElement,
  sequenceOf,
  tags,
} from './ber.ts';
import { element, sequence } from './der.ts';
import { subjectKeyIdentifier } from './oids.ts';

/**
 * Reads an X.509 certificate; of several in a PEM file the first.
 * @throws Error that says what is wrong
 */
export function readCertificate(pemOrDer: string | Buffer): Certificate {
  try {
    return certificateFrom(new X509Certificate(pemOrDer));
  } catch (error) {
    throw new Error('this is no X.509 certificate in PEM or DER', { cause: error });
  }
}

/**
 * Reads a certificate of ours and its private key.
 * @param passphrase of the key, if it is encrypted
 * @throws Error that says what is wrong: unreadable, no RSA key, or they do not belong together
 */
export function readOwnKey(
  certificatePem: string | Buffer,
  keyPem: string | Buffer,
  passphrase?: string,
): OwnKey {
  const certificate = readCertificate(certificatePem);
  const privateKey = readPrivateKey(keyPem, passphrase);
  if (privateKey.asymmetricKeyType !== 'rsa')
    throw new Error('AS2 needs an RSA key, and this is another kind');
  if (!certificate.x509.checkPrivateKey(privateKey))
    throw new Error('the private key does not belong to the certificate');
  return { certificate, privateKey };
}

/** Whether the moment lies in the certificate's time. */
export function validAt(certificate: Certificate, at: Date): boolean {
  return certificate.notBefore <= at && at <= certificate.notAfter;
}

/** How CMS names a certificate: RFC 5652, 5.3 and 6.2.1. */
export type CertificateName =
  | { readonly issuer: Buffer; readonly serial: Buffer }
  | { readonly subjectKeyId: Buffer };

/** Reads a SignerIdentifier or RecipientIdentifier. @throws BrokenBer */
export function readName(element: Element | undefined): CertificateName {
  if (element?.tag === 0x80 || element?.tag === 0xa0) return { subjectKeyId: octetsOf(element, 0x80) };
  const [issuer, serial] = sequenceOf(element);
  return {
    issuer: expectTag(issuer, tags.sequence).whole,
    serial: expectTag(serial, tags.integer).contents,
  };
}

/** Whether the name is the certificate's. */
export function isNamed(certificate: Certificate, name: CertificateName): boolean {
  if ('subjectKeyId' in name) return certificate.subjectKeyId?.equals(name.subjectKeyId) ?? false;
  return certificate.serial.equals(name.serial) && certificate.issuer.equals(name.issuer);
}

/** An IssuerAndSerialNumber. */
export function issuerAndSerial({ issuer, serial }: Certificate): Buffer {
  return sequence(issuer, element(tags.integer, serial));
}

function readPrivateKey(pem: string | Buffer, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey(passphrase === undefined ? pem : { key: pem, passphrase });
  } catch (error) {
    throw new Error('the private key cannot be read: not PEM, or its passphrase is missing or wrong', {
      cause: error,
    });
  }
}

/** RFC 5280, 4.1: TBSCertificate. */
function certificateFrom(x509: X509Certificate): Certificate {
  const fields = sequenceOf(sequenceOf(readElement(x509.raw))[0]);
  // version [0] is absent in X.509 v1.
  const [serial, , issuer] = fields[0]?.tag === 0xa0 ? fields.slice(1) : fields;
  return {
    pem: x509.toString(),
    der: x509.raw,
    x509,
    publicKey: x509.publicKey,
    issuer: expectTag(issuer, tags.sequence).whole,
    serial: expectTag(serial, tags.integer).contents,
    subjectKeyId: subjectKeyIdOf(fields.find(({ tag }) => tag === 0xa3)),
    fingerprint: x509.fingerprint256.replaceAll(':', '').toLowerCase(),
    notBefore: new Date(x509.validFrom),
    notAfter: new Date(x509.validTo),
  };
}

function subjectKeyIdOf(extensions: Element | undefined): Buffer | null {
  if (!extensions) return null;
  for (const extension of sequenceOf(childrenOf(extensions)[0])) {
    const parts = sequenceOf(extension);
    if (identifierOf(parts[0]) === subjectKeyIdentifier) return octetsOf(readElement(octetsOf(parts.at(-1))));
  }
  return null;
}
