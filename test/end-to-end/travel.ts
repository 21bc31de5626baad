/** An order's whole way, followed from its partner's side. */
import assert from 'node:assert/strict';
import { recordShipment } from '../../src/flow/ship.ts';
import type { Agreement } from '../../src/partner/partner.ts';
import type { OrderFile } from '../../src/simulator/trading-partner.ts';
import type { Opened } from './gateway.ts';
import { assertClean, type Peer } from './peer.ts';
import { by, goods, until } from './road.ts';

/** Sends an order and follows it until both its response and its notice are confirmed. */
export async function travel(gateway: Opened, peer: Peer, send: () => Promise<OrderFile>): Promise<void> {
  const { store, flow } = gateway;
  const { expected } = await send();
  const order = () =>
    store.db('orders').where({ number: expected.orderNumber, agreement: agreementKey(peer) });
  const documents = async () => {
    const [row] = await order();
    return row === undefined ? [] : store.db('documents').where({ order_id: row.id }).orderBy('id');
  };
  const confirmed = async (count: number) => {
    await peer.read();
    const rows = await documents();
    return rows.length === count && rows.every((row) => row.state === 'confirmed');
  };
  await until('the response is confirmed', () => confirmed(1));
  const [decided] = await order();
  assert.equal(decided.state, 'partially-accepted');
  await recordShipment(flow.context, decided.id, {}, by.who, 'the only one');
  await until('the notice is confirmed', () => confirmed(2));
  assert.deepEqual(peer.wrong(), []);
  await assertClean(peer.mails);
  const acknowledgments = await store
    .db('documents')
    .whereNotNull('interchange_id')
    .where({ agreement: decided.agreement });
  assert.deepEqual(
    acknowledgments.map(({ state }) => state),
    ['sent'],
  );
  assert.deepEqual(await store.db('faults').where({ waiting: true }), []);
}

function agreementKey(peer: Peer): string {
  return peer.simulated.standard === 'x12' ? 'northgate/live' : 'ostwind/live';
}

/** A line of each of our goods. */
export function threeLines() {
  return goods.map(({ gtin, sku, price }) => ({ gtin, sellerId: sku, price, quantity: '10' }));
}

export function agreementOf({ flow }: Opened, partner: string): Agreement {
  const agreement = flow.context.partners.byName(partner)?.agreements[0];
  assert(agreement !== undefined);
  return agreement;
}
