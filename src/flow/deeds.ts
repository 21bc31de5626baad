/** What people do about what waits: each deed is one transaction, recorded with who and why. */
import { type Decision, rejectOrder, releaseHold } from '../order/decide.ts';
import type { Ledger } from '../order/ledger.ts';
import type { Order } from '../order/order.ts';
import { noteMdnSent, renewAs2Message } from '../store/as2-messages.ts';
import { freeSends, tryAtOnce } from '../store/breakers.ts';
import { setDeliveryState } from '../store/deliveries.ts';
import { type DocumentRow, getDocument, holdDocument, setDocumentDue } from '../store/documents.ts';
import { insertEvents } from '../store/events.ts';
import { type FaultRowStored, lockFault, resolveFault } from '../store/faults.ts';
import { getInterchange } from '../store/interchanges.ts';
import { getMessages, setMessageState } from '../store/messages.ts';
import { countByKey, insertOrders, lockOrders, type OrderRow } from '../store/orders.ts';
import { pausePartner, resumePartner } from '../store/pauses.ts';
import { addReady, addReadyAgain, dropQuarantined, retryQuarantined } from '../store/ready.ts';
import type { Tx } from '../store/store.ts';
import { oweRefusal } from './acknowledge.ts';
import { readCatalogue } from './catalogue.ts';
import { agreementOf, type Context, stages } from './context.ts';
import { acceptedOn, readAvailable, record } from './decide.ts';
import { type By, DeedRefused, refuseHeld } from './deed.ts';
import { identityOf } from './identify.ts';
import { newOrder } from './message.ts';
import { replay } from './replay.ts';

/** Processes a stored delivery again, as a new one that is linked to it. Returns the new one's id. */
export async function replayDelivery(context: Context, id: string, by: By): Promise<string> {
  const again = await context.store.transaction((tx) => replay(context, tx, id, by, []));
  for (const lane of ['translate', 'translate-large'] as const) context.poke(lane);
  return again;
}

/** Tries again what a fault stopped: the delivery, the decision, the document or the step. */
export function replayFault(context: Context, id: string, by: By): Promise<void> {
  return deal(context, id, 'replayed', by, async (tx, fault) => {
    if (fault.code === 'step-failed') return retryStep(tx, fault);
    if (fault.code === 'as2-not-taken' || fault.code === 'as2-unanswered') return sendAgain(tx, fault);
    if (fault.document_id !== null) return writeAgain(tx, fault.document_id);
    if (fault.order_id !== null && (await isHeld(tx, fault.order_id))) {
      return addReady(tx, [{ stage: 'decide', subject: fault.order_id, partner: fault.partner ?? '' }]);
    }
    if (fault.delivery_id === null)
      throw new DeedRefused(
        'conflict',
        'Nothing of this fault can be tried again: reject it when it is dealt with.',
      );
    await replay(context, tx, fault.delivery_id, by, []);
  });
}

/** Closes a fault that is dealt with. What it stopped is given up: a held order is rejected, and its response says so. */
export function rejectFault(context: Context, id: string, by: By): Promise<void> {
  return deal(context, id, 'rejected', by, async (tx, fault) => {
    if (fault.code === 'step-failed') return giveUp(context, tx, fault, by);
    if (fault.code === 'control-number-reused') return refuseInterchange(context, tx, fault);
    const order = await heldOrder(tx, fault);
    refuseHeld(context, order?.partner);
    if (order !== null) await rejectHeld(context, tx, order, by);
    else if (fault.message_id !== null) await setMessageState(tx, [fault.message_id], 'rejected');
  });
}

/** An interchange with a used control number is not meant: its sender is told so. */
async function refuseInterchange(context: Context, tx: Tx, fault: FaultRowStored): Promise<void> {
  const interchange = await getInterchange(tx, fault.interchange_id as string);
  if (interchange === null) return;
  const agreement = context.partners.agreement(interchange.agreement ?? '');
  refuseHeld(context, agreement?.partner);
  await oweRefusal(tx, agreement, interchange, context.now());
}

function rejectHeld(context: Context, tx: Tx, order: OrderRow, by: By): Promise<void> {
  const decision = rejectOrder(order.document, by.why, (order.ledger as Ledger | null) ?? undefined);
  return record(context, tx, [{ order, decision }]);
}

