/**
 * The whole road for a test: a database, partner folders made by the test out of the standard guides, POST /edi on a port of
 * its own, and simulated partners at the other end. Everything lies in one temporary folder.
 */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../src/flow/context.ts';
import { openEdiDesk } from '../../src/flow/edi-desk.ts';
import { type Flow, openFlow, type Role } from '../../src/flow/flow.ts';
import { loadItems, loadPrices, loadStock } from '../../src/flow/loading.ts';
import { createLogger } from '../../src/log.ts';
import { loadGuides } from '../../src/mapping/load.ts';
import { type Problem, problemText } from '../../src/mapping/problem.ts';
import { createMetrics } from '../../src/metrics.ts';
import { gs1CheckDigit } from '../../src/order/shipment/sscc.ts';
import { loadPartners } from '../../src/partner/load.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { makeApiKey } from '../../src/transport/apikey.ts';
import { openSpool } from '../../src/transport/spool.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';

/** partner.yaml as a value; YAML reads JSON. */
export type PartnerTerms = { readonly [key: string]: unknown };

/** By folder name. */
export type PartnerFolders = Readonly<Record<string, PartnerTerms>>;

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
  const { partners, problems } = await loadPartners(site.mappings, { demo: false });
  const { guides, problems: wrongGuides } = await loadGuides(site.mappings);
  refuse([...problems, ...wrongGuides]);
  const flow = await openFlow({
    context: {
      store,
      partners,
      guides,
      log: createLogger(process.env.PORTOLAN_TEST_LOG ?? 'silent'),
      metrics: createMetrics(),
      now,
      gs1Prefix: companyPrefix,
    },
    opening: {
      home: site.home,
      spool: await openSpool(join(site.home, 'spool')),
      settleMs: 50,
      resolveSecret: (reference) => site.secrets[reference] ?? reference,
    },
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

const companyPrefix = '4099999';

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new Error(problems.map(problemText).join('\n'));
}

async function serveDesk(flow: Flow, port: number): Promise<Server> {
  const desk = openEdiDesk(flow);
  const server = createServer((request, response) => void desk(request, response));
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

/** A place to trade: database, home, mappings. */
export interface Ground {
  readonly site: Site;
  readonly database: TestDatabase;
  /** Writes a guide, or anything else, into a partner's folder; a gateway reads it when it is opened. */
  write(path: string, text: string): Promise<void>;
  /** Makes an API key for an endpoint. */
  key(endpoint: string): Promise<string>;
  remove(): Promise<void>;
}

/** Makes the ground of a test file. */
export async function layGround(
  partners: PartnerFolders,
  more: Partial<Pick<Site, 'redisUrl' | 'secrets' | 'takeoverMs'>> = {},
): Promise<Ground> {
  const database = await freshDatabase();
  const folder: TestFolder = await testFolder('road');
  const mappings = join(folder.path, 'mappings');
  await cp(join(import.meta.dirname, '../../mappings/standard'), join(mappings, 'standard'), {
    recursive: true,
  });
  const write = async (path: string, text: string) => {
    const [partner = ''] = path.split('/');
    await mkdir(join(mappings, partner), { recursive: true });
    await writeFile(join(mappings, path), text);
  };
  for (const [name, terms] of Object.entries(partners)) {
    await write(`${name}/partner.yaml`, JSON.stringify({ partner: 1, name, ...terms }, null, 2));
  }
  return {
    site: { databaseUrl: database.url, home: join(folder.path, 'home'), mappings, secrets: {}, ...more },
    database,
    write,
    async key(endpoint) {
      const { key, prefix, hash } = makeApiKey();
      await database.store.db('api_keys').insert({ prefix, hash, endpoint });
      return key;
    },
    async remove() {
      await database.drop();
      await folder.remove();
    },
  };
}

/** What we sell in tests. */
export interface Good {
  readonly sku: string;
  readonly gtin: string;
  readonly price: string;
  readonly onHand: string;
}

const good = (number: number, price: string, onHand: string): Good => {
  const first = `4099999${String(number).padStart(5, '0')}`;
  return { sku: `SKU-${number}`, gtin: `${first}${gs1CheckDigit(first)}`, price, onHand };
};

/** The second one is short. */
export const goods = [
  good(11, '12.50', '100000'),
  good(12, '3.20', '7'),
  good(13, '40.00', '100000'),
] as const;

export const by = { who: 'tester', why: 'the test says so' } as const;

/** Puts the goods on the shelf, with prices in US dollars and euros. */
export async function fillShelf(context: Context): Promise<void> {
  await loadItems(
    context,
    goods.map(({ sku, gtin }) => ({
      sku,
      gtin,
      description: `Thing ${sku}`,
      unit: 'each',
      casePack: '10',
      names: [],
    })),
    by,
  );
  await loadStock(
    context,
    goods.map(({ sku, onHand }) => ({ sku, quantity: onHand })),
    by,
  );
  await loadPrices(
    context,
    goods.flatMap(({ sku, price }) =>
      ['USD', 'EUR'].map((currency) => ({ sku, partner: '', currency, price })),
    ),
    by,
  );
}

const patienceMs = 20_000;

/** Waits until it is so. @throws when it is not in time, saying what was waited for */
export async function until(
  what: string,
  holds: () => Promise<boolean>,
  withinMs = patienceMs,
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Waited in vain until ${what}`);
    await sleep(25);
  }
}

/** Waits until no step has anything to do, but for paused partners. */
export async function quiet(store: Store, withinMs = patienceMs): Promise<void> {
  await until('the road is quiet', async () => (await waitingRows(store)).length === 0, withinMs);
}

/** Rows that some step will take. */
export async function waitingRows(
  store: Store,
): Promise<{ stage: string; subject: string; last_error: string }[]> {
  const { rows } = await store.db.raw(
    `select stage, subject, last_error from ready
     where not quarantined and not exists (select from pauses where pauses.partner = ready.partner)`,
  );
  return rows;
}
