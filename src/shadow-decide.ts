/**
 * Decisions compared: the recorded document and the one of the working copy go through the same rules with the same items,
 * prices, stock and day. What was in stock when the order came is not recorded: today's stock is taken, with what this order
 * has reserved put back, for both.
 */
import { type Change, changes } from './difference.ts';
import { readCatalogue } from './flow/catalogue.ts';
import type { Context } from './flow/context.ts';
import { acceptedOn } from './flow/decide.ts';
import { type Decision, decideOrder } from './order/decide.ts';
import { formatDecimal, parseDecimal } from './order/decimal.ts';
import type { Order } from './order/order.ts';
import type { Partner } from './partner/partner.ts';
import type { Tx } from './store/store.ts';
import { availableOf } from './store/view-shadow.ts';

/** An order as it was recorded, and as the working copy reads it; null: it is no order that the rules decide. */
export interface OrderPair {
  readonly recorded: Order | null;
  readonly working: Order | null;
  /** What was decided of it, as stored; null: nothing. */
  readonly decision: unknown;
  readonly decidedAt: Date | null;
}

/** How the decisions differ; empty: they do not. */
export async function decisionChanges(
  context: Context,
  tx: Tx,
  partner: Partner,
  pair: OrderPair,
): Promise<Change[]> {
  const asked = [pair.recorded, pair.working].flatMap((document) =>
    document === null ? [] : [{ partner: partner.name, document }],
  );
  const catalogue = await readCatalogue(tx, asked);
  const available = withReserved(await availableOf(tx, catalogue.skus), pair.decision);
  const day = acceptedOn(partner, pair.decidedAt ?? context.now());
  const decided = (document: Order | null) => {
    if (document === null || document.purpose !== 'original') return undefined;
    const facts = { items: catalogue.factsOf({ partner: partner.name, document }), available };
    return answerOf(decideOrder(document, facts, partner.policy, day, { calendar: partner.calendar }));
  };
  return [...changes(decided(pair.recorded), decided(pair.working), '')];
}

/** What the partner is told, and whether it waits for a person. */
function answerOf({ state, lines, holds }: Decision) {
  return { state, holds: holds.map(({ code }) => code), lines };
}

function withReserved(available: ReadonlyMap<string, string>, decision: unknown): Map<string, string> {
  const { reservations = [] } = (decision ?? {}) as Partial<Pick<Decision, 'reservations'>>;
  const all = new Map(available);
  for (const { sku, quantity } of reservations) {
    const before = all.get(sku);
    if (before !== undefined) all.set(sku, formatDecimal(parseDecimal(before) + parseDecimal(quantity)));
  }
  return all;
}
