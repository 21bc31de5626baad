import assert from 'node:assert/strict';
import { parseItems, parsePrices, parseStock } from '../../src/order/load.ts';

const problems = ({ faults }: { faults: readonly { message: string; at?: object }[] }) =>
  faults.map(({ message }) => message);

describe('loading items', () => {
  it('reads CSV with quotes, a byte order mark, CRLF and empty fields; names go to their item', () => {
    const text = [
      '\uFEFFsku,gtin,upc,description,unit,casePack,partner,name',
      'L-1,09501101530003,,"Lamp, ""small""",each,6,quayside,QS-100',
      'L-1,09501101530003,,"Lamp, ""small""",each,6,northwind,N7',
      '',
      'L-2,,,,,,,',
      '',
    ].join('\r\n');
    assert.deepEqual(parseItems(text, 'csv'), {
      rows: [
        {
          sku: 'L-1',
          gtin: '09501101530003',
          description: 'Lamp, "small"',
          unit: 'each',
          casePack: '6',
          names: [
            { partner: 'quayside', name: 'QS-100' },
            { partner: 'northwind', name: 'N7' },
          ],
        },
        { sku: 'L-2', unit: 'each', names: [] },
      ],
      faults: [],
    });
  });

  it('reads the same from JSON', () => {
    const text = JSON.stringify([{ sku: 'L-1', casePack: '6', partner: 'quayside', name: 'QS-100' }]);
    assert.deepEqual(parseItems(text, 'json').rows, [
      { sku: 'L-1', unit: 'each', casePack: '6', names: [{ partner: 'quayside', name: 'QS-100' }] },
    ]);
  });

  it('says of every wrong row where it is and what is wrong, and keeps the right ones', () => {
    const text =
      'sku,gtin,casePack,partner,name\nA,123,,,\nB,,0,,\nC,,,quayside,\nD,,,,\nA1,,,,\nA1,,4,,\n,,,,x\n';
    const loaded = parseItems(text, 'csv');
    assert.deepEqual(
      loaded.faults.map(({ at }) => at?.line),
      [2, 3, 8, 4, 7],
    );
    assert.deepEqual(problems(loaded).slice(0, 2), [
      'Line 2: gtin: a GTIN of 8, 12, 13 or 14 digits',
      'Line 3: casePack: a case holds more than nothing',
    ]);
    assert.ok(problems(loaded).includes('Line 4: partner and name go together'));
    assert.ok(problems(loaded).includes('Line 7: A1 differs from its earlier row'));
    assert.ok(loaded.rows.some((row) => row.sku === 'D'));
  });

  it('names a column that it does not know', () => {
    assert.match(problems(parseItems('sku,colour\nA,red\n', 'csv')).join(), /Line 2: .*colour/);
  });
});

describe('loading stock', () => {
  it('reads quantities as they are written', () => {
    assert.deepEqual(parseStock('sku,quantity\nA,12.500\nB,0\n', 'csv'), {
      rows: [
        { sku: 'A', quantity: '12.500' },
        { sku: 'B', quantity: '0' },
      ],
      faults: [],
    });
  });

  it('reads JSON numbers as the decimals that were written', () => {
    const loaded = parseStock('[{"sku":"A","quantity":0.1},{"sku":"B","quantity":1e21}]', 'json');
    assert.deepEqual(loaded.rows, [{ sku: 'A', quantity: '0.1' }]);
    assert.match(problems(loaded).join(), /^Row 2: quantity/);
  });

  it('refuses what the table cannot hold exactly, and an item given twice', () => {
    const loaded = parseStock('sku,quantity\nA,-1\nB,1.0001\nC,1e3\nD,\nE,1\nE,2\n', 'csv');
    assert.deepEqual(
      loaded.faults.map(({ at }) => at?.line),
      [2, 3, 4, 5, 7],
    );
    assert.equal(problems(loaded).at(-1), 'Line 7: E has an earlier row');
  });
});

describe('loading prices', () => {
  it('knows a price for everybody from one for a partner', () => {
    const loaded = parsePrices(
      'sku,partner,currency,price\nA,,USD,2.00\nA,quayside,USD,1.90\nA,,EUR,1.80\n',
      'csv',
    );
    assert.deepEqual(loaded.faults, []);
    assert.deepEqual(
      loaded.rows.map((row) => row.partner),
      ['', 'quayside', ''],
    );
  });

  it('refuses two prices for the same, and currencies that are none', () => {
    const loaded = parsePrices('sku,currency,price\nA,USD,2\nA,USD,3\nB,usd,1\nC,USD,free\n', 'csv');
    assert.deepEqual(
      loaded.faults.map(({ at }) => at?.line),
      [4, 5, 3],
    );
  });
});

describe('loading a file that is no table', () => {
  it('is a fault with its line, never an error', () => {
    const ragged = parseStock('sku,quantity\nA,1\nB,1,2\nC,3\n', 'csv');
    assert.deepEqual(
      ragged.rows.map((row) => row.sku),
      ['A', 'C'],
    );
    assert.deepEqual(
      ragged.faults.map(({ code, at }) => [code, at?.line]),
      [['load-row-invalid', 3]],
    );
    assert.equal(parseStock('sku,quantity\n"A,1\n', 'csv').faults.length, 1);
    assert.match(problems(parseStock('{', 'json')).join(), /is no JSON/);
    assert.match(problems(parseStock('{}', 'json')).join(), /no JSON array/);
    assert.match(
      problems(parseStock('[{"sku":"A","quantity":true}, 7]', 'json')).join(' '),
      /Row 1.*quantity.*Row 2/,
    );
  });

  it('stops telling after a thousand wrong rows', () => {
    const text = `sku,quantity\n${'A,x\n'.repeat(1500)}`;
    assert.equal(parseStock(text, 'csv').faults.length, 1000);
  });
});
