/** The front door. Reads like the road: configuration, store, partners and guides, flow, HTTP. What opens last closes first. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config.ts';
import { type Flow, openFlow, type Role } from './flow/flow.ts';
import type { Hosted } from './flow/hosted.ts';
import { createKeyring } from './flow/keyring.ts';
import { readTables } from './flow/tables.ts';
import type { Vault } from './flow/vault.ts';
import { createLogger, type Logger } from './log.ts';
import { problemText } from './mapping/problem.ts';
import { createMetrics } from './metrics.ts';
import { loadMappings, type Mappings } from './partner/mappings.ts';
import { resolveSecret } from './partner/secret.ts';
import { serve } from './serve.ts';
import { serveSftp, vaultOf } from './serve-sftp.ts';
import { StartError } from './start-error.ts';
import { startEmbedded } from './store/embedded.ts';
import { migrate } from './store/migrate.ts';
import { openStore, type Store } from './store/store.ts';
import { openSpool } from './transport/spool.ts';

export interface Gateway {
  readonly flow: Flow;
  readonly store: Store;
  /** Where the console and POST /edi answer; null: this process serves neither. */
  readonly url: string | null;
  /** The built-in SFTP server; null: this process has none. */
  readonly sftp: Pick<Hosted, 'port' | 'fingerprints'> | null;
  /** What the API asks for; null: it answers on loopback only. */
  readonly adminToken: string | null;
  /** Stops taking work, ends what is under way, then stops the database. Safe to call twice. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Load the partners that are marked demo. */
  readonly demo: boolean;
}

/** Time for work under way when the process is told to stop; PostgreSQL needs some of the seven seconds, too. */
const drainMs = 4_000;
/** Time for statements under way; a fast stop of PostgreSQL ends the others. */
const storeCloseMs = 1_000;
/** Connections of one process: its concurrent steps, its polls, the console. */
const poolSize = 20;

/** Starts this process's share of the gateway. */
export async function startGateway({ config, env, demo }: StartOptions): Promise<Gateway> {
  const log = createLogger(config.logLevel);
  const closers: (() => Promise<unknown>)[] = [];
  const stop = once(() => closeAll(closers, log));
  try {
    const store = await openDatabase(config, log, closers);
    const vault = vaultFor(config, env, log);
    const flow = await openRoad({ config, env, demo }, store, vault, log);
    closers.push(() => flow.close(drainMs));
    const served = await serve({ config, store, flow, log });
    if (served !== null) closers.push(() => served.close());
    const sftp = await serveSftp(config, flow, vault);
    if (sftp !== null) closers.push(() => sftp.close(drainMs));
    return { flow, store, url: served?.url ?? null, sftp, adminToken: config.adminToken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function vaultFor(config: Config, env: StartOptions['env'], log: Logger): Vault {
  const warn = (text: string) => log.warn(text);
  return vaultOf(config, (reference) => resolveSecret(reference, { home: config.home, env, warn }), warn);
}

async function openDatabase(
  config: Config,
  log: Logger,
  closers: (() => Promise<unknown>)[],
): Promise<Store> {
  let url = config.databaseUrl;
  if (url === null) {
    const embedded = await startEmbedded(config.home, (note) => log.info(note));
    closers.push(() => embedded.stop());
    url = embedded.url;
  }
  const store = openStore({ url, poolSize });
  closers.push(() => Promise.race([store.close(), sleep(storeCloseMs)]));
  await migrate(store);
  return store;
}

async function openRoad(
  { config, env, demo }: StartOptions,
  store: Store,
  vault: Vault,
  log: Logger,
): Promise<Flow> {
  const now = () => new Date();
  const mappings = await readMappings(config.mappings, demo, store, log);
  const spool = await openSpool(join(config.home, 'spool'));
  return openFlow({
    context: {
      store,
      partners: mappings.partners,
      guides: mappings.guides,
      broken: mappings.broken,
      log,
      metrics: createMetrics(),
      now,
      gs1Prefix: config.gs1Prefix,
    },
    mappings: { directory: config.mappings, demo, first: mappings },
    opening: {
      home: config.home,
      spool,
      warn: (text) => log.warn(text),
      resolveSecret: (reference) =>
        resolveSecret(reference, { home: config.home, env, warn: (text) => log.warn(text) }),
    },
    keyring: createKeyring({ store, vault, now }),
    roles: config.roles.filter((role): role is Role => role !== 'console'),
    redisUrl: config.redisUrl ?? undefined,
  });
}

/** What is wrong in the mappings holds the partners that it concerns; only without any the gateway cannot start. */
async function readMappings(directory: string, demo: boolean, { db }: Store, log: Logger): Promise<Mappings> {
  const load = () => loadMappings(directory, { demo, tables: (guides) => readTables(db, guides) });
  const mappings = await load().catch((error: NodeJS.ErrnoException) => {
    if (error.syscall === undefined) throw error;
    throw new StartError(
      `The mappings cannot be read: ${error.message}. PORTOLAN_MAPPINGS says where they are.`,
    );
  });
  for (const problem of mappings.problems) log.warn(`In the mappings: ${problemText(problem)}`);
  for (const { partner } of mappings.partners.held)
    log.warn({ partner }, `${partner} is held: ${mappings.partners.heldBecause(partner)}`);
  return mappings;
}

/** Last opened, first closed; one that fails does not keep the others open. */
async function closeAll(closers: readonly (() => Promise<unknown>)[], log: Logger): Promise<void> {
  for (const close of [...closers].reverse()) {
    try {
      await close();
    } catch (err) {
      log.error({ err }, 'closing failed');
    }
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => {
    running ??= work();
    return running;
  };
}
