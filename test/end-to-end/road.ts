/** The ground that a test trades on: a database, and partner folders made by the test out of the standard guides. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../src/flow/context.ts';
import { loadItems, loadPrices, loadStock } from '../../src/flow/loading.ts';
import { gs1CheckDigit } from '../../src/order/shipment/sscc.ts';
import type { Store } from '../../src/store/store.ts';
import { makeApiKey } from '../../src/transport/apikey.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';
import type { Site } from './gateway.ts';

/** partner.yaml as a value; YAML reads JSON. */
export type PartnerTerms = { readonly [key: string]: unknown };

/** By folder name. */
export type PartnerFolders = Readonly<Record<string, PartnerTerms>>;

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
  await copyStandard(mappings);
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

/** Messages of the order's road: a gateway reads and compiles all guides that it finds, at every start. */
const ofTheRoad = /^(common|850|855|856|ORDERS|ORDRSP|DESADV)\.yaml$/;

/** The standard guides of the order's road, into a mappings directory. */
async function copyStandard(mappings: string): Promise<void> {
  await cp(join(import.meta.dirname, '../../mappings/standard'), join(mappings, 'standard'), {
    recursive: true,
    filter: (path) => !path.endsWith('.yaml') || ofTheRoad.test(basename(path)),
  });
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

const patienceMs = 50_000;

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
