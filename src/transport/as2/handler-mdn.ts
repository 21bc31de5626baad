/** An asynchronous MDN that arrived for a message of ours. */
import { Problem } from '../problem.ts';
import type { Kept } from './as2.ts';
import type { Notice, Pending } from './desk.ts';
import { give } from './handler-answer.ts';
import type { Incoming } from './handler-message.ts';
import { type House, takeToken } from './handler-terms.ts';
import { readMdn } from './mdn.ts';
import { MimeError } from './mime.ts';
import { inBrackets } from './names.ts';
import { bytesOf } from './piece.ts';

/**
 * Judges it and tells the desk. One that is not proved, or speaks of no message of ours, changes nothing: the desk hears of
 * it, and its sender gets the same answer for both, so that nobody learns from it which ids are ours.
 * @throws Problem 413, 422, 429
 */
export async function receiveMdn(house: House, incoming: Incoming): Promise<void> {
  const { request, response, envelope, at } = incoming;
  const { headers, remote } = envelope;
  const body = await readBody(incoming.body, house.limits.mdnBytes);
  const pending = await pendingOf(house, headers, body);
  if (pending === null)
    return turnAway(house, incoming, 'stray-mdn', 'An MDN came that speaks of no message of ours');
  const verdict = await house.judge({ headers, body }, pending, { now: at });
  if (verdict.kind === 'untrusted') {
    const reason = `An MDN for ${pending.messageId} does not count: ${verdict.reason}`;
    return turnAway(house, incoming, 'untrusted-mdn', reason);
  }
  house.log?.info({ endpoint: pending.partnership.endpoint, verdict: verdict.kind, remote }, 'an MDN came');
  await house.desk.mdnArrived(pending, verdict, { headers, body, how: 'async', at });
  give(request, response, null);
}

async function readBody(body: Kept, most: number): Promise<Buffer> {
  if (body.size > most) throw new Problem(413, 'Content too large', `An MDN may have ${most} bytes`);
  return bytesOf(body, most);
}

async function pendingOf(
  house: House,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<Pending | null> {
  try {
    const { originalMessageId } = await readMdn(headers, body);
    return originalMessageId === null ? null : await house.desk.pending(inBrackets(originalMessageId));
  } catch (error) {
    if (error instanceof MimeError) return null;
    throw error;
  }
}

async function turnAway(
  house: House,
  incoming: Incoming,
  kind: Notice['kind'],
  reason: string,
): Promise<never> {
  const { us, them, messageId, remote } = incoming.envelope;
  takeToken(house, 'stranger', remote);
  await house.desk.notice({ kind, endpoint: incoming.agreed.endpoint, us, them, messageId, remote, reason });
  throw new Problem(
    422,
    'Unprocessable content',
    'This MDN is not one that we wait for, or it is not proved',
  );
}
