/**
 * Runs what a job names. Takes: ids of rows of `ready`. Gives: each row's effect exactly once, in the transaction that
 * takes the row away; or a later time; or quarantine, told to the flow, when it fails too often or kills its process.
 *
 * A batch that fails is run again row by row, so that one bad row does not hold the others. What is nobody's fault (a lost
 * connection, a deadlock) is tried again without blame. Nothing here throws for what a step did; only a database that stays
 * out of reach makes a job fail, and then its rows are fed again when their lease ends.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import {
  claimReady,
  doneReady,
  failedReady,
  forgiveReady,
  holdReady,
  quarantineReady,
  type ReadyRow,
  releaseReady,
  startedReady,
  suspectStarts,
  suspectsOf,
} from '../store/ready.ts';
import type { Store, Tx } from '../store/store.ts';
import { LeftAlone } from './breaker.ts';
import { PacedError } from './paced.ts';
import { BusyError, isDataError, isPassing } from './passing.ts';

export interface BatchLimits {
  /** Failed runs of a row before it is quarantined. */
  readonly failures: number;
  /** Starts without an end before a row is quarantined: it kills its process. */
  readonly starts: number;
  /** Waits after the first failure, the second, and so on; the last holds for all further ones. */
  readonly backOffMs: readonly number[];
  /** For how long rows that run are kept from the feeders; an exclusive run prolongs it. */
  readonly leaseMs: number;
  /** How often what is nobody's fault is tried again at once, and the first wait, which doubles. */
  readonly passingRetries: number;
  readonly passingWaitMs: number;
  /** After that, when the rows may be fed again. */
  readonly givenBackMs: number;
}

export const batchLimits: BatchLimits = {
  failures: 8,
  starts: 5,
  backOffMs: [1_000, 5_000, 30_000, 120_000, 600_000, 1_800_000],
  leaseMs: 60_000,
  passingRetries: 4,
  passingWaitMs: 100,
  givenBackMs: 1_000,
};

/** What both kinds of run need. */
export interface Run {
  readonly store: Store;
  readonly stage: string;
  readonly ids: readonly string[];
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly now: () => Date;
  readonly limits?: Partial<BatchLimits>;
  /** Aborted when the process must stop: no further row is begun. */
  readonly signal?: AbortSignal;
  /** Partners whose rows may not run: they are given back. */
  readonly except?: readonly string[];
  /** Records that a row waits for a person, in the transaction that sets it aside. */
  readonly onQuarantine: (tx: Tx, row: ReadyRow, error: Error) => Promise<void>;
}

export interface BatchRun extends Run {
  /** The step: has its effect through `tx` alone, for rows that are locked in it. */
  readonly step: (tx: Tx, rows: readonly ReadyRow[]) => Promise<void>;
}

export interface SinglesRun<T, R> extends Run {
  /** Reads what the act needs. null: there is nothing left to do for this row. */
  readonly before: (tx: Tx, row: ReadyRow) => Promise<T | null>;
  /** The part outside the database. It may happen again after a crash, so it must be the same act again. */
  readonly act: (prepared: T, row: ReadyRow, signal: AbortSignal) => Promise<R>;
  /** Rows under way at the same time; default: 1. */
  readonly atOnce?: number;
  /** Records the act's result. */
  readonly after: (tx: Tx, row: ReadyRow, result: R) => Promise<void>;
}

/** Runs a step that needs the database alone: in one transaction for the whole batch if it goes well. */
export async function runBatch(run: BatchRun): Promise<void> {
  const limits = { ...batchLimits, ...run.limits };
  const { store, ids, now, except = [] } = run;
  const fresh = await startedReady(store.db, ids, {
    now: now(),
    leaseMs: limits.leaseMs,
    below: suspectStarts,
    except,
  });
  await runTogether(run, limits, fresh);
  const begun = new Set(fresh.map((row) => row.id));
  const others = ids.filter((id) => !begun.has(id));
  if (others.length === 0) return;
  if (except.length > 0) await giveBack(run, others);
  for (const id of await suspectsOf(store.db, others)) {
    await alone(async () => {
      const row = await startOne(run, limits, id, false);
      if (row !== null) await runTogether(run, limits, [row]);
    });
  }
}

/**
 * Runs a step that acts outside the database, row by row: before (transaction), act (none), after (transaction). The row is
 * held by a lease that is prolonged while the act runs. A crash between act and after leads to the same act again.
 */
