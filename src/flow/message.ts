/** What becomes of one message: an order, a matched acknowledgment, or something that waits for a person. Looks only; writes nothing. */
import { fault } from '../fault.ts';
import type { Message } from '../interchange/interchange.ts';
import { readAcknowledgment } from '../interchange/verdict.ts';
import { readText, textLines } from '../interchange/verdict-864.ts';
import { amount } from '../order/amount.ts';
import { businessKey } from '../order/business-key.ts';
import type { Order } from '../order/order.ts';
import type { Agreement } from '../partner/partner.ts';
import type { NewOrder } from '../store/orders.ts';
import type { Context } from './context.ts';
import { type Found, guideOf, inbound, readBy, unreadChange, withoutGuide } from './inbound.ts';
import { type Part, partOf } from './kinds.ts';
import { held, type Outcome } from './outcome.ts';

/** Decides what a message is to us. `test`: it is looked at, and touches nothing. */
export async function lookAt(
  context: Context,
  agreement: Agreement,
  message: Message,
  test: boolean,
): Promise<Outcome> {
  const part = partOf(agreement.standard, message.type);
  // Nobody is told that an acknowledgment has faults of its own: what it says counts, and what it leaves open will wait.
  if (part === 'acknowledgment') {
    const faults = message.faults.map((fault) => ({ fault, waiting: false }));
    return { ...acknowledgment(message), faults };
  }
  const found = message.faults.map((fault) => ({ fault, waiting: fault.severity === 'error' }));
  if (message.verdict === 'rejected')
    return { state: 'rejected', guide: null, canonical: null, content: null, faults: found };
  const outcome = await byPart(context, agreement, message, part, test);
  return { ...outcome, faults: [...found, ...outcome.faults] };
}

async function byPart(
  context: Context,
  agreement: Agreement,
  message: Message,
  part: Part | null,
  test: boolean,
): Promise<Outcome> {
  if (part === 'advice') return acknowledgment(message);
  if (part === 'text') return text(message);
  if (part === 'order') return await order(context, agreement, message, test);
  const guide = guideOf(context, agreement, message);
  if (guide !== null && guide.canonical !== 'order') return await inbound(guide, message, test);
  const broken = guide === null ? withoutGuide(context, agreement, message) : null;
  if (broken !== null) return broken;
  if (part === 'order-change') return unreadChange(agreement.standard, message);
  return held(fault('message-not-handled', { type: message.type }, message.at));
}

function acknowledgment(message: Message): Outcome {
  const content = readAcknowledgment(message);
  if (content === null) return held(fault('message-not-handled', { type: message.type }, message.at));
  return { state: 'mapped', guide: null, canonical: null, content, faults: [], acknowledgment: content };
}

/** Characters of a text that its fault repeats. */
const mostText = 1_900;

/** What a partner writes to people waits until somebody has read it. */
function text(message: Message): Outcome {
  const content = readText(message.segments);
  const whole = textLines(content).join('\n') || '(no text)';
  const cut = whole.length > mostText ? `${whole.slice(0, mostText)}… (the rest is in the delivery)` : whole;
  const found = fault('text-from-partner', { text: cut }, message.at);
  return { state: 'held', guide: null, canonical: null, content, faults: [{ fault: found, waiting: true }] };
}

async function order(
  context: Context,
  agreement: Agreement,
  message: Message,
  test: boolean,
): Promise<Outcome> {
  const guide = guideOf(context, agreement, message);
  if (guide === null || guide.canonical !== 'order') {
    const broken = guide === null ? withoutGuide(context, agreement, message) : null;
    if (broken !== null) return broken;
    return held(
      fault(
        'guide-missing',
        { type: message.type, version: message.version, partner: agreement.partner },
        message.at,
      ),
    );
  }
  const { base, document: found } = await readBy(guide, message);
  if (found === null) return { ...base, state: 'held' };
  const document = found as Order;
  if (test) return { ...base, state: 'test' };
  if (document.purpose !== 'original') return notOriginal(base, document, message);
  return { ...base, content: null, state: 'mapped', order: newOrder(context, agreement, document) };
}

function notOriginal(base: Found['base'], document: Order, message: Message): Outcome {
  const undecided = fault(
    'purpose-not-decided',
    { purpose: document.purpose, number: document.number },
    message.at,
  );
  return {
    ...base,
    state: 'held',
    faults: [...base.faults, { fault: undecided, waiting: true }],
    about: document.number,
  };
}

/** The row of an order as it begins. */
export function newOrder(
  context: Context,
  agreement: Agreement,
  document: Order,
): Omit<NewOrder, 'message_id' | 'delivery_id'> {
  return {
    partner: agreement.partner,
    agreement: agreement.key,
    number: document.number,
    business_key: businessKey(document, context.partners.byName(agreement.partner)?.duplicates.key),
    ordered_on: document.orderedOn ?? null,
    ship_to: document.shipTo?.code ?? document.shipTo?.gln ?? document.shipTo?.name ?? null,
    currency: document.currency ?? null,
    line_count: document.lines.length,
    amount: amount(document) ?? null,
    state: 'received',
    document,
  };
}
