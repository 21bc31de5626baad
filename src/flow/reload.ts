/**
 * Changed mappings are taken up while the gateway runs, by each process for itself: it looks at names, sizes and times of the
 * files, and at what people loaded into the database's tables, loads everything anew when they have changed and stand still, and takes all of that load or nothing. A partner with
 * a problem is held (see held.ts); no problem in the mappings ends or stops anything else.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { filesOf, fingerprint } from '../mapping/files.ts';
import type { GuideText } from '../mapping/guide-files.ts';
import { problemText } from '../mapping/problem.ts';
import { loadMappings, type Mappings } from '../partner/mappings.ts';
import { tablesMark } from '../store/lookup-tables.ts';
import type { Context } from './context.ts';
import { readTables } from './tables.ts';

export interface MappingsSource {
  readonly directory: string;
  /** Whether partners marked `demo: true` are loaded. */
  readonly demo: boolean;
  /** What the context was made with. */
  readonly first: Mappings;
  /** How often the files are looked at. */
  readonly everyMs?: number;
}

export interface Reloader {
  /** Looks no more, and returns once nothing is under way. */
  close(): Promise<void>;
}

const defaultEveryMs = 2_000;
/** Files must stand still for so long: an editor or a copy may be in the middle of its work. */
const settleMs = 150;

/** Starts to look. `taken` is called after each load, with what was before. */
export function startReloading(
  context: Context,
  source: MappingsSource,
  taken: (next: Mappings, before: Mappings) => void | Promise<void>,
): Reloader {
  const stop = new AbortController();
  const { everyMs = defaultEveryMs } = source;
  let current = source.first;
  const run = async () => {
    for (;;) {
      await sleep(everyMs, undefined, { signal: stop.signal }).catch(ignoreAbort);
      if (stop.signal.aborted) return;
      const next = await loadChanged(context, source, current, stop.signal);
      if (next === null) continue;
      const before = current;
      current = next;
      tellProblems(context, next, before);
      await taken(next, before);
    }
  };
  const running = run();
  return {
    close: async () => {
      stop.abort();
      await running;
    },
  };
}

/** The next load; null: nothing has changed, or it is still changing. What cannot be read leaves everything as it is. */
async function loadChanged(
  context: Context,
  { directory, demo }: MappingsSource,
  before: Mappings,
  signal: AbortSignal,
): Promise<Mappings | null> {
  try {
    const { db } = context.store;
    const mark = fingerprint(await filesOf(directory));
    if (mark === before.mark && (await tablesMark(db)) === before.tablesMark) return null;
    if (mark !== before.mark) {
      await sleep(settleMs, undefined, { signal });
      if (fingerprint(await filesOf(directory)) !== mark) return null;
    }
    const tables = (guides: readonly GuideText[]) => readTables(db, guides);
    const next = await loadMappings(directory, { demo, before, tables });
    return next.mark === mark && fingerprint(await filesOf(directory)) === mark ? next : null;
  } catch (err) {
    if (!signal.aborted) context.log.warn({ err }, 'the mappings cannot be read: they stay as they were');
    return null;
  }
}

/** Only what is new: a problem that stays is told once. */
function tellProblems({ log }: Context, next: Mappings, before: Mappings): void {
  const known = new Set(before.problems.map(problemText));
  const found = next.problems.map(problemText).filter((text) => !known.has(text));
  for (const text of found) log.warn(`In the mappings: ${text}`);
  const held = next.partners.held.map(({ partner }) => partner);
  log.info({ partners: next.partners.all.length, held }, 'mappings taken up');
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
}