export async function runSingles<T, R>(run: SinglesRun<T, R>): Promise<void> {
  const limits = { ...batchLimits, ...run.limits };
  const suspects = await suspectsOf(run.store.db, run.ids);
  const one = async (id: string) => {
    if (run.signal?.aborted) return await releaseReady(run.store.db, [id]);
    const row = await startOne(run, limits, id, true);
    if (row !== null) await settle(run, limits, row, () => actOnce(run, limits, row));
  };
  const others = run.ids.filter((id) => !suspects.includes(id));
  const inTurn = async () => {
    for (let id = others.shift(); id !== undefined; id = others.shift()) await one(id);
  };
  await Promise.all(Array.from({ length: run.atOnce ?? 1 }, inTurn));
  for (const id of suspects) await alone(() => one(id));
}

async function runTogether(run: BatchRun, limits: BatchLimits, rows: readonly ReadyRow[]): Promise<void> {
  if (rows.length === 0) return;
  const whole = () => stepOnce(run, rows);
  if (rows.length === 1) return await settle(run, limits, rows[0] as ReadyRow, whole);
  const error = await attempt(run, limits, rows, whole);
  if (error === null) return;
  run.log.warn({ stage: run.stage, rows: rows.length, err: error }, 'batch failed: its rows run one by one');
  for (const row of rows) await settle(run, limits, row, () => stepOnce(run, [row]));
}

/**
 * Rows that are gone by now were done by another run. Rows that another run has locked are most likely being done by it; but
 * PostgreSQL also locks a row that it then leaves out, because it changed while it was looked for: so they are given back
 * once that run has ended, or nobody would have them until their lease ends.
 */
async function stepOnce({ store, step }: BatchRun, rows: readonly ReadyRow[]): Promise<void> {
  const ids = rows.map((row) => row.id);
  const claimed = await store.transaction(async (tx) => {
    const free = await claimReady(tx, ids);
    const taken = free.map((row) => row.id);
    if (free.length > 0) await step(tx, free);
    await doneReady(tx, taken);
    return new Set(taken);
  });
  const skipped = ids.filter((id) => !claimed.has(id));
  if (skipped.length > 0) await releaseReady(store.db, skipped);
}

async function actOnce<T, R>(run: SinglesRun<T, R>, limits: BatchLimits, row: ReadyRow): Promise<void> {
  const prepared = await patiently(limits, () => prepare(run, row));
  if (prepared === null) return;
  const release = hold(run, limits, row);
  try {
    const result = await act(run, prepared, row);
    await patiently(limits, () => record(run, row, result));
  } finally {
    await release();
  }
}

async function prepare<T, R>(run: SinglesRun<T, R>, row: ReadyRow): Promise<T | null> {
  return await run.store.transaction(async (tx) => {
    const [claimed] = await claimReady(tx, [row.id]);
    if (claimed === undefined) return null;
    const prepared = await run.before(tx, claimed);
    if (prepared === null) await doneReady(tx, [row.id]);
    return prepared;
  });
}

/** The network's errors are the row's, also those that look like a lost database. */
async function act<T, R>(run: SinglesRun<T, R>, prepared: T, row: ReadyRow): Promise<R> {
  try {
    return await run.act(prepared, row, run.signal ?? never);
  } catch (error) {
    throw new ActError(error);
  }
}

async function record<T, R>(run: SinglesRun<T, R>, row: ReadyRow, result: R): Promise<void> {
  await run.store.transaction(async (tx) => {
    const [claimed] = await claimReady(tx, [row.id]);
    if (claimed === undefined) return;
    await run.after(tx, claimed, result);
    await doneReady(tx, [row.id]);
  });
}

/** Prolongs the lease until the returned function is called. */
function hold({ store, now, log, stage }: Run, { leaseMs }: BatchLimits, row: ReadyRow): () => Promise<void> {
  let renewing = Promise.resolve();
  const renew = async () => {
    try {
      await holdReady(store.db, row.id, new Date(now().getTime() + leaseMs));
    } catch (error) {
      log.warn({ stage, ready: row.id, err: error }, 'lease not prolonged');
    }
  };
  const timer = setInterval(() => {
    renewing = renew();
  }, leaseMs / 3);
  return async () => {
    clearInterval(timer);
    await renewing;
  };
}

