/**
 * mdn: an asynchronous receipt of ours on its way.
 * Takes an AS2 message that arrived. Gives its stored MDN, byte for byte, to the address that was agreed with its sender, and
 * notes that it left. A crash in between gives it once more. Errors: the network's, tried again.
 */
import { type As2Row, getAs2Message, noteMdnSent } from '../store/as2-messages.ts';
import { insertEvents } from '../store/events.ts';
import type { Tx } from '../store/store.ts';
import { pieceOf } from '../transport/as2/piece.ts';
import type { Target } from '../transport/as2/post.ts';
import { addressOf, as2Endpoint, partnershipOf } from './as2-partnership.ts';
import { type As2Sender, as2BackOffMs, targetTo } from './as2-send.ts';
import type { Claimed, Context } from './context.ts';
import { PacedError } from './paced.ts';

/** null: there is no receipt to give. */
export async function prepareMdn(tx: Tx, row: Claimed): Promise<As2Row | null> {
  const message = await getAs2Message(tx, row.subject);
  return message === null || message.mdn === null ? null : message;
}

export async function deliverMdn(sender: As2Sender, message: As2Row, signal: AbortSignal): Promise<As2Row> {
  const endpoint = as2Endpoint(sender.context.partners, message.endpoint);
  if (endpoint === null)
    throw new Error(`No partner names the endpoint ${message.endpoint} any more: put it back`);
  const { deliverMdnTo } = await partnershipOf(endpoint, sender);
  if (deliverMdnTo === null) throw new Error(`The endpoint ${endpoint.name} has no mdn.deliverTo`);
  const { url = deliverMdnTo } = endpoint;
  const target = knownThere(
    await targetTo(sender, endpoint, deliverMdnTo),
    await addressOf(url, sender.resolve),
  );
  const body = pieceOf(message.mdn as Buffer);
  try {
    await sender.poster.post(target, { headers: message.mdn_headers ?? {}, body }, signal);
  } catch (error) {
    throw new PacedError((error as Error).message, as2BackOffMs, { cause: error });
  }
  return message;
}

/** Password and client certificate are for the server of `url`: another one, though agreed, is not shown them. */
function knownThere(target: Target, url: string): Target {
  return originOf(target.url) === originOf(url) ? target : { ...target, login: null, clientKey: null };
}

/** Scheme, host and port; the text itself where it is no address, which then fails when it is posted to. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}

export async function noteMdnDelivered(context: Context, tx: Tx, message: As2Row): Promise<void> {
  await noteMdnSent(tx, message.id, 'sent', context.now());
  const data = { endpoint: message.endpoint, messageId: message.message_id };
  await insertEvents(tx, [{ kind: 'mdn-sent', delivery_id: message.delivery_id, data }]);
}
