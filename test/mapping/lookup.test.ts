/** Lookups in tables of the folder and of the database, both ways; what is wrong with a table is said by its line. */
import assert from 'node:assert/strict';
import { Problems } from '../../src/mapping/problem.ts';
import { maxTableCell, parseTable } from '../../src/mapping/tables.ts';
import { guideOf, guidesOf, problemsOf, x12 } from './guide-of.ts';

const guideText = (cell: string, more = '') => `guide: 1
message: x12 004010 850
canonical: order
segments:
  - BEG: { "01": { purpose: { "00": original } }, "02": { type: { SA: standalone } }, "03": number, "05": orderedOn }
  - N1: { "01": =ST, "02": shipTo.name, "03": write 92, "04": ${cell}${more} }
  - PO1: { each: lines, "01": number, "02": quantity, "03": unit, "06..": { pairs: { VN: item.sellerId } } }
`;
const byGln = guideText('"shipTo.gln lookup(stores, number, gln)"');
const stores = 'number,gln,city\n0001,4000001000012,Astoria\n0002,4000001000029,"Paris, Texas"\n';
const order = (store: string) =>
  x12('850', 'PO', 'BEG*00*SA*P1**20261120', `N1*ST**92*${store}`, 'PO1*1*5*EA***VN*A');

describe('Lookups', () => {
  it('finds a value by the one on the wire, and back', async () => {
    const guide = await guideOf(byGln, { 'acme/tables/stores.csv': stores });
    const { document } = await guide.read(await order('0002'));
    assert(document && 'shipTo' in document);
    assert.deepEqual(document.shipTo, { gln: '4000001000029' });
    assert.deepEqual((await guide.write(document)).segments[1]?.values, ['ST', '', '92', '0002']);
  });

  it('says which row is missing in which table, in either direction', async () => {
    const guide = await guideOf(byGln, { 'acme/tables/stores.csv': stores });
    const { document, faults } = await guide.read(await order('0003'));
    assert.equal(document, null);
    const [missing] = faults;
    assert.deepEqual(
      [missing?.code, missing?.value, missing?.at?.tag, missing?.at?.element],
      ['lookup-missing', '0003', 'N1', 4],
    );
    assert.match(
      missing?.message ?? '',
      /^The table stores has no 0003 in its column number; N1 element 4 needs it\.$/,
    );
    assert.match(
      missing?.hint ?? '',
      /^Add a row with 0003 to .*acme\/tables\/stores\.csv, .* .*acme\/guide\.yaml:6 looks it up\.$/,
    );
    const known = (await guide.read(await order('0001'))).document;
    assert(known && 'shipTo' in known);
    const written = await guide.write({ ...known, shipTo: { gln: '4000009999990' } });
    assert.deepEqual(
      written.faults.map(({ code, value }) => [code, value]),
      [['lookup-missing', '4000009999990']],
    );
  });

  it('fills other fields from the row, where the message gave them no value', async () => {
    const cell = '{ lookup: stores, by: number, fields: { shipTo.gln: gln, shipTo.city: city } }';
    const guide = await guideOf(guideText(cell, ', then: [ N4: { "01": shipTo.city } ]'), {
      'acme/tables/stores.csv': stores,
    });
    const { document } = await guide.read(await order('0002'));
    assert(document && 'shipTo' in document);
    assert.deepEqual(document.shipTo, { gln: '4000001000029', city: 'Paris, Texas' });
    const lineage = await guide.lineage(await order('0002'));
    assert.deepEqual(
      lineage
        .filter(({ path }) => path.startsWith('shipTo'))
        .map(({ path, at }) => [path, at.tag, at.element]),
      [
        ['shipTo.gln', 'N1', 4],
        ['shipTo.city', 'N1', 4],
      ],
    );
    const told = await x12(
      '850',
      'PO',
      'BEG*00*SA*P1**20261120',
      'N1*ST**92*0002',
      'N4*Lutetia',
      'PO1*1*5*EA***VN*A',
    );
    const own = await guide.read(told);
    assert(own.document && 'shipTo' in own.document);
    assert.equal(own.document.shipTo?.city, 'Lutetia');
  });

  it('takes the database, where the folder has no rows; the folder of what a guide extends comes last', async () => {
    const rows = [['0001', '4000001000012']];
    const stored = [{ partner: 'acme', name: 'stores', columns: ['number', 'gln'], rows }];
    const gln = async (files: Record<string, string>, withStored: boolean) => {
      const guide = await guideOf(byGln, files, withStored ? stored : []);
      const { document } = await guide.read(await order('0001'));
      return document !== null && 'shipTo' in document ? document.shipTo?.gln : null;
    };
    assert.equal(await gln({}, true), '4000001000012');
    assert.equal(await gln({ 'acme/tables/stores.csv': 'number,gln\n' }, true), '4000001000012');
    assert.equal(
      await gln({ 'acme/tables/stores.csv': 'number,gln\n0001,4000005000001\n' }, true),
      '4000005000001',
    );
    assert.equal(
      await gln({ 'tables/stores.csv': 'number,gln\n0001,4000006000000\n' }, true),
      '4000001000012',
    );
    assert.equal(
      await gln({ 'tables/stores.csv': 'number,gln\n0001,4000006000000\n' }, false),
      '4000006000000',
    );
    const other = [{ ...stored[0], partner: 'bolt', name: 'stores', columns: ['number', 'gln'], rows }];
    const { problems } = await guidesOf({ 'acme/guide.yaml': byGln }, other);
    assert.match(problems[0]?.message ?? '', /There is no table 'stores'/);
  });

  it('changes the digest of the guides that use a table, and of no others', async () => {
    const digests = async (text: string) => {
      const plain = guideText('shipTo.code');
      const { guides } = await guidesOf({
        'acme/a.yaml': byGln,
        'acme/b.yaml': plain,
        'acme/tables/stores.csv': text,
      });
      return guides.map(({ digest }) => digest);
    };
    const [before, after] = [await digests(stores), await digests(`${stores}0003,4000001000036,Rome\n`)];
    assert.notEqual(before[0], after[0]);
    assert.equal(before[1], after[1]);
  });

  it('names unknown tables and columns with a near miss, and keys that are there twice with their line', async () => {
    const files = { 'acme/tables/stores.csv': stores };
    assert.deepEqual(await problemsOf(guideText('"shipTo.gln lookup(store, number, gln)"'), files), [
      "acme/guide.yaml:6 There is no table 'store'. Did you mean 'stores'?",
    ]);
    const [column] = await problemsOf(guideText('"shipTo.gln lookup(stores, nubmer, gln)"'), files);
    assert.match(column ?? '', /has no column 'nubmer'\. Did you mean 'number'\?$/);
    const twice = { 'acme/tables/stores.csv': `${stores}0002,4000001000036,Rome\n` };
    const [twin] = await problemsOf(byGln, twice);
    assert.match(
      twin ?? '',
      /^acme\/tables\/stores\.csv:4 '0002' stands a second time in the column number, .* in line 3 already\./,
    );
    const shared = { 'acme/tables/stores.csv': `${stores}0003,4000001000029,Rome\n` };
    assert.match(
      (await problemsOf(byGln, shared))[0] ?? '',
      /stores\.csv:4 '4000001000029' stands a second time in the column gln/,
    );
    assert.deepEqual(await problemsOf(byGln.replace('N1: {', 'N1: { only: read,'), shared), []);
    const long = { 'acme/tables/stores.csv': `number,gln\n${'9'.repeat(81)},4000001000012\n` };
    assert.match(
      (await problemsOf(byGln, long))[0] ?? '',
      /stores\.csv:2 .* is too long for N1 element 4, which takes 80/,
    );
  });

  it('reads no table that is not one', () => {
    const hostile: [string, RegExp][] = [
      ['', /no header row/],
      ['number;gln\n1;2\n', /separated by commas/],
      ['number,number\n', /'number' is there twice/],
      ['number,\n1,2\n', /'' is no name of a column/],
      ['number,gln\n1\n', /:2 This row has 1 cells, the header 2/],
      ['number,gln\n1,2,3\n', /:2 This row has 3 cells/],
      ['number,gln\n"1,2\n', /not CSV/],
      [`number,gln\n1,${'x'.repeat(maxTableCell + 1)}\n`, /more than 512 characters/],
      ['number,gln\n1,\uFFFD\n', /not UTF-8/],
      [Array.from({ length: 51 }, (_, at) => `c${at}`).join(','), /51 columns; at most 50/],
      ['__proto__,constructor\n1,2\n', /'__proto__' is no name of a column/],
    ];
    for (const [text, expected] of hostile) {
      const problems = new Problems();
      assert.equal(parseTable('t.csv', 't', text, problems), null, text.slice(0, 40));
      assert.match(`:${problems.found[0]?.line} ${problems.found[0]?.message}`, expected);
    }
    const fine = parseTable('t.csv', 't', '\uFEFFnumber,gln\r\n 0001 , "a ""b"""\r\n\r\n', new Problems());
    assert.deepEqual([fine?.columns, fine?.rows, fine?.lines], [['number', 'gln'], [['0001', 'a "b"']], [2]]);
  });
});
