/** The home of a measured gateway: two partners in folders, a catalogue, and ample stock. Made anew for each run. */
import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gs1CheckDigit } from '../src/order/shipment/sscc.ts';
import type { Addresses } from '../src/simulator/trading-partner.ts';
import { upsertItems } from '../src/store/items.ts';
import { upsertPrices } from '../src/store/prices.ts';
import { setStock } from '../src/store/stock.ts';
import type { Store } from '../src/store/store.ts';

/** `volume` sends the interchanges that are measured; `corner` sends a small order now and then beside them. */
export const partners = ['volume', 'corner'] as const;
export type PartnerName = (typeof partners)[number];

export interface Home {
  readonly directory: string;
  readonly mappings: string;
  /** Where a partner drops files. */
  in(partner: PartnerName): string;
  out(partner: PartnerName): string;
}

/** Makes the folders and the mappings. */
export async function makeHome(): Promise<Home> {
  const directory = await mkdtemp(join(tmpdir(), 'portolan-bench-'));
  const mappings = join(directory, 'mappings');
  const standard = fileURLToPath(new URL('../mappings/standard', import.meta.url));
  await cp(standard, join(mappings, 'standard'), { recursive: true });
  const box = (partner: string, way: string) => join(directory, 'mailboxes', partner, way);
  for (const partner of partners) {
    await mkdir(join(mappings, partner), { recursive: true });
    await writeFile(join(mappings, partner, 'partner.yaml'), partnerYaml(partner));
    for (const way of ['in', 'out']) await mkdir(box(partner, way), { recursive: true });
  }
  return {
    directory,
    mappings,
    in: (partner) => box(partner, 'in'),
    out: (partner) => box(partner, 'out'),
  };
}

/** Interchange ids of a partner and of us. */
export function addresses(partner: PartnerName): Addresses {
  return {
    partner: { qualifier: 'ZZ', id: partner.toUpperCase() },
    gateway: { qualifier: 'ZZ', id: 'BENCH' },
  };
}

function partnerYaml(partner: PartnerName): string {
  const batch = partner === 'volume' ? 'many' : 'single';
  return `partner: 1
name: ${partner}
agreements:
  orders:
    standard: x12
    us: { qualifier: ZZ, id: BENCH }
    them: { qualifier: ZZ, id: ${partner.toUpperCase()} }
    version: { interchange: "00401", message: "004010" }
    acknowledge: { send: "997", within: 24h }
    endpoint: ${partner}-folder
    documents:
      "855": { within: 24h, batch: ${batch}, expectAcknowledgment: 24h }
endpoints:
  ${partner}-folder:
    type: folder
    in: mailboxes/${partner}/in
    out: mailboxes/${partner}/out
    every: 1s
`;
}

export interface Item {
  readonly upc: string;
  readonly sellerId: string;
  readonly price: string;
}

const itemCount = 500;
const onHand = '1000000000';

/** The items that are ordered in turn, with valid UPCs. */
export const items: readonly Item[] = Array.from({ length: itemCount }, (_, index) => {
  const first = `04999990${String(index).padStart(3, '0')}`;
  return {
    upc: `${first}${gs1CheckDigit(first)}`,
    sellerId: `BENCH-${1000 + index}`,
    price: `${5 + (index % 90)}.${String(index % 100).padStart(2, '0')}`,
  };
});

/** Loads items, prices and more stock than will be ordered. */
export async function stockUp(store: Store): Promise<void> {
  await store.transaction(async (tx) => {
    const rows = items.map(({ upc, sellerId }, index) => ({
      sku: sellerId,
      gtin: upc.padStart(14, '0'),
      upc,
      description: `Item ${index} of the benchmark`,
      unit: 'each',
      case_pack: '12',
    }));
    await upsertItems(tx, rows);
    await upsertPrices(
      tx,
      items.map(({ sellerId, price }) => ({ sku: sellerId, partner: '', currency: 'USD', price })),
    );
    await setStock(
      tx,
      items.map(({ sellerId }) => ({ sku: sellerId, quantity: onHand })),
    );
  });
}
