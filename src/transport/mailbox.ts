/**
 * Polling, the same for every kind of mailbox: list, wait until files stand still, copy, receive, clear away.
 *
 * Takes: a mailbox's listing. Gives: one arrival per complete file, oldest first. A file is cleared away only after it was
 * received; a crash in between shows the same file with the same source again, so that the receiver only says so and the
 * file is only cleared away. A sender may use a name again at any moment, so a file is cleared away by first giving it a name
 * of ours and looking whether it is the one that was received. If it is not, it stays there, and is listed as a new file.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isFinishedName, isSafeName, matcher } from './names.ts';
import type { Spooled } from './spool.ts';
import { limits, type Receive } from './transport.ts';

/** A file in a listing. */
export interface Entry {
  readonly name: string;
  readonly size: number;
  /** As the mailbox's own clock says, in milliseconds; never compared with our clock. */
  readonly mtimeMs: number;
  /** Tells this file from another one of the same name. */
  readonly identity: string;
  /** It was complete when it got this name, as far as the mailbox can know. */
  readonly complete?: boolean;
  /** What it is called in its folder, when that is not its name: it was set aside, and `name` is what it was called before. */
  readonly aside?: string;
}

/** What a kind of mailbox must be able to do. */
export interface Mailbox {
  /** Its plain files, in any order, those set aside among them; names are as found. */
  list(): Promise<Entry[]>;
  /** Copies a file into the spool; null when it is gone or changed meanwhile. */
  fetch(entry: Entry): Promise<Spooled | null>;
  /**
   * Moves a received file to the archive, or deletes it. What has taken its place meanwhile is set aside, never cleared.
   * @throws NoRights when it may never be allowed to
   */
  clear(entry: Entry): Promise<void>;
}

/** The mailbox lets us read a file but neither move nor delete it. */
export class NoRights extends Error {
  override readonly name = 'NoRights';
}

export interface PollTerms {
  readonly endpoint: string;
  /** Which names are meant for us: `*` and `?`. */
  readonly pattern: string;
  /** How long a file must be listed unchanged before it is taken, in milliseconds. */
  readonly settleMs: number;
  /** Files copied at the same time. */
  readonly parallel: number;
  /** A clock that only goes forward, in milliseconds; default: this process's. */
  readonly now?: () => number;
}

/** A timer may end this much before the clock says so, in milliseconds. */
const timerSlackMs = 2;

/** A poll ends early after this many files failed: what ails them is not the files. */
export const failuresPerPoll = 10;

/**
 * Makes a mailbox's poll; it keeps the last listing, so it serves one mailbox for its life.
 * @returns a function that resolves to the number of files received
 * @throws (the function) what `list` throws; AggregateError when files failed: the others were received all the same
 */
export function createPoll(
  box: Mailbox,
  terms: PollTerms,
): (receive: Receive, signal: AbortSignal) => Promise<number> {
  const watch = createWatch(box, terms);
  return async (receive, signal) => {
    const run: Run = { box, terms, watch, receive, signal, received: 0, errors: [], clearing: [] };
    const first = await watch.look();
    await takeAll(run, first.ready);
    if (first.moving > 0 && first.ready.length < limits.filesPerPoll && !isOver(run)) {
      await pause(terms.settleMs + timerSlackMs, signal);
      if (!isOver(run)) await takeAll(run, (await watch.look()).ready);
    }
    if (run.errors.length > 0) throw failure(run);
    return run.received;
  };
}

/** One poll. */
interface Run {
  readonly box: Mailbox;
  readonly terms: PollTerms;
  readonly watch: Watch;
  readonly receive: Receive;
  readonly signal: AbortSignal;
  received: number;
  readonly errors: Error[];
  /** Files received and now being moved away. */
  clearing: Promise<void>[];
}

/** A file on its way into the spool. */
interface Flight {
  readonly entry: Entry;
  readonly landed: Promise<{ copy: Spooled | null } | { error: unknown }>;
}

const isOver = (run: Run) => run.signal.aborted || run.errors.length >= failuresPerPoll;

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
  run.clearing = [];
}

function takeOff(run: Run, entry: Entry): Flight {
  const landed = run.box.fetch(entry).then(
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
    await startClearing(run, entry);
  } catch (error) {
    note(run, entry, error);
  } finally {
    await result.copy.remove();
  }
}

async function startClearing(run: Run, entry: Entry): Promise<void> {
  if (run.clearing.length >= run.terms.parallel) {
    await Promise.all(run.clearing);
    run.clearing = [];
  }
  const cleared = run.box.clear(entry).catch((error: unknown) => {
    if (error instanceof NoRights) run.watch.leave(entry);
    note(run, entry, error);
  });
  run.clearing.push(cleared);
}

function note(run: Run, entry: Entry, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  run.errors.push(new Error(`${JSON.stringify(entry.name)}: ${reason}`, { cause: error }));
}

function failure(run: Run): AggregateError {
  const count = `${run.errors.length} failed, ${run.received} received`;
  const ended = run.errors.length >= failuresPerPoll ? ', the poll ended early' : '';
  const first = run.errors[0]?.message ?? '';
  return new AggregateError(run.errors, `${run.terms.endpoint}: ${count}${ended}; first: ${first}`);
}

/** Waits, but no longer than until the signal. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

interface Watch {
  /** Lists once more: files that stand still, oldest first, and how many still move. */
  look(): Promise<{ ready: Entry[]; moving: number }>;
  /** This very file was received but cannot be cleared away: it is not looked at again. */
  leave(entry: Entry): void;
}

function createWatch(box: Mailbox, { pattern, settleMs, now = () => performance.now() }: PollTerms): Watch {
  const wanted = matcher(pattern);
  /** When each file was first listed as it is now. */
  let since = new Map<string, number>();
  let left = new Set<string>();
  return {
    async look() {
      const askedMs = now();
      const all = (await box.list()).filter((entry) => isOurs(entry.name, wanted));
      const ids = new Set(all.map(({ identity }) => identity));
      left = new Set([...left].filter((identity) => ids.has(identity)));
      const fresh = all.filter(({ identity }) => !left.has(identity));
      const isStill = (identity: string) => askedMs - (since.get(identity) ?? askedMs) >= settleMs;
      const still = fresh.filter((entry) => entry.complete === true || isStill(entry.identity));
      const answeredMs = now();
      since = new Map([...ids].map((identity) => [identity, since.get(identity) ?? answeredMs]));
      still.sort((a, b) => a.mtimeMs - b.mtimeMs || (a.name < b.name ? -1 : 1));
      return { ready: still.slice(0, limits.filesPerPoll), moving: fresh.length - still.length };
    },
    leave: (entry) => left.add(entry.identity),
  };
}

/** A listing is the other side's word: a name that could leave its folder is no file of this mailbox. */
function isOurs(name: string, wanted: (name: string) => boolean): boolean {
  return isFinishedName(name) && isSafeName(name) && wanted(name);
}
