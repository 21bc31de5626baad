/**
 * Sending over AS2: the act of the step `send` where the endpoint is of that kind.
 * Takes a transmission. A message is made of it once, and its bytes and Message-ID are committed before the first of them leaves:
 * every further try sends the same ones. Gives what came of it, to be written by `noteSentByAs2`; a crash in between
 * sends the same message again, which the partner knows by its id.
 * Errors: the network's and the partner's server's, tried again after 5, 10, 20, then every 40 minutes.
 */
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { As2Endpoint } from '../partner/endpoint.ts';
import { insertAs2Part, readAs2Part } from '../store/as2-chunks.ts';
import {
  type As2Row,
  currentAs2Message,
  getAs2Message,
  insertAs2Message,
  notePosted,
  settleAs2Message,
} from '../store/as2-messages.ts';
import type { Tx } from '../store/store.ts';
import { readTransmissionPacked, type Transmission } from '../store/transmissions.ts';
import type { Kept, Workshop } from '../transport/as2/as2.ts';
import type { MdnEvidence, Verdict } from '../transport/as2/desk.ts';
import { judgeMdn } from '../transport/as2/judge.ts';
import { newMessageId } from '../transport/as2/names.ts';
import { digestsOf } from '../transport/as2/piece.ts';
import type { Posted, Poster, Target } from '../transport/as2/post.ts';
import { PostError } from '../transport/as2/post-error.ts';
import { requestHeaders } from '../transport/as2/request.ts';
import { wrap } from '../transport/as2/wrap.ts';
import { limits } from '../transport/transport.ts';
import { type As2Office, addressOf, packingOf, partnershipOf } from './as2-partnership.ts';
import { type Counting, pendingOf, tellVoid, writeReceipt, writeRejected } from './as2-receipt.ts';
import { after, type Context } from './context.ts';
import { PacedError } from './paced.ts';

/** What sending needs beside the office. */
export interface As2Sender extends As2Office {
  readonly workshop: Workshop;
  readonly poster: Poster;
}

/** What came of a message that was posted. */
export type As2Sent =
  | {
      readonly kind: 'receipt';
      readonly message: As2Row;
      readonly verdict: Counting;
      readonly evidence: MdnEvidence;
    }
  /** Their server refused the request; trying again would not help. */
  | { readonly kind: 'rejected'; readonly message: As2Row; readonly reason: string; readonly at: Date }
  /** They have it; their receipt is due, or none was asked for. */
  | { readonly kind: 'taken'; readonly message: As2Row; readonly receiptDue: Date | null; readonly at: Date };

/** Waits between the tries of one message. */
export const as2BackOffMs: readonly number[] = [5, 10, 20, 40].map((minutes) => minutes * 60_000);

/** Whether a transmission needs no sending any more: its message was delivered or refused, and nobody asked for another. */
export function isSettled(message: As2Row | null): boolean {
  return (
    message !== null &&
    (message.state === 'delivered' || message.state === 'refused') &&
    message.renewed_at === null
  );
}

/** Posts a transmission's message, making it first if there is none. */
export async function sendByAs2(
  sender: As2Sender,
  endpoint: As2Endpoint,
  transmission: Transmission,
  signal: AbortSignal,
): Promise<As2Sent> {
  const { context } = sender;
  const current = await currentAs2Message(context.store.db, transmission.id);
  const message = needsAnother(current, endpoint) ? await make(sender, endpoint, transmission) : current;
  await notePosted(context.store.db, message.id);
  const posted = await post(sender, endpoint, message, signal);
  const at = context.now();
  if (typeof posted === 'string') return { kind: 'rejected', message, reason: posted, at };
  const { ask, within } = endpoint.mdn;
  if (ask === 'sync') return receiptIn(sender, transmission, message, posted, at);
  const early = ask === 'async' && posted.body.length > 0 ? await judged(sender, message, posted, at) : null;
  if (early !== null && early.verdict.kind !== 'untrusted')
    return { kind: 'receipt', message, verdict: early.verdict, evidence: early.evidence };
  return { kind: 'taken', message, receiptDue: ask === 'none' ? null : after(at, within), at };
}

/** Writes what came of it, in the transaction that takes the step's row away. */
export async function noteSentByAs2(
  context: Context,
  tx: Tx,
  transmission: Transmission,
  sent: As2Sent,
): Promise<void> {
  const { message } = sent;
  if (sent.kind === 'receipt') {
    await writeReceipt(context, tx, message, transmission, sent.verdict, sent.evidence);
    return;
  }
  if (sent.kind === 'rejected') return writeRejected(context, tx, message, transmission, sent);
  const { receiptDue, at } = sent;
  if (receiptDue === null) await settleAs2Message(tx, message.id, { state: 'delivered', at });
  else await settleAs2Message(tx, message.id, { state: 'posted', mdnDueAt: receiptDue, at });
}

/** Whether the partner has it, as far as is known: then the transmission counts as sent. */
export function isTaken(sent: As2Sent): boolean {
  return sent.kind === 'taken' || (sent.kind === 'receipt' && sent.verdict.kind === 'confirmed');
}

function needsAnother(current: As2Row | null, { quirks }: As2Endpoint): current is null {
  if (current === null) return true;
  return current.renewed_at !== null || (quirks.newIdOnResend && current.times > 0);
}

