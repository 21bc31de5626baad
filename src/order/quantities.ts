/** The quantities of one order line, in millionths of its unit, and what must be true of them after every event. */

export const quantityNames = [
  /** What the buyer asked for; 0 where the order asks for nothing or less. */
  'ordered',
  /** What we have said we ship, from stock. */
  'confirmed',
  /** What we have said we ship later. */
  'backordered',
  /** What we have said we do not ship. */
  'cut',
  /** What the buyer took back. */
  'cancelledByBuyer',
  /** What was reserved in stock for the line, shipped or not. */
  'allocated',
  /** What has left. */
  'shipped',
] as const;

export type QuantityName = (typeof quantityNames)[number];
export type Quantities = Readonly<Record<QuantityName, bigint>>;

/** Quantities of a line about which nothing was said yet. */
export function undecidedQuantities(ordered: bigint): Quantities {
  return {
    ordered,
    confirmed: 0n,
    backordered: 0n,
    cut: 0n,
    cancelledByBuyer: 0n,
    allocated: 0n,
    shipped: 0n,
  };
}

/**
 * Names the first promise that the quantities break, or null.
 * @param decided whether the line was answered or cancelled: from then on every ordered unit has exactly one fate
 */
export function brokenInvariant(q: Quantities, decided: boolean): string | null {
  const negative = quantityNames.find((name) => q[name] < 0n);
  if (negative !== undefined) return `${negative} is below zero`;
  const fates = q.confirmed + q.backordered + q.cut + q.cancelledByBuyer;
  if (decided && fates !== q.ordered)
    return 'ordered differs from confirmed + backordered + cut + cancelledByBuyer';
  if (!decided && fates !== 0n) return 'quantities were settled before the decision';
  if (q.allocated > q.confirmed + q.backordered) return 'allocated exceeds confirmed + backordered';
  if (q.shipped > q.confirmed) return 'shipped exceeds confirmed';
  if (q.shipped > q.allocated) return 'shipped exceeds allocated';
  return null;
}
