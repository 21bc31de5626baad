/** Documents: what we owe partners, and the bytes that carried it. */
import { z } from 'zod';
import { resendDocument } from '../flow/deeds.ts';
import { transmissionBytes } from '../store/transmissions.ts';
import { documentView, listDocuments, viewDocument } from '../store/view-documents.ts';
import { byOf, deedBody, deedBytes, done } from './deed.ts';
import { idKey, listOf, listQuery, page } from './list.ts';
import { Refused } from './problem.ts';
import { Download, type Route, read, write } from './route.ts';

export const documentRoutes: readonly Route[] = [
  read({
    path: '/api/v1/documents',
    tag: 'documents',
    summary: 'What we owe partners, newest first',
    query: listQuery.extend({
      partner: z.string().optional(),
      kind: z.string().optional(),
      state: documentView.shape.state.optional(),
      order: idKey.optional().describe('Our number of an order'),
      overdue: z
        .enum(['true', 'false'])
        .default('false')
        .describe('true: only what is past a deadline, ours or theirs'),
    }),
    answer: listOf(documentView),
    handle: ({ context, query }) => {
      const { order: orderId, overdue, ...filter } = query;
      const wanted = { ...filter, orderId, overdue: overdue === 'true', now: context.now() };
      return page(
        query,
        idKey,
        (before, limit) => listDocuments(context.store.db, wanted, before, limit),
        (row) => row.id,
      );
    },
  }),
  read({
    path: '/api/v1/documents/{id}',
    tag: 'documents',
    thing: 'document',
    summary: 'One document',
    answer: documentView,
    handle: ({ context, id }) => viewDocument(context.store.db, id, context.now()),
  }),
  read({
    path: '/api/v1/documents/{id}/raw',
    tag: 'documents',
    thing: 'document',
    summary: 'The bytes of the interchange that carries it, as they were or will be sent',
    answer: null,
    handle: async ({ context, id }) => {
      const { db } = context.store;
      const document = await viewDocument(db, id, context.now());
      if (document === null) return null;
      if (document.transmissionId === null) throw new Refused(409, `Document ${id} is not written yet.`);
      const bytes = await transmissionBytes(db, document.transmissionId);
      return new Download(`document-${id}.edi`, bytes.length, [bytes]);
    },
  }),
  write({
    path: '/api/v1/documents/{id}/resend',
    tag: 'documents',
    summary: 'Sends the same bytes again',
    status: 200,
    body: deedBody,
    maxBytes: deedBytes,
    answer: done,
    handle: async (call) => {
      await resendDocument(call.context, call.id, byOf(call));
      return { done: true };
    },
  }),
];
