/**
 * The road. READ FIRST.
 *
 *   file ──receive──▶ delivery ──translate──▶ order ──decide──▶ decision ──answer──▶ interchange ──send──▶ partner
 *                        │                                         ▲           ▲                            │
 *                        └── 997 / CONTRL owed ────────────────────┼───────────┘                            │
 *   their 997 / CONTRL ──receive──▶ translate ──reconcile──▶ our document confirmed or refused ◀────────────┘
 *                                                        ship ─────┘ (856 / DESADV owed)
 *
 * Each step is one transaction in PostgreSQL: it takes its row of `ready` away, has its effect, and adds rows for the steps
 * that follow. So a step may run twice with one effect, and a crash at any line loses nothing. BullMQ only says who runs
 * what when: it carries ids of `ready` rows, and may lose them or give them twice.
 */
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fault } from '../fault.ts';
import type { Endpoint } from '../partner/endpoint.ts';
import { insertEvents } from '../store/events.ts';
import { insertFaults } from '../store/faults.ts';
import { takeLease } from '../store/leases.ts';
import type { ReadyRow } from '../store/ready.ts';
import type { Tx } from '../store/store.ts';
import type { Workshop } from '../transport/as2/as2.ts';
import type { As2Desk } from '../transport/as2/desk.ts';
import { createWorkshop } from '../transport/as2/piece.ts';
import { createPoster, type Poster } from '../transport/as2/post.ts';
import type { Opening } from '../transport/open.ts';
import type { Spool } from '../transport/spool.ts';
import { noteAlarms } from './alarms.ts';
import { answer } from './answer.ts';
import { forgetOldAnswers, noteEndingApiKeys } from './api-keys.ts';
import { createAs2Desk } from './as2-desk.ts';
import { noteUnanswered } from './as2-late.ts';
import { deliverMdn, noteMdnDelivered, prepareMdn } from './as2-mdn.ts';
import { type BatchLimits, runBatch, runSingles } from './batch.ts';
import { tryChanged } from './breaker.ts';
import { type Context, type Stage, stages } from './context.ts';
import { noteLate } from './deadlines.ts';
import { decide } from './decide.ts';
import { noteExpiring } from './expiry.ts';
import { type Feeder, startFeeder } from './feed.ts';
import { noteHeld } from './held.ts';
import { placeOut } from './hosted-out.ts';
import type { Keyring } from './keyring.ts';
import { createLines, type Lines } from './lines.ts';
import { heldNames, liveContext, snapshot } from './live.ts';
import { type Poller, startPolling } from './poll.ts';
import { openQueue, type Queue } from './queue.ts';
import { reconcile } from './reconcile.ts';
import { type MappingsSource, type Reloader, startReloading } from './reload.ts';
import { deliver, noteGiven, prepareSend, type SendingDesk } from './send.ts';
import { translate } from './translate.ts';

/** receive: polls. work: translates, decides, answers, reconciles, watches deadlines. send: delivers. */
export type Role = 'receive' | 'work' | 'send';

interface StageTerms {
  /** Rows of one job. */
  readonly batchSize: number;
  /** Jobs of this stage at once in this process. */
  readonly concurrency: number;
  /** Jobs kept waiting in BullMQ. */
  readonly windowJobs: number;
  readonly role: Role;
  /** The step, in one transaction; send acts outside and is made below. */
  readonly step?: (context: Context, tx: Tx, rows: readonly ReadyRow[], signal: AbortSignal) => Promise<void>;
  /** Stages that may have work once this one is done. */
  readonly next: readonly Stage[];
}

/** The steps of the road. */
const road: Readonly<Record<Stage, StageTerms>> = {
  translate: {
    batchSize: 1,
    concurrency: 3,
    windowJobs: 3,
    role: 'work',
    step: translate,
    next: ['decide', 'answer', 'reconcile', 'send'],
  },
  'translate-large': {
    batchSize: 1,
    concurrency: 2,
    // A partner's only large file must not wait behind many of another's that were fed before it came.
    windowJobs: 2,
    role: 'work',
    step: translate,
    next: ['decide', 'answer', 'reconcile', 'send'],
  },
  decide: { batchSize: 50, concurrency: 2, windowJobs: 12, role: 'work', step: decide, next: ['answer'] },
  answer: { batchSize: 50, concurrency: 2, windowJobs: 12, role: 'work', step: answer, next: ['send'] },
  reconcile: { batchSize: 50, concurrency: 1, windowJobs: 12, role: 'work', step: reconcile, next: [] },
  send: { batchSize: 10, concurrency: 4, windowJobs: 24, role: 'send', next: [] },
  mdn: { batchSize: 10, concurrency: 2, windowJobs: 12, role: 'send', next: [] },
};

