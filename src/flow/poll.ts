/** Polling: each mailbox is polled by one process at a time, at its own pace, and left alone for longer while it fails. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fault } from '../fault.ts';
import type { Endpoint } from '../partner/endpoint.ts';
import { noteEndpoint, noteEndpointFailed } from '../store/endpoint-states.ts';
import { insertFaults, waitingFaults } from '../store/faults.ts';
import { dropLeases } from '../store/leases.ts';
import { reasonOf } from '../transport/network.ts';
import { FilesNotTaken, type NotTaken } from '../transport/transport.ts';
import { LeftAlone, throughBreaker } from './breaker.ts';
import { type Context, spanMs } from './context.ts';
import { noteDiskFull, noteStored } from './disk.ts';
import { LeaseLost, underLease } from './lease.ts';
import type { Lines } from './lines.ts';
import { receive } from './receive.ts';

export interface Poller {
  /**
   * Goes by what the partners' endpoints are now: new ones are polled, those that are gone are not, and those that changed are
   * polled as they are now. A poll that is under way on one of them ends first.
   */
  renew(): void;
  /** Polls no more; returns once nothing is under way. */
  close(): Promise<void>;
}

/** A poller that died is followed within half a minute. The lease is renewed while a poll lasts, and outlives it. */
const defaultLeaseMs = 21_000;
/** Waiting faults read at a time. */
const faultsPerPage = 1_000;

/** Who polls, and for how long a mailbox is nobody else's after the last poll. */
interface Turn {
  readonly holder: string;
  readonly leaseMs: number;
}

/** Starts to poll every endpoint that receives. `holder` names this process. */
export function startPolling(
  context: Context,
  lines: Lines,
  holder: string,
  leaseMs = defaultLeaseMs,
): Poller {
  const loops = new Map<string, Loop>();
  const ending = new Set<Promise<void>>();
  const begin = (endpoint: Endpoint, after: Promise<void>) => {
    const post = {
      context,
      lines,
      endpoint: endpoint.name,
      turn: { holder, leaseMs },
      told: new Set<string>(),
    };
    const stop = new AbortController();
    const everyMs = 'every' in endpoint ? spanMs(endpoint.every) : 0;
    const done = after.then(() => pollForever(post, everyMs, stop.signal));
    loops.set(endpoint.name, { stop, done, terms: JSON.stringify(endpoint) });
  };
  const end = (name: string, loop: Loop): Promise<void> => {
    loops.delete(name);
    loop.stop.abort();
    ending.add(loop.done);
    return loop.done.finally(() => ending.delete(loop.done));
  };
  const renew = () => {
    const now = new Map(context.partners.endpoints.filter(polled).map((one) => [one.name, one]));
    for (const [name, loop] of [...loops]) if (!now.has(name)) void end(name, loop);
    for (const [name, endpoint] of now) {
      const loop = loops.get(name);
      if (loop?.terms === JSON.stringify(endpoint)) continue;
      begin(endpoint, loop === undefined ? Promise.resolve() : end(name, loop));
    }
  };
  renew();
  return {
    renew,
    async close() {
      const all = [...loops].map(([name, loop]) => end(name, loop));
      await Promise.all([...all, ...ending]);
      await dropLeases(context.store.db, holder);
    },
  };
}

interface Loop {
  readonly stop: AbortController;
  readonly done: Promise<void>;
  /** What was agreed when it began. */
  readonly terms: string;
}

function polled(endpoint: Endpoint): boolean {
  return 'every' in endpoint && endpoint.direction !== 'out' && endpoint.in !== undefined;
}

/** What the polls of one mailbox share. */
interface Post {
  readonly context: Context;
  readonly lines: Lines;
  readonly endpoint: string;
  readonly turn: Turn;
  /** Files whose fault waits already, by identity. */
  told: ReadonlySet<string>;
}

async function pollForever(post: Post, everyMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pollSafely(post, signal);
    await sleep(everyMs, undefined, { signal }).catch(ignoreAbort);
  }
}

