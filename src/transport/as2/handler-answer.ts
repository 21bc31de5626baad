/** What a sender is answered: MDNs (RFC 4130, section 7), made once and then given byte for byte. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { leaveUnread, Problem } from '../problem.ts';
import type { Digest, Mic, Modifier, Refusal } from './as2.ts';
import type { Agreed, Opened, StoredMdn } from './desk.ts';
import type { Envelope } from './handler-envelope.ts';
import { buildMdn } from './mdn.ts';
import { newMessageId, quoteName } from './names.ts';
import { as2Headers } from './request.ts';

export interface Judgement {
  readonly modifier: Modifier;
  /** For people on their side. */
  readonly text: string;
  readonly mic: Mic | null;
  /** The digest of their signature, if one was proved. */
  readonly signed: Digest | null;
}

/** How a message that was opened is answered. */
export function taken({ messageId }: Envelope, opened: Opened, at: Date): Judgement {
  const text =
    `The message ${messageId} was received whole and stored on ${at.toUTCString()}. ` +
    'This says nothing about what is in it: that is answered by an acknowledgment of its own.';
  return { modifier: '', text, mic: opened.mic, signed: opened.signed?.digest ?? null };
}

/** How a message that is refused is answered. */
export function refused({ messageId }: Envelope, refusal: Refusal): Judgement {
  const text = `The message ${messageId} was not taken. ${refusal.message}.`;
  return { modifier: refusal.modifier, text, mic: refusal.mic, signed: null };
}

/** The MDN that an envelope asks for; null: it asks for none. Without a partnership it cannot be signed. */
export function makeMdn(
  envelope: Envelope,
  agreed: Agreed | null,
  judgement: Judgement,
  now: Date,
): StoredMdn | null {
  const { receipt, us, them } = envelope;
  if (receipt === null) return null;
  const { modifier, text, mic } = judgement;
  const messageId = newMessageId(us, now);
  const { headers, body } = buildMdn({
    recipient: quoteName(us),
    originalMessageId: envelope.messageId,
    modifier,
    text,
    mic,
    sign: agreed === null ? null : signing(envelope, agreed, judgement),
    digestSpelling: agreed?.packing.quirks.digestSpelling ?? 'sha-256',
    now,
  });
  return {
    messageId,
    headers: { ...as2Headers(us, them, messageId, now), Subject: 'Message disposition', ...headers },
    body,
    how: receipt.how,
    modifier,
    mic,
  };
}

function signing({ receipt }: Envelope, agreed: Agreed, { signed }: Judgement) {
  if (receipt?.signed !== true || agreed.signWith === null) return null;
  // SHA-1 for a signature of ours only where the partnership allows it.
  const wanted = [...receipt.digests, signed].find((digest) =>
    agreed.demands.digests.includes(digest as Digest),
  );
  return {
    digest: wanted ?? ('sha-256' as const),
    form: agreed.packing.signature,
    key: agreed.signWith,
    algorithmProtection: agreed.packing.quirks.algorithmProtection,
  };
}

/** Gives a stored answer: now, or, where it goes elsewhere or nowhere, an empty 200. */
export function give(request: IncomingMessage, response: ServerResponse, answer: StoredMdn | null): void {
  const isNow = answer !== null && answer.how === 'sync';
  const headers = isNow ? answer.headers : { 'AS2-Version': '1.2' };
  const body = isNow ? answer.body : Buffer.alloc(0);
  response.writeHead(200, { ...headers, Server: 'Portolan', 'Content-Length': body.length });
  response.end(body);
  leaveUnread(request);
}

/**
 * Gives the answer of a refusal. Where no MDN is asked for, the status tells: an empty 200 would say that it was taken.
 * @throws Problem 422
 */
export function giveRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  answer: StoredMdn | null,
  refusal: Refusal,
): void {
  if (answer === null)
    throw new Problem(422, 'Unprocessable content', `${refusal.modifier}: ${refusal.message}`);
  give(request, response, answer);
}
