/**
 * MDNs (RFC 3798, RFC 4130 section 7): a report for people and for machines, signed or not. Made once and then kept as bytes;
 * read with caps. What is read of a signed one comes from inside the signed part, from the bytes that were signed.
 */
import { createHash } from 'node:crypto';
import type { Certificate, Digest, Mic, Modifier, OwnKey, Piece, SignatureForm } from './as2.ts';
import { Refusal } from './as2.ts';
import { type Disposition, readDisposition, writeDisposition } from './disposition.ts';
import { readMic, writeMic } from './mic.ts';
import { type Entity, type Fields, fieldsOf, MimeError, readEntity, readFields } from './mime.ts';
import { boundaryOf, firstPartIn, newBoundary, partsOf } from './multipart.ts';
import { signedEnd, signedPartsOf, signedStart, signedType } from './multipart-signed.ts';
import { mediaTypeOf, type Parameterised } from './parameters.ts';
import { bytesOf, collect, partOf, pieceOf } from './piece.ts';
import { digestsIn, readSignedData, signDetached, verify } from './signed-data.ts';
import { decoded, linesOf, transferEncodingOf } from './transfer-encoding.ts';

export const mdnLimits = {
  /** Bytes of a whole MDN. */
  bytes: 1024 * 1024,
  /** Characters of the text for people that are kept. */
  textCharacters: 4000,
  parts: 8,
} as const;

export interface MdnTerms {
  /** The AS2-To of the message, as it stood there. */
  readonly recipient: string;
  /** With its angle brackets. */
  readonly originalMessageId: string;
  readonly modifier: Modifier;
  /** For people. */
  readonly text: string;
  /** null: the message could not be opened so far. */
  readonly mic: Mic | null;
  /** null: unsigned. */
  readonly sign: {
    readonly digest: Digest;
    readonly form: SignatureForm;
    readonly key: OwnKey;
    readonly algorithmProtection: boolean;
  } | null;
  readonly digestSpelling: 'sha-256' | 'sha256';
  readonly now: Date;
}

/** An MDN as it was read; nothing of it is proved before verifyMdn. */
export interface Mdn {
  /** As they wrote it. */
  readonly originalMessageId: string | null;
  readonly disposition: Disposition;
  /** null: there is none, or none that we could compute. */
  readonly mic: Mic | null;
  /** Received-Content-MIC as they wrote it. */
  readonly micText: string | null;
  /** For people, capped. */
  readonly text: string;
  readonly finalRecipient: string | null;
  readonly reportingUa: string | null;
  /** The exact bytes that were signed, and the DER of the signature; null: unsigned. */
  readonly signed: { readonly content: Buffer; readonly signature: Buffer } | null;
}

/** Makes an MDN: the MIME fields of the HTTP message that carries it, and its body. */
export function buildMdn(terms: MdnTerms): { headers: Record<string, string>; body: Buffer } {
  const report = reportOf(terms);
  if (terms.sign === null)
    return { headers: { 'MIME-Version': '1.0', 'Content-Type': report.type }, body: report.body };
  const { digest, form, key, algorithmProtection } = terms.sign;
  const content = Buffer.concat([Buffer.from(`Content-Type: ${report.type}\r\n\r\n`), report.body]);
  const contentDigest = digestOf(content, digest);
  const cms = signDetached({ digest, contentDigest, form, key, at: terms.now, algorithmProtection });
  const boundary = newBoundary();
  return {
    headers: { 'MIME-Version': '1.0', 'Content-Type': signedType(digest, terms.digestSpelling, boundary) },
    body: Buffer.concat([signedStart(boundary), content, signedEnd(cms, boundary)]),
  };
}

/**
 * Reads an MDN.
 * @param headers of the HTTP message that carried it
 * @throws MimeError when it is none, malformed, or too large
 */
export async function readMdn(headers: Readonly<Record<string, string>>, body: Buffer): Promise<Mdn> {
  if (body.length > mdnLimits.bytes) throw new MimeError('The MDN is too large');
  const outer: Entity = await plainEntity({ fields: fieldsOf(headers), body: pieceOf(body) });
  const type = mediaTypeOf(outer.fields);
  if (type.value !== 'multipart/signed') return { ...(await readReport(outer)), signed: null };
  const [content, signature] = await signedPartsOf(outer.body, type);
  const signed = { content: await bytesOf(content, mdnLimits.bytes), signature };
  return { ...(await readReport(await readEntity(content))), signed };
}

/**
 * Proves an MDN by the pinned certificates, and by nothing that it brings along.
 * @throws Refusal when it is unsigned, its signer is not pinned, or it was changed
 */
export function verifyMdn(
  mdn: Mdn,
  pinned: readonly Certificate[],
  terms: { readonly digests: readonly Digest[]; readonly expired: boolean; readonly now: Date },
): { certificate: Certificate; digest: Digest; form: SignatureForm } {
  if (mdn.signed === null) throw new Refusal('authentication-failed', 'The MDN is not signed');
  const { content, signature } = mdn.signed;
  const cms = readSignedData(signature);
  const digests = new Map(digestsIn(cms).map((digest) => [digest, digestOf(content, digest)]));
  return verify(cms, digests, pinned, terms);
}

