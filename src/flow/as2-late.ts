/**
 * Receipts that did not come in time: the same message is sent again, and after some tries a person is told. Run by the sweep.
 */
import { fault } from '../fault.ts';
import { type As2Row, lateAs2Messages, settleAs2Message } from '../store/as2-messages.ts';
import { documentsOf } from '../store/documents.ts';
import { insertEvents } from '../store/events.ts';
import { insertFaultOnce } from '../store/faults.ts';
import { addReadyAgain } from '../store/ready.ts';
import type { Tx } from '../store/store.ts';
import { getTransmission } from '../store/transmissions.ts';
import { aboutDocument } from './answer.ts';
import { as2Endpoint } from './as2-partnership.ts';
import { after, type Context } from './context.ts';

/** Times that a message is sent before its silence is told. */
const mostTimes = 5;
/** Messages looked at in one sweep. */
const perSweep = 100;
const mostFaults = 200;

/** Looks once. Two that look at the same time take different messages. */
export async function noteUnanswered(context: Context): Promise<void> {
  const sendsAgain = await context.store.transaction(async (tx) => {
    const late = await lateAs2Messages(tx, context.now(), perSweep);
    for (const message of late) {
      if (message.times < mostTimes) await sendAgain(context, tx, message);
      else await giveUp(context, tx, message);
    }
    return late.length > 0;
  });
  if (sendsAgain) context.poke('send');
}

async function sendAgain(context: Context, tx: Tx, message: As2Row): Promise<void> {
  const transmission = await getTransmission(tx, message.transmission_id as string);
  if (transmission === null) return;
  const within = as2Endpoint(context.partners, message.endpoint)?.mdn.within ?? '2h';
  const due = after(context.now(), within) as Date;
  await settleAs2Message(tx, message.id, { state: 'posted', mdnDueAt: due, at: context.now() });
  await addReadyAgain(tx, { stage: 'send', subject: transmission.id, partner: transmission.partner });
}

async function giveUp(context: Context, tx: Tx, message: As2Row): Promise<void> {
  const transmission = await getTransmission(tx, message.transmission_id as string);
  if (transmission === null) return;
  await settleAs2Message(tx, message.id, { state: 'unanswered', at: context.now() });
  const documents = await documentsOf(tx, transmission.id);
  const { endpoint, times } = message;
  const told = fault('as2-unanswered', { name: transmission.name, endpoint, times, value: transmission.id });
  const place = { document_id: documents[0]?.id ?? null };
  await insertFaultOnce(tx, { partner: transmission.partner, endpoint, ...place, fault: told }, mostFaults);
  await insertEvents(
    tx,
    documents.map((document) => ({
      ...aboutDocument(document),
      kind: 'unanswered',
      data: { type: document.kind, endpoint, times },
    })),
  );
  context.metrics.faults.inc({ code: 'as2-unanswered' });
}
