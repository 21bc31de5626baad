/** multipart/signed with a detached CMS signature (RFC 1847, 2.1; RFC 8551, 3.5.3). */
import type { Digest, Piece } from './as2.ts';
import { nameOf } from './mic.ts';
import { MimeError, readEntity } from './mime.ts';
import { boundaryOf, partsOf } from './multipart.ts';
import { mediaTypeOf, type Parameterised } from './parameters.ts';
import { collect } from './piece.ts';
import { decoded, linesOf, transferEncodingOf } from './transfer-encoding.ts';

/** Bytes of a signature with its certificates. */
const signatureBytes = 512 * 1024;

/** Content-Type of a multipart/signed (RFC 1847, 2.1). */
export function signedType(digest: Digest, spelling: 'sha-256' | 'sha256', boundary: string): string {
  const micalg = nameOf(digest, spelling);
  return `multipart/signed; protocol="application/pkcs7-signature"; micalg=${micalg}; boundary="${boundary}"`;
}

/** What stands before the signed part. */
export function signedStart(boundary: string): Buffer {
  return Buffer.from(`--${boundary}\r\n`);
}

/** What follows the signed part in a multipart/signed. In base64: there are readers that treat parts as text. */
export function signedEnd(cms: Buffer, boundary: string): Buffer {
  return Buffer.concat([
    Buffer.from(
      `\r\n--${boundary}\r\nContent-Type: application/pkcs7-signature; name="smime.p7s"; smime-type=signed-data\r\n` +
        'Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="smime.p7s"\r\n\r\n',
    ),
    linesOf(cms),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
}

/**
 * Both parts of a multipart/signed: the first as it was signed, and the signature without its coding.
 * @throws MimeError when there are not exactly two, or the second is no signature
 */
export async function signedPartsOf(
  body: Piece,
  type: Parameterised,
): Promise<[content: Piece, signature: Buffer]> {
  const [content, second] = await partsOf(body, boundaryOf(type), 2);
  if (content === undefined || second === undefined) {
    throw new MimeError('The multipart/signed does not have exactly two parts');
  }
  const entity = await readEntity(second);
  if (!/^application\/(x-)?pkcs7-signature$/.test(mediaTypeOf(entity.fields).value)) {
    throw new MimeError('The second part of the multipart/signed is no signature');
  }
  if (entity.body.size > signatureBytes) throw new MimeError('The signature is too large');
  return [content, await collect(decoded(entity.body.read(), transferEncodingOf(entity.fields)))];
}