/**
 * Whether a message is an MDN: multipart/report, or multipart/signed whose first part is. Reads no further than that part's
 * header; false for what is malformed, which is then refused as the message that it is not.
 */
export async function holdsMdn(headers: Readonly<Record<string, string>>, body: Piece): Promise<boolean> {
  try {
    const type = mediaTypeOf(fieldsOf(headers));
    if (type.value !== 'multipart/signed') return isReport(type);
    const first = await firstPartIn(body, boundaryOf(type));
    if (first === null) return false;
    return isReport(mediaTypeOf((await readEntity(partOf(body, first, body.size))).fields));
  } catch (error) {
    if (error instanceof MimeError) return false;
    throw error;
  }
}

function reportOf(terms: MdnTerms): { type: string; body: Buffer } {
  const boundary = newBoundary();
  const body = [
    `--${boundary}\r\n${textPart(terms.text)}`,
    `--${boundary}\r\nContent-Type: message/disposition-notification\r\nContent-Transfer-Encoding: 7bit\r\n`,
    machinePart(terms),
    `--${boundary}--\r\n`,
  ].join('\r\n');
  return {
    type: `multipart/report; report-type=disposition-notification; boundary="${boundary}"`,
    body: Buffer.from(body),
  };
}

function textPart(text: string): string {
  const lines = text.replace(/\r\n?|\n/g, '\r\n');
  if (/^[\r\n\t\x20-\x7e]*$/.test(lines)) {
    return `Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n${lines}\r\n`;
  }
  const coded = linesOf(Buffer.from(lines)).toString('latin1');
  return `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${coded}`;
}

function machinePart(terms: MdnTerms): string {
  const fields = [
    'Reporting-UA: Portolan',
    `Original-Recipient: rfc822; ${terms.recipient}`,
    `Final-Recipient: rfc822; ${terms.recipient}`,
    `Original-Message-ID: ${terms.originalMessageId}`,
    `Disposition: ${writeDisposition(terms.modifier)}`,
    ...(terms.mic === null ? [] : [`Received-Content-MIC: ${writeMic(terms.mic, terms.digestSpelling)}`]),
  ];
  // What came from the other side stays within its line.
  return fields.map((field) => `${field.replace(/\p{Cc}/gu, '')}\r\n`).join('');
}

async function readReport(entity: Entity): Promise<Omit<Mdn, 'signed'>> {
  const type = mediaTypeOf(entity.fields);
  if (!isReport(type)) throw new MimeError('There is no multipart/report with a disposition');
  const pieces = await partsOf(entity.body, boundaryOf(type), mdnLimits.parts);
  const parts = await Promise.all(pieces.map(async (piece) => plainEntity(await readEntity(piece))));
  const machine = parts.filter(
    (part) => mediaTypeOf(part.fields).value === 'message/disposition-notification',
  );
  if (machine.length !== 1)
    throw new MimeError('The report does not have exactly one disposition-notification');
  const fields = notificationIn(await bytesOf((machine[0] as Entity).body, mdnLimits.bytes));
  const disposition = fields.get('disposition');
  if (disposition === undefined) throw new MimeError('The MDN has no Disposition');
  const micText = fields.get('received-content-mic') ?? null;
  return {
    originalMessageId: fields.get('original-message-id') ?? null,
    disposition: readDisposition(disposition),
    mic: micText === null ? null : readMic(micText),
    micText,
    text: await textIn(parts),
    finalRecipient: fields.get('final-recipient') ?? null,
    reportingUa: fields.get('reporting-ua') ?? null,
  };
}

/** The fields for machines. Line ends are read as they come: some write this part with LF alone. None may be there twice. */
function notificationIn(bytes: Buffer): Fields {
  const text = bytes
    .toString('latin1')
    .replace(/\r\n|\r|\n/g, '\r\n')
    .replace(/^(?:[ \t]*\r\n)+/, '');
  const end = text.search(/\r\n[ \t]*\r\n/);
  const block = end < 0 ? text : text.slice(0, end);
  return readFields(Buffer.from(block.endsWith('\r\n') ? block : `${block}\r\n`, 'latin1'), () => true);
}

async function textIn(parts: readonly Entity[]): Promise<string> {
  const part = parts.find(({ fields }) => mediaTypeOf(fields).value.startsWith('text/'));
  if (part === undefined) return '';
  const bytes = await bytesOf(part.body, mdnLimits.bytes);
  const latin1 = /^(iso-8859-|windows-125)/i.test(mediaTypeOf(part.fields).parameters.get('charset') ?? '');
  const text = bytes.toString(latin1 ? 'latin1' : 'utf8').replace(/\r\n?/g, '\n');
  return text
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .slice(0, mdnLimits.textCharacters)
    .trim();
}

/** An entity without its transfer encoding. */
async function plainEntity({ fields, body }: Entity): Promise<Entity> {
  const encoding = transferEncodingOf(fields);
  return {
    fields,
    body: encoding === 'identity' ? body : pieceOf(await collect(decoded(body.read(), encoding))),
  };
}

function isReport(type: Parameterised): boolean {
  const report = type.parameters.get('report-type')?.toLowerCase();
  return type.value === 'multipart/report' && (report === undefined || report === 'disposition-notification');
}

function digestOf(bytes: Buffer, digest: Digest): Buffer {
  return createHash(digest.replace('-', '')).update(bytes).digest();
}
