/** A gateway for tests: the whole road but the console, in this process or in one of its own. It knows nothing of mocha. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openEdiDesk } from '../../src/flow/edi-desk.ts';
import { type Flow, openFlow, type Role } from '../../src/flow/flow.ts';
import { createKeyring } from '../../src/flow/keyring.ts';
import { readTables } from '../../src/flow/tables.ts';
import { openVault, type Vault } from '../../src/flow/vault.ts';
import { createLogger } from '../../src/log.ts';
import { type Problem, problemText } from '../../src/mapping/problem.ts';
import { createMetrics } from '../../src/metrics.ts';
import { loadMappings } from '../../src/partner/mappings.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { createAs2Handler } from '../../src/transport/as2/handler.ts';
import { openSpool } from '../../src/transport/spool.ts';

/** Where a gateway of a test finds what it needs; processes are given it as JSON. */
export interface Site {
  readonly databaseUrl: string;
  readonly home: string;
  readonly mappings: string;
  readonly redisUrl?: string | undefined;
  /** What references such as 'env:PORT' stand for. */
  readonly secrets: Readonly<Record<string, string>>;
  /** How soon what a dead process held is taken over; unset: as in production. */
  readonly takeoverMs?: number;
  /** How often changed mappings are looked for, and broken ones allowed; unset: never. */
  readonly reloadMs?: number;
}

export interface Opened {
  readonly flow: Flow;
  readonly store: Store;
  /** Where POST /edi answers; null without the role receive. */
  readonly url: string | null;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly roles?: readonly Role[];
  readonly now?: () => Date;
  /** Of POST /edi; default: any free one. */
  readonly port?: number;
  /** Looks at every transaction of the store; see kill-points.ts. */
  readonly watch?: (store: Store) => Store;
}

/** Opens a gateway on a site, as main does, without the console. */
export async function openGateway(site: Site, options: OpenOptions = {}): Promise<Opened> {
  const { roles = ['receive', 'work', 'send'], now = () => new Date(), watch = (given) => given } = options;
  const store = watch(openStore({ url: site.databaseUrl, poolSize: 12 }));
  const mappings = await loadMappings(site.mappings, {
    demo: false,
    tables: (guides) => readTables(store.db, guides),
  });
  if (site.reloadMs === undefined) refuse(mappings.problems);
  const { partners, guides } = mappings;
  const flow = await openFlow({
    context: {
      store,
      partners,
      guides,
      broken: mappings.broken,
      log: createLogger(process.env.PORTOLAN_TEST_LOG ?? 'silent'),
      metrics: createMetrics(),
      now,
      gs1Prefix: companyPrefix,
    },
    ...(site.reloadMs === undefined
      ? {}
      : {
          mappings: {
            directory: site.mappings,
            demo: false,
            first: mappings,
            everyMs: site.reloadMs,
          },
        }),
    opening: {
      home: site.home,
      spool: await openSpool(join(site.home, 'spool')),
      settleMs: 50,
      resolveSecret: (reference) => site.secrets[reference] ?? reference,
    },
    keyring: createKeyring({ store, vault: vaultOf(site.home), now }),
    roles,
    redisUrl: site.redisUrl,
    ...(site.takeoverMs === undefined ? {} : { takeoverMs: site.takeoverMs }),
  });
  const server = roles.includes('receive') ? await serveDesk(flow, options.port ?? 0) : null;
  return {
    flow,
    store,
    url: server === null ? null : `http://127.0.0.1:${(server.address() as AddressInfo).port}/edi`,
    async close() {
      if (server !== null) await stopServer(server);
      await flow.close(4_000);
      await store.close();
    },
  };
}

/** The private keys of a site are sealed with its master file. */
export function vaultOf(home: string): Vault {
  const resolve = async (reference: string) => reference;
  return openVault({ home, secret: null, resolve, warn: () => undefined });
}

const companyPrefix = '4099999';

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new Error(problems.map(problemText).join('\n'));
}

async function serveDesk(flow: Flow, port: number): Promise<Server> {
  const edi = openEdiDesk(flow);
  const as2 = createAs2Handler({ desk: flow.as2, workshop: flow.workshop, log: flow.context.log });
  const server = createServer((request, response) => {
    void (request.url?.startsWith('/as2') ? as2 : edi)(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

async function stopServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
