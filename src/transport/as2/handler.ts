/**
 * `POST /as2`: AS2 messages, and the asynchronous MDNs for ours (RFC 4130).
 *
 * Takes: a request whose AS2-From and AS2-To were agreed, and its body. Gives: the MDN that it asks for, or an empty 200
 * where it asks for none or for one elsewhere; nothing before the desk has made it durable. What never was a message of a
 * partner's is refused with a problem document (RFC 9457), and so is what our own failures keep us from taking.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { timed } from '../body.ts';
import { answerProblem, Problem } from '../problem.ts';
import { FileTooLarge } from '../spool.ts';
import type { Bytes, Kept } from './as2.ts';
import type { Agreed, Notice } from './desk.ts';
import { type Envelope, readEnvelope } from './handler-envelope.ts';
import { receiveMdn } from './handler-mdn.ts';
import { receiveMessage } from './handler-message.ts';
import type { Place } from './handler-places.ts';
import { answerStranger } from './handler-stranger.ts';
import { type As2Terms, type House, openHouse, takeToken } from './handler-terms.ts';
import { holdsMdn } from './mdn.ts';
import { innerName } from './names.ts';

/**
 * Makes the handler. Mount it for `request` and for `checkContinue`: it sends 100 Continue itself, once it wants the body.
 */
export function createAs2Handler(
  terms: As2Terms,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const house = openHouse(terms);
  return async (request, response) => {
    try {
      await serve(house, request, response);
    } catch (error) {
      if (request.destroyed && !request.complete)
        house.log?.info('a sender of /as2 went away before its message was here');
      else {
        const problem = problemOf(house, error);
        if (problem.status === 503) await house.failed(error);
        answerProblem(request, response, problem);
      }
    }
  };
}

async function serve(house: House, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST')
    throw new Problem(405, 'Method not allowed', 'Send the message with POST', { allow: 'POST' });
  takeToken(house, 'remote', request.socket.remoteAddress ?? '');
  const written = readEnvelope(request, house.limits);
  const agreed = await partnershipOf(house, written);
  if (agreed === null) return answerStranger(house, request, response, written, null);
  const envelope = { ...written, us: agreed.us, them: agreed.them };
  takeToken(house, 'partner', JSON.stringify([agreed.us, agreed.them]));
  if (agreed.receives) await checkReceipt(house, envelope, agreed);
  await checkLength(house, request, envelope, agreed);
  const place = house.places.enter(() => {
    house.log?.warn(
      { endpoint: agreed.endpoint, remote: envelope.remote },
      'a slow sender of /as2 was cut off',
    );
    request.destroy();
  });
  if (place === null) throw unavailable('Too many messages at once; send it again', 5);
  try {
    await receive(house, { request, response, envelope, agreed, place });
  } finally {
    place.leave();
  }
}

/** A sender who has a place. */
interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly envelope: Envelope;
  readonly agreed: Agreed;
  readonly place: Place;
}

async function receive(house: House, visit: Visit): Promise<void> {
  const { request, response, envelope, agreed } = visit;
  const at = house.now();
  const { body, digest } = await takeBody(house, visit);
  try {
    const incoming = { request, response, envelope, agreed, body, digest, at };
    if (await holdsMdn(envelope.headers, body)) await receiveMdn(house, incoming);
    else if (agreed.receives) await receiveMessage(house, incoming);
    else await answerStranger(house, request, response, envelope, agreed);
  } finally {
    await body.remove();
  }
}

/** Exact names; or those within a second pair of quotes, which some put around the names that they answer to. */
async function partnershipOf({ desk }: House, { us, them }: Envelope): Promise<Agreed | null> {
  if (us === them) return null;
  return desk.partnership([
    { us, them },
    { us: innerName(us), them: innerName(them) },
  ]);
}

/** A receipt that we could not give is told before the message is taken. */
async function checkReceipt(house: House, envelope: Envelope, agreed: Agreed): Promise<void> {
  const { receipt } = envelope;
  if (receipt?.how === 'async' && agreed.deliverMdnTo === null) {
    const reason =
      'An asynchronous MDN was asked for, and partner.yaml names no mdn.deliverTo for this endpoint';
    await tell(house, envelope, agreed, 'no-mdn-address', reason);
    const detail =
      'Asynchronous MDNs go only to an address that was agreed on, and none is; ask for a synchronous one';
    throw new Problem(403, 'Forbidden', detail);
  }
  if (receipt?.signed && agreed.signWith === null) {
    const reason = 'A signed MDN was asked for, and there is no key to sign it with: see portolan keys';
    await tell(house, envelope, agreed, 'no-signing-key', reason);
    throw unavailable('The message was not received; send it again', 60);
  }
}

async function checkLength(house: House, request: IncomingMessage, envelope: Envelope, agreed: Agreed) {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > agreed.demands.mostBytes) throw await tooLarge(house, envelope, agreed);
}

async function tooLarge(house: House, envelope: Envelope, agreed: Agreed): Promise<Problem> {
  const { mostBytes } = agreed.demands;
  await tell(house, envelope, agreed, 'too-large', `A message has more than mostBytes, ${mostBytes} bytes`);
  return new Problem(413, 'Content too large', `A message may have ${mostBytes} bytes`);
}

async function tell(house: House, envelope: Envelope, agreed: Agreed, kind: Notice['kind'], reason: string) {
  const { us, them, messageId, remote } = envelope;
  await house.desk.notice({ kind, endpoint: agreed.endpoint, us, them, messageId, remote, reason });
}

/** The body, whole in the workshop, with its digest taken on the way. */
async function takeBody(
  house: House,
  { request, response, envelope, agreed, place }: Visit,
): Promise<{ body: Kept; digest: Buffer }> {
  const hash = createHash('sha256');
  try {
    // Only a request that says so waits for this; writing it anyway would be an answer too many.
    if (/^100-continue$/i.test(request.headers.expect ?? '')) response.writeContinue();
    const bytes = watched(timed(request, house.limits), hash, place);
    const body = await house.workshop.keep(bytes, agreed.demands.mostBytes);
    place.arrived();
    if (body.size > 0) return { body, digest: hash.digest() };
    await body.remove();
    throw new Problem(400, 'Bad request', 'The body is empty');
  } catch (error) {
    throw error instanceof FileTooLarge ? await tooLarge(house, envelope, agreed) : error;
  }
}

async function* watched(bytes: Bytes, hash: ReturnType<typeof createHash>, place: Place): Bytes {
  for await (const chunk of bytes) {
    hash.update(chunk);
    place.count(chunk.length);
    yield chunk;
  }
}

function unavailable(detail: string, seconds: number): Problem {
  return new Problem(503, 'Service unavailable', detail, { 'retry-after': String(seconds) });
}

function problemOf(house: House, error: unknown): Problem {
  if (error instanceof Problem) return error;
  house.log?.error({ err: error }, 'a message posted to /as2 was not received');
  return unavailable('The message was not received; send it again', 30);
}
