/** Partners with their queues, and endpoints with their states. */
import { z } from 'zod';
import type { Context } from '../flow/context.ts';
import { pause, resume, retryEndpoint } from '../flow/deeds.ts';
import { listBreakers } from '../store/breakers.ts';
import { listEndpointStates } from '../store/endpoint-states.ts';
import { listPauses } from '../store/pauses.ts';
import { backlogByPartner } from '../store/ready.ts';
import { byOf, deedBody, deedBytes, done } from './deed.ts';
import { listOf, listQuery, page } from './list.ts';
import { type Route, read, write } from './route.ts';

const stageBacklog = z.object({
  stage: z.string(),
  waiting: z.int(),
  quarantined: z.int().describe('Failed again and again, set aside until a person has looked'),
  oldest: z.date().nullable().describe('When the oldest of them was added'),
});

export const partnerView = z.object({
  name: z.string(),
  title: z.string(),
  demo: z.boolean(),
  agreements: z.array(z.string()),
  held: z.string().nullable().describe('Why nothing is done for it: a file of its folder is broken'),
  queue: z.object({
    waiting: z.int(),
    oldest: z.date().nullable(),
    paused: z.object({ at: z.date(), who: z.string(), why: z.string() }).nullable(),
    stages: z.array(stageBacklog),
  }),
});
export type PartnerView = z.infer<typeof partnerView>;

/** Every partner of the mappings, and every other queue that holds something ('@endpoint': files of several partners). */
export async function readPartners({ store, partners }: Context): Promise<PartnerView[]> {
  const [backlog, pauses] = await Promise.all([backlogByPartner(store.db), listPauses(store.db)]);
  const known = partners.all.map(({ name, title, demo, agreements }) => ({
    name,
    title,
    demo,
    agreements: agreements.map((agreement) => agreement.key),
    held: partners.heldBecause(name),
  }));
  const others = [...new Set([...backlog, ...pauses].map((row) => row.partner))]
    .filter((name) => partners.byName(name) === null)
    .map((name) => ({ name, title: name, demo: false, agreements: [], held: null }));
  return [...known, ...others].map((partner) => {
    const rows = backlog.filter((row) => row.partner === partner.name);
    const paused = pauses.find((row) => row.partner === partner.name);
    return {
      ...partner,
      queue: {
        waiting: rows.reduce((sum, row) => sum + row.waiting, 0),
        oldest: rows.map((row) => row.oldest).reduce(earlier, null),
        paused: paused === undefined ? null : { at: paused.at, who: paused.who, why: paused.why },
        stages: rows.map(({ stage, waiting, quarantined, oldest }) => ({
          stage,
          waiting,
          quarantined,
          oldest,
        })),
      },
    };
  });
}

function earlier(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

export const endpointView = z.object({
  name: z.string(),
  type: z.string().nullable().describe('null: no longer in the mappings'),
  partners: z.array(z.string()),
  polledAt: z.date().nullable(),
  receivedAt: z.date().nullable(),
  sentAt: z.date().nullable(),
  failures: z.int().describe('In a row; 0: the last try went well'),
  lastError: z.string().nullable(),
  leftAloneUntil: z.date().nullable().describe('It failed again and again: nobody tries it before'),
});
export type EndpointView = z.infer<typeof endpointView>;

/** Every endpoint of the mappings, with when it last worked, and those that were used and are gone. */
export async function readEndpoints({ store, partners, now }: Context): Promise<EndpointView[]> {
  const [states, breakers] = await Promise.all([listEndpointStates(store.db), listBreakers(store.db)]);
  const names = new Set(
    [...partners.endpoints, ...states.map((row) => ({ name: row.endpoint }))].map((e) => e.name),
  );
  return [...names].sort().map((name) => {
    const endpoint = partners.endpoint(name);
    const state = states.find((row) => row.endpoint === name);
    return {
      name,
      type: endpoint?.type ?? null,
      partners: [...(endpoint?.partners ?? [])],
      polledAt: state?.polled_at ?? null,
      receivedAt: state?.received_at ?? null,
      sentAt: state?.sent_at ?? null,
      failures: state?.failures ?? 0,
      lastError: state?.last_error ?? null,
      leftAloneUntil: breakers
        .filter((row) => row.endpoint === name)
        .map(({ until }) => (until !== null && until > now() ? until : null))
        .reduce(earlier, null),
    };
  });
}

const nameKey = z.string();

/** Lists of what stands in the mappings are short: they are cut here, not in the database. */
function cut<T extends { readonly name: string }>(
  all: readonly T[],
  after: string | null,
  limit: number,
): T[] {
  const from = after === null ? 0 : all.findIndex((row) => row.name === after) + 1;
  return all.slice(from, from + limit);
}

const holds = { tag: 'partners', status: 200, body: deedBody, maxBytes: deedBytes, answer: done } as const;

export const partnerRoutes: readonly Route[] = [
  read({
    path: '/api/v1/partners',
    tag: 'partners',
    summary: 'Partners, each with its queue',
    query: listQuery,
    answer: listOf(partnerView),
    handle: ({ context, query }) =>
      page(
        query,
        nameKey,
        async (after, limit) => cut(await readPartners(context), after, limit),
        (row) => row.name,
      ),
  }),
  read({
    path: '/api/v1/partners/{name}',
    tag: 'partners',
    thing: 'partner',
    summary: 'One partner with its queue',
    answer: partnerView,
    handle: async ({ context, id: name }) =>
      (await readPartners(context)).find((partner) => partner.name === name) ?? null,
  }),
  write({
    ...holds,
    path: '/api/v1/partners/{name}/pause',
    summary: "Holds a partner's queue: files are still stored, nothing is processed or sent",
    handle: async (call) => {
      await pause(call.context, call.id, byOf(call));
      return { done: true };
    },
  }),
  write({
    ...holds,
    path: '/api/v1/partners/{name}/resume',
    summary: "Frees a partner's queue",
    handle: async (call) => {
      await resume(call.context, call.id, byOf(call));
      return { done: true };
    },
  }),
  read({
    path: '/api/v1/endpoints',
    tag: 'partners',
    summary: 'Endpoints, each with when it last worked',
    query: listQuery,
    answer: listOf(endpointView),
    handle: ({ context, query }) =>
      page(
        query,
        nameKey,
        async (after, limit) => cut(await readEndpoints(context), after, limit),
        (row) => row.name,
      ),
  }),
  write({
    ...holds,
    path: '/api/v1/endpoints/{name}/retry',
    summary: 'Tries an endpoint that is left alone at once',
    handle: async (call) => {
      await retryEndpoint(call.context, call.id, byOf(call));
      return { done: true };
    },
  }),
];
