/** The demo's two partners, ready to order. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Agreement } from '../partner/partner.ts';
import type { Partners } from '../partner/partners.ts';
import { mailbox, post } from '../simulator/carrier.ts';
import { storedControlNumbers } from '../simulator/control.ts';
import { edifactPartner } from '../simulator/edifact-partner.ts';
import {
  addressesOf,
  type LineSpec,
  type OrderFile,
  type PlaceSpec,
  type TradingPartner,
} from '../simulator/trading-partner.ts';
import { x12Partner } from '../simulator/x12-partner.ts';
import { findApiKey, insertApiKey } from '../store/api-keys.ts';
import type { Store } from '../store/store.ts';
import { apiKeyPrefix, makeApiKey } from '../transport/apikey.ts';
import { kept } from './demo-files.ts';
import { goods } from './warehouse.ts';

/** Where the partners live, and the gateway that they trade with. */
export interface Neighbourhood {
  readonly partners: Partners;
  readonly store: Store;
  /** PORTOLAN_HOME: everything the partners own lies in its folder demo. */
  readonly home: string;
  /** Where the gateway's POST /edi answers. */
  readonly url: string;
}

export interface DemoPartner {
  /** Folder name under mappings/. */
  readonly name: string;
  readonly title: string;
  readonly currency: 'USD' | 'EUR';
  readonly shipTo: PlaceSpec;
  readonly simulated: TradingPartner;
  /** Order numbers go on from start to start. */
  readonly numbers: { next(): number };
  /** Begins an order number. */
  readonly prefix: string;
}

/** Every demo partner by its folder's name. */
export const demoNames = ['harbor-and-pine', 'nordlicht'] as const;

/** One of the demo's partners, ready to order. */
export function demoPartner(name: (typeof demoNames)[number], place: Neighbourhood): Promise<DemoPartner> {
  return name === 'nordlicht' ? nordlicht(place) : harborAndPine(place);
}

/** The next order of a partner: two dozen of everything. */
export function nextOrder(partner: DemoPartner): OrderFile {
  const { simulated, prefix, numbers, currency, shipTo } = partner;
  return simulated.order({
    number: `${prefix}${numbers.next()}`,
    orderedOn: day(0),
    requestedOn: day(7),
    currency,
    department: '12',
    shipTo,
    lines: orderable(partner).map((item) => ({ ...item, quantity: '24' })),
  });
}

/** What a partner may order, at the price it expects. */
export function orderable({
  currency,
}: Pick<DemoPartner, 'currency'>): Omit<LineSpec, 'number' | 'quantity'>[] {
  return goods.map(({ gtin, sku, description, usd, eur }) => ({
    gtin,
    sellerId: sku,
    description,
    price: currency === 'USD' ? usd : eur,
  }));
}

async function harborAndPine({ partners, home }: Neighbourhood): Promise<DemoPartner> {
  const name = 'harbor-and-pine';
  const { agreement, title } = find(partners, name);
  const root = join(home, 'demo', name);
  const simulated = x12Partner({
    addresses: addressesOf(agreement),
    carrier: mailbox({ outgoing: join(root, 'out'), incoming: join(root, 'in') }),
    control: storedControlNumbers(join(home, 'demo', `${name}.control`)),
    // The codes that its guide lists: another one would be our mistake.
    allowedCodes: ['IA', 'IQ', 'IP', 'DR', 'IC', 'IB', 'BP', 'IR'],
  });
  const shipTo = {
    name: 'Harbor & Pine DC East',
    code: '0042',
    street: '8 Quay Road',
    city: 'Portsmouth',
    region: 'NH',
    postcode: '03801',
    country: 'US',
  };
  const numbers = storedControlNumbers(join(home, 'demo', `${name}.orders`), 45_001);
  return { name, title, currency: 'USD', shipTo, simulated, numbers, prefix: 'HP' };
}

async function nordlicht(place: Neighbourhood): Promise<DemoPartner> {
  const { partners, home } = place;
  const name = 'nordlicht';
  const { agreement, title } = find(partners, name);
  const incoming = join(home, 'mailboxes', name, 'in');
  await mkdir(incoming, { recursive: true });
  const simulated = edifactPartner({
    addresses: addressesOf(agreement),
    carrier: post({ url: `${place.url}/edi`, key: await apiKey(place), incoming }),
    control: storedControlNumbers(join(home, 'demo', `${name}.control`)),
    allowedCodes: ['3', '5', '7'],
  });
  const shipTo = {
    name: 'Nordlicht Lager Nord',
    gln: '4012345000023',
    city: 'Kiel',
    postcode: '24103',
    country: 'DE',
  };
  const numbers = storedControlNumbers(join(home, 'demo', `${name}.orders`), 7_001);
  return { name, title, currency: 'EUR', shipTo, simulated, numbers, prefix: 'NL' };
}

function find(partners: Partners, name: string): { agreement: Agreement; title: string } {
  const partner = partners.byName(name);
  const agreement = partner?.agreements[0];
  if (partner === null || agreement === undefined)
    throw new Error(`The demo needs the partner folder ${name} in the mappings`);
  return { agreement, title: partner.title };
}

/** Nordlicht's key for POST /edi: made once; made anew when the database no longer knows it. */
async function apiKey({ store, home }: Neighbourhood): Promise<string> {
  const file = join(home, 'demo', 'nordlicht.key');
  const known = await kept(file, () => '');
  const prefix = apiKeyPrefix(known);
  if (prefix !== null && (await findApiKey(store.db, prefix, new Date())) !== null) return known;
  const made = makeApiKey();
  await insertApiKey(store.db, {
    prefix: made.prefix,
    hash: made.hash,
    endpoint: 'nordlicht-http',
    note: 'demo',
    createdAt: new Date(),
    expiresAt: null,
  });
  return kept(file, () => made.key, { anew: true });
}

const dayMs = 86_400_000;

/** A day so many days from now. */
export function day(ahead: number): string {
  return new Date(Date.now() + ahead * dayMs).toISOString().slice(0, 10);
}