export interface FlowOptions {
  /** All of the context but `poke`, which the flow gives. */
  readonly context: Omit<Context, 'poke'>;
  /** Where changed mappings are taken up from while the gateway runs; unset: they stay as the context has them. */
  readonly mappings?: MappingsSource;
  readonly opening: Opening;
  /** Our keys and our partners' certificates. */
  readonly keyring: Keyring;
  readonly roles: readonly Role[];
  /** BullMQ on Redis; unset: in the same PostgreSQL. */
  readonly redisUrl?: string | undefined;
  readonly limits?: Partial<BatchLimits>;
  /** How soon jobs, rows and mailboxes that a dead process held are taken over; unset: as each of them thinks right. */
  readonly takeoverMs?: number;
}

export interface Flow {
  readonly context: Context;
  readonly lines: Lines;
  readonly spool: Spool;
  /** What POST /as2 asks. */
  readonly as2: As2Desk;
  readonly workshop: Workshop;
  /** Stops taking work, ends what is under way within the deadline, closes lines and queues. The store stays open. */
  close(deadlineMs: number): Promise<void>;
}

/** A partner's mailbox may be down for days: half an hour apart, its documents are tried for about four. */
const sendLimits = { failures: 200 };

/** Sends of one job under way at the same time: over a long way it is round trips that cost. */
const sendsAtOnce = 4;

/** How often deadlines are looked at, by one process at a time. */
const sweepMs = 5_000;

/** Starts this process's share of the road. */
export async function openFlow(options: FlowOptions): Promise<Flow> {
  const { roles, redisUrl, takeoverMs } = options;
  const working = roles.includes('work') || roles.includes('send');
  const feeding: { feeder: Feeder | null } = { feeder: null };
  const live = liveContext(options.context, (stage) => feeding.feeder?.poke(stage));
  const { context } = live;
  const lines = createLines(context, {
    ...options.opening,
    placeOut: (endpoint, name, bytes) => placeOut(context, endpoint, name, bytes),
  });
  const { spool, resolveSecret } = options.opening;
  const workshop = createWorkshop(() => spool.newPath());
  const poster = createPoster();
  const office = { keyring: options.keyring, resolve: resolveSecret };
  const desk: SendingDesk = { lines, as2: { ...office, workshop, poster } };
  const queue = working
    ? await openQueue({
        ...backend(context, redisUrl),
        stages,
        log: context.log,
        ...(takeoverMs === undefined ? {} : { lockMs: takeoverMs }),
      })
    : null;
  if (queue !== null) {
    feeding.feeder = startFeeder({
      store: context.store,
      queue,
      log: context.log,
      now: context.now,
      except: () => heldNames(context),
      stages: stages
        .filter((name) => roles.includes(road[name].role))
        .map((name) => ({
          name,
          ...road[name],
          ...(takeoverMs === undefined ? {} : { leaseMs: takeoverMs }),
        })),
    });
    for (const stage of stages)
      if (roles.includes(road[stage].role)) work(options, context, queue, desk, stage);
  }
  const holder = `${hostname()} ${process.pid}`;
  const poller = roles.includes('receive') ? startPolling(context, lines, holder, takeoverMs) : null;
  const sweep = roles.includes('work') ? startSweep(context, holder) : null;
  const reloader =
    options.mappings === undefined
      ? null
      : startReloading(context, options.mappings, async (next) => {
          const changed = changedEndpoints(context.partners.endpoints, next.partners.endpoints);
          live.take(next);
          lines.renew(changed);
          await tryChanged(context, changed);
          poller?.renew();
          sweep?.now();
          for (const stage of stages) context.poke(stage);
        });
  return {
    context,
    lines,
    spool,
    as2: createAs2Desk({ context, ...office }),
    workshop,
    close: (deadlineMs) =>
      close({ queue, feeder: feeding.feeder, poller, sweep, reloader, lines, poster }, deadlineMs),
  };
}

/** Names of endpoints that are gone, or no more what they were. */
function changedEndpoints(before: readonly Endpoint[], now: readonly Endpoint[]): string[] {
  const terms = new Map(now.map((endpoint) => [endpoint.name, JSON.stringify(endpoint)]));
  return before
    .filter((endpoint) => terms.get(endpoint.name) !== JSON.stringify(endpoint))
    .map(({ name }) => name);
}

function backend(context: Context, redisUrl: string | undefined) {
  return redisUrl === undefined ? { postgresUrl: context.store.url } : { redisUrl };
}

