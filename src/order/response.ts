import type { DecidedLine, Decision } from './decide.ts';
import { given } from './given.ts';
import type { Order } from './order.ts';
import type { OrderLine } from './order-line.ts';
import type { OrderResponse, ResponseLine } from './order-response.ts';

export interface ResponseDetails {
  /** Our number for this response. */
  readonly number: string;
  /** The partner's calendar day, 'YYYY-MM-DD'. */
  readonly respondedOn: string;
}

/**
 * The answer to an order (855, ORDRSP) in canonical form; the partner's guide turns the actions into its codes.
 * @param decision of this very order
 * @throws Error when the decision is of an order with other lines
 */
export function buildResponse(order: Order, decision: Decision, details: ResponseDetails): OrderResponse {
  if (decision.lines.length !== order.lines.length) throw new Error('The decision is of another order');
  const { orderedOn, release, currency, buyer, seller, shipTo, vendor } = order;
  return {
    number: details.number,
    orderNumber: order.number,
    ...given({ orderedOn, release, currency, buyer, seller, shipTo, vendor }),
    respondedOn: details.respondedOn,
    action: actionOf(decision),
    lines: order.lines.map((line, at) => responseLine(line, decision.lines[at])),
  };
}

function actionOf({ state, lines }: Decision): OrderResponse['action'] {
  if (state === 'held' || state === 'rejected') return state;
  return lines.every((line) => line.action === 'accepted') ? 'accepted' : 'accepted-with-changes';
}

function responseLine(line: OrderLine, decided: DecidedLine | undefined): ResponseLine {
  if (decided === undefined) throw new Error(`The decision has no answer for line ${line.number}`);
  const { action, confirmed, backordered, cut, shipOn, backorderOn, reasons } = decided;
  const description = line.description ?? decided.description;
  const price = decided.price ?? line.price;
  return {
    number: line.number,
    item: line.item,
    quantity: line.quantity,
    unit: line.unit,
    action,
    confirmed,
    backordered,
    cut,
    ...given({ description, price, shipOn, backorderOn }),
    reasons: reasons.slice(0, mostReasons).map((reason) => reason.slice(0, mostReasonLength)),
  };
}

/** Limits of the canonical response line. */
const mostReasons = 20;
const mostReasonLength = 512;
