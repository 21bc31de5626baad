/** A key pair of our own with a certificate that it signs itself: AS2 partners pin certificates, so nobody else need vouch. */
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

export const keySizes = [2048, 3072, 4096] as const;

export interface NewCertificateTerms {
  /** Who the certificate names: 1 to 64 characters (RFC 5280, ub-common-name). */
  readonly commonName: string;
  /** Of the RSA modulus. */
  readonly bits: (typeof keySizes)[number];
  /** To the second. */
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface KeyPairPem {
  readonly certificate: string;
  /** PKCS#8, not encrypted. */
  readonly privateKey: string;
}

const signing = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
const publicExponent = new Uint8Array([1, 0, 1]);
const serialBytes = 16;

/** Makes an RSA key pair for signing and for being encrypted to; the certificate is signed with SHA-256. */
export async function makeKeyPair(terms: NewCertificateTerms): Promise<KeyPairPem> {
  const { commonName, bits, notBefore, notAfter } = terms;
  const algorithm = { ...signing, publicExponent, modulusLength: bits };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: new Name([{ CN: [{ utf8String: commonName }] }]),
    notBefore,
    notAfter,
    signingAlgorithm: signing,
    keys,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { certificate: `${certificate.toString('pem')}\n`, privateKey: pemOf('PRIVATE KEY', pkcs8) };
}

/** Positive, and never with a leading zero, which would be written otherwise (RFC 5280, 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(serialBytes);
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function pemOf(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
