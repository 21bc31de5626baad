/** Which acknowledgments we owe for an interchange, and what each of them says. */
import { type Fault, fault, wireAnswer } from '../fault.ts';
import { acknowledge } from '../interchange/acknowledge.ts';
import { isAnswerable, owesTa1, ta1For, ta1Verdict } from '../interchange/acknowledge-ta1.ts';
import type { Message, Verdict } from '../interchange/interchange.ts';
import type { MessageReceipt, Receipt } from '../interchange/receipt.ts';
import type { Agreement } from '../partner/partner.ts';
import { type DocumentRow, insertDocuments } from '../store/documents.ts';
import { getInterchange, type InterchangeRow } from '../store/interchanges.ts';
import { receiptRows } from '../store/messages.ts';
import { addReady } from '../store/ready.ts';
import type { Tx } from '../store/store.ts';
import type { Composed, ComposedMessage } from './compose.ts';
import { after } from './context.ts';
import type { FoundFault } from './outcome.ts';
import { separatorsOf } from './separators.ts';

/** An interchange that was read to its end. */
export interface Ended {
  readonly id: string;
  readonly agreement: Agreement;
  readonly receipt: Receipt;
  readonly receivedAt: Date;
  /** A message besides acknowledgments is in it: an acknowledgment is never acknowledged. */
  readonly answerable: boolean;
}

/**
 * Notes that we owe a refusal of an interchange that was held for its control number, and that a person gave up: a TA1 or a
 * CONTRL. Where neither is agreed, the sender must be told by other means.
 */
export async function oweRefusal(
  tx: Tx,
  agreement: Agreement | null,
  { id, receipt }: Pick<InterchangeRow, 'id' | 'receipt'>,
  now: Date,
): Promise<void> {
  const told = receipt.standard === 'x12' ? agreement?.acknowledge.ta1 !== 'never' : true;
  const reused = receipt.faults.some(({ code }) => code === 'control-number-reused');
  if (agreement === null || !told || !reused) return;
  await oweAcknowledgments(tx, { id, agreement, receipt, receivedAt: now, answerable: true });
}

/** Notes the acknowledgments that we owe for it, and that they may be written now. */
export async function oweAcknowledgments(tx: Tx, ended: Ended): Promise<void> {
  const { id, agreement, receipt, receivedAt } = ended;
  const { key, partner } = agreement;
  for (const kind of owedKinds(ended)) {
    const made = await insertDocuments(tx, [
      {
        kind,
        partner,
        agreement: key,
        subject: `interchange:${id}`,
        interchange_id: id,
        test: receipt.test,
        due_at: after(receivedAt, agreement.acknowledge.within),
      },
    ]);
    await addReady(
      tx,
      [...made.values()].map((document) => ({
        stage: 'answer',
        subject: document,
        partner,
        batch: `${key}:${kind}`,
      })),
    );
  }
}

/** TA1 and 997, 999 or CONTRL. A TA1 that refuses the interchange is the only answer; a shared one leaves with the 997. */
function owedKinds({ agreement, receipt, answerable }: Ended): string[] {
  const { send, ta1: policy, ta1Envelope } = agreement.acknowledge;
  const empty = receipt.groups.length === 0 && (receipt.ta1 ?? 0) === 0;
  const ta1 = owesTa1(receipt, policy, answerable || empty);
  const alone = ta1 && ta1Verdict(receipt) === 'rejected';
  const messages = answerable || (empty && receipt.verdict === 'rejected');
  const functional = send !== 'none' && messages && !alone;
  const shared = functional && ta1Envelope === 'shared';
  return [...(ta1 && !shared ? ['TA1'] : []), ...(functional ? [send] : [])];
}

/** What an acknowledgment says, made from what was stored of the interchange. */
export async function composeAcknowledgment(
  tx: Tx,
  agreement: Agreement,
  document: DocumentRow,
): Promise<Composed> {
  const receipt = await receiptOf(tx, document.interchange_id as string);
  const separators = separatorsOf(agreement);
  if (document.kind === 'TA1') {
    return { document, messages: [], ta1: [ta1For(receipt, separators)], faults: [] };
  }
  const { ta1: policy, ta1Envelope, everyMessage } = agreement.acknowledge;
  const options = { separators, everyMessage, implementation: document.kind === '999' };
  const messages = acknowledge(receipt, options).map(
    (answer): ComposedMessage => ({
      type: answer.type,
      group: answer.groupType,
      groupVersion: answer.groupVersion,
      groupSender: answer.groupSender,
      groupReceiver: answer.groupReceiver,
      version: answer.version,
      segments: answer.segments,
    }),
  );
  const shared = ta1Envelope === 'shared' && owesTa1(receipt, policy, isAnswerable(receipt));
  const faults = messages.length === 0 ? [fault('nothing-to-acknowledge', { control: receipt.control })] : [];
  return { document, messages, ta1: shared ? [ta1For(receipt, separators)] : [], faults };
}

/**
 * The faults of a message that its acknowledgment tells, and what it says of the message. A 999 speaks of the partner's
 * guide, too: what the guide could not read waits for a person here, and is told as accepted with errors.
 */
export function toldOf(
  { acknowledge: { send } }: Agreement,
  { faults, verdict, version }: Message,
  found: readonly FoundFault[],
): { readonly faults: readonly Fault[]; readonly verdict: Verdict } {
  const guided =
    send === '999' && version >= firstWith999
      ? found.flatMap(({ fault: one }) => (wireAnswer(one.code).ik502?.startsWith('I') ? [one] : []))
      : [];
  if (guided.length === 0) return { faults, verdict };
  const told = guided.map((one): Fault => ({ ...one, severity: 'warning' }));
  return { faults: [...faults, ...told], verdict: verdict === 'accepted' ? 'noted' : verdict };
}

const firstWith999 = '005010';

/** The receipt with its messages, as it was when the interchange was read. */
export async function receiptOf(tx: Tx, interchangeId: string): Promise<Receipt> {
  const row = await getInterchange(tx, interchangeId);
  if (row === null) throw new Error(`No interchange ${interchangeId}`);
  const messages = new Map<number, MessageReceipt[]>();
  for (const { group_ordinal, context, ...message } of await receiptRows(tx, interchangeId)) {
    const group = messages.get(group_ordinal) ?? [];
    messages.set(group_ordinal, group);
    group.push(context === null ? message : { ...message, context });
  }
  return {
    ...row.receipt,
    groups: row.receipt.groups.map((group, index) => ({
      ...group,
      messages: messages.get(index + 1) ?? [],
    })),
  };
}
