/** Messages that guides read: orders, and everything else that a partner may send, each as its canonical document says. */
import { fault } from '../fault.ts';
import type { Message, Segment, Standard } from '../interchange/interchange.ts';
import type { Guide } from '../mapping/guide.ts';
import type { CanonicalDocument } from '../order/canonical.ts';
import { inboundOf } from '../order/inbound.ts';
import type { Agreement } from '../partner/partner.ts';
import { reasonOf } from '../partner/partners.ts';
import type { Context } from './context.ts';
import { type FoundFault, held, type Outcome } from './outcome.ts';

/** The guide that reads a message of the partner; null: there is none. */
export function guideOf(context: Context, agreement: Agreement, message: Message): Guide | null {
  const name = agreement.guides[message.type] ?? message.type;
  if (message.release === null) return null;
  return context.guides.find(agreement.partner, agreement.standard, message.release, name);
}

/** Why there is no guide for a message that must have one: it is broken, and the message waits for it; or nobody wrote it. */
export function withoutGuide(context: Context, agreement: Agreement, message: Message): Outcome | null {
  const name = agreement.guides[message.type] ?? message.type;
  const names = [`${agreement.partner}/${name}`, `standard/${agreement.standard}-${message.release}/${name}`];
  const guide = names.find((one) => context.broken.has(one));
  if (guide === undefined) return null;
  const because = reasonOf(context.broken.get(guide) ?? []);
  return held(fault('guide-broken', { guide, type: message.type, because, value: guide }, message.at));
}

/** What a guide read: the document, or why there is none. */
export interface Found {
  readonly base: Pick<Outcome, 'guide' | 'canonical' | 'content' | 'faults'>;
  readonly document: CanonicalDocument | null;
}

/** Reads the message. Data that no line of the guide reads is noted; what cannot be read waits for a person. */
export async function readBy(guide: Guide, message: Message): Promise<Found> {
  const read = await guide.read(message);
  const faults: FoundFault[] = [
    ...read.faults.map((fault) => ({ fault, waiting: fault.severity === 'error' })),
    ...read.unmapped.map((item) => ({
      fault: fault('data-not-mapped', { tag: item.tag, element: item.element, value: item.value }, item.at),
      waiting: false,
    })),
  ];
  const { document } = read;
  return {
    base: {
      guide: `${guide.name}@${guide.digest}`,
      canonical: document === null ? null : guide.canonical,
      content: document,
      faults,
    },
    document: faults.some(({ waiting }) => waiting) ? null : document,
  };
}

/** A document that no rule decides: what asks for a deed waits for a person, the rest is recorded. */
export async function inbound(guide: Guide, message: Message, test: boolean): Promise<Outcome> {
  const { base, document } = await readBy(guide, message);
  if (document === null) return { ...base, state: 'held' };
  const { number, orderNumber, waits } = inboundOf(guide.canonical, document);
  const about = orderNumber === null ? {} : { about: orderNumber };
  if (test) return { ...base, state: 'test' };
  const recorded = { type: message.type, canonical: guide.canonical, number };
  if (waits === null) return { ...base, ...about, state: 'mapped', recorded };
  const found =
    guide.canonical === 'order-change'
      ? fault('change-not-decided', { type: message.type, number: orderNumber ?? '' }, message.at)
      : fault('document-waits', { ...recorded, because: waits }, message.at);
  return { ...base, ...about, state: 'held', faults: [...base.faults, { fault: found, waiting: true }] };
}

/** A change that no guide reads: only its order is known. */
export function unreadChange(standard: Standard, message: Message): Outcome {
  const number = referencedOrder(standard, message.segments);
  return { ...held(fault('change-not-decided', { type: message.type, number }, message.at)), about: number };
}

/** BCH03, or RFF+ON. */
function referencedOrder(standard: Standard, segments: readonly Segment[]): string {
  if (standard === 'x12') return String(segments.find((segment) => segment.tag === 'BCH')?.values[2] ?? '');
  const reference = segments.find((segment) => segment.tag === 'RFF' && segment.values[0]?.[0] === 'ON');
  return String(reference?.values[0]?.[1] ?? '');
}
