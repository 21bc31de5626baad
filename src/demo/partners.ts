/** The demo's two partners, ready to order. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Gateway } from '../main.ts';
import type { Agreement } from '../partner/partner.ts';
import { mailbox, post } from '../simulator/carrier.ts';
import { storedControlNumbers } from '../simulator/control.ts';
import { edifactPartner, usualEdifactCodes } from '../simulator/edifact-partner.ts';
import { addressesOf, type OrderFile, type TradingPartner } from '../simulator/trading-partner.ts';
import { usualX12Codes, x12Partner } from '../simulator/x12-partner.ts';
import { findApiKey, insertApiKey } from '../store/api-keys.ts';
import { apiKeyPrefix, makeApiKey } from '../transport/apikey.ts';
import { kept } from './demo-files.ts';
import { goods } from './warehouse.ts';

export interface DemoPartner {
  /** Folder name under mappings/. */
  readonly name: string;
  readonly title: string;
  readonly simulated: TradingPartner;
  /** Writes the next order; numbers go on from start to start. */
  nextOrder(): OrderFile;
}

export async function demoPartners(gateway: Gateway, home: string): Promise<DemoPartner[]> {
  return [await harborAndPine(gateway, home), await nordlicht(gateway, home)];
}

async function harborAndPine(gateway: Gateway, home: string): Promise<DemoPartner> {
  const { agreement, title } = find(gateway, 'harbor-and-pine');
  const root = join(home, 'demo', 'harbor-and-pine');
  const simulated = x12Partner({
    addresses: addressesOf(agreement),
    carrier: mailbox({ outgoing: join(root, 'out'), incoming: join(root, 'in') }),
    control: storedControlNumbers(join(home, 'demo', 'harbor-and-pine.control')),
    allowedCodes: usualX12Codes,
  });
  const numbers = storedControlNumbers(join(home, 'demo', 'harbor-and-pine.orders'), 45_001);
  return {
    name: 'harbor-and-pine',
    title,
    simulated,
    nextOrder: () =>
      simulated.order({
        number: `HP${numbers.next()}`,
        orderedOn: day(0),
        requestedOn: day(7),
        cancelAfter: day(21),
        currency: 'USD',
        department: '12',
        shipTo: {
          name: 'Harbor & Pine DC East',
          code: '0042',
          street: '8 Quay Road',
          city: 'Portsmouth',
          region: 'NH',
          postcode: '03801',
          country: 'US',
        },
        lines: goods.map((good) => ({
          gtin: good.gtin,
          sellerId: good.sku,
          description: good.description,
          quantity: '24',
          price: good.usd,
        })),
      }),
  };
}

async function nordlicht(gateway: Gateway, home: string): Promise<DemoPartner> {
  const { agreement, title } = find(gateway, 'nordlicht');
  const incoming = join(home, 'mailboxes', 'nordlicht', 'in');
  await mkdir(incoming, { recursive: true });
  const simulated = edifactPartner({
    addresses: addressesOf(agreement),
    carrier: post({ url: `${gateway.url}/edi`, key: await apiKey(gateway, home), incoming }),
    control: storedControlNumbers(join(home, 'demo', 'nordlicht.control')),
    allowedCodes: usualEdifactCodes,
  });
  const numbers = storedControlNumbers(join(home, 'demo', 'nordlicht.orders'), 7_001);
  return {
    name: 'nordlicht',
    title,
    simulated,
    nextOrder: () =>
      simulated.order({
        number: `NL${numbers.next()}`,
        orderedOn: day(0),
        requestedOn: day(7),
        currency: 'EUR',
        shipTo: {
          name: 'Nordlicht Lager Nord',
          gln: '4012345000023',
          city: 'Kiel',
          postcode: '24103',
          country: 'DE',
        },
        lines: goods.map((good) => ({
          gtin: good.gtin,
          sellerId: good.sku,
          description: good.description,
          quantity: '12',
          price: good.eur,
        })),
      }),
  };
}

function find(gateway: Gateway, name: string): { agreement: Agreement; title: string } {
  const partner = gateway.flow.context.partners.byName(name);
  const agreement = partner?.agreements[0];
  if (partner === null || agreement === undefined)
    throw new Error(`The demo needs the partner folder ${name} in the mappings`);
  return { agreement, title: partner.title };
}

/** Nordlicht's key for POST /edi: made once; made anew when the database no longer knows it. */
async function apiKey({ store }: Gateway, home: string): Promise<string> {
  const file = join(home, 'demo', 'nordlicht.key');
  const known = await kept(file, () => '');
  const prefix = apiKeyPrefix(known);
  if (prefix !== null && (await findApiKey(store.db, prefix)) !== null) return known;
  const made = makeApiKey();
  await insertApiKey(store.db, {
    prefix: made.prefix,
    hash: made.hash,
    endpoint: 'nordlicht-http',
    note: 'demo',
  });
  return kept(file, () => made.key, { anew: true });
}

const dayMs = 86_400_000;

function day(ahead: number): string {
  return new Date(Date.now() + ahead * dayMs).toISOString().slice(0, 10);
}
