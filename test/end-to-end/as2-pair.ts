/** Two gateways that trade over AS2 on loopback: a supplier, and a retailer whose orders a test writes. */
import { createHash } from 'node:crypto';
import { importCertificate, importOwnKey } from '../../src/flow/key-deeds.ts';
import type { Carrier, Mail } from '../../src/simulator/carrier.ts';
import { readChunks } from '../../src/store/chunks.ts';
import { addReady } from '../../src/store/ready.ts';
import { insertTransmission } from '../../src/store/transmissions.ts';
import { collect } from '../../src/transport/as2/piece.ts';
import { ownKey } from '../transport/as2/certificates.ts';
import { type Opened, openGateway, vaultOf } from './gateway.ts';
import { x12Terms } from './partners.ts';
import { by, fillShelf, type Ground, layGround } from './road.ts';

/** Terms of both endpoints beside names, address and key. */
export interface PairTerms {
  readonly supplier?: object;
  readonly retailer?: object;
  /** How soon what a dead process held is taken over. */
  readonly takeoverMs?: number;
}

export interface Side {
  readonly ground: Ground;
  gateway: Opened;
}

export interface Pair {
  readonly supplier: Side;
  readonly retailer: Side;
  close(): Promise<void>;
}

/** The retailer's AS2 name has a blank, so it travels in quotes. */
export const names = { supplier: 'SALTMARSH', retailer: 'Northgate Stores' } as const;
const endpoints = { supplier: 'northgate-as2', retailer: 'saltmarsh-as2' } as const;

/** Opens both, each with the other's certificate pinned. */
export async function openPair(terms: PairTerms = {}): Promise<Pair> {
  const supplier = await openSide('supplier', 'northgate', 'NORTHGATE', terms, terms.supplier);
  const retailer = await openSide('retailer', 'saltmarsh', 'SALTMARSH', terms, terms.retailer);
  await fillShelf(supplier.gateway.flow.context);
  await exchangeKeys(supplier, retailer);
  introduce(supplier, retailer);
  return {
    supplier,
    retailer,
    close: async () => {
      for (const { gateway, ground } of [supplier, retailer]) {
        await gateway.close();
        await ground.remove();
      }
    },
  };
}

async function openSide(
  side: 'supplier' | 'retailer',
  partner: string,
  them: string,
  { takeoverMs }: PairTerms,
  more: object = {},
) {
  const other = side === 'supplier' ? 'retailer' : 'supplier';
  const as2 = { type: 'as2', us: names[side], them: names[other], url: 'env:THEIRS', ...more };
  const terms = { them, us: side === 'supplier' ? 'SALTMARSH' : 'NORTHGATE' };
  const endpoint = endpoints[side];
  // What the retailer answers is written by the test.
  const agreement = side === 'supplier' ? {} : { acknowledge: { send: 'none' } };
  const partners = {
    [partner]: x12Terms(partner, { ...terms, endpoint, endpoints: { [endpoint]: as2 }, agreement }),
  };
  const ground = await layGround(partners, {
    secrets: {},
    ...(takeoverMs === undefined ? {} : { takeoverMs }),
  });
  return { ground, gateway: await openGateway(ground.site) };
}

async function exchangeKeys(supplier: Side, retailer: Side): Promise<void> {
  const own = { supplier: ownKey('us'), retailer: ownKey('partner') };
  for (const [side, other] of [
    ['supplier', 'retailer'],
    ['retailer', 'supplier'],
  ] as const) {
    const { ground, gateway } = side === 'supplier' ? supplier : retailer;
    const office = { context: gateway.flow.context, vault: vaultOf(ground.site.home) };
    const { certificatePem, keyPem } = own[side];
    await importOwnKey(office, 'default', { certificate: certificatePem, privateKey: keyPem }, {}, by);
    await importCertificate(office, endpoints[side], own[other].certificatePem, {}, by);
  }
}

/** Tells each where the other answers; ports are known only now. */
export function introduce(supplier: Side, retailer: Side): void {
  tell(supplier, as2Url(retailer));
  tell(retailer, as2Url(supplier));
}

function tell({ ground, gateway }: Side, theirs: string): void {
  const secrets = ground.site.secrets as Record<string, string>;
  secrets['env:THEIRS'] = theirs;
  secrets['env:OURS'] = (gateway.url as string).replace(/edi$/, 'as2');
}

export function as2Url({ gateway }: Side): string {
  return (gateway.url as string).replace(/edi$/, 'as2');
}

/** The retailer's files travel through its gateway. */
export function retailerCarrier({ retailer }: Pair): Carrier {
  let seen = '0';
  return {
    send: async (name, bytes) => {
      await sendRaw(retailer, name, bytes);
    },
    async collect() {
      const { db } = retailer.gateway.store;
      const rows = await db('deliveries').where('id', '>', seen).orderBy('id');
      const mails: Mail[] = [];
      for (const row of rows) {
        mails.push({ name: row.name, bytes: await collect(readChunks(db, row.id)) });
        seen = row.id;
      }
      return mails;
    },
  };
}

/** Puts bytes on their way as if the retailer's gateway had written them. @returns the transmission's id */
export async function sendRaw({ gateway }: Side, name: string, bytes: Buffer): Promise<string> {
  const { store, flow } = gateway;
  const control = createHash('sha256').update(name).update(bytes).digest('hex').slice(0, 14);
  const id = await store.transaction(async (tx) => {
    const made = await insertTransmission(tx, {
      partner: 'saltmarsh',
      agreement: 'saltmarsh/live',
      endpoint: endpoints.retailer,
      standard: 'x12',
      ...{ control, cycle: 0, name, bytes, test: false },
      digest: createHash('sha256').update(bytes).digest(),
    });
    await addReady(tx, [{ stage: 'send', subject: made, partner: 'saltmarsh' }]);
    return made;
  });
  flow.context.poke('send');
  return id;
}
