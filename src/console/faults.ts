/** What waits for a person, and what can be done about it. */
import { z } from 'zod';
import { acceptDuplicate, acceptFault, rejectFault, replayFault } from '../flow/deeds.ts';
import { listWaiting, viewFault } from '../store/view-faults.ts';
import { byOf, deedBody, deedBytes, done } from './deed.ts';
import { type DeedName, deedNames, faultAnswer, withDeeds } from './fault-deeds.ts';
import { idKey, listOf, listQuery, page } from './list.ts';
import { type Route, read, write } from './route.ts';

const deeds: Readonly<Record<DeedName, { readonly summary: string; readonly run: typeof replayFault }>> = {
  replay: { summary: 'Tries again what the fault stopped', run: replayFault },
  accept: { summary: 'Frees a held order: it is decided by all the other rules', run: acceptFault },
  'accept-duplicate': { summary: 'Says that the repeat is meant', run: acceptDuplicate },
  reject: { summary: 'Closes the fault; a held order is rejected with it', run: rejectFault },
};

export const faultRoutes: readonly Route[] = [
  read({
    path: '/api/v1/faults',
    tag: 'faults',
    summary: 'What waits for a person, oldest first',
    query: listQuery.extend({ partner: z.string().optional(), code: z.string().optional() }),
    answer: listOf(faultAnswer),
    handle: async ({ context, query }) => {
      const { data, next } = await page(
        query,
        idKey,
        (after, limit) => listWaiting(context.store.db, query, after, limit),
        (row) => row.id,
      );
      return { data: data.map(withDeeds), next };
    },
  }),
  read({
    path: '/api/v1/faults/{id}',
    tag: 'faults',
    thing: 'fault',
    summary: 'One fault, waiting or not',
    answer: faultAnswer,
    handle: async ({ context, id }) => {
      const fault = await viewFault(context.store.db, id);
      return fault === null ? null : withDeeds(fault);
    },
  }),
  ...deedNames.map((name) =>
    write({
      path: `/api/v1/faults/{id}/${name}`,
      tag: 'faults',
      summary: deeds[name].summary,
      status: 200,
      body: deedBody,
      maxBytes: deedBytes,
      answer: done,
      handle: async (call) => {
        await deeds[name].run(call.context, call.id, byOf(call));
        return { done: true };
      },
    }),
  ),
];
