import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { loadGuides } from '../src/mapping/load.ts';
import { elementRows, type Traced, valueRows } from '../src/trace.ts';
import { translateFile } from '../src/translate.ts';

describe('lineage in tables', () => {
  let traced: Traced;

  before(async () => {
    const { guides } = await loadGuides('mappings');
    const file = await readFile('fixtures/nordlicht/ORDERS-what-no-line-reads/in.edi');
    for await (const line of translateFile([file], {
      guides,
      partners: null,
      partner: 'nordlicht',
      trace: true,
    })) {
      const { source, document, lineage = [], unmapped } = line;
      assert(source !== undefined);
      traced = {
        document,
        lineage,
        unmapped,
        segments: [...source.message.segments],
        rules: source.guide.rules,
      };
    }
  });

  it('says of each field its value, segment, element, line, and line of the guide', () => {
    const rows = valueRows(traced).map((row) => row.trim().split(/ {2,}/));
    assert.deepEqual(rows[0], ['field', 'value', 'from', 'by']);
    const [field, value, from, by] = rows.find(([path]) => path === 'lines.0.item.gtin') ?? [];
    assert.deepEqual([field, value, from], ['lines.0.item.gtin', '4000001000104', 'LIN 03.1, line 14']);
    assert.match(by ?? '', /^mappings\/standard\/edifact.*\.yaml:\d+$/);
  });

  it('gives every leaf of the document an origin, or it is a default', () => {
    const origins = new Set(traced.lineage.map(({ path }) => path));
    const leaves = (value: unknown, path: string): string[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, each]) => leaves(each, path === '' ? key : `${path}.${key}`))
        : [path];
    const without = leaves(traced.document, '').filter((path) => !origins.has(path));
    assert.deepEqual(without, []);
  });

  it('says of each element its name, and the field that has it, or that no line reads it', () => {
    const rows = elementRows(traced).map((row) => row.trim().split(/ {2,}/));
    assert.deepEqual(rows[0], ['line', 'element', 'name', 'value', 'field']);
    const row = (line: string, element: string) =>
      rows.find(([at, place]) => at === line && place === element);
    assert.deepEqual(row('15', 'QTY 01.2'), ['15', 'QTY 01.2', 'Quantity', '48', 'lines.0.quantity']);
    assert.deepEqual(row('16', 'QTY 01.2'), ['16', 'QTY 01.2', 'Quantity', '2', 'not read']);
    assert.deepEqual(row('6', 'DTM 01.1'), ['6', 'DTM 01.1', 'Date qualifier', '2', '·']);
    assert.deepEqual(row('4', 'BGM 02')?.at(-1), 'number');
    assert.equal(rows.filter(([, place]) => place?.startsWith('UNH')).length, 0);
  });
});
