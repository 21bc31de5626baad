/** What is stored, for verbs that only look: no schema is made or changed, and what does not run already is only started. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../config.ts';
import { startEmbedded } from '../store/embedded.ts';
import { schemaState } from '../store/migrate.ts';
import { openStore, type Store } from '../store/store.ts';
import { WrongUse } from './verb.ts';

/**
 * Opens the database of DATABASE_URL, or the one of PORTOLAN_HOME beside the gateway that uses it.
 * @throws WrongUse when there is none yet, or its schema is older than this program
 */
export async function withArchive<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const { databaseUrl, home } = loadConfig(process.env, process.cwd());
  if (databaseUrl === null && !existsSync(join(home, 'postgres')))
    throw new WrongUse(`Nothing is stored in ${home} yet, and DATABASE_URL names no other database.`);
  const embedded = databaseUrl === null ? await startEmbedded(home) : null;
  const store = openStore({ url: databaseUrl ?? (embedded?.url as string), poolSize: 2 });
  try {
    const { missing } = await schemaState(store);
    if (missing.length > 0)
      throw new WrongUse(
        `The database lacks ${missing.join(', ')}: run portolan migrate, or this version's gateway.`,
      );
    return await work(store);
  } finally {
    await store.close();
    if (embedded?.started === true) await embedded.stop();
  }
}
