/**
 * Opens a message that came in: layer by layer from the outside, in whichever order they are, each kind at most once. What
 * is used is what was proved: each layer is read from the bytes that the one around it held, and nothing is put together
 * again. What falls short of the partnership's demands is refused, by the disposition that says why.
 */
import { FileTooLarge } from '../spool.ts';
import type { Digest, Mic, Partnership, Piece, Workshop } from './as2.ts';
import { Refusal } from './as2.ts';
import { decompress } from './compressed-data.ts';
import type { Opened } from './desk.ts';
import { decrypt } from './enveloped-data.ts';
import { micFrom, micOf } from './mic.ts';
import { type Entity, fieldsOf, MimeError, readEntity } from './mime.ts';
import { signedPartsOf } from './multipart-signed.ts';
import { filenameOf, mediaTypeOf } from './parameters.ts';
import { digestsOf } from './piece.ts';
import { digestsIn, openSigned, readSignedData, type SignedData, verify } from './signed-data.ts';
import { decoded, transferEncodingOf } from './transfer-encoding.ts';
import { isPkcs7Mime, type Layer, layerOf } from './unwrap-layer.ts';
import { openShelf, type Shelf } from './unwrap-shelf.ts';

/** A message that was opened; its payload and its decrypted part are the caller's to remove, in any order. */
export type Unwrapped = Omit<Opened, 'digest' | 'mic'> & { readonly mic: Mic };

export interface UnwrapTerms {
  readonly workshop: Workshop;
  readonly now: Date;
  /** Digests that the receipt was asked for in, the one liked best first. They count for unsigned messages only. */
  readonly micDigests: readonly Digest[];
  /** How a signature is proved. */
  readonly verify?: typeof verify;
  /** How many times its size a compressed message may inflate to. */
  readonly mostInflation?: number;
}

/** What is known so far. */
interface Opening {
  readonly shelf: Shelf;
  readonly partnership: Partnership;
  readonly terms: UnwrapTerms;
  /** The layers that were taken off. */
  readonly layers: Set<Layer>;
  mic: Mic | null;
  encrypted: Opened['encrypted'];
  signed: Opened['signed'];
  signature: Buffer | null;
  /** What came out of the encryption, and removes itself. */
  decrypted: ReturnType<Shelf['last']>;
  /** Whether what was decrypted ended soundly. Asked only where no signature proves it, and last of all. */
  sound: () => boolean;
}

/** What is under a layer: the entity, and its exact bytes (null: an HTTP body, whose header is none of it). */
type Inside = Entity & { readonly whole: Piece | null };

/** One sentence for all that may be wrong with what was encrypted: telling more would help to break it. */
const notDecrypted = 'The message cannot be decrypted with our keys';

/**
 * @param message header fields as node gives them, and the body; it must live until the payload is done with
 * @throws Refusal with the MIC as far as it is known and tells nothing that was secret; beside that only what our own disk throws. Nothing is left behind then.
 */
export async function unwrap(
  message: { readonly headers: Readonly<Record<string, string>>; readonly body: Piece },
  partnership: Partnership,
  terms: UnwrapTerms,
): Promise<Unwrapped> {
  const opening: Opening = {
    shelf: openShelf(terms.workshop),
    partnership,
    terms,
    layers: new Set(),
    mic: null,
    encrypted: null,
    signed: null,
    signature: null,
    decrypted: null,
    sound: () => true,
  };
  try {
    return await takeOff(opening, { fields: fieldsOf(message.headers), body: message.body, whole: null });
  } catch (error) {
    const refusal = refusalOf(error, opening);
    // A digest of what CBC may have made of an altered message would tell what a captured one holds.
    if (refusal instanceof Refusal && !isMalleable(opening)) refusal.mic ??= opening.mic;
    throw refusal;
  } finally {
    await opening.shelf.clear();
  }
}

async function takeOff(opening: Opening, message: Inside): Promise<Unwrapped> {
  let inside = message;
  for (let layer = await layerOf(inside); layer !== null; layer = await layerOf(inside)) {
    if (opening.layers.has(layer)) throw new Refusal('unsupported-format', `The message is ${layer} twice`);
    opening.layers.add(layer);
    inside = await openers[layer](opening, inside);
  }
  opening.mic ??= await unsignedMic(opening, inside);
  meetDemands(opening);
  return handOver(opening, inside, opening.mic);
}

const openers: Readonly<Record<Layer, (opening: Opening, inside: Inside) => Promise<Inside>>> = {
  encrypted: openEncrypted,
  compressed: openCompressed,
  signed: (opening, inside) =>
    isPkcs7Mime(mediaTypeOf(inside.fields).value)
      ? openOpaque(opening, inside)
      : openMultipart(opening, inside),
};

async function openEncrypted(opening: Opening, { fields, body }: Inside): Promise<Inside> {
  const { openWith, demands } = opening.partnership;
  const found = await decrypt(decoded(body.read(), transferEncodingOf(fields)), openWith, demands);
  const kept = await opening.shelf.keep(found.content, demands.mostBytes);
  opening.encrypted = { cipher: found.cipher, keyTransport: found.keyTransport };
  opening.decrypted = kept;
  opening.sound = found.sound;
  const inside = await entityOf(kept);
  if (!inside.fields.has('content-type')) throw new MimeError('What was encrypted is no MIME');
  return inside;
}

