/** Deliveries: files as they arrived, and what was found in them. */
import { z } from 'zod';
import { replayDelivery } from '../flow/deeds.ts';
import { readChunks } from '../store/chunks.ts';
import type { Queryable } from '../store/store.ts';
import { as2OfDelivery, as2View } from '../store/view-as2.ts';
import {
  deliverySummary,
  interchangesOf,
  interchangeView,
  listDeliveries,
  viewDelivery,
} from '../store/view-deliveries.ts';
import { eventsOfDelivery, eventView } from '../store/view-events.ts';
import { faultsOfDelivery } from '../store/view-faults.ts';
import { messageDetail, viewMessage } from '../store/view-messages.ts';
import { byOf, deedBody, deedBytes } from './deed.ts';
import { faultAnswer, withDeeds } from './fault-deeds.ts';
import { idKey, listOf, listQuery, page } from './list.ts';
import { Download, type Route, read, write } from './route.ts';

/** Interchanges, messages of each, and faults that one answer gives. */
export const mostParts = 200;

const deliveryDetail = deliverySummary.extend({
  interchanges: z.array(interchangeView),
  faults: z.array(faultAnswer),
  events: z.array(eventView),
  as2: z.array(as2View).describe('The AS2 message that brought it, if one did'),
});

/** One delivery with what was found in it; null: there is none of that id. */
export async function readDelivery(db: Queryable, id: string) {
  const delivery = await viewDelivery(db, id);
  if (delivery === null) return null;
  const [interchanges, faults, events, as2] = await Promise.all([
    interchangesOf(db, id, mostParts),
    faultsOfDelivery(db, id, mostParts),
    eventsOfDelivery(db, id),
    as2OfDelivery(db, id),
  ]);
  return { ...delivery, interchanges, faults: faults.map(withDeeds), events, as2 };
}

export const deliveryRoutes: readonly Route[] = [
  read({
    path: '/api/v1/deliveries',
    tag: 'deliveries',
    summary: 'Files as they arrived, newest first',
    query: listQuery.extend({
      partner: z.string().optional(),
      endpoint: z.string().optional(),
      state: deliverySummary.shape.state.optional(),
    }),
    answer: listOf(deliverySummary),
    handle: ({ context, query }) =>
      page(
        query,
        idKey,
        (before, limit) => listDeliveries(context.store.db, query, before, limit),
        (row) => row.id,
      ),
  }),
  read({
    path: '/api/v1/deliveries/{id}',
    tag: 'deliveries',
    thing: 'delivery',
    summary: `One delivery with its first ${mostParts} interchanges, messages of each, and faults, and its events`,
    answer: deliveryDetail,
    handle: ({ context, id }) => readDelivery(context.store.db, id),
  }),
  read({
    path: '/api/v1/deliveries/{id}/raw',
    tag: 'deliveries',
    thing: 'delivery',
    summary: 'Its bytes, as they came',
    answer: null,
    handle: async ({ context, id }) => {
      const { db } = context.store;
      const delivery = await viewDelivery(db, id);
      return delivery && new Download(`delivery-${id}.edi`, delivery.size, readChunks(db, id));
    },
  }),
  read({
    path: '/api/v1/messages/{id}',
    tag: 'deliveries',
    thing: 'message',
    summary: 'One message with the document that it was read into',
    answer: messageDetail,
    handle: ({ context, id }) => viewMessage(context.store.db, id),
  }),
  write({
    path: '/api/v1/deliveries/{id}/replay',
    tag: 'deliveries',
    summary: 'Processes it again, as a new delivery that is linked to it',
    status: 201,
    body: deedBody,
    maxBytes: deedBytes,
    answer: z.object({ id: z.string().describe('The new delivery') }),
    handle: async (call) => ({ id: await replayDelivery(call.context, call.id, byOf(call)) }),
  }),
];
