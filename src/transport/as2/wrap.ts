/**
 * Packs a message that goes out: payload, compression, signature, encryption, in the order agreed. What comes out is bytes
 * that are sent as they are, and sent again as they were; with the MIC in every digest a receipt may name.
 */
import type { Bytes, Certificate, Cipher, Digest, Kept, OwnKey, Packing, Piece, Workshop } from './as2.ts';
import { compress } from './compressed-data.ts';
import { encrypt, smimeTypeOf } from './enveloped-data.ts';
import { type Mics, micsOf } from './mic.ts';
import { newBoundary } from './multipart.ts';
import { signedEnd, signedStart, signedType } from './multipart-signed.ts';
import { writeFilename } from './parameters.ts';
import { joinedPieces, pieceOf } from './piece.ts';
import { signDetached } from './signed-data.ts';
import { toBase64 } from './transfer-encoding.ts';

export interface WrapTerms {
  readonly payload: Piece;
  /** 'application/edi-x12', with parameters if any. */
  readonly contentType: string;
  readonly filename: string | null;
  readonly packing: Packing;
  /** Must be there when the packing signs. */
  readonly signWith: OwnKey | null;
  /** Must be there when the packing encrypts. */
  readonly encryptTo: Certificate | null;
  readonly workshop: Workshop;
  readonly now: Date;
}

/** A message as it is sent. */
export interface Wrapped {
  /** MIME fields of the HTTP message. */
  readonly headers: Record<string, string>;
  readonly body: Kept;
  /** Base64 of what the receipt's MIC must be, in each digest. */
  readonly mics: Mics;
}

/** An entity: one layer around another. */
interface Part {
  readonly headers: Record<string, string>;
  readonly body: Piece;
}

type Keep = (bytes: Bytes) => Promise<Kept>;

/** What is kept on the way is what was given and its packing: the payload was capped before. */
const most = Number.MAX_SAFE_INTEGER;

/**
 * @throws Error when the key or the certificate that the packing needs is not there; what the disk throws. Nothing is left
 * behind then.
 */
export async function wrap(terms: WrapTerms): Promise<Wrapped> {
  const kept: Kept[] = [];
  const keep: Keep = async (bytes) => {
    const piece = await terms.workshop.keep(bytes, most);
    kept.push(piece);
    return piece;
  };
  let body: Kept | null = null;
  try {
    const { part, mics } = await pack(terms, keep);
    body = kept.find((piece) => piece === part.body) ?? (await keep(part.body.read()));
    return { headers: { 'MIME-Version': '1.0', ...part.headers }, body, mics };
  } finally {
    for (const piece of kept) if (piece !== body) await piece.remove();
  }
}

async function pack(terms: WrapTerms, keep: Keep): Promise<{ part: Part; mics: Mics }> {
  const { sign, encrypt: cipher, compress: compressing } = terms.packing;
  const payload = await payloadPart(terms, keep);
  const inner = compressing === 'before-signing' ? await compressed(payload, terms, keep) : payload;
  const mics = await micsOf(provedBy(terms.packing, payload, inner).read());
  const middle = sign === 'none' ? inner : signed(inner, sign, mics[sign], terms);
  const outer = compressing === 'after-signing' ? await compressed(middle, terms, keep) : middle;
  return { part: cipher === 'none' ? outer : await encrypted(outer, cipher, terms, keep), mics };
}

/**
 * What the MIC is over. Signed: what is signed. Else header and content of the payload, uncompressed; but its content alone
 * when nothing is around it, for then its header is that of the HTTP message (RFC 4130, 7.3.1; RFC 5402, 4).
 */
function provedBy(
  { sign, encrypt: cipher, compress: compressing }: Packing,
  payload: Part,
  inner: Part,
): Piece {
  if (sign !== 'none') return bytesOfPart(inner);
  return cipher === 'none' && compressing === 'none' ? payload.body : bytesOfPart(payload);
}

async function payloadPart(
  { payload, contentType, filename, packing }: WrapTerms,
  keep: Keep,
): Promise<Part> {
  const { transferEncoding, quoteFilename } = packing.quirks;
  return {
    headers: {
      'Content-Type': contentType,
      'Content-Transfer-Encoding': transferEncoding,
      ...(filename === null
        ? {}
        : { 'Content-Disposition': `attachment${writeFilename(filename, quoteFilename)}` }),
    },
    body: transferEncoding === 'base64' ? await keep(toBase64(payload.read())) : payload,
  };
}

async function compressed(part: Part, terms: WrapTerms, keep: Keep): Promise<Part> {
  return cmsPart('compressed-data', 'smime.p7z', compress(bytesOfPart(part)), terms, keep);
}

async function encrypted(part: Part, cipher: Cipher, terms: WrapTerms, keep: Keep): Promise<Part> {
  if (terms.encryptTo === null) throw new Error('There is no certificate to encrypt to');
  const { keyTransport } = terms.packing;
  const { bytes } = encrypt(bytesOfPart(part), { cipher, keyTransport, to: terms.encryptTo });
  const kind = smimeTypeOf(cipher);
  return cmsPart(kind, 'smime.p7m', bytes, terms, keep);
}

async function cmsPart(
  kind: string,
  name: string,
  cms: Bytes,
  { packing }: WrapTerms,
  keep: Keep,
): Promise<Part> {
  const { transferEncoding } = packing.quirks;
  return {
    headers: {
      'Content-Type': `application/pkcs7-mime; smime-type=${kind}; name="${name}"`,
      'Content-Transfer-Encoding': transferEncoding,
      'Content-Disposition': `attachment; filename="${name}"`,
    },
    body: await keep(transferEncoding === 'base64' ? toBase64(cms) : cms),
  };
}

function signed(part: Part, digest: Digest, mic: string, terms: WrapTerms): Part {
  const { packing, signWith, now } = terms;
  if (signWith === null) throw new Error('There is no key to sign with');
  const cms = signDetached({
    digest,
    contentDigest: Buffer.from(mic, 'base64'),
    form: packing.signature,
    key: signWith,
    at: now,
    algorithmProtection: packing.quirks.algorithmProtection,
  });
  const boundary = newBoundary();
  return {
    headers: { 'Content-Type': signedType(digest, packing.quirks.digestSpelling, boundary) },
    body: joinedPieces([
      pieceOf(signedStart(boundary)),
      bytesOfPart(part),
      pieceOf(signedEnd(cms, boundary)),
    ]),
  };
}

/** Header, blank line and body: the bytes that are signed, compressed or encrypted. */
function bytesOfPart({ headers, body }: Part): Piece {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return joinedPieces([pieceOf(Buffer.from(`${fields.join('')}\r\n`, 'latin1')), body]);
}
