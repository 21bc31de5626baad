/**
 * reconcile: what partners say of what we sent.
 * Takes messages that are acknowledgments. Gives, in one transaction: each document that they speak of confirmed or refused,
 * with the reasons in plain language. Faults: a refusal waits for a person; so does an acknowledgment that names what we did
 * not send, or leaves open what it says of ours. A test speaks of tests only.
 * May run twice: a verdict that stands already is written again.
 */
import { fault } from '../fault.ts';
import { type AcknowledgedMessage, type Acknowledgment, judge } from '../interchange/verdict.ts';
import { type DocumentRow, documentsByControl, updateAnswered } from '../store/documents.ts';
import { insertEvents } from '../store/events.ts';
import { insertFaults } from '../store/faults.ts';
import { getInterchange } from '../store/interchanges.ts';
import { getMessages, type MessageRow } from '../store/messages.ts';
import type { Tx } from '../store/store.ts';
import { aboutDocument } from './answer.ts';
import type { Claimed, Context } from './context.ts';
import { edifactKinds, kindsOfGroup } from './kinds.ts';

export async function reconcile(context: Context, tx: Tx, rows: readonly Claimed[]): Promise<void> {
  for (const message of await getMessages(
    tx,
    rows.map((row) => row.subject),
  ))
    await reconcileOne(context, tx, message);
}

async function reconcileOne(context: Context, tx: Tx, message: MessageRow): Promise<void> {
  const acknowledgment = message.content as Acknowledgment;
  const interchange = await getInterchange(tx, message.interchange_id);
  const partner = interchange?.partner ?? '';
  const whose = {
    partner,
    agreement: interchange?.agreement ?? '',
    test: interchange?.receipt.test ?? false,
  };
  const documents = await answered(tx, whose, acknowledgment);
  const place = {
    partner,
    delivery_id: interchange?.delivery_id ?? null,
    interchange_id: message.interchange_id,
    message_id: message.id,
  };
  if (documents.length === 0) {
    const control = acknowledgment.groupControl ?? acknowledgment.interchangeControl ?? '?';
    await insertFaults(tx, [
      { ...place, fault: fault('acknowledgment-unmatched', { type: message.type, control }), waiting: true },
    ]);
    return;
  }
  const { verdicts, strangers } = judge(
    acknowledgment,
    documents.map((document) => document.message_control ?? ''),
  );
  const unclear: DocumentRow[] = [];
  for (const [index, document] of documents.entries()) {
    const said = verdicts[index] as Said;
    if (said.verdict === 'unknown') unclear.push(document);
    else await settle(context, tx, acknowledgment, document, said);
  }
  const { type } = acknowledgment;
  const faults = strangers
    .slice(0, mostStrangers)
    .map((control) => fault('acknowledgment-unmatched', { type, control }));
  if (strangers.length === 0 && unclear.length > 0 && acknowledgment.verdict !== 'received')
    faults.push(fault('acknowledgment-unclear', { type, documents: named(unclear) }));
  await insertFaults(
    tx,
    faults.map((found) => ({ ...place, fault: found, waiting: true })),
  );
}

type Said = Pick<AcknowledgedMessage, 'verdict' | 'notes'>;

/** Control numbers that we did not send, and documents that are left open: that many are named. */
const mostStrangers = 5;

function named(documents: readonly DocumentRow[]): string {
  const first = documents
    .slice(0, mostStrangers)
    .map((document) => `${document.kind} ${document.message_control ?? '?'}`);
  return documents.length > mostStrangers
    ? `${first.join(', ')} and ${documents.length - mostStrangers} more`
    : first.join(', ');
}

function answered(
  tx: Tx,
  whose: { partner: string; agreement: string; test: boolean },
  { groupType, groupControl, interchangeControl }: Acknowledgment,
): Promise<DocumentRow[]> {
  return groupControl === null
    ? documentsByControl(tx, {
        ...whose,
        by: 'interchange',
        control: bare(interchangeControl),
        kinds: edifactKinds,
      })
    : documentsByControl(tx, {
        ...whose,
        by: 'group',
        control: bare(groupControl),
        kinds: kindsOfGroup(groupType ?? ''),
      });
}

async function settle(
  context: Context,
  tx: Tx,
  acknowledgment: Acknowledgment,
  document: DocumentRow,
  { verdict, notes }: Said,
): Promise<void> {
  const state = verdict === 'rejected' ? 'refused' : 'confirmed';
  const reasons = [...notes, ...acknowledgment.notes];
  await updateAnswered(tx, document.id, state, context.now(), {
    type: acknowledgment.type,
    verdict,
    reasons,
  });
  await insertEvents(tx, [
    {
      ...aboutDocument(document),
      kind: state,
      data: { type: document.kind, by: acknowledgment.type, verdict, reasons },
    },
  ]);
  if (state === 'confirmed') return;
  const refused = fault('document-refused', {
    type: document.kind,
    by: acknowledgment.type,
    reasons: reasons.join('; ') || 'no reason given',
  });
  await insertFaults(tx, [
    {
      partner: document.partner,
      order_id: document.order_id,
      document_id: document.id,
      fault: refused,
      waiting: true,
    },
  ]);
}

/** Control numbers are kept without leading zeros; partners write them either way. */
function bare(control: string | null): string {
  return (control ?? '').trim().replace(/^0+(?=.)/, '');
}
