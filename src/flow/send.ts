/**
 * send: the fifth step.
 * Takes an interchange that we wrote. Before: reads its frozen bytes. Act: delivers them under the name that its control
 * number gives, outside any transaction. After: notes it as sent, and by when the partner owes an acknowledgment.
 * A crash between act and after delivers the same bytes under the same name again. Errors: the network's, tried again.
 */
import { type AnswerDue, updateSent } from '../store/documents.ts';
import { noteEndpoint, noteEndpointFailed } from '../store/endpoint-states.ts';
import { insertEvents } from '../store/events.ts';
import type { Tx } from '../store/store.ts';
import {
  getTransmission,
  noteSendFailed,
  noteSent,
  type Transmission,
  transmissionBytes,
} from '../store/transmissions.ts';
import { aboutDocument } from './answer.ts';
import { isOutOfReach, LeftAlone, throughBreaker } from './breaker.ts';
import { after, type Claimed, type Context } from './context.ts';
import type { Lines } from './lines.ts';

export interface Prepared {
  readonly transmission: Transmission;
  readonly bytes: Buffer;
}

export async function prepareSend(tx: Tx, row: Claimed): Promise<Prepared | null> {
  const transmission = await getTransmission(tx, row.subject);
  return transmission === null ? null : { transmission, bytes: await transmissionBytes(tx, row.subject) };
}

export async function deliver(
  context: Context,
  lines: Lines,
  { transmission, bytes }: Prepared,
): Promise<Transmission> {
  const { endpoint, name, id } = transmission;
  try {
    await throughBreaker(context, { endpoint, work: 'send', isDown: isOutOfReach }, () =>
      lines.use(endpoint, async (line) => {
        if (line.send === undefined) throw new Error(`The endpoint ${endpoint} cannot send`);
        await line.send(name, bytes);
      }),
    );
  } catch (error) {
    // Nothing was tried.
    if (error instanceof LeftAlone) throw error;
    context.metrics.sent.inc({ endpoint, result: 'failed' });
    const text = error instanceof Error ? error.message : String(error);
    await noteSendFailed(context.store.db, id, text);
    await noteEndpointFailed(context.store.db, endpoint, text);
    throw error;
  }
  context.metrics.sent.inc({ endpoint, result: 'sent' });
  await noteEndpoint(context.store.db, endpoint, 'sent_at');
  return transmission;
}

export async function noteDelivered(context: Context, tx: Tx, transmission: Transmission): Promise<void> {
  const at = context.now();
  const again = transmission.state === 'sent';
  await noteSent(tx, transmission.id, at);
  const documents = await updateSent(tx, transmission.id, at, answersDue(context, transmission, at));
  await insertEvents(
    tx,
    documents.map((document) => ({
      ...aboutDocument(document),
      kind: again ? 'sent-again' : 'sent',
      data: { type: document.kind, name: transmission.name, endpoint: transmission.endpoint },
    })),
  );
}

/** By when the partner owes an acknowledgment, by kind of document. A repeat keeps the first one's deadline. */
function answersDue(context: Context, { agreement, state }: Transmission, at: Date): AnswerDue[] {
  if (state === 'sent') return [];
  const terms = context.partners.agreement(agreement)?.documents ?? {};
  return Object.entries(terms).flatMap(([kind, { expectAcknowledgment }]) => {
    const due = after(at, expectAcknowledgment);
    return due === null ? [] : [{ kind, due }];
  });
}