/** Counts the start of one row; null when it may not run, or must not run ever again. */
async function startOne(
  run: Run,
  limits: BatchLimits,
  id: string,
  exclusive: boolean,
): Promise<ReadyRow | null> {
  const start = { now: run.now(), leaseMs: limits.leaseMs, except: run.except ?? [], exclusive };
  const [row] = await startedReady(run.store.db, [id], start);
  if (row === undefined) {
    if ((run.except ?? []).length > 0) await giveBack(run, [id]);
    return null;
  }
  if (row.starts <= limits.starts) return row;
  await quarantine(
    run,
    row,
    new Error(`Started ${limits.starts} times without an end: it stops its process`),
  );
  return null;
}

/** Rows of partners that are held here may be fed again as soon as they are free: no lease keeps them. */
async function giveBack({ store, except = [] }: Run, ids: readonly string[]): Promise<void> {
  await releaseReady(store.db, ids, except);
}

/** Runs the work of one row and blames the row for its failure. */
async function settle(
  run: Run,
  limits: BatchLimits,
  row: ReadyRow,
  work: () => Promise<void>,
): Promise<void> {
  const error = await attempt(run, limits, [row], work);
  if (error !== null) await blame(run, limits, row, error);
}

/** @returns null when the rows are dealt with: done, or given back because it was nobody's fault. */
async function attempt(
  run: Run,
  limits: BatchLimits,
  rows: readonly ReadyRow[],
  work: () => Promise<void>,
): Promise<Error | null> {
  const { stage, metrics, log, signal } = run;
  if (signal?.aborted) return await forgive(run, rows, 0);
  const stop = metrics.steps.startTimer({ stage });
  try {
    await patiently(limits, work);
    stop({ result: 'done' });
    return null;
  } catch (caught) {
    stop({ result: 'failed' });
    const error = caught instanceof Error ? caught : new Error(String(caught));
    if (signal?.aborted) return await forgive(run, rows, 0);
    const real = error instanceof ActError ? error.real : error;
    if (real instanceof LeftAlone) return await forgive(run, rows, real.waitMs);
    if (!isPassing(error)) return real;
    if (error instanceof BusyError) log.debug({ stage, rows: rows.length }, error.message);
    else log.warn({ stage, rows: rows.length, err: error }, 'step given back, to be tried again');
    return await forgive(run, rows, limits.givenBackMs * (0.5 + Math.random()));
  }
}

async function forgive({ store, now }: Run, rows: readonly ReadyRow[], waitMs: number): Promise<null> {
  const ids = rows.map((row) => row.id);
  await forgiveReady(store.db, ids, new Date(now().getTime() + waitMs));
  return null;
}

async function patiently<T>(limits: BatchLimits, work: () => Promise<T>): Promise<T> {
  for (let retry = 0; ; retry += 1) {
    try {
      return await work();
    } catch (error) {
      const again = isPassing(error) && !(error instanceof BusyError);
      if (!again || retry >= limits.passingRetries) throw error;
      await sleep(limits.passingWaitMs * 2 ** retry * (0.5 + Math.random()));
    }
  }
}

async function blame(run: Run, limits: BatchLimits, row: ReadyRow, error: Error): Promise<void> {
  const { store, stage, log, now } = run;
  const failures = row.failures + 1;
  if (failures >= limits.failures || isDataError(error)) return await quarantine(run, row, error);
  const { backOffMs } = error instanceof PacedError ? error : limits;
  const waitMs = backOffMs[Math.min(row.failures, backOffMs.length - 1)] ?? 0;
  log.warn(
    { stage, subject: row.subject, partner: row.partner, failures, waitMs, err: error },
    'step failed',
  );
  await failedReady(store.db, row.id, error.message, new Date(now().getTime() + waitMs));
}

async function quarantine(run: Run, row: ReadyRow, error: Error): Promise<void> {
  const { store, stage, log, onQuarantine } = run;
  log.error({ stage, subject: row.subject, partner: row.partner, err: error }, 'quarantined');
  await store.transaction(async (tx) => {
    await quarantineReady(tx, row.id, error.message);
    await onQuarantine(tx, row, error);
  });
}

/** Wraps what an act threw, so that no error of the network passes for one of the database. */
class ActError extends Error {
  readonly real: Error;

  constructor(thrown: unknown) {
    const real = thrown instanceof Error ? thrown : new Error(String(thrown));
    super(real.message, { cause: real });
    this.real = real;
  }
}

const never = new AbortController().signal;
let lastAlone: Promise<unknown> = Promise.resolve();

/** Suspects run one at a time in a process: what one of them kills must not be blamed on another. */
async function alone(work: () => Promise<void>): Promise<void> {
  const mine = lastAlone.then(work);
  lastAlone = mine.catch(() => {});
  await mine;
}
