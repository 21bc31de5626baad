/** What it means that an interchange left: its documents are sent, and the partner owes answers by a deadline. */
import { type AnswerDue, updateSent } from '../store/documents.ts';
import { insertEvents } from '../store/events.ts';
import type { Tx } from '../store/store.ts';
import { noteSent, type Transmission } from '../store/transmissions.ts';
import { aboutDocument } from './answer.ts';
import { after, type Context } from './context.ts';

/** Writes it, in the transaction of whoever knows that it left. */
export async function noteLeft(context: Context, tx: Tx, transmission: Transmission): Promise<void> {
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
