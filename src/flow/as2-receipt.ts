/**
 * What a partner's MDN does: it says that a transmission is there, or why it was not taken. Each is written once, whether it
 * comes in the answer or later by itself; a second word about the same message changes nothing.
 */
import { fault } from '../fault.ts';
import { type As2Row, lockAs2Message, type Outcome, settleAs2Message } from '../store/as2-messages.ts';
import { documentsOf } from '../store/documents.ts';
import { insertEvents } from '../store/events.ts';
import { endWaitAbout, insertFaultOnce } from '../store/faults.ts';
import type { Tx } from '../store/store.ts';
import { getTransmission, noteTransmissionDelivered, type Transmission } from '../store/transmissions.ts';
import type { Digest } from '../transport/as2/as2.ts';
import type { MdnEvidence, Pending, Verdict } from '../transport/as2/desk.ts';
import { aboutDocument } from './answer.ts';
import { type As2Office, as2Endpoint, partnershipOf } from './as2-partnership.ts';
import type { Context } from './context.ts';
import { noteLeft } from './sent.ts';

/** A word that counts. */
export type Counting = Exclude<Verdict, { kind: 'untrusted' }>;

/** Faults of one kind that wait at one endpoint, at most: beyond that it is the endpoint that is broken. */
const mostFaults = 200;

/** What an MDN is held against; null: the endpoint is gone, or is another one by now. */
export async function pendingOf(office: As2Office, sent: As2Row): Promise<Pending | null> {
  const endpoint = as2Endpoint(office.context.partners, sent.endpoint);
  if (endpoint === null || endpoint.us !== sent.us || endpoint.them !== sent.them) return null;
  const asked = sent.facts.asked as Pending['asked'] | undefined;
  return {
    id: sent.id,
    messageId: sent.message_id,
    partnership: await partnershipOf(endpoint, office),
    mics: (sent.mic ?? {}) as Readonly<Record<Digest, string>>,
    asked: asked ?? { signed: endpoint.mdn.signed, how: 'sync' },
    settled: sent.state === 'delivered' || sent.state === 'refused',
  };
}

/** Writes what an MDN that came by itself says. */
export async function takeReceipt(
  context: Context,
  id: string,
  verdict: Counting,
  evidence: MdnEvidence,
): Promise<void> {
  await context.store.transaction(async (tx) => {
    const sent = await lockAs2Message(tx, id);
    const transmission = sent?.transmission_id ? await getTransmission(tx, sent.transmission_id) : null;
    if (sent === null || transmission === null) return;
    // We may have died before we could note that it left. What they refused stays so, whatever they say later.
    const isNews = verdict.kind === 'confirmed' && transmission.state === 'written';
    if (isNews && sent.state !== 'refused') await noteLeft(context, tx, transmission);
    await writeReceipt(context, tx, sent, transmission, verdict, evidence);
  });
}

/** Their server refused the request itself. */
export function writeRejected(
  context: Context,
  tx: Tx,
  sent: As2Row,
  transmission: Transmission,
  { reason, at }: { readonly reason: string; readonly at: Date },
): Promise<void> {
  return write(context, tx, sent, transmission, {
    state: 'refused',
    modifier: 'no receipt came',
    reason,
    at,
  });
}

/** The step itself: the message's outcome, the transmission's time of delivery, the timeline, a fault where one is due. */
export async function writeReceipt(
  context: Context,
  tx: Tx,
  sent: As2Row,
  transmission: Transmission,
  verdict: Counting,
  { headers, body, at }: MdnEvidence,
): Promise<void> {
  const taken = verdict.kind === 'confirmed';
  await write(context, tx, sent, transmission, {
    state: taken ? 'delivered' : 'refused',
    modifier: taken ? verdict.modifier : verdict.disposition,
    reason: verdict.kind === 'disputed' ? verdict.reason : verdict.text,
    mdn: { headers, body },
    at,
  });
}

/** Tells of a receipt that does not count, once for each transmission: the message is sent again. */
export async function tellVoid(
  context: Context,
  { id, name, partner }: Transmission,
  { endpoint, us, them, message_id: messageId }: As2Row,
  reason: string,
): Promise<void> {
  context.log.warn({ as2: 'untrusted-mdn', endpoint, us, them, messageId }, reason);
  const told = fault('as2-receipt-void', { them, name, endpoint, reason, value: id });
  await context.store.transaction(async (tx) => {
    const [document] = await documentsOf(tx, id);
    const place = { partner, endpoint, document_id: document?.id ?? null };
    await insertFaultOnce(tx, { ...place, fault: told }, mostFaults);
  });
  context.metrics.faults.inc({ code: 'as2-receipt-void' });
}

const known = { resolution: 'over', who: 'the gateway', why: 'What came of it is known.' };

async function write(
  context: Context,
  tx: Tx,
  sent: As2Row,
  transmission: Transmission,
  outcome: Outcome & { readonly modifier: string; readonly reason: string },
): Promise<void> {
  const taken = outcome.state === 'delivered';
  if (!(await settleAs2Message(tx, sent.id, outcome))) return;
  await endWaitAbout(tx, 'as2-receipt-void', transmission.id, { ...known, at: context.now() });
  if (taken) await noteTransmissionDelivered(tx, transmission.id, outcome.at);
  const documents = await documentsOf(tx, transmission.id);
  await insertEvents(
    tx,
    documents.map((document) => ({
      ...aboutDocument(document),
      kind: taken ? 'delivered' : 'not-taken',
      data: {
        type: document.kind,
        endpoint: sent.endpoint,
        messageId: sent.message_id,
        says: outcome.modifier,
      },
    })),
  );
  if (taken) return;
  const [document] = documents;
  const place = { partner: transmission.partner, endpoint: sent.endpoint };
  const told = fault('as2-not-taken', {
    name: transmission.name,
    endpoint: sent.endpoint,
    disposition: outcome.modifier,
    reason: outcome.reason,
    value: transmission.id,
  });
  await insertFaultOnce(tx, { ...place, document_id: document?.id ?? null, fault: told }, mostFaults);
  context.metrics.faults.inc({ code: 'as2-not-taken' });
}
