/** What a rule sees and what it may say. A rule is pure; it decides one thing, and gives its reason in plain words. */
import type { Fault } from '../../fault.ts';
import type { Calendar } from '../calendar.ts';
import type { Order } from '../order.ts';
import type { OrderLine } from '../order-line.ts';
import type { Policy } from '../policy.ts';

/** What we know of the item that a line orders. */
export interface ItemFacts {
  readonly sku: string;
  /** Our price per unit for this partner, and its currency. */
  readonly price?: string | undefined;
  readonly currency?: string | undefined;
  readonly description?: string | undefined;
  /** The unit in which stock and price are kept; unset: taken to be the line's. */
  readonly unit?: string | undefined;
  /** How many units one case holds. */
  readonly casePack?: string | undefined;
}

export interface OrderCase {
  readonly order: Order;
  readonly policy: Policy;
  /** The days on which goods ship to the partner. */
  readonly calendar: Calendar;
  /** In the partner's time zone. */
  readonly today: string;
}

export interface LineCase extends OrderCase {
  readonly line: OrderLine;
  /** Ordered, in millionths. */
  readonly quantity: bigint;
  readonly item: ItemFacts | null;
  /** What earlier lines left of the item's stock, in millionths. */
  readonly available: bigint;
  /** Whether an earlier line has the same number. */
  readonly repeated: boolean;
  /** When the line can ship, by the rule for dates. */
  readonly shipOn: string;
}

/** What a rule found; nothing to say is null. Quantities in millionths. */
export type Finding =
  | { readonly kind: 'reject'; readonly reason: string; readonly fault?: Fault }
  /** A person must look. `released` is what holds once a person has released it; null: as if nothing was found. */
  | { readonly kind: 'hold'; readonly fault: Fault; readonly released: Finding | null }
  | {
      readonly kind: 'quantity';
      readonly confirmed: bigint;
      readonly backordered: bigint;
      readonly cut: bigint;
      readonly backorderOn?: string;
      readonly reason?: string;
    }
  | {
      readonly kind: 'price';
      readonly price: string | undefined;
      readonly changed: boolean;
      readonly reason?: string;
    }
  | {
      readonly kind: 'date';
      readonly shipOn: string;
      readonly changed: boolean;
      readonly reason?: string;
    };

export type OrderRule = (order: OrderCase) => Finding | null;
export type LineRule = (line: LineCase) => Finding | null;

/** Where a finding about a line stands. */
export function atLine(number: string): { orderLine: string } {
  return { orderLine: number };
}

/** The item by a name that people recognise. */
export function itemName({ line, item }: LineCase): string {
  const { sellerId, gtin, upc, buyerId } = line.item;
  return item?.sku ?? sellerId ?? gtin ?? upc ?? buyerId ?? line.description ?? 'an item without a number';
}
