/** Orders, and shipments for them. */
import { z } from 'zod';
import { gatherEvidence } from '../flow/evidence.ts';
import { zipEvidence } from '../flow/evidence-zip.ts';
import { recordShipment } from '../flow/ship.ts';
import { shipmentRequest } from '../order/shipment/request.ts';
import { orderStates } from '../order/transition.ts';
import type { Queryable } from '../store/store.ts';
import { documentsAround, documentView } from '../store/view-documents.ts';
import { eventsOfOrder, eventView } from '../store/view-events.ts';
import { faultsOfOrder } from '../store/view-faults.ts';
import {
  listOrders,
  orderDetail,
  orderSummary,
  shipmentsOfOrder,
  shipmentView,
  viewOrder,
} from '../store/view-orders.ts';
import { evidencePages } from './evidence-page.ts';
import { faultAnswer, withDeeds } from './fault-deeds.ts';
import { idKey, listOf, listQuery, page } from './list.ts';
import { Download, type Route, read, write } from './route.ts';

const mostFaults = 200;
/** 10,000 cartons with their lines. */
const shipmentBytes = 8 * 1024 * 1024;

const wholeOrder = orderDetail.extend({
  documents: z.array(documentView),
  shipments: z.array(shipmentView),
  faults: z.array(faultAnswer),
  timeline: z.array(eventView),
});

const shipped = z.object({
  id: z.string(),
  number: z.string().describe('The number of the ship notice'),
  ssccs: z.array(z.string()).describe('One SSCC per carton, in the sequence of the cartons'),
  state: z.string().describe("The order's state after it"),
});

/** One order with all that belongs to it; null: there is none of that id. */
export async function readOrder(db: Queryable, id: string, now: Date) {
  const order = await viewOrder(db, id);
  if (order === null) return null;
  const [documents, shipments, faults, timeline] = await Promise.all([
    documentsAround(db, id, now),
    shipmentsOfOrder(db, id),
    faultsOfOrder(db, id, mostFaults),
    eventsOfOrder(db, id),
  ]);
  return { ...order, documents, shipments, faults: faults.map(withDeeds), timeline };
}

export const orderRoutes: readonly Route[] = [
  read({
    path: '/api/v1/orders',
    tag: 'orders',
    summary: 'Orders, newest first',
    query: listQuery.extend({
      number: z.string().optional().describe('The whole purchase order number'),
      partner: z.string().optional(),
      state: z.enum(orderStates).optional(),
    }),
    answer: listOf(orderSummary),
    handle: ({ context, query }) =>
      page(
        query,
        idKey,
        (before, limit) => listOrders(context.store.db, query, before, limit),
        (row) => row.id,
      ),
  }),
  read({
    path: '/api/v1/orders/{id}',
    tag: 'orders',
    thing: 'order',
    summary: 'One order: lines, quantities, decision, documents, shipments, faults, timeline',
    answer: wholeOrder,
    handle: ({ context, id }) => readOrder(context.store.db, id, context.now()),
  }),
  read({
    path: '/api/v1/orders/{id}/evidence',
    tag: 'orders',
    thing: 'order',
    summary: 'Everything that can be shown about an order, as a zip file',
    answer: null,
    handle: async ({ context, id }) => {
      const evidence = await gatherEvidence(context.store, id);
      if (evidence === null) return null;
      return new Download(`evidence-order-${id}.zip`, null, zipEvidence(evidence, evidencePages));
    },
  }),
  write({
    path: '/api/v1/orders/{id}/shipments',
    tag: 'orders',
    summary: 'Records a shipment; the ship notice (856, DESADV) follows',
    status: 201,
    body: shipmentRequest,
    maxBytes: shipmentBytes,
    answer: shipped,
    handle: async ({ context, id: order, body, who, key }) => {
      const { shipmentId, ...rest } = await recordShipment(context, order, body, who, key);
      return { id: shipmentId, ...rest };
    },
  }),
];
