/**
 * send: the fifth step.
 * Takes an interchange that we wrote. Before: reads its frozen bytes. Act: delivers them under the name that its control
 * number gives, outside any transaction. After: notes it as sent, and by when the partner owes an acknowledgment.
 * Over AS2 the partner's receipt says whether they are there. A crash between act and after delivers the same bytes under the
 * same name again. Errors: the network's, tried again.
 */
import { currentAs2Message, lockAs2Message } from '../store/as2-messages.ts';
import { noteEndpoint, noteEndpointFailed } from '../store/endpoint-states.ts';
import type { Tx } from '../store/store.ts';
import {
  getTransmission,
  noteSendFailed,
  type Transmission,
  transmissionBytes,
} from '../store/transmissions.ts';
import { PostError } from '../transport/as2/post-error.ts';
import { as2Endpoint } from './as2-partnership.ts';
import { type As2Sender, type As2Sent, isSettled, isTaken, noteSentByAs2, sendByAs2 } from './as2-send.ts';
import { isOutOfReach, LeftAlone, throughBreaker } from './breaker.ts';
import type { Claimed, Context } from './context.ts';
import { noteDiskFull } from './disk.ts';
import type { Lines } from './lines.ts';
import { PacedError } from './paced.ts';
import { noteLeft } from './sent.ts';

/** What sending needs: the open transports, and what AS2 needs. */
export interface SendingDesk {
  readonly lines: Lines;
  readonly as2: Omit<As2Sender, 'context'>;
}

/** What came of it: sent, and for AS2 what the partner answered. */
export interface Delivered {
  readonly transmission: Transmission;
  readonly as2: As2Sent | null;
}

/** null: there is nothing left to send. */
export async function prepareSend(tx: Tx, row: Claimed): Promise<Transmission | null> {
  const transmission = await getTransmission(tx, row.subject);
  return transmission === null || isSettled(await currentAs2Message(tx, row.subject)) ? null : transmission;
}

export async function deliver(
  context: Context,
  desk: SendingDesk,
  transmission: Transmission,
  signal: AbortSignal,
): Promise<Delivered> {
  const { endpoint, id } = transmission;
  try {
    const as2 = await throughBreaker(context, { endpoint, work: 'send', isDown }, () =>
      give(context, desk, transmission, signal),
    );
    const sent = as2 === null || isTaken(as2);
    context.metrics.sent.inc({ endpoint, result: sent ? 'sent' : 'refused' });
    await noteEndpoint(context.store.db, endpoint, 'sent_at');
    return { transmission, as2 };
  } catch (error) {
    // Nothing was tried.
    if (error instanceof LeftAlone) throw error;
    await noteDiskFull(context, error);
    context.metrics.sent.inc({ endpoint, result: 'failed' });
    const text = error instanceof Error ? error.message : String(error);
    await noteSendFailed(context.store.db, id, text);
    await noteEndpointFailed(context.store.db, endpoint, text);
    throw error;
  }
}

/** Whether the partner's server could not be reached, or said that it cannot work now. */
function isDown(error: unknown): boolean {
  return isOutOfReach(error) || (error instanceof PacedError && error.cause instanceof PostError);
}

async function give(
  context: Context,
  { lines, as2 }: SendingDesk,
  transmission: Transmission,
  signal: AbortSignal,
): Promise<As2Sent | null> {
  const { endpoint, name, id } = transmission;
  if (context.partners.endpoint(endpoint)?.direction === 'in')
    throw new Error(`The endpoint ${endpoint} only receives: its partner.yaml says direction: in`);
  const terms = as2Endpoint(context.partners, endpoint);
  if (terms !== null) return sendByAs2({ context, ...as2 }, terms, transmission, signal);
  const bytes = await transmissionBytes(context.store.db, id);
  await lines.use(endpoint, async (line) => {
    if (line.send === undefined) throw new Error(`The endpoint ${endpoint} cannot send`);
    await line.send(name, bytes);
  });
  return null;
}

/** Writes that it was sent, or why the partner did not take it: then its documents stay as they are, and a fault waits. */
export async function noteGiven(context: Context, tx: Tx, { transmission, as2 }: Delivered): Promise<void> {
  if (as2 === null) return noteLeft(context, tx, transmission);
  // Their receipt may be quicker than we are: then it has said all this.
  const isTold = (await lockAs2Message(tx, as2.message.id))?.state === 'delivered';
  if (isTold && as2.kind === 'taken') return;
  if (isTaken(as2)) await noteLeft(context, tx, transmission);
  await noteSentByAs2(context, tx, transmission, as2);
}
