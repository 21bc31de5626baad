/** What a document says: the segments of its messages, made from what is stored, by the partner's guide or by the faults. */
import { setImmediate as breathe } from 'node:timers/promises';
import { type Fault, fault } from '../fault.ts';
import { releaseOf } from '../interchange/dictionary/dictionary.ts';
import type { OutSegment } from '../interchange/write.ts';
import type { Guide } from '../mapping/guide.ts';
import type { CanonicalDocument } from '../order/canonical.ts';
import type { Decision } from '../order/decide.ts';
import { buildResponse } from '../order/response.ts';
import type { Agreement } from '../partner/partner.ts';
import type { DocumentRow } from '../store/documents.ts';
import { type OrderToAnswer, ordersToAnswer } from '../store/orders.ts';
import { getShipments } from '../store/shipments.ts';
import type { Tx } from '../store/store.ts';
import { composeAcknowledgment } from './acknowledge.ts';
import type { Context } from './context.ts';
import { today } from './decide.ts';
import { kindOf } from './kinds.ts';

/** One message with the group that it belongs in; null parts are the agreement's own. */
export interface ComposedMessage {
  readonly type: string;
  readonly group: string | null;
  readonly groupVersion: string | null;
  readonly groupSender: string | null;
  readonly groupReceiver: string | null;
  /** UNH S009 from 0052 on; null for X12. */
  readonly version: string | null;
  readonly segments: readonly OutSegment[];
}

export interface Composed {
  readonly document: DocumentRow;
  /** The guide that wrote it, 'name@digest'. */
  readonly guide?: string;
  readonly messages: readonly ComposedMessage[];
  /** X12: TA1s, which stand before the groups. */
  readonly ta1?: readonly OutSegment[];
  /** Why it cannot be written. */
  readonly faults: readonly Fault[];
}

/** Documents composed before other work of this process gets its turn. */
const documentsPerTurn = 20;

/** Composes documents of one kind under one agreement. */
export async function compose(
  context: Context,
  tx: Tx,
  agreement: Agreement,
  documents: readonly DocumentRow[],
): Promise<Composed[]> {
  const { canonical, type } = kindOf((documents[0] as DocumentRow).kind);
  if (canonical === null) return composeAcknowledgments(tx, agreement, documents);
  const contents =
    canonical === 'order-response'
      ? await responses(context, tx, documents)
      : await shipNotices(tx, documents);
  const terms = agreement.documents[type];
  const version = terms?.version ?? agreement.version.message;
  const release = releaseOf(agreement.standard, type, version)?.release ?? '';
  const guide = context.guides.find(agreement.partner, agreement.standard, release, terms?.guide ?? type);
  const composed: Composed[] = [];
  for (const document of documents) {
    composed.push(await composeByGuide(agreement, document, guide, contents.get(document.id), version));
    if (composed.length % documentsPerTurn === 0) await breathe();
  }
  return composed;
}

/** One after the other: a transaction has one connection. */
async function composeAcknowledgments(
  tx: Tx,
  agreement: Agreement,
  documents: readonly DocumentRow[],
): Promise<Composed[]> {
  const composed: Composed[] = [];
  for (const document of documents) composed.push(await composeAcknowledgment(tx, agreement, document));
  return composed;
}

async function responses(
  context: Context,
  tx: Tx,
  documents: readonly DocumentRow[],
): Promise<Map<string, CanonicalDocument>> {
  const orders = new Map(
    (
      await ordersToAnswer(
        tx,
        documents.map((document) => document.order_id as string),
      )
    ).map((order) => [order.id, order]),
  );
  return new Map(
    documents.map((document) => [
      document.id,
      response(context, orders.get(document.order_id as string) as OrderToAnswer),
    ]),
  );
}

function response(context: Context, order: OrderToAnswer): CanonicalDocument {
  const partner = context.partners.byName(order.partner);
  if (partner === null)
    throw new Error(`The partner ${order.partner} is no longer in the mappings: put its folder back`);
  return buildResponse(order.document, order.decision as Decision, {
    number: order.id,
    respondedOn: today(partner, order.decided_at ?? context.now()),
  });
}

async function shipNotices(
  tx: Tx,
  documents: readonly DocumentRow[],
): Promise<Map<string, CanonicalDocument>> {
  const shipments = new Map(
    (
      await getShipments(
        tx,
        documents.map((document) => document.shipment_id as string),
      )
    ).map((row) => [row.id, row.document]),
  );
  return new Map(
    documents.map((document) => [
      document.id,
      shipments.get(document.shipment_id as string) as CanonicalDocument,
    ]),
  );
}

async function composeByGuide(
  agreement: Agreement,
  document: DocumentRow,
  guide: Guide | null,
  content: CanonicalDocument | undefined,
  version: string,
): Promise<Composed> {
  const { type, group, canonical } = kindOf(document.kind);
  if (guide === null || guide.canonical !== canonical || content === undefined) {
    return {
      document,
      messages: [],
      faults: [fault('guide-missing', { type, version, partner: agreement.partner })],
    };
  }
  const written = await guide.write(content);
  const x12 = agreement.standard === 'x12';
  const message: ComposedMessage = {
    type,
    group,
    groupVersion: x12 ? version : null,
    groupSender: x12 ? (agreement.group?.us ?? agreement.us.id) : null,
    groupReceiver: x12 ? (agreement.group?.them ?? agreement.them.id) : null,
    version: x12 ? null : version,
    segments: written.segments,
  };
  return {
    document,
    guide: `${guide.name}@${guide.digest}`,
    messages: [message],
    faults: written.faults.filter((found) => found.severity === 'error'),
  };
}
