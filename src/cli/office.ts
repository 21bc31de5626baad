/** The rooms a verb works in: the database of the gateway that runs in PORTOLAN_HOME, or one that runs for this verb alone. */
import { userInfo } from 'node:os';
import { type Config, loadConfig } from '../config.ts';
import type { Context } from '../flow/context.ts';
import type { By } from '../flow/deed.ts';
import { readTables } from '../flow/tables.ts';
import { createLogger } from '../log.ts';
import type { GuideText } from '../mapping/guide-files.ts';
import { createMetrics } from '../metrics.ts';
import { loadMappings, type Mappings } from '../partner/mappings.ts';
import { startEmbedded } from '../store/embedded.ts';
import { migrate } from '../store/migrate.ts';
import { openStore, type Store } from '../store/store.ts';

/** Runs some work on the database. */
export async function withStore<T>(work: (store: Store, config: Config) => Promise<T>): Promise<T> {
  const config = loadConfig(process.env, process.cwd());
  const embedded = config.databaseUrl === null ? await startEmbedded(config.home) : null;
  const store = openStore({ url: config.databaseUrl ?? (embedded?.url as string), poolSize: 4 });
  try {
    await migrate(store);
    return await work(store, config);
  } finally {
    await store.close();
    if (embedded?.started === true) await embedded.stop();
  }
}

/**
 * Runs a deed. What it adds to the queues is found by the gateway's feeders within a second. All guides are checked: whoever is held
 * for one is refused.
 */
export function withContext<T>(work: (context: Context) => Promise<T>): Promise<T> {
  return withMappings((store, directory) => {
    const tables = (guides: readonly GuideText[]) => readTables(store.db, guides);
    return loadMappings(directory, { demo: true, tables });
  }, work);
}

/** Runs a deed that no guide has a part in: none is loaded. */
export function withPartners<T>(work: (context: Context) => Promise<T>): Promise<T> {
  return withMappings((_store, directory) => loadMappings(directory, { demo: true, guides: false }), work);
}

function withMappings<T>(
  load: (store: Store, directory: string) => Promise<Mappings>,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  return withStore(async (store, config) => {
    const { partners, guides, broken } = await load(store, config.mappings);
    return work({
      store,
      partners,
      guides,
      broken,
      metrics: createMetrics(),
      log: createLogger('warn'),
      now: () => new Date(),
      gs1Prefix: config.gs1Prefix,
      poke: () => undefined,
    });
  });
}

/** Who acts at the command line. */
export function whoAmI(): string {
  return `${userInfo().username} (command line)`;
}

export function byMe(why: string | undefined): By {
  return { who: whoAmI(), why: why ?? 'no reason given' };
}
