/**
 * reconcile: what partners say of what we sent.
 * Takes messages that are acknowledgments or advice. Gives, in one transaction: each document that they speak of confirmed or
 * refused, with the reasons in plain language. Faults: a refusal waits for a person; so does an answer that names what we did
 * not send, leaves open what it says of ours, or takes back a refusal. A test speaks of tests only.
 * May run twice: a word that stands already changes nothing.
 */
import type { Acknowledgment } from '../interchange/verdict.ts';
import { getInterchange } from '../store/interchanges.ts';
import { getMessages, type MessageRow } from '../store/messages.ts';
import type { Tx } from '../store/store.ts';
import type { Claimed, Context } from './context.ts';
import { recordVerdicts } from './verdicts.ts';

export async function reconcile(context: Context, tx: Tx, rows: readonly Claimed[]): Promise<void> {
  for (const message of await getMessages(
    tx,
    rows.map((row) => row.subject),
  ))
    await reconcileOne(context, tx, message);
}

async function reconcileOne(context: Context, tx: Tx, message: MessageRow): Promise<void> {
  const interchange = await getInterchange(tx, message.interchange_id);
  const whose = {
    partner: interchange?.partner ?? '',
    agreement: interchange?.agreement ?? '',
    test: interchange?.receipt.test ?? false,
  };
  const place = {
    partner: whose.partner,
    delivery_id: interchange?.delivery_id ?? null,
    interchange_id: message.interchange_id,
    message_id: message.id,
  };
  await recordVerdicts(context, tx, whose, place, message.content as Acknowledgment);
}
