import { formatDecimal, parseDecimal } from '../decimal.ts';
import { given } from '../given.ts';
import type { Order } from '../order.ts';
import type { OrderLine } from '../order-line.ts';
import type { Carton, CartonItem, ShipNotice } from '../ship-notice.ts';
import type { PlannedCarton } from './plan.ts';
import type { ShipmentRequest } from './request.ts';

export interface Shipment {
  readonly order: Order;
  readonly request: ShipmentRequest;
  /** From planCartons. */
  readonly cartons: readonly PlannedCarton[];
}

export interface NoticeDetails {
  /** Our number for this shipment. */
  readonly number: string;
  /** ISO 8601 with offset; its day is the day of shipment where the request names none. */
  readonly createdAt: string;
  /** One for each carton, in their sequence. */
  readonly ssccs: readonly string[];
}

/**
 * The notice of a shipment (856, DESADV) in canonical form.
 * @throws Error when the SSCCs are not as many as the cartons, or a carton holds a line that the order has not
 */
export function buildShipNotice({ order, request, cartons }: Shipment, details: NoticeDetails): ShipNotice {
  if (details.ssccs.length !== cartons.length)
    throw new Error('A ship notice needs one SSCC for each carton');
  const { carrier, billOfLading, deliverOn, weightUnit } = request;
  const { shipTo, buyer, seller, orderedOn, release, department } = order;
  const weight = request.weight ?? sumOfWeights(cartons);
  const shipFrom = request.shipFrom ?? seller;
  const lines = new Map([...order.lines].reverse().map((line) => [line.number, line]));
  return {
    number: details.number,
    createdAt: details.createdAt,
    shippedOn: request.shippedOn ?? details.createdAt.slice(0, 'YYYY-MM-DD'.length),
    cartonCount: String(cartons.length),
    ...given({ deliverOn, carrier, billOfLading, weight, weightUnit, shipFrom, shipTo, buyer, seller }),
    orders: [
      {
        number: order.number,
        ...given({ orderedOn, release, department }),
        cartons: cartons.map((carton, at) => noticed(carton, details.ssccs[at] ?? '', lines)),
      },
    ],
  };
}

function noticed(carton: PlannedCarton, sscc: string, lines: ReadonlyMap<string, OrderLine>): Carton {
  const { tracking, weight } = carton;
  return {
    sscc,
    ...given({ tracking, weight }),
    items: carton.items.map(({ line, quantity }) => contained(lines.get(line), line, quantity)),
  };
}

function contained(line: OrderLine | undefined, number: string, quantity: string): CartonItem {
  if (line === undefined) throw new Error(`The order has no line ${number}`);
  const { item, description, unit, quantity: ordered } = line;
  return { lineNumber: number, item, ...given({ description }), quantity, unit, ordered };
}

function sumOfWeights(cartons: readonly PlannedCarton[]): string | undefined {
  let sum = 0n;
  for (const { weight } of cartons) {
    if (weight === undefined) return undefined;
    sum += parseDecimal(weight);
  }
  return formatDecimal(sum);
}
