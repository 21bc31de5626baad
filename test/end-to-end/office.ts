/** A gateway with a partner for each thing that can go wrong, and short ways to look at what came of it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Carrier, mailbox } from '../../src/simulator/carrier.ts';
import type { OrderFile } from '../../src/simulator/trading-partner.ts';
import { type Opened, openGateway } from './gateway.ts';
import { edifactTerms, x12Agreement, x12Terms } from './partners.ts';
import { Peer } from './peer.ts';
import { fillShelf, type Ground, goods, layGround, type PartnerFolders, quiet } from './road.ts';

/** Each test has a partner of its own. */
const x12Names = [
  'garbled',
  'stranger',
  'masked',
  'carrier',
  'oddtype',
  'repeater',
  'reuser',
  'buyer',
  'twicer',
  'declined',
  'rehearsal',
  'revoker',
  'changer',
  'cutter',
  'miscount',
  'bargain',
  'haggler',
  'lister',
  'resent',
  'halted',
  'latecomer',
  'picky',
  'crowded',
] as const;

const edifactNames = ['probe', 'wandel', 'umbruch'] as const;

const folders: PartnerFolders = {
  ...Object.fromEntries(x12Names.map((name) => [name, x12Terms(name, { them: name.toUpperCase() })])),
  ...Object.fromEntries(
    edifactNames.map((name, index) => [name, edifactTerms(name, { them: `400000200000${index}` })]),
  ),
  roller: x12Terms('roller', { them: 'ROLLER', agreement: { control: { first: 7, last: 9 } } }),
  many: x12Terms('many', { them: 'MANY', documents: { '855': { within: '24h', batch: 'many' } } }),
  vanone: x12Terms('vanone', {
    them: 'VANONE',
    endpoints: {
      'vanone-http': { type: 'http', carries: ['vantwo'] },
      'vanone-box': { type: 'folder', direction: 'out', out: 'vanone/mail', carries: ['vantwo'] },
    },
  }),
  vantwo: x12Terms('vantwo', {
    them: 'VANTWO',
    endpoint: 'vantwo-box',
    endpoints: { 'vantwo-box': { type: 'folder', direction: 'out', out: 'vantwo/mail' } },
  }),
  divided: x12Terms('divided', {
    them: 'DIVIDED',
    agreements: {
      second: x12Agreement('divided', { us: 'SALTMARSH2', them: 'DIVIDED' }),
      trial: x12Agreement('divided', { them: 'DIVIDEDTEST', agreement: { usage: 'test' } }),
    },
  }),
};

/** Opens it before the tests of a describe, and closes it after them. */
export function useOffice() {
  let ground: Ground;
  let gateway: Opened;
  const db = () => gateway.store.db;
  const context = () => gateway.flow.context;

  before(async () => {
    ground = await layGround(folders);
    gateway = await openGateway(ground.site);
    await fillShelf(context());
  });

  after(async () => {
    await gateway?.close();
    await ground?.remove();
  });

  /** A partner at work; it posts to its own endpoint, or to another one. */
  async function meet(name: string, { at = 0, endpoint = `${name}-http` } = {}): Promise<Peer> {
    return peerOf(ground, gateway, name, { at, endpoint });
  }

  /** Posts files, one after the other, and reads what came of each once the road is quiet. */
  async function give(peer: Peer, ...files: readonly OrderFile[]): Promise<void> {
    for (const file of files) {
      await peer.send(file);
      await quiet(gateway.store);
      await peer.read({ acknowledge: false });
    }
  }

  const ordersOf = (partner: string) => db()('orders').where({ partner }).orderBy('id');
  const waiting = (partner: string) => db()('faults').where({ partner, waiting: true }).orderBy('id');
  const documentsOf = (partner: string, kind: string) =>
    db()('documents').where({ partner, kind }).orderBy('id');
  const codes = async (partner: string) => (await waiting(partner)).map(({ code }) => code);
  const reserved = async () => db()('stock').orderBy('sku').select('sku', 'reserved', 'on_hand');

  async function theFault(partner: string): Promise<{ id: string; [column: string]: unknown }> {
    const found = await waiting(partner);
    assert.equal(found.length, 1, JSON.stringify(found.map(({ code }) => code)));
    return found[0];
  }

  async function done(deed: Promise<unknown>): Promise<void> {
    await deed;
    await quiet(gateway.store);
  }

  async function messageOf(partner: string) {
    return db()('messages as m')
      .join('interchanges as i', 'i.id', 'm.interchange_id')
      .where({ partner })
      .orderBy('m.id', 'desc')
      .select('m.*')
      .first();
  }

  return {
    ground: () => ground,
    gateway: () => gateway,
    db,
    context,
    meet,
    give,
    ordersOf,
    waiting,
    documentsOf,
    codes,
    reserved,
    theFault,
    done,
    messageOf,
  };
}

export async function peerOf(
  ground: Ground,
  gateway: Opened,
  name: string,
  { at = 0, endpoint = `${name}-http` } = {},
): Promise<Peer> {
  const agreement = gateway.flow.context.partners.byName(name)?.agreements[at];
  assert(agreement !== undefined);
  const key = await ground.key(endpoint);
  const folder = join(ground.site.home, name);
  const box = mailbox({ outgoing: join(folder, 'out'), incoming: join(folder, 'mail') });
  const carrier: Carrier = { ...box, send: (_name, bytes) => post(gateway.url as string, key, bytes) };
  return new Peer(agreement, carrier);
}

async function post(url: string, key: string, bytes: Buffer): Promise<void> {
  const headers = { authorization: `Bearer ${key}` };
  const answer = await fetch(url, { method: 'POST', headers, body: new Uint8Array(bytes) });
  assert.equal(answer.status, 202, await answer.text());
}

export function specOf(number: string) {
  return {
    number,
    orderedOn: '2026-11-20',
    currency: 'USD',
    lines: goods.map(({ gtin, sku, price }) => ({ gtin, sellerId: sku, price, quantity: '2' })),
  };
}
