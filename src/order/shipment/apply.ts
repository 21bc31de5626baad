/** What a shipment does to the order's ledger and to our stock. */

import type { DecidedLine, Reservation } from '../decide.ts';
import { formatDecimal } from '../decimal.ts';
import { type Ledger, recordShipped } from '../ledger.ts';
import type { Refusal } from '../transition.ts';
import { contents, type PlannedCarton, shipmentRefusals } from './plan.ts';

/**
 * Records that cartons have left.
 * @returns the new ledger, or every reason why they cannot: an order that is held, an unknown line, more than is open
 */
export function applyShipment(ledger: Ledger, cartons: readonly PlannedCarton[]): Ledger | Refusal {
  const reasons = shipmentRefusals(ledger, cartons);
  return reasons.length > 0 ? { refused: reasons } : recordShipped(ledger, contents(cartons));
}

/**
 * What the cartons take from stock, one entry per sku: on hand and reserved both fall by it.
 * @param lines the lines of the order's decision, which know the sku of each line
 * @throws Error when a carton holds a line without an sku: such a line is never confirmed
 */
export function stockTaken(lines: readonly DecidedLine[], cartons: readonly PlannedCarton[]): Reservation[] {
  const skus = new Map([...lines].reverse().map((line) => [line.number, line.sku]));
  const taken = new Map<string, bigint>();
  for (const [number, quantity] of contents(cartons)) {
    const sku = skus.get(number);
    if (sku === undefined || sku === null) throw new Error(`Line ${number} has no item, so it cannot ship`);
    taken.set(sku, (taken.get(sku) ?? 0n) + quantity);
  }
  return [...taken].map(([sku, quantity]) => ({ sku, quantity: formatDecimal(quantity) }));
}
