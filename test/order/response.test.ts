import assert from 'node:assert/strict';
import { decideOrder } from '../../src/order/decide.ts';
import { orderResponse } from '../../src/order/order-response.ts';
import { buildResponse } from '../../src/order/response.ts';
import { anOrder, aPolicy, facts, today } from './orders.ts';

describe('an order response', () => {
  const order = anOrder([{ description: 'Lamp' }, { price: undefined }, {}], {
    orderedOn: '2027-02-26',
    release: '3',
  });
  const known = facts(order, { 'SKU-2': '4' });
  const items = known.items.map((item, at) => (at === 2 ? null : item));
  const decision = decideOrder(order, { ...known, items }, aPolicy(), today);
  const response = buildResponse(order, decision, { number: 'R-9', respondedOn: today });

  it('echoes the order and answers each line', () => {
    assert.deepEqual(response, {
      number: 'R-9',
      orderNumber: 'PO-7',
      orderedOn: '2027-02-26',
      release: '3',
      currency: 'USD',
      seller: { name: 'Lantern Supply' },
      shipTo: { code: '0042', name: 'Quayside Stores 42' },
      respondedOn: today,
      action: 'accepted-with-changes',
      lines: [
        {
          ...common('1'),
          description: 'Lamp',
          price: '2.00',
          action: 'accepted',
          confirmed: '10',
          backordered: '0',
          cut: '0',
          shipOn: '2027-03-02',
          reasons: [],
        },
        {
          ...common('2'),
          price: '2',
          action: 'partly-backordered',
          confirmed: '4',
          backordered: '6',
          cut: '0',
          shipOn: '2027-03-02',
          backorderOn: '2027-03-15',
          reasons: [
            'The order gives no price; ours is 2.',
            '4 of 10 of SKU-2 can ship from stock; 6 follows by 2027-03-15.',
          ],
        },
        {
          ...common('3'),
          price: '2.00',
          action: 'rejected',
          confirmed: '0',
          backordered: '0',
          cut: '10',
          reasons: ['We have no item SKU-3.'],
        },
      ],
    });
  });

  it('stays within the limits of the canonical document however long the names are', () => {
    const long = anOrder([{ item: { buyerId: 'x'.repeat(512) } }]);
    const refused = decideOrder(long, { items: [null], available: new Map() }, aPolicy(), today);
    const answer = buildResponse(long, refused, { number: 'R', respondedOn: today });
    assert.equal(orderResponse.parse(answer).lines[0]?.reasons[0]?.length, 512);
  });

  it('is never made from the decision of another order', () => {
    const other = anOrder([{}]);
    assert.throws(() => buildResponse(other, decision, { number: 'R', respondedOn: today }), /another order/);
  });

  function common(number: string): object {
    return { number, item: { sellerId: `SKU-${number}` }, quantity: '10', unit: 'each' };
  }
});