async function openCompressed(opening: Opening, { fields, body }: Inside): Promise<Inside> {
  const most = opening.partnership.demands.mostBytes;
  const ratio = opening.terms.mostInflation;
  const cms = decoded(body.read(), transferEncodingOf(fields));
  const content = decompress(cms, ratio === undefined ? { most } : { most, ratio });
  return entityOf(await opening.shelf.keep(content, most));
}

async function openMultipart(opening: Opening, { fields, body }: Inside): Promise<Inside> {
  if (transferEncodingOf(fields) !== 'identity')
    throw new MimeError('A multipart has a Content-Transfer-Encoding');
  const [content, signature] = await signedPartsOf(body, mediaTypeOf(fields));
  opening.signature = signature;
  await prove(opening, readSignedData(signature), content);
  return entityOf(content);
}

async function openOpaque(opening: Opening, { fields, body }: Inside): Promise<Inside> {
  const { content, finish } = openSigned(decoded(body.read(), transferEncodingOf(fields)));
  const kept = await opening.shelf.keep(content, opening.partnership.demands.mostBytes);
  await prove(opening, finish(), kept);
  return entityOf(kept);
}

/** Verifies with pinned certificates only. The MIC is in the signature's digest (RFC 4130, 7.4.3), also of what is refused. */
async function prove(opening: Opening, signed: SignedData, content: Piece): Promise<void> {
  const digests = digestsIn(signed);
  const values = await digestsOf(content.read(), digests);
  const byDigest = new Map(digests.map((digest, index) => [digest, values[index] as Buffer]));
  for (const [digest, value] of byDigest) opening.mic ??= micFrom(digest, value);
  const { pinned, demands } = opening.partnership;
  const proved = opening.terms.verify ?? verify;
  const { certificate, digest, form } = proved(signed, byDigest, pinned, {
    digests: demands.digests,
    expired: demands.expired,
    now: opening.terms.now,
  });
  opening.mic = micFrom(digest, byDigest.get(digest) as Buffer);
  opening.signed = { digest, form, fingerprint: certificate.fingerprint };
}

/**
 * Encrypted or compressed: over the innermost header and content (RFC 4130, 7.3.1; RFC 5402, 4.2 and 4.3). Neither: over the
 * content. In the digest that was asked for, else SHA-1 (RFC 4130, 7.4.3).
 */
function unsignedMic({ terms }: Opening, { whole, body }: Inside): Promise<Mic> {
  return micOf((whole ?? body).read(), terms.micDigests[0] ?? 'sha-1');
}

function meetDemands({ signed, encrypted, sound, partnership: { demands } }: Opening): void {
  if (demands.signed && signed === null) {
    throw new Refusal('insufficient-message-security', 'The message is not signed');
  }
  if (demands.encrypted && encrypted === null) {
    throw new Refusal('insufficient-message-security', 'The message is not encrypted');
  }
  if (signed === null && !sound()) throw new Refusal('decryption-failed', notDecrypted);
}

async function handOver(opening: Opening, { fields, body }: Inside, mic: Mic): Promise<Unwrapped> {
  const { shelf, partnership, encrypted, signed, decrypted, signature } = opening;
  const encoding = transferEncodingOf(fields);
  const payload =
    encoding === 'identity'
      ? body
      : await shelf.keep(decoded(body.read(), encoding), partnership.demands.mostBytes);
  return {
    payload: shelf.handOver(payload, shelf.last()),
    contentType: mediaTypeOf(fields).value,
    filename: filenameOf(fields),
    mic,
    encrypted,
    signed,
    compressed: opening.layers.has('compressed'),
    evidence: { decrypted: decrypted && shelf.handOver(decrypted, decrypted), signature },
  };
}

async function entityOf(whole: Piece): Promise<Inside> {
  return { ...(await readEntity(whole)), whole };
}

/**
 * What is said of an error. Under CBC a wrong key, or a change on the way, shows as content that is none, and whoever hears in
 * which way it is none can find out what a captured message holds: until a signature was proved, the other side hears one
 * sentence, and ours finds the true one as its cause.
 */
function refusalOf(error: unknown, opening: Opening): unknown {
  if (error instanceof FileTooLarge) {
    return new Refusal(
      'unexpected-processing-error',
      `Unpacked, the message is larger than ${error.most} bytes`,
    );
  }
  if (!(error instanceof MimeError)) return error;
  return isMalleable(opening)
    ? new Refusal('decryption-failed', notDecrypted, { cause: error })
    : new Refusal('unsupported-format', error.message, { cause: error });
}

/** Whether somebody else may have altered what was decrypted: neither a tag nor a signature proves it. */
function isMalleable({ encrypted, signed }: Opening): boolean {
  return encrypted !== null && !encrypted.cipher.endsWith('-gcm') && signed === null;
}