/** A step that cannot be done is given up where it stands, visibly: nothing stays behind that nobody would ever run. */
async function giveUp(context: Context, tx: Tx, fault: FaultRowStored, by: By): Promise<void> {
  const { stage, subject } = stepOf(fault);
  await dropQuarantined(tx, stage, subject);
  if (stage === 'translate' || stage === 'translate-large')
    await setDeliveryState(tx, subject, 'rejected', context.now());
  if (stage === 'reconcile') await setMessageState(tx, [subject], 'rejected');
  if (stage === 'answer') await holdDocument(tx, subject);
  if (stage === 'mdn') await noteMdnSent(tx, subject, 'given-up', context.now());
  if (stage === 'decide') {
    const [order] = await lockOrders(tx, [subject]);
    refuseHeld(context, order?.partner);
    if (order !== undefined && order.decided_at === null) await rejectHeld(context, tx, order, by);
  }
}

/**
 * Frees a held order: its holds no longer count, and it is decided by all the other rules. A document that waited for a person
 * is dealt with.
 */
export function acceptFault(context: Context, id: string, by: By): Promise<void> {
  return deal(context, id, 'accepted', by, async (tx, fault) => {
    if (fault.code === 'document-waits' && fault.message_id !== null)
      return setMessageState(tx, [fault.message_id], 'mapped');
    const order = await heldOrder(tx, fault);
    refuseHeld(context, order?.partner);
    if (order === null) throw new DeedRefused('conflict', `Fault ${id} holds no order: replay or reject it.`);
    const partner = context.partners.byName(order.partner);
    if (partner === null)
      throw new DeedRefused('conflict', `The partner ${order.partner} is not in the mappings.`);
    const catalogue = await readCatalogue(tx, [order]);
    const available = await readAvailable(tx, catalogue.skus);
    const before = { ...(order.decision as Decision), ledger: order.ledger as Ledger };
    const facts = { items: catalogue.factsOf(order), available };
    const decision = releaseHold(
      order.document,
      facts,
      partner.policy,
      acceptedOn(partner, context.now()),
      before,
      partner.calendar,
    );
    await record(context, tx, [{ order, decision }]);
  });
}

/** Says that a repeat is meant: an order with a used number becomes one of its own, an interchange is processed all the same. */
export function acceptDuplicate(context: Context, id: string, by: By): Promise<void> {
  return deal(context, id, 'accepted-duplicate', by, async (tx, fault) => {
    if (fault.code === 'order-duplicate') return acceptOrder(context, tx, fault);
    if (fault.code === 'control-number-reused') return acceptInterchange(context, tx, fault, by);
    throw new DeedRefused('conflict', `Fault ${id} is no duplicate: it is ${fault.code}.`);
  });
}

async function acceptOrder(context: Context, tx: Tx, fault: FaultRowStored): Promise<void> {
  const [message] = await getMessages(tx, [fault.message_id as string]);
  const interchange = await getInterchange(tx, fault.interchange_id as string);
  const agreement = agreementOf(context, interchange?.agreement ?? '');
  refuseHeld(context, agreement.partner);
  const order = newOrder(context, agreement, message?.content as Order);
  const earlier = await countByKey(tx, order.partner, order.business_key);
  const made = await insertOrders(tx, [
    {
      ...order,
      business_key: `${order.business_key}#${earlier + 1}`,
      message_id: fault.message_id as string,
      delivery_id: fault.delivery_id as string,
    },
  ]);
  await setMessageState(tx, [fault.message_id as string], 'mapped');
  const ids = [...made.values()];
  await addReady(
    tx,
    ids.map((id) => ({ stage: 'decide', subject: id, partner: order.partner })),
  );
  await insertEvents(
    tx,
    ids.map((id) => ({
      kind: 'order-received',
      partner: order.partner,
      delivery_id: fault.delivery_id,
      order_id: id,
      data: { number: order.number },
    })),
  );
}

async function acceptInterchange(context: Context, tx: Tx, fault: FaultRowStored, by: By): Promise<void> {
  const interchange = await getInterchange(tx, fault.interchange_id as string);
  if (interchange === null) throw new DeedRefused('not-found', 'Its interchange is gone.');
  const reference = context.partners.agreement(interchange.agreement ?? '')?.applicationReference;
  await replay(context, tx, fault.delivery_id as string, by, [identityOf(interchange.receipt, reference)]);
}

/** The same interchange again: in a new message where the last one was refused, else in the one that nobody answered. */
async function sendAgain(tx: Tx, fault: FaultRowStored): Promise<void> {
  const transmission = fault.value ?? '';
  await renewAs2Message(tx, transmission);
  await addReadyAgain(tx, { stage: 'send', subject: transmission, partner: fault.partner ?? '' });
}