function work(options: FlowOptions, context: Context, queue: Queue, desk: SendingDesk, stage: Stage): void {
  const { concurrency, step, next } = road[stage];
  const { store, log, metrics, now } = context;
  queue.work(stage, { concurrency }, async (ids, signal) => {
    // One load of the mappings for all of the job, whatever is taken up meanwhile.
    const here = snapshot(context);
    const run = {
      except: heldNames(here),
      store,
      stage,
      ids,
      log,
      metrics,
      now,
      signal,
      onQuarantine: (tx: Tx, row: ReadyRow, error: Error) => quarantined(tx, stage, row, error),
      limits: { ...(step === undefined ? sendLimits : {}), ...options.limits },
    };
    if (step !== undefined) await runBatch({ ...run, step: (tx, rows) => step(here, tx, rows, signal) });
    else if (stage === 'mdn') {
      await runSingles({
        ...run,
        before: prepareMdn,
        act: (message, _row, stop) => deliverMdn({ context: here, ...desk.as2 }, message, stop),
        after: (tx, _row, message) => noteMdnDelivered(here, tx, message),
      });
    } else {
      await runSingles({
        ...run,
        atOnce: sendsAtOnce,
        before: prepareSend,
        act: (transmission, _row, stop) => deliver(here, desk, transmission, stop),
        after: (tx, _row, delivered) => noteGiven(here, tx, delivered),
      });
    }
    for (const follower of [stage, ...next]) context.poke(follower);
  });
}

/** A step that failed too often waits for a person, at the thing it failed on. */
async function quarantined(tx: Tx, stage: Stage, row: ReadyRow, error: Error): Promise<void> {
  const places: Readonly<Record<Stage, object>> = {
    translate: { delivery_id: row.subject },
    'translate-large': { delivery_id: row.subject },
    decide: { order_id: row.subject },
    answer: { document_id: row.subject },
    reconcile: { message_id: row.subject },
    send: {},
    mdn: {},
  };
  const value = `${stage} ${row.subject}`;
  const failed = fault('step-failed', { stage, reason: reasonOf(error), value });
  await insertFaults(tx, [{ partner: row.partner, ...places[stage], fault: failed, waiting: true }]);
  await insertEvents(tx, [
    { kind: 'step-failed', partner: row.partner, ...places[stage], data: { stage, subject: row.subject } },
  ]);
}

/** The reason alone: a database error begins with its whole statement. */
function reasonOf(error: Error): string {
  const { code } = error as { code?: unknown };
  const text = error.message.slice(error.message.lastIndexOf(' - ') + 1).replace(/^- /, '');
  return `${text.slice(0, mostReason)}${typeof code === 'string' ? ` (${code})` : ''}`;
}

const mostReason = 300;

interface Sweep {
  /** Looks at once: the mappings are others. */
  now(): void;
  close(): Promise<void>;
}

function startSweep(context: Context, holder: string): Sweep {
  let running = Promise.resolve();
  const look = () => {
    running = running.then(() => sweepOnce(context, holder));
  };
  const timer = setInterval(look, sweepMs);
  look();
  return {
    now: look,
    close: () => {
      clearInterval(timer);
      return running;
    },
  };
}

async function sweepOnce(context: Context, holder: string): Promise<void> {
  const isOurs = await calmly(context, 'sweep', () =>
    takeLease(context.store.db, 'sweep', holder, sweepMs * 3),
  );
  if (isOurs !== true) return;
  for (const note of watched) await calmly(context, note.name, () => note(snapshot(context)));
}

/** What is looked at in a sweep; one that fails keeps no other from being looked at. */
const watched: readonly ((context: Context) => Promise<unknown>)[] = [
  noteHeld,
  noteExpiring,
  noteLate,
  noteUnanswered,
  noteAlarms,
  noteEndingApiKeys,
  forgetOldAnswers,
];

async function calmly<T>(context: Context, what: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (err) {
    context.log.warn({ err, what }, 'not looked at, to be tried again');
    return null;
  }
}

interface Parts {
  readonly queue: Queue | null;
  readonly feeder: Feeder | null;
  readonly poller: Poller | null;
  readonly sweep: Sweep | null;
  readonly reloader: Reloader | null;
  readonly lines: Lines;
  readonly poster: Poster;
}

/** What is under way may end until the deadline; what does not is cut off, and done again by the next start. */
async function close(
  { queue, feeder, poller, sweep, reloader, lines, poster }: Parts,
  deadlineMs: number,
): Promise<void> {
  const end = Date.now() + deadlineMs;
  await within(
    deadlineMs,
    Promise.all([reloader?.close(), poller?.close(), feeder?.close(), sweep?.close()]),
  );
  await queue?.close(Math.max(end - Date.now(), leastDrainMs));
  await within(leastDrainMs, lines.close());
  poster.close();
}

const leastDrainMs = 500;

/** Waits for the work, but not past the deadline. */
async function within(deadlineMs: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  await Promise.race([work, sleep(deadlineMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
  timer.abort();
}
