/** What we owe for an order: noted with the order's decision, or before it when the deadline passes first. */
import { dueDocuments } from '../order/transition.ts';
import type { Agreement } from '../partner/partner.ts';
import { dueIds, insertDocuments, type NewDocument } from '../store/documents.ts';
import { type OrderRow, undecidedOrders } from '../store/orders.ts';
import { addReady } from '../store/ready.ts';
import type { Tx } from '../store/store.ts';
import { after, agreementOf, type Context, spanMs } from './context.ts';
import { outbound } from './kinds.ts';

type Owed = Pick<OrderRow, 'id' | 'partner' | 'agreement' | 'received_at'>;

/**
 * Notes the response that we owe for each order, and that it may be written now.
 * @param held orders whose response is owed as well, but waits for a person
 */
export async function oweResponses(
  context: Context,
  tx: Tx,
  decided: readonly Owed[],
  held: readonly Owed[],
): Promise<void> {
  if (!dueDocuments('decided').includes('order-response')) return;
  const rows = responseRows(context, decided);
  const made = await insertDocuments(tx, [...rows, ...responseRows(context, held)]);
  // One that was held, or late, before it was decided is noted already.
  const known = rows.map((row) => row.subject).filter((subject) => !made.has(subject));
  const before = known.length === 0 ? new Map<string, string>() : await dueIds(tx, known);
  await addReady(
    tx,
    rows.flatMap((row) => {
      const id = made.get(row.subject) ?? before.get(row.subject);
      return id === undefined
        ? []
        : [{ stage: 'answer', subject: id, partner: row.partner, batch: `${row.agreement}:${row.kind}` }];
    }),
  );
}

/** Notes the response of orders that are late and not even decided, so that their deadline is watched like any other. */
export async function oweLate(context: Context, tx: Tx): Promise<void> {
  for (const agreement of context.partners.all.flatMap((partner) => partner.agreements)) {
    const { within } = responseTerms(agreement) ?? {};
    if (within === undefined) continue;
    const late = await undecidedOrders(tx, agreement.key, new Date(context.now().getTime() - spanMs(within)));
    await insertDocuments(tx, responseRows(context, late));
  }
}

function responseTerms(agreement: Agreement) {
  return agreement.documents[outbound[agreement.standard].response];
}

function responseRows(context: Context, orders: readonly Owed[]): NewDocument[] {
  return orders.flatMap((order) => {
    const agreement = agreementOf(context, order.agreement);
    const terms = responseTerms(agreement);
    if (terms === undefined) return [];
    return [
      {
        kind: outbound[agreement.standard].response,
        partner: order.partner,
        agreement: order.agreement,
        subject: `order:${order.id}`,
        order_id: order.id,
        test: agreement.usage === 'test',
        due_at: after(order.received_at, terms.within),
      },
    ];
  });
}
