import assert from 'node:assert/strict';
import { x12Volume } from '../../src/simulator/volume.ts';
import { readX12 } from '../../src/simulator/x12-read.ts';
import { x12Addresses } from './example.ts';

describe('orders by volume', () => {
  it('are 850s that node-x12 reads in strict mode, each number once', () => {
    const items = [
      { upc: '099999000108', sellerId: 'TEA-01', price: '3.50' },
      { upc: '099999000207', sellerId: 'TEA-02', price: '2.00' },
      { upc: '099999000306', sellerId: 'TEA-03', price: '1.25' },
    ];
    const options = {
      addresses: x12Addresses,
      interchanges: 3,
      ordersPer: 40,
      linesPer: 5,
      startControl: 100,
      startNumber: 9001,
      items,
    };
    const files = [...x12Volume(options)];
    assert.deepEqual(
      files.map(({ control }) => control),
      [100, 101, 102],
    );
    const answers = files.flatMap(({ name, bytes }) => readX12(name, bytes));
    assert.equal(answers.length, 120);
    assert.deepEqual(
      answers.flatMap(({ problems }) => problems),
      [],
    );
    const numbers = answers.map(({ segments }) => segments[0]?.elements[2]?.[0]);
    assert.deepEqual(
      numbers,
      Array.from({ length: 120 }, (_, index) => `PO${9001 + index}`),
    );
    assert.deepEqual(
      numbers,
      files.flatMap(({ orderNumbers }) => orderNumbers),
    );
    assert.ok(answers.every(({ segments }) => segments.filter(({ tag }) => tag === 'PO1').length === 5));
  });
});
