/** Tables that the database keeps for the guides of partners. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Context } from '../../src/flow/context.ts';
import { loadItems } from '../../src/flow/loading.ts';
import { keepTable, readTable, readTables } from '../../src/flow/tables.ts';
import type { GuideText } from '../../src/mapping/guide-files.ts';
import { Problems } from '../../src/mapping/problem.ts';
import { loadMappings, type Mappings } from '../../src/partner/mappings.ts';
import { by } from '../end-to-end/road.ts';
import { Desk, purchaseOrder, x12 } from './steps.ts';

const guide = (line: string) =>
  `guide: 1\nmessage: x12 004010 850\ncanonical: order\nextends: standard/x12-004010/850\nsegments:\n${line}\n`;
/** The partner names its departments by numbers of its own. */
const departments = guide('  - REF: { "01": =DP, "02": "department lookup(departments, number, name)" }');

describe('tables in the database', () => {
  let desk: Desk;
  let mappings: Mappings | undefined;
  before(async () => {
    desk = await Desk.open({}, { 'acme/850.yaml': guide('  - BEG: { "03": number }') });
  });
  after(() => desk?.close());

  const directory = () => dirname(desk.context.partners.byName('acme')?.folder ?? '');

  /** As a gateway does when anything has changed. */
  async function reload(): Promise<Mappings> {
    const tables = (guides: readonly GuideText[]) => readTables(desk.database.store.db, guides);
    const before = mappings === undefined ? {} : { before: mappings };
    mappings = await loadMappings(directory(), { demo: false, tables, ...before });
    const { partners, guides, broken } = mappings;
    Object.assign(desk.context as { -readonly [K in keyof Context]: Context[K] }, {
      partners,
      guides,
      broken,
    });
    return mappings;
  }

  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(directory(), path)), { recursive: true });
    await writeFile(join(directory(), path), text);
  };
  const keep = (name: string, rows: readonly (readonly string[])[], partner = 'acme') =>
    keepTable(desk.context, { partner, name, columns: ['number', 'name'], rows }, by, directory());

  /** The department of an order that says 7. */
  async function read(number: string, control: number): Promise<string | undefined> {
    await desk.give('acme-box', x12([purchaseOrder(number, ['REF*DP*7'])], control));
    const [row] = await desk.rows<{ document: { department?: string } }>(
      'select document from orders where number = ?',
      [number],
    );
    return row?.document.department;
  }

  it('are given to guides, and taken up when they change', async () => {
    await write('acme/850.yaml', departments);
    assert.match((await reload()).partners.heldBecause('acme') ?? '', /departments/);
    await keep('departments', [['7', 'Garden']]);
    const first = await reload();
    assert.equal(first.partners.heldBecause('acme'), null);
    assert.equal(await read('T-1', 1), 'Garden');
    const before = first.tablesMark;
    await keep('departments', [['7', 'Garden and pool']]);
    const second = await reload();
    assert.notEqual(second.tablesMark, before);
    assert.equal(await read('T-2', 2), 'Garden and pool');
    const digest = ({ guides }: Mappings) => guides.find('acme', 'x12', '004010', '850')?.digest;
    assert.notEqual(digest(second), digest(first), 'what it reads by is another');
  });

  it('give way to a file with rows, and fill one without', async () => {
    await write('acme/tables/departments.csv', 'number,name\n');
    await reload();
    assert.equal(await read('T-3', 3), 'Garden and pool');
    await write('acme/tables/departments.csv', 'number,name\n7,Tools\n');
    await reload();
    assert.equal(await read('T-4', 4), 'Tools');
    assert.match((await keep('departments', [['7', 'Late']])) ?? '', /acme\/tables\/departments\.csv$/);
  });

  it('are refused for nobody and without a proper name', async () => {
    await assert.rejects(keep('departments', [], 'nobody'), /no partner nobody/);
    await assert.rejects(keep('no name', []), /'no name' is no name of a table/);
  });

  it('hold our items, with what the partner calls them', async () => {
    const item = { description: 'Lamp', unit: 'each', casePack: '6', upc: '036000291452' };
    await loadItems(desk.context, [{ sku: 'LAMP', ...item, names: [{ partner: 'acme', name: 'A-77' }] }], by);
    const asking = guide(
      '  - PO1: { each: lines, "07": "item.sellerId lookup(items, name, sku)", "06": write BP }',
    );
    const tables = await readTables(desk.database.store.db, [
      { name: 'acme/850', text: asking },
      { name: 'birch/850', text: guide('  - BEG: { "03": number }') },
    ]);
    const items = tables.stored.find(({ name }) => name === 'items');
    assert.deepEqual(items?.columns, ['sku', 'gtin', 'upc', 'description', 'unit', 'casePack', 'name']);
    assert.deepEqual(
      items?.rows.find(([sku]) => sku === 'LAMP'),
      ['LAMP', '00036000291452', '036000291452', 'Lamp', 'each', '6', 'A-77'],
    );
    assert.deepEqual([...new Set(tables.stored.map(({ partner }) => partner))], ['acme'], 'only who asks');
  });

  it('are read from CSV and JSON', () => {
    const problems = new Problems();
    const csv = readTable('t.csv', 't', 'number,name\n1,"A, b"\n', problems);
    const json = readTable('t.json', 't', '[{"number":1,"name":"A, b"}]', problems);
    assert.deepEqual([csv?.columns, csv?.rows], [json?.columns, json?.rows]);
    assert.deepEqual(csv?.rows, [['1', 'A, b']]);
    assert.deepEqual(problems.found, []);
    for (const wrong of ['{', '{}', '[{"a":true}]', '[{"a":1},{"b":1}]'])
      assert.equal(readTable('t.json', 't', wrong, problems), null);
    assert.equal(problems.count, 4);
  });
});