/** Sends the bytes of a document's interchange again, unchanged. */
export async function resendDocument(context: Context, id: string, by: By): Promise<void> {
  await context.store.transaction(async (tx) => {
    const document = await getDocument(tx, id);
    if (document === null) throw new DeedRefused('not-found', `There is no document ${id}.`);
    if (document.transmission_id === null)
      throw new DeedRefused('conflict', `Document ${id} is not written yet.`);
    await renewAs2Message(tx, document.transmission_id);
    await addReadyAgain(tx, { stage: 'send', subject: document.transmission_id, partner: document.partner });
    await insertEvents(tx, [
      {
        kind: 'resend-asked',
        partner: document.partner,
        order_id: document.order_id,
        document_id: id,
        ...by,
      },
    ]);
  });
  context.poke('send');
}

/** Holds a partner's queue: nothing of it is fed until it is resumed. */
export function pause(context: Context, partner: string, by: By): Promise<void> {
  return context.store.transaction(async (tx) => {
    if (context.partners.byName(partner) === null)
      throw new DeedRefused('not-found', `There is no partner ${partner}.`);
    if (!(await pausePartner(tx, partner, by.who, by.why)))
      throw new DeedRefused('conflict', `${partner} is paused already.`);
    await insertEvents(tx, [{ kind: 'paused', partner, ...by }]);
  });
}

export async function resume(context: Context, partner: string, by: By): Promise<void> {
  await context.store.transaction(async (tx) => {
    if (!(await resumePartner(tx, partner))) throw new DeedRefused('conflict', `${partner} is not paused.`);
    await insertEvents(tx, [{ kind: 'resumed', partner, ...by }]);
  });
  for (const stage of stages) context.poke(stage);
}

/**
 * Has an endpoint that is left alone tried at once, by whichever process comes first: the next poll, and the sends that wait
 * for it. What failed still counts until a try goes well. @returns how many interchanges leave now
 */
export async function retryEndpoint(context: Context, name: string, by: By): Promise<number> {
  const endpoint = context.partners.endpoint(name);
  if (endpoint === null) throw new DeedRefused('not-found', `There is no endpoint ${name}.`);
  const freed = await context.store.transaction(async (tx) => {
    await tryAtOnce(tx, [name]);
    const { owner: partner } = endpoint;
    await insertEvents(tx, [{ kind: 'retry-asked', partner, data: { endpoint: name }, ...by }]);
    return freeSends(tx, name);
  });
  context.poke('send');
  return freed;
}

async function deal(
  context: Context,
  id: string,
  resolution: string,
  by: By,
  deed: (tx: Tx, fault: FaultRowStored) => Promise<unknown>,
): Promise<void> {
  await context.store.transaction(async (tx) => {
    const fault = await lockFault(tx, id);
    if (fault === null) throw new DeedRefused('not-found', `There is no fault ${id}.`);
    if (!fault.waiting)
      throw new DeedRefused(
        'conflict',
        `Fault ${id} waits no more: it was ${fault.resolution ?? 'withdrawn'}.`,
      );
    await resolveFault(tx, fault, { resolution, ...by, at: context.now() });
    await deed(tx, fault);
    const { partner, delivery_id, interchange_id, order_id, document_id, code } = fault;
    await insertEvents(tx, [
      {
        kind: `fault-${resolution}`,
        partner,
        delivery_id,
        interchange_id,
        order_id,
        document_id,
        data: { fault: id, code },
        ...by,
      },
    ]);
  });
  for (const stage of stages) context.poke(stage);
}

async function retryStep(tx: Tx, fault: FaultRowStored): Promise<void> {
  const { stage, subject } = stepOf(fault);
  await retryQuarantined(tx, stage, [subject]);
}

/** The step that a step-failed fault is about. */
function stepOf(fault: FaultRowStored): { stage: string; subject: string } {
  const [stage, subject] = (fault.value ?? '').split(' ');
  if (stage === undefined || subject === undefined)
    throw new DeedRefused('conflict', 'The fault does not say which step it is about.');
  return { stage, subject };
}

async function writeAgain(tx: Tx, id: string): Promise<void> {
  const document = (await getDocument(tx, id)) as DocumentRow;
  if (document.state !== 'held')
    throw new DeedRefused('conflict', `Document ${id} is ${document.state}: resend it, or reject the fault.`);
  await setDocumentDue(tx, id);
  await addReady(tx, [
    {
      stage: 'answer',
      subject: id,
      partner: document.partner,
      batch: `${document.agreement}:${document.kind}`,
    },
  ]);
}

async function isHeld(tx: Tx, orderId: string): Promise<boolean> {
  const [order] = await lockOrders(tx, [orderId]);
  return order?.state === 'held';
}

/** The order that a fault holds, if it does. */
async function heldOrder(tx: Tx, fault: FaultRowStored): Promise<OrderRow | null> {
  if (fault.order_id === null || fault.document_id !== null) return null;
  const [order] = await lockOrders(tx, [fault.order_id]);
  return order?.state === 'held' && order.message_id === fault.message_id ? order : null;
}
