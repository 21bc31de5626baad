/**
 * Polling, the same for every kind of mailbox: list, wait until files stand still, copy, receive, clear away.
 *
 * Takes: a mailbox's listing. Gives: one arrival per complete file, oldest first. A file is cleared away only after it was
 * received; a crash in between shows the same file with the same source again, so that the receiver only says so and the
 * file is only cleared away. A file that fails waits for a growing time, and the others go on without it.
 *
 * A sender may use a name again at any moment, so a file is cleared away by first giving it a name of ours and looking
 * whether it is the one that was received. If it is not, it stays there, and is listed as a new file.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from './network.ts';
import type { Spooled } from './spool.ts';
import { FilesNotTaken, limits, type Receive } from './transport.ts';
import { createWatch, type Entry, type Watch, type WatchTerms } from './watch.ts';

/** What a kind of mailbox must be able to do. */
export interface Mailbox {
  /** Its plain files, in any order, those set aside among them; names are as found. */
  list(signal: AbortSignal): Promise<Entry[]>;
  /** Copies a file into the spool, broken off by the signal; null when it is gone or changed meanwhile. @throws MailboxLost */
  fetch(entry: Entry, signal: AbortSignal): Promise<Spooled | null>;
  /**
   * Moves a received file to the archive, or deletes it. What has taken its place meanwhile is set aside, never cleared.
   * @param copy what was received
   * @throws NoRights when it may never be allowed to; MailboxLost
   */
  clear(entry: Entry, copy: Pick<Spooled, 'digest'>): Promise<void>;
}

/** The mailbox lets us read a file but neither move nor delete it. */
export class NoRights extends Error {
  override readonly name = 'NoRights';
}

/** The mailbox itself went out of reach: what failed is not the file. */
export class MailboxLost extends Error {
  override readonly name: string = 'MailboxLost';
}

/** What a full disk or quota says, ours or PostgreSQL's (SQLSTATE 53100). */
const noSpace: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', '53100']);

/** Whether a disk of ours has no room: what failed is not the file, and no other one would fare better. */
export function isNoSpace(error: unknown): boolean {
  return noSpace.has((error as { code?: unknown } | null)?.code);
}

export interface PollTerms extends WatchTerms {
  readonly endpoint: string;
  /** Files copied at the same time. */
  readonly parallel: number;
}

/** A timer may end this much before the clock says so, in milliseconds. */
const timerSlackMs = 2;

/** A poll ends early when this many files in a row could not be stored: what ails them is not the files. */
export const refusalsPerPoll = 10;

/**
 * Makes a mailbox's poll; it keeps the last listing, so it serves one mailbox for its life.
 * @returns a function that resolves to the number of files received
 * @throws (the function) what `list` throws; MailboxLost; AggregateError when nothing can be stored; FilesNotTaken when
 * files lie there that failed, in this poll or before: the others were received all the same
 */
export function createPoll(
  box: Mailbox,
  terms: PollTerms,
): (receive: Receive, signal: AbortSignal) => Promise<number> {
  const watch = createWatch((signal) => box.list(signal), terms);
  return async (receive, signal) => {
    // Each copy under way listens for it.
    setMaxListeners(0, signal);
    const run: Run = {
      box,
      terms,
      watch,
      receive,
      signal,
      received: 0,
      refused: [],
      lost: null,
      clearing: new Set(),
    };
    const first = await look(run);
    await takeAll(run, first.ready);
    if (first.moving > 0 && first.ready.length < limits.filesPerPoll && !isOver(run)) {
      await pause(terms.settleMs + timerSlackMs, signal);
      if (!isOver(run)) await takeAll(run, (await look(run)).ready);
    }
    if (run.lost !== null) throw run.lost;
    if (run.refused.length >= refusalsPerPoll) throw nothingStored(run);
    const files = watch.failing();
    if (files.length > 0) throw new FilesNotTaken(terms.endpoint, run.received, files);
    return run.received;
  };
}

/** Lists; told to stop meanwhile, it finds nothing. */
async function look({ watch, signal }: Run): ReturnType<Watch['look']> {
  try {
    return await watch.look(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return { ready: [], moving: 0 };
  }
}

/** One poll. */
interface Run {
  readonly box: Mailbox;
  readonly terms: PollTerms;
  readonly watch: Watch;
  readonly receive: Receive;
  readonly signal: AbortSignal;
  received: number;
  /** What `receive` threw since it last stored a file. */
  refused: unknown[];
  /** What ended the poll: the mailbox is out of reach, or our disk is full. */
  lost: unknown;
  /** Files received and now being moved away. */
  readonly clearing: Set<Promise<void>>;
}

/** A file on its way into the spool. */
interface Flight {
  readonly entry: Entry;
  readonly landed: Promise<{ copy: Spooled | null } | { error: unknown }>;
}

const isOver = (run: Run) => run.signal.aborted || run.lost !== null || run.refused.length >= refusalsPerPoll;

/** Copies a few files ahead, but receives them one by one in the order given. */
async function takeAll(run: Run, ready: readonly Entry[]): Promise<void> {
  const flying: Flight[] = [];
  let next = 0;
  do {
    while (!isOver(run) && flying.length < run.terms.parallel && next < ready.length) {
      flying.push(takeOff(run, ready[next] as Entry));
      next += 1;
    }
    const flight = flying.shift();
    if (flight !== undefined) await land(run, flight);
  } while (flying.length > 0 || (next < ready.length && !isOver(run)));
  await Promise.all(run.clearing);
}

function takeOff(run: Run, entry: Entry): Flight {
  const landed = run.box.fetch(entry, run.signal).then(
    (copy) => ({ copy }),
    (error: unknown) => ({ error }),
  );
  return { entry, landed };
}

async function land(run: Run, { entry, landed }: Flight): Promise<void> {
  const result = await landed;
  if ('error' in result) return note(run, entry, result.error);
  if (result.copy === null) return;
  try {
    if (isOver(run)) return;
    await run.receive(run.terms.endpoint, result.copy);
    run.received += 1;
    run.refused = [];
    await startClearing(run, entry, result.copy);
  } catch (error) {
    run.refused.push(error);
    note(run, entry, error);
  } finally {
    await result.copy.remove();
  }
}

async function startClearing(run: Run, entry: Entry, copy: Spooled): Promise<void> {
  const cleared = run.box
    .clear(entry, copy)
    .then(
      () => run.watch.forget(entry),
      (error: unknown) => note(run, entry, error),
    )
    .finally(() => run.clearing.delete(cleared));
  run.clearing.add(cleared);
  if (run.clearing.size >= run.terms.parallel) await Promise.race(run.clearing);
}

function note(run: Run, entry: Entry, error: unknown): void {
  // A copy that was broken off is no failure, and what else fails now is seen again by the next poll.
  if (run.signal.aborted) return;
  if (error instanceof MailboxLost || isNoSpace(error)) run.lost ??= error;
  else if (error instanceof NoRights) run.watch.leave(entry, error);
  else run.watch.failed(entry, error);
}

function nothingStored({ refused, received, terms }: Run): AggregateError {
  const count = `${refused.length} files in a row could not be stored, ${received} were received before`;
  return new AggregateError(refused, `${terms.endpoint}: ${count}; first: ${reasonOf(refused[0])}`);
}

/** Waits, but no longer than until the signal. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
