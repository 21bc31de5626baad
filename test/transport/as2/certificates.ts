/** RSA key pairs with self-signed certificates for the tests of AS2: made in this process, and only once for each name. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomInt,
  sign,
} from 'node:crypto';
import type { Certificate, OwnKey } from '../../../src/transport/as2/as2.ts';
import { readOwnKey } from '../../../src/transport/as2/certificate.ts';
import {
  bitString,
  element,
  integer,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  set,
  tagged,
  time,
} from '../../../src/transport/as2/der.ts';

export interface Made {
  readonly own: OwnKey;
  readonly certificate: Certificate;
  readonly certificatePem: string;
  /** PKCS#8. */
  readonly keyPem: string;
}

export interface Wanted {
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly serial?: number;
  /** The common name of subject and issuer; default: the name. */
  readonly subject?: string;
  /** Use the RSA key of this name, which may be made already. */
  readonly keyOf?: string;
  /** Whether the certificate has a subjectKeyIdentifier; default: yes. */
  readonly subjectKeyId?: boolean;
}

const made = new Map<string, Made>();
const keys = new Map<string, string>();

/**
 * A key pair of 2048 bits with its certificate, valid from 2020 to 2049 if nothing else is wanted. A new key costs some
 * 100 ms: tests share 'us', 'partner' and 'stranger'. What is wanted counts when the name is asked for the first time.
 */
export function ownKey(name: string, wanted: Wanted = {}): Made {
  const known = made.get(name);
  if (known) return known;
  const keyPem = keyFor(wanted.keyOf ?? name);
  const certificatePem = certify(keyPem, wanted.subject ?? name, wanted);
  const own = readOwnKey(certificatePem, keyPem);
  const fresh = { own, certificate: own.certificate, certificatePem, keyPem };
  made.set(name, fresh);
  return fresh;
}

function keyFor(name: string): string {
  const known = keys.get(name);
  if (known) return known;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  keys.set(name, pem);
  return pem;
}

/** RFC 5280, 4.1, signed with SHA-256 and PKCS#1 v1.5. */
function certify(keyPem: string, subject: string, wanted: Wanted): string {
  const publicKey = createPublicKey(keyPem).export({ type: 'spki', format: 'der' });
  const algorithm = sequence(objectIdentifier('1.2.840.113549.1.1.11'), nothing);
  const name = sequence(set(sequence(objectIdentifier('2.5.4.3'), element(0x0c, Buffer.from(subject)))));
  const { notBefore = new Date('2020-01-01'), notAfter = new Date('2049-01-01') } = wanted;
  const keyId = createHash('sha1').update(publicKey).digest();
  const extension = sequence(objectIdentifier('2.5.29.14'), octetString(octetString(keyId)));
  const body = sequence(
    tagged(0, integer(2)),
    integer(wanted.serial ?? randomInt(1, 2 ** 40)),
    algorithm,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    publicKey,
    ...(wanted.subjectKeyId === false ? [] : [tagged(3, sequence(extension))]),
  );
  const signature = sign('sha256', body, createPrivateKey(keyPem));
  const lines =
    sequence(body, algorithm, bitString(signature))
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
