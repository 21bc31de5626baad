/** Deadlines: by when we owe a document, and by when a partner owes its acknowledgment. What is late is noted once, as an event. */

import { noteOverdue } from '../store/documents.ts';
import { insertEvents } from '../store/events.ts';
import type { Context } from './context.ts';
import { oweLate } from './owe.ts';

/** Notes what became late since the last look. Returns how many. */
export async function noteLate(context: Context): Promise<number> {
  return context.store.transaction(async (tx) => {
    await oweLate(context, tx);
    let late = 0;
    for (const what of ['due', 'answer'] as const) {
      const documents = await noteOverdue(tx, what, context.now());
      late += documents.length;
      await insertEvents(
        tx,
        documents.map((document) => ({
          kind: what === 'due' ? 'overdue' : 'answer-overdue',
          partner: document.partner,
          order_id: document.order_id,
          interchange_id: document.interchange_id,
          document_id: document.id,
          data: { type: document.kind, by: what === 'due' ? document.due_at : document.answer_due_at },
        })),
      );
    }
    return late;
  });
}
