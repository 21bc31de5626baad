/** Which layer of AS2 an entity is (RFC 8551, 3.2; RFC 5402), if any. */
import { Refusal } from './as2.ts';
import type { Entity } from './mime.ts';
import { mediaTypeOf } from './parameters.ts';
import { decoded, transferEncodingOf } from './transfer-encoding.ts';

export type Layer = 'encrypted' | 'compressed' | 'signed';

/** By smime-type, in small letters. Encrypted is either kind: several products call both enveloped-data. */
const bySmimeType: ReadonlyMap<string, Layer> = new Map([
  ['enveloped-data', 'encrypted'],
  ['authenveloped-data', 'encrypted'],
  ['compressed-data', 'compressed'],
  ['signed-data', 'signed'],
]);

/** By the object identifier of the ContentInfo (RFC 5652, 3), in hex: 1.2.840.113549.1.7.x and 1.2.840.113549.1.9.16.1.x. */
const byIdentifier: readonly (readonly [string, Layer])[] = [
  ['06092a864886f70d010702', 'signed'],
  ['06092a864886f70d010703', 'encrypted'],
  ['060b2a864886f70d0109100109', 'compressed'],
  ['060b2a864886f70d0109100117', 'encrypted'],
];

/**
 * The layer that an entity is; null: it is none, but what was sent.
 * @throws Refusal for a kind of pkcs7-mime that AS2 does not have; MimeError
 */
export async function layerOf(entity: Entity): Promise<Layer | null> {
  const { value, parameters } = mediaTypeOf(entity.fields);
  if (value === 'multipart/signed') return 'signed';
  if (!isPkcs7Mime(value)) return null;
  const named = parameters.get('smime-type');
  const layer = named === undefined ? await layerWithin(entity) : bySmimeType.get(named.toLowerCase());
  if (layer === undefined)
    throw new Refusal('unsupported-format', 'application/pkcs7-mime of an unknown smime-type');
  return layer;
}

export function isPkcs7Mime(type: string): boolean {
  return type === 'application/pkcs7-mime' || type === 'application/x-pkcs7-mime';
}

/** Old products name no smime-type: the first bytes tell. */
async function layerWithin({ fields, body }: Entity): Promise<Layer | undefined> {
  const start: Buffer[] = [];
  let length = 0;
  for await (const chunk of decoded(body.read(), transferEncodingOf(fields))) {
    start.push(chunk.subarray(0, 32));
    length += chunk.length;
    if (length >= 32) break;
  }
  const hex = Buffer.concat(start).subarray(0, 32).toString('hex');
  const content = /^30(?:80|[0-7][0-9a-f]|81..|82.{4}|83.{6}|84.{8})(06.*)$/.exec(hex)?.[1] ?? '';
  return byIdentifier.find(([identifier]) => content.startsWith(identifier))?.[1];
}
