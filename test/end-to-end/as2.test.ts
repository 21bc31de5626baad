/** The road over AS2: two gateways over real HTTP, with every kind of receipt. */
import assert from 'node:assert/strict';
import { openPair, type Pair, retailerCarrier } from './as2-pair.ts';
import { Peer } from './peer.ts';
import { quiet } from './road.ts';
import { agreementOf, threeLines, travel } from './travel.ts';

const strict = { sign: 'sha-256', encrypt: 'aes-256-cbc', mdn: { ask: 'sync' } };
const kinds: readonly { readonly name: string; readonly terms: object }[] = [
  { name: 'signed, encrypted, with a signed receipt in the answer', terms: strict },
  {
    name: 'compressed, with AES-GCM and OAEP, with a signed receipt that comes later',
    terms: {
      compress: 'before-signing',
      encrypt: 'aes-256-gcm',
      keyTransport: 'oaep',
      mdn: { ask: 'async', returnTo: 'env:OURS', deliverTo: 'env:THEIRS' },
    },
  },
  { name: 'without a receipt', terms: { mdn: { ask: 'none' } } },
];

for (const { name, terms } of kinds) {
  describe(`the road over AS2: ${name}`, () => {
    let pair: Pair;
    before(async () => {
      pair = await openPair({ supplier: terms, retailer: terms });
    });
    after(() => pair?.close());

    it('order, acknowledgment, response, shipment, notice, all confirmed', async () => {
      const { supplier, retailer } = pair;
      const peer = new Peer(agreementOf(supplier.gateway, 'northgate'), retailerCarrier(pair));
      await travel(supplier.gateway, peer, () => peer.order('PO-1', { lines: threeLines() }));
      assert.deepEqual(peer.kinds(), ['997', '855', '856']);
      await quiet(supplier.gateway.store);
      await quiet(retailer.gateway.store);
      for (const side of [supplier, retailer]) {
        const rows = await side.gateway.store.db('as2_messages').orderBy('id');
        const states = rows.map(
          ({ direction, state, modifier }) => `${direction} ${state} ${modifier ?? ''}`,
        );
        const count = (text: string) => states.filter((state) => state.trim() === text).length;
        // The order and two acknowledgments one way; acknowledgment, response and notice the other.
        assert.deepEqual(
          [count('in accepted'), count('out delivered'), states.length],
          [3, 3, 6],
          states.join(),
        );
      }
      const sent = await supplier.gateway.store.db('transmissions');
      // Without a receipt nobody says that it is there.
      const isTold = name !== 'without a receipt';
      assert(sent.every((row) => row.state === 'sent' && (row.delivered_at !== null) === isTold));
    });
  });
}
