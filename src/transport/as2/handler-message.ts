/**
 * A message that arrived, from its stored bytes to its answer (docs/as2.md has the order): begun, opened, accepted
 * in one transaction, and only then answered.
 *
 * Takes: a body that lies whole in the workshop. Gives: the MDN, made durable. Faults: a Refusal, answered by its
 * disposition and kept by the desk. Errors: the desk's and the disk's, which the sender hears as 503.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Kept, Refusal } from './as2.ts';
import type { Agreed, Before, Opened, StoredMdn } from './desk.ts';
import { give, giveRefusal, makeMdn, refused, taken } from './handler-answer.ts';
import type { Envelope } from './handler-envelope.ts';
import type { House } from './handler-terms.ts';
import { digestsOf } from './piece.ts';

/** One message on its way. */
export interface Incoming {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly envelope: Envelope;
  readonly agreed: Agreed;
  readonly body: Kept;
  /** SHA-256 of the body. */
  readonly digest: Buffer;
  readonly at: Date;
}

/** Receives a message; the body stays the caller's to remove. */
export async function receiveMessage(house: House, incoming: Incoming): Promise<void> {
  const { request, response, envelope, agreed, body, digest, at } = incoming;
  const { us, them, messageId, headers, remote } = envelope;
  const { endpoint } = agreed;
  const raw = { endpoint, us, them, messageId, headers, body, digest, remote, at };
  const begun = await house.desk.begin(raw);
  if (begun.state === 'answered') return give(request, response, begun.answer);
  const opened = await open(house, incoming).catch((error: unknown) => {
    if (error instanceof Refusal) return error;
    throw error;
  });
  if (opened instanceof Refusal) return refuse(house, incoming, begun.id, opened);
  try {
    await settle(house, incoming, begun, opened);
  } finally {
    await Promise.all([opened.payload.remove(), opened.evidence.decrypted?.remove()]);
  }
}

async function open(house: House, { envelope, agreed, body, at }: Incoming): Promise<Opened> {
  const { receipt, headers } = envelope;
  const lacking = receipt?.lacking ?? null;
  if (lacking !== null)
    throw new Refusal(lacking, 'The receipt that is asked for is not one that we can give');
  const terms = { workshop: house.workshop, now: at, micDigests: receipt?.digests ?? [] };
  const unwrapped = await house.unwrap({ headers, body }, agreed, terms);
  const [digest] = await digestsOf(unwrapped.payload.read(), ['sha-256']);
  return { ...unwrapped, digest: digest as Buffer };
}

async function refuse(house: House, incoming: Incoming, id: string, refusal: Refusal): Promise<void> {
  const { request, response, envelope, agreed } = incoming;
  const answer = makeMdn(envelope, agreed, refused(envelope, refusal), house.now());
  await house.desk.refuse(id, refusal, answer);
  giveRefusal(request, response, answer, refusal);
}

/** Accepts it, once: what was accepted before under its id stays what it is. */
async function settle(
  house: House,
  incoming: Incoming,
  { id, before }: { readonly id: string; readonly before: Before | null },
  opened: Opened,
): Promise<void> {
  const { request, response, envelope, agreed } = incoming;
  if (before !== null) return settleAgain(house, incoming, id, before, opened);
  const at = house.now();
  const answer = makeMdn(envelope, agreed, taken(envelope, opened, at), at);
  const accepted = await house.desk.accept(id, opened, answer);
  if (accepted.state === 'meanwhile') return settleAgain(house, incoming, id, accepted.before, opened);
  give(request, response, accepted.answer);
}

async function settleAgain(
  house: House,
  incoming: Incoming,
  id: string,
  before: Before,
  opened: Opened,
): Promise<void> {
  const { request, response, envelope, agreed } = incoming;
  if (before.digest.equals(opened.digest)) {
    const answer = repeatAnswer(house, incoming, before, opened);
    await house.desk.repeat(id, opened, answer);
    return give(request, response, answer);
  }
  // RFC 4130, 7.5.3 has no word of its own for this; the catch-all of its errors is known to every product.
  const refusal = new Refusal(
    'unexpected-processing-error',
    'This Message-ID was used before for other content, which was taken; send this under an id of its own',
  );
  const answer = makeMdn(envelope, agreed, refused(envelope, refusal), house.now());
  await house.desk.conflict(id, opened, refusal, answer);
  giveRefusal(request, response, answer, refusal);
}

/** The stored MDN where it fits what came now; else one that says what this is, with the MIC of what came now. */
function repeatAnswer(house: House, incoming: Incoming, before: Before, opened: Opened): StoredMdn | null {
  const { envelope, agreed } = incoming;
  const isSame =
    before.mic?.digest === opened.mic?.digest &&
    before.mic?.value === opened.mic?.value &&
    before.answer?.how === envelope.receipt?.how;
  if (isSame) return before.answer;
  const at = house.now();
  const again = { ...taken(envelope, opened, at), modifier: 'duplicate-document' as const };
  return makeMdn(envelope, agreed, again, at);
}