async function make(sender: As2Sender, endpoint: As2Endpoint, transmission: Transmission): Promise<As2Row> {
  const { context, workshop, resolve } = sender;
  const { mdn, quirks, us, them } = endpoint;
  const at = context.now();
  const partnership = await partnershipOf(endpoint, sender);
  const payload = await payloadOf(context, workshop, transmission.id);
  const packed = await wrap({
    payload,
    contentType: contentTypes[transmission.standard] ?? 'application/EDI-consent',
    filename: transmission.name,
    packing: packingOf(endpoint),
    ...{ signWith: partnership.signWith, encryptTo: partnership.encryptTo, workshop, now: at },
  }).finally(() => payload.remove());
  try {
    const messageId = newMessageId(us, at);
    const asked = mdn.digest ?? (endpoint.sign === 'none' ? 'sha-256' : endpoint.sign);
    const returnTo = mdn.ask === 'async' ? await addressOf(mdn.returnTo as string, resolve) : null;
    const headers = requestHeaders({
      ...{ us, them, messageId, at, mime: packed.headers },
      ask:
        mdn.ask === 'none'
          ? null
          : { signed: mdn.signed, digest: asked, spelling: quirks.digestSpelling, returnTo },
    });
    const [digest] = (await digestsOf(packed.body.read(), ['sha-256'])) as [Buffer];
    const id = await context.store.transaction(async (tx) => {
      const made = await insertAs2Message(tx, {
        direction: 'out',
        ...{ endpoint: endpoint.name, us, them, messageId, headers, mic: packed.mics },
        digest,
        size: packed.body.size,
        facts: { asked: { signed: mdn.signed, how: mdn.ask === 'async' ? 'async' : 'sync' } },
        transmissionId: transmission.id,
      });
      await insertAs2Part(tx, made, 'raw', packed.body.read());
      return made;
    });
    return (await getAs2Message(context.store.db, id)) as As2Row;
  } finally {
    await packed.body.remove();
  }
}

/** RFC 1767. */
const contentTypes: Readonly<Record<string, string>> = {
  x12: 'application/EDI-X12',
  edifact: 'application/EDIFACT',
};

async function payloadOf(context: Context, workshop: Workshop, transmission: string): Promise<Kept> {
  const packed = readTransmissionPacked(context.store.db, transmission);
  return pipeline(packed, createGunzip(), (unpacked) => workshop.keep(unpacked, limits.fileBytes));
}

/** @returns what they answered; a text when their server refused it for good */
async function post(
  sender: As2Sender,
  endpoint: As2Endpoint,
  message: As2Row,
  signal: AbortSignal,
): Promise<Posted | string> {
  const { context, workshop, poster } = sender;
  const body = await workshop.keep(readAs2Part(context.store.db, message.id, 'raw'), limits.fileBytes * 2);
  try {
    return await poster.post(await ownTarget(sender, endpoint), { headers: message.headers, body }, signal);
  } catch (error) {
    if (error instanceof PostError && !error.retry) return error.message;
    throw new PacedError((error as Error).message, as2BackOffMs, { cause: error });
  } finally {
    await body.remove();
  }
}

async function ownTarget(sender: As2Sender, endpoint: As2Endpoint): Promise<Target> {
  const { url } = endpoint;
  if (url === undefined) throw new Error(`The endpoint ${endpoint.name} has no url to send to`);
  return targetTo(sender, endpoint, await addressOf(url, sender.resolve));
}

/** An address of the partner's, with what their server asks of us. */
export async function targetTo(
  { resolve }: Pick<As2Sender, 'resolve'>,
  endpoint: As2Endpoint,
  url: string,
): Promise<Target> {
  const { user, quirks } = endpoint;
  const known = async (reference: string | undefined) =>
    reference === undefined ? null : await resolve(reference);
  const [password, clientKey, authority] = await Promise.all([
    known(endpoint.password),
    known(endpoint.clientKey),
    known(endpoint.authority),
  ]);
  const login = user === undefined || password === null ? null : { user, password: password.trim() };
  const { chunked, expectContinue } = quirks;
  return { url, login, clientKey, authority, chunked, expectContinue };
}

/** A receipt that is not theirs, or proves nothing, is none: the same message is sent again, and gets theirs again. */
async function receiptIn(
  sender: As2Sender,
  transmission: Transmission,
  message: As2Row,
  posted: Posted,
  at: Date,
): Promise<As2Sent> {
  const { verdict, evidence } = await judged(sender, message, posted, at);
  if (verdict.kind !== 'untrusted') return { kind: 'receipt', message, verdict, evidence };
  const { 'content-type': type = 'nothing' } = posted.headers;
  const came =
    verdict.disposition === null ? ` (they answered ${posted.status} with ${type.slice(0, 80)})` : '';
  const reason = `${verdict.reason}${came}`;
  await tellVoid(sender.context, transmission, message, reason);
  throw new PacedError(
    `${message.them}: the receipt for our message does not count: ${reason}`,
    as2BackOffMs,
  );
}

/** What their answer says, whatever was asked for: some give the receipt at once where it was to come by itself. */
async function judged(
  sender: As2Sender,
  message: As2Row,
  { headers, body }: Posted,
  at: Date,
): Promise<{ readonly verdict: Verdict; readonly evidence: MdnEvidence }> {
  const pending = await pendingOf(sender, message);
  if (pending === null) throw new Error(`The endpoint ${message.endpoint} is no longer what it was`);
  const evidence: MdnEvidence = { headers, body, how: 'sync', at };
  return { verdict: await judgeMdn(evidence, pending, { now: at }), evidence };
}
