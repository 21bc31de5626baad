/** The whole road at a glance. */
import { z } from 'zod';
import type { Context } from '../flow/context.ts';
import { stages } from '../flow/context.ts';
import { countRoad, overdueCounts, roadCounts, waitingCounts } from '../store/view-overview.ts';
import { partnerView, readPartners } from './partners.ts';
import { type Route, read } from './route.ts';

/** What the counts look back on. */
export const windowHours = 24;

const stageView = z.object({ stage: z.enum(stages), waiting: z.int(), quarantined: z.int() });

export const overviewAnswer = z.object({
  at: z.date(),
  windowHours: z.int().describe('What the counts of the road look back on'),
  road: roadCounts,
  stages: z.array(stageView).describe('What waits for each step now, over all partners'),
  partners: z.array(partnerView),
  overdue: z.array(z.object({ partner: z.string(), kind: z.string(), count: z.int() })),
  waiting: z
    .array(z.object({ code: z.string(), count: z.int() }))
    .describe('Faults that wait for a person, by code'),
});
export type Overview = z.infer<typeof overviewAnswer>;

export async function readOverview(context: Context): Promise<Overview> {
  const { db } = context.store;
  const at = context.now();
  const [road, partners, overdue, waiting] = await Promise.all([
    countRoad(db, new Date(at.getTime() - windowHours * 3_600_000)),
    readPartners(context),
    overdueCounts(db, at),
    waitingCounts(db),
  ]);
  return {
    at,
    windowHours,
    road,
    stages: stages.map((stage) => total(stage, partners)),
    partners,
    overdue,
    waiting,
  };
}

function total(stage: (typeof stages)[number], partners: Overview['partners']) {
  const rows = partners.flatMap(({ queue }) => queue.stages.filter((row) => row.stage === stage));
  const sum = (name: 'waiting' | 'quarantined') => rows.reduce((all, row) => all + row[name], 0);
  return { stage, waiting: sum('waiting'), quarantined: sum('quarantined') };
}

export const overviewRoutes: readonly Route[] = [
  read({
    path: '/api/v1/overview',
    tag: 'overview',
    summary: 'The road with its counts, queues, what waits for a person, what is overdue',
    answer: overviewAnswer,
    handle: ({ context }) => readOverview(context),
  }),
];
