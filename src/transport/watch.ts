/**
 * What a poller remembers of a mailbox between two listings: since when each file stands still, which ones failed and when
 * they are tried again, which ones were received but can never be cleared away.
 */
import { isFinishedName, isSafeName, matcher, UnsafeName } from './names.ts';
import { reasonOf } from './network.ts';
import { nextAttempt } from './retry.ts';
import { limits, type NotTaken } from './transport.ts';

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
  /** Its name as bytes, where they are not UTF-8. */
  readonly raw?: Buffer;
}

export interface WatchTerms {
  /** Which names are meant for us: `*` and `?`. */
  readonly pattern: string;
  /** How long a file must be listed unchanged before it is taken, in milliseconds. */
  readonly settleMs: number;
  /** A clock that only goes forward, in milliseconds; default: this process's. */
  readonly now?: () => number;
}

export interface Watch {
  /** Lists once more: files that are due, oldest first, and how many still move. @throws what `list` throws */
  look(signal: AbortSignal): Promise<{ ready: Entry[]; moving: number }>;
  /** It failed: it is left alone for a growing time. */
  failed(entry: Entry, error: unknown): void;
  /** It was received but can never be cleared away: this very file is not looked at again. */
  leave(entry: Entry, error: unknown): void;
  /** It was received and cleared away. */
  forget(entry: Entry): void;
  /** Ends a poll. Gives the files that lie there and failed, and, once, those that are left there. */
  failing(): NotTaken[];
}

/** Tries of one file after which a person must see to it. */
export const triesBeforePerson = 3;

/** What is wrong with a file. */
interface Trouble {
  readonly name: string;
  readonly reason: string;
  readonly tries: number;
  /** When it is tried again. */
  readonly untilMs: number;
  readonly isTried: boolean;
}

/** Makes the watch of one mailbox. */
export function createWatch(list: (signal: AbortSignal) => Promise<Entry[]>, terms: WatchTerms): Watch {
  const { settleMs, now = () => performance.now() } = terms;
  const wanted = matcher(terms.pattern);
  /** When each file was first listed as it is now. */
  let since = new Map<string, number>();
  let left = new Set<string>();
  let leftNow: NotTaken[] = [];
  let troubles = new Map<string, Trouble>();
  const isStill = ({ identity, complete }: Entry, atMs: number) =>
    complete === true || atMs - (since.get(identity) ?? atMs) >= settleMs;
  const isDue = ({ identity }: Entry, atMs: number) => (troubles.get(identity)?.untilMs ?? atMs) <= atMs;
  return {
    async look(signal) {
      const askedMs = now();
      const all = (await list(signal)).filter(({ name }) => isFinishedName(name) && wanted(name));
      const answeredMs = now();
      const ids = new Set(all.map(({ identity }) => identity));
      left = new Set([...left].filter((identity) => ids.has(identity)));
      troubles = new Map([...troubles].filter(([identity]) => ids.has(identity)));
      for (const entry of all) if (!isSafeName(entry.name)) mark(troubles, entry);
      const fresh = all.filter(({ name, identity }) => isSafeName(name) && !left.has(identity));
      const still = fresh.filter((entry) => isStill(entry, askedMs));
      since = new Map([...ids].map((identity) => [identity, since.get(identity) ?? answeredMs]));
      const due = still.filter((entry) => isDue(entry, askedMs)).sort(byAge);
      return { ready: due.slice(0, limits.filesPerPoll), moving: fresh.length - still.length };
    },
    failed: (entry, error) => fail(troubles, entry, error, now()),
    leave(entry, error) {
      left.add(entry.identity);
      troubles.delete(entry.identity);
      const { name, identity } = entry;
      leftNow.push({ name, identity, reason: reasonOf(error), isTried: true, needsPerson: false });
    },
    forget: ({ identity }) => troubles.delete(identity),
    failing() {
      const files = [...[...troubles].map(notTaken), ...leftNow];
      leftNow = [];
      troubles = new Map(
        [...troubles].map(([identity, trouble]) => [identity, { ...trouble, isTried: false }]),
      );
      return files;
    },
  };
}

function byAge(a: Entry, b: Entry): number {
  return a.mtimeMs - b.mtimeMs || (a.name < b.name ? -1 : 1);
}

function fail(
  troubles: Map<string, Trouble>,
  { name, identity }: Entry,
  error: unknown,
  nowMs: number,
): void {
  const tries = error instanceof UnsafeName ? Infinity : (troubles.get(identity)?.tries ?? 0) + 1;
  const untilMs = tries === Infinity ? Infinity : nextAttempt(tries, new Date(nowMs)).getTime();
  troubles.set(identity, { name, reason: reasonOf(error), tries, untilMs, isTried: true });
}

/** A listing is the other side's word: a name that could leave its folder, or is too long, never becomes a path. */
function mark(troubles: Map<string, Trouble>, entry: Entry): void {
  if (!troubles.has(entry.identity)) fail(troubles, entry, new UnsafeName(entry.name), 0);
}

function notTaken([identity, { name, reason, tries, isTried }]: [string, Trouble]): NotTaken {
  return { name, identity, reason, isTried, needsPerson: tries >= triesBeforePerson };
}
