import assert from 'node:assert/strict';
import { amount } from '../../src/order/amount.ts';
import { businessKey, duplicateRule } from '../../src/order/business-key.ts';
import type { Order } from '../../src/order/order.ts';
import { anOrder } from './orders.ts';

const key = (more: Partial<Order>): string => businessKey(anOrder([{}], more));

describe('the business key', () => {
  it('does not see case, spacing or Unicode form', () => {
    const one = key({ number: ' po  77 ', shipTo: { name: 'Cafe\u0301 Nord' } });
    assert.equal(one, key({ number: 'PO 77', shipTo: { name: 'CAF\u00c9  NORD' } }));
  });

  it('tells places, releases and numbers apart', () => {
    const keys = [
      key({ number: '77', shipTo: { code: '1' } }),
      key({ number: '77', shipTo: { code: '2' } }),
      key({ number: '77', shipTo: { gln: '1' } }),
      key({ number: '77', shipTo: { name: '1' } }),
      key({ number: '77', shipTo: undefined }),
      key({ number: '077', shipTo: { code: '1' } }),
      key({ number: '77', release: '1', shipTo: { code: '1' } }),
      key({ number: '77', release: '2', shipTo: { code: '1' } }),
      key({ number: '77|1', shipTo: { code: '1' } }),
      key({ number: '77%7C1', shipTo: { code: '1' } }),
    ];
    assert.equal(new Set(keys).size, keys.length);
  });

  it('is not fooled by a separator inside a part', () => {
    const one = key({ number: '77|1', release: '2' });
    assert.notEqual(one, key({ number: '77', release: '1|2' }));
  });

  it("goes by the buyer's code first, however the place is called", () => {
    assert.equal(
      key({ shipTo: { code: '42', gln: '9501101530003', name: 'Old name' } }),
      key({ shipTo: { code: '42', name: 'New name' } }),
    );
  });

  it('is made of what the partner says', () => {
    const make = (more: Partial<Order>, ...parts: Parameters<typeof businessKey>[1] & object) =>
      businessKey(anOrder([{}], { number: '77', ...more }), parts);
    assert.equal(
      make({ release: '1', shipTo: { code: '1' } }, 'number'),
      make({ release: '2', shipTo: { code: '2' } }, 'number'),
      'the number alone',
    );
    const [one, two] = [{ code: '1' }, { code: '2' }];
    assert.notEqual(make({ shipTo: one }, 'number', 'shipTo'), make({ shipTo: two }, 'number', 'shipTo'));
    assert.notEqual(make({ buyer: one }, 'number', 'buyer'), make({ buyer: two }, 'number', 'buyer'));
    assert.notEqual(make({ markFor: one }, 'number', 'markFor'), make({ buyer: one }, 'number', 'buyer'));
    assert.notEqual(
      make({ orderedOn: '2026-01-01' }, 'number', 'orderedOn'),
      make({ orderedOn: '2027-01-01' }, 'number', 'orderedOn'),
    );
    assert.equal(make({ shipTo: one }, ...duplicateRule.parse({}).key), key({ number: '77', shipTo: one }));
    assert.equal(key({ number: '77', shipTo: one }), '77||code:1', 'as it was always stored');
    assert.throws(() => duplicateRule.parse({ key: ['shipTo'] }));
  });

  it('stays short enough for an index', () => {
    const long = '\u00df\u6f22'.repeat(256);
    assert.ok(Buffer.byteLength(key({ number: long, release: long, shipTo: { name: long } })) < 2600);
    const all = anOrder([{}], {
      number: long,
      shipTo: { name: long },
      buyer: { name: long },
      department: long,
    });
    const parts = ['number', 'release', 'shipTo', 'buyer', 'markFor', 'department', 'orderedOn'] as const;
    assert.ok(
      Buffer.byteLength(businessKey({ ...all, release: long, markFor: { name: long } }, parts)) < 2600,
    );
  });
});

describe('the amount of an order', () => {
  it('is exact over its priced lines', () => {
    const order = anOrder([
      { quantity: '3', price: '0.335' },
      { price: undefined },
      { quantity: '2', price: '10' },
    ]);
    assert.equal(amount(order), '21.01');
  });

  it('is unknown without a price, and where it is beyond any real order', () => {
    assert.equal(amount(anOrder([{ price: undefined }])), undefined);
    assert.equal(amount(anOrder([{ quantity: '999999999999999', price: '999999999999999' }])), undefined);
  });
});
