/**
 * What becomes of a canonical document that a partner sends and that no rule of ours decides yet. Whatever asks something of
 * us waits for a person; what only informs is recorded. Nothing is dropped.
 */
import type { CanonicalDocument, CanonicalName, ReceivingAdvice } from './canonical.ts';

export interface Inbound {
  /** Its own number; '' where it has none. */
  readonly number: string;
  /** The buyer's number of the order that it is about; null: none, or several. */
  readonly orderNumber: string | null;
  /** Why a person must deal with it; null: it is recorded, and that is all. */
  readonly waits: string | null;
}

/** By name; those that are not here inform of what needs no answer of ours. */
const asks: Partial<Record<CanonicalName, string>> = {
  'order-change': 'changes are not decided by rules',
  'order-response': 'somebody confirms an order of ours',
  'ship-notice': 'goods are announced, or a warehouse has shipped for us',
  invoice: 'somebody asks for money',
  'warehouse-order': 'somebody asks us to ship',
  'return-notice': 'goods shall come back',
  adjustment: 'somebody claims or grants money',
  'application-advice': 'somebody judges what we sent',
};

/** Looks at a valid document of the named kind. */
export function inboundOf(name: CanonicalName, document: CanonicalDocument): Inbound {
  const { number, orderNumber } = document as { number?: string; orderNumber?: string };
  return {
    number: number ?? '',
    orderNumber: (name === 'order-change' ? number : orderNumber) ?? null,
    waits: waitsFor(name, document),
  };
}

function waitsFor(name: CanonicalName, document: CanonicalDocument): string | null {
  if (name !== 'receiving-advice') return asks[name] ?? null;
  return isAsShipped(document as ReceivingAdvice) ? null : 'not everything arrived as it was shipped';
}

/** Nothing is said to be wrong, returned, or received in another quantity than was shipped. */
function isAsShipped({ lines = [] }: ReceivingAdvice): boolean {
  return lines.every(
    ({ discrepancies = [], returned = '0', shipped, received, accepted }) =>
      discrepancies.length === 0 &&
      Number(returned) === 0 &&
      isEqual(shipped, received) &&
      isEqual(received, accepted),
  );
}

function isEqual(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || Number(one) === Number(other);
}