async function pollSafely(post: Post, signal: AbortSignal): Promise<void> {
  const { context, endpoint } = post;
  const { holder, leaseMs } = post.turn;
  const lease = { name: `poll ${endpoint}`, holder, leaseMs };
  // What fails once it was told to stop says nothing of the mailbox.
  const poll = (until: AbortSignal) =>
    throughBreaker(context, { endpoint, work: 'poll', isDown: () => !until.aborted }, () =>
      pollOnce(post, until),
    );
  try {
    await underLease(context, lease, signal, poll);
  } catch (error) {
    if (signal.aborted || error instanceof LeftAlone) return;
    if (error instanceof LeaseLost) {
      context.log.warn({ endpoint, err: error }, 'poll stopped');
      return;
    }
    await tellFailed(post, error);
  }
}

async function tellFailed({ context, endpoint }: Post, error: unknown): Promise<void> {
  const text = error instanceof AggregateError ? error.errors.map(reasonOf).join('; ') : reasonOf(error);
  context.log.warn({ endpoint, err: error }, 'poll failed');
  await noteEndpointFailed(context.store.db, endpoint, text).catch((err) =>
    context.log.error({ err }, 'failure not noted'),
  );
  await noteDiskFull(context, error);
}

async function pollOnce(post: Post, signal: AbortSignal): Promise<void> {
  const { context, lines, endpoint } = post;
  const { db } = context.store;
  try {
    const taken = await lines.use(endpoint, async (line) =>
      line.poll?.((name, arrival) => receive(context, name, arrival), signal),
    );
    await noteEndpoint(db, endpoint, taken ? 'received_at' : 'polled_at');
    if (taken) await noteStored(context);
    post.told = new Set();
  } catch (error) {
    if (!(error instanceof FilesNotTaken)) throw error;
    await noteEndpoint(db, endpoint, error.received > 0 ? 'received_at' : 'polled_at');
    await tellNotTaken(post, error);
  }
}

/** The mailbox is well, but some of its files need somebody: seen in its state at every poll, as a fault once for each. */
async function tellNotTaken(post: Post, error: FilesNotTaken): Promise<void> {
  const { context, endpoint } = post;
  if (error.files.some(({ isTried }) => isTried))
    context.log.warn({ endpoint, err: error }, 'files not taken');
  await noteEndpointFailed(context.store.db, endpoint, error.errors.map(String).join('; '));
  const fresh = error.files.filter(({ identity, needsPerson }) => needsPerson && !post.told.has(identity));
  if (fresh.length > 0) await holdFaults(post, fresh);
  post.told = new Set(error.files.filter(({ needsPerson }) => needsPerson).map(({ identity }) => identity));
}

async function holdFaults({ context, endpoint }: Post, files: readonly NotTaken[]): Promise<void> {
  const partners = context.partners.endpoint(endpoint)?.partners ?? [];
  const partner = partners.length === 1 ? (partners[0] as string) : null;
  const known = await waitingFiles(context, endpoint);
  const faults = files
    .map(({ name, identity, reason }) => fault('file-not-taken', { name, endpoint, reason, value: identity }))
    .filter(({ value }) => !known.has(value));
  if (faults.length === 0) return;
  await context.store.transaction((tx) =>
    insertFaults(
      tx,
      faults.map((one) => ({ partner, endpoint, fault: one, waiting: true })),
    ),
  );
  for (const { code } of faults) context.metrics.faults.inc({ code });
}

/** The files of an endpoint whose fault waits, from this process or an earlier one. */
async function waitingFiles(context: Context, endpoint: string): Promise<Set<string | undefined>> {
  const known = new Set<string | undefined>();
  let after = '0';
  for (;;) {
    const rows = await waitingFaults(context.store.db, faultsPerPage, after);
    for (const row of rows)
      if (row.code === 'file-not-taken' && row.endpoint === endpoint) known.add(row.value ?? undefined);
    const last = rows.at(-1);
    if (last === undefined || rows.length < faultsPerPage) return known;
    after = last.id;
  }
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
}
