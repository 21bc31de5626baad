/** Stored traffic under changed guides: what would differ is told, and nothing is written. */
import assert from 'node:assert/strict';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { partner } from '../src/cli/partner.ts';
import type { ShadowDifference } from '../src/shadow-difference.ts';
import { lineChanges } from '../src/shadow-difference.ts';
import { Desk, edifact, orders, purchaseOrder, x12 } from './flow/steps.ts';
import { type Ended, runVerb } from './support/command.ts';
import { type TestFolder, testFolder } from './support/folder.ts';

/** The guides under which the traffic was read and written; working copies change lines of them. */
const orderGuide = `guide: 1
message: x12 004010 850
canonical: order
segments:
  - BEG: { "01": { purpose: { "00": original } }, "02": write SA, "03": number, "05": orderedOn }
  - CUR: { "01": write BY, "02": currency }
  - REF: { "01": =DP, "02": department }
  - DTM: { "01": =002, "02": requestedOn }
  - DTM: { "01": =037, "02": shipNotBefore }
  - N1: { "01": =ST, "02": shipTo.name, "03": write 92, "04": shipTo.code }
  - PO1:
      each: lines
      "01": number
      "02": quantity
      "03": { unit: { EA: each } }
      "04": price
      "06..7": { pairs: { EN: item.gtin } }
  - CTT: { "01": count(lines) }
`;
const responseGuide = `guide: 1
message: x12 004010 855
canonical: order-response
segments:
  - BAK:
      "01": write 00
      "02": { action: { AD: accepted, AC: accepted-with-changes, RD: rejected } }
      "03": orderNumber
      "04": orderedOn
  - PO1: { each: lines, "01": number, "02": quantity, "03": { unit: { EA: each } }, "04": price, "06..7": { pairs: { EN: item.gtin } } }
  - CTT: { "01": count(lines) }
`;

describe('partner shadow', function () {
  this.timeout(60_000);
  let desk: Desk;
  let folder: TestFolder;
  let copies = 0;

  before(async () => {
    desk = await Desk.open({}, { 'acme/850.yaml': orderGuide, 'acme/855.yaml': responseGuide });
    folder = await testFolder('shadow');
    await desk.give('acme-box', x12([purchaseOrder('PO-1', ['REF*DP*0017'])], 1));
    await desk.give(
      'acme-box',
      x12([purchaseOrder('PO-2', ['REF*ZZ*unread']), purchaseOrder('PO-3', ['DTM*037*20269999'], '0002')], 2),
    );
    await desk.give('acme-box', x12([purchaseOrder('PO-1', ['REF*DP*0017'])], 1));
    await desk.give('umber-box', edifact(orders('U-1'), '9'));
  });

  after(async () => {
    await desk?.close();
    await folder?.remove();
  });

  /** Another mappings directory: acme's folder with some files changed. */
  async function workingCopy(files: Readonly<Record<string, string>>): Promise<string> {
    copies += 1;
    const copy = join(folder.path, `copy-${copies}`);
    await cp(join(desk.mappings, 'acme'), join(copy, 'acme'), { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(copy, path, '..'), { recursive: true });
      await writeFile(join(copy, path), text);
    }
    return copy;
  }

  const run = (name: string, ...words: string[]): Promise<Ended> =>
    runVerb(partner, ['shadow', name, ...words], {
      DATABASE_URL: desk.database.url,
      PORTOLAN_MAPPINGS: desk.mappings,
    });

  async function differences(
    mappings: string,
  ): Promise<{ found: ShadowDifference[]; summary: { messages: number; documents: number } }> {
    const { status, out, err } = await run('acme', '--mappings', mappings, '--json', '--limit', '100');
    assert.equal(status, 1, err);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    return { found: lines.slice(0, -1), summary: lines.at(-1).summary };
  }

  it('finds nothing under the guides that were used', async () => {
    const before = await rows();
    for (const name of ['acme', 'umber']) {
      const { status, out, err } = await run(name);
      assert.equal(status, 0, out + err);
      assert.match(out, /No differences\./);
      assert.match(
        out,
        name === 'acme'
          ? /2 deliveries, 3 messages read, 2 documents/
          : /1 deliveries, 1 messages read, 1 documents/,
      );
    }
    assert.deepEqual(await rows(), before);
  });

  it('tells what canonical documents, unread data and decisions would be', async () => {
    const mappings = await workingCopy({
      'acme/850.yaml': orderGuide
        .replace('  - DTM', '  - REF: { "01": =ZZ, "02": promotion }\n  - DTM')
        .replace('"04": price', '"04": ignore our own price holds'),
    });
    const { found, summary } = await differences(mappings);
    assert.deepEqual([summary.messages, summary.documents], [3, 2]);
    const first = found.filter(({ about }) => about.number === 'PO-1');
    assert.deepEqual(
      first.map(({ kind }) => kind),
      ['document', 'decision'],
    );
    assert.deepEqual(first[0]?.changes, [{ path: 'lines[0].price', gone: '12.50' }]);
    assert.match(first[0]?.guides.recorded ?? '', /^acme\/850@/);
    assert.match(first[0]?.guides.working ?? '', /^acme\/850@/);
    assert.ok(
      first[1]?.changes.every(({ path }) => path.startsWith('lines[0].')),
      JSON.stringify(first[1]),
    );
    const second = found.filter(({ about }) => about.number === 'PO-2');
    assert.deepEqual(
      second.map(({ kind }) => kind),
      ['document', 'unread', 'decision'],
    );
    assert.deepEqual(
      second[0]?.changes.map(({ path }) => path),
      ['lines[0].price', 'promotion'],
    );
    assert.ok(
      second[1]?.changes.some(({ gone }) =>
        /data-not-mapped: segment \d+ REF 02 "unread"/.test(String(gone)),
      ),
      JSON.stringify(second[1]),
    );
  });

  it('tells which orders would wait, and under which faults', async () => {
    const mappings = await workingCopy({
      'acme/850.yaml': orderGuide.replace('"02": department', '"02": department!'),
    });
    const { found } = await differences(mappings);
    assert.ok(
      found.every(({ about }) => about.number !== 'PO-1'),
      'PO-1 has a department',
    );
    const first = found.filter(({ about }) => about.number === 'PO-2');
    assert.deepEqual(
      first.map(({ kind }) => kind),
      ['document', 'faults', 'decision'],
    );
    assert.match(String(first[1]?.changes[0]?.come), /^error value-missing:/);
    assert.equal(first[2]?.changes[0]?.path, '');
  });

  it('tells which segments we would have sent', async () => {
    const mappings = await workingCopy({
      'acme/855.yaml': responseGuide
        .replace('  - PO1', '  - REF: { "01": =DP, "02": write 0099 }\n  - PO1')
        .replace('"04": price, ', ''),
    });
    const { found } = await differences(mappings);
    assert.deepEqual(
      found.map(({ kind, message }) => [kind, message]),
      [
        ['outgoing', '855'],
        ['outgoing', '855'],
      ],
    );
    const [one] = found;
    assert.match(one?.guides.working ?? '', /^acme\/855@/);
    assert.ok(
      one?.changes.some(({ come }) => come === 'REF*DP*0099'),
      JSON.stringify(one),
    );
    assert.ok(
      one?.changes.some(({ gone }) => /^PO1\*.*12\.5/.test(String(gone))),
      JSON.stringify(one),
    );
  });

  it('shows the first in full and counts the rest', async () => {
    const mappings = await workingCopy({
      'acme/850.yaml': orderGuide.replace('"04": price', '"04": ignore our own price holds'),
    });
    const { status, out, err } = await run('acme', '--mappings', mappings, '--limit', '1', '--days', '1');
    assert.equal(status, 1, err);
    assert.match(
      out,
      /^document of 850, delivery 1, interchange 1, group 1, ordinal 1, number PO-1 {2}\(acme.*→ acme\/850@/,
    );
    assert.match(out, / {2}lines\[0\]\.price\n {4}- 12\.50\n/);
    assert.match(out, /\d differences, \d of them not shown \(--limit\):/);
    assert.match(out, / 2 {2}850 {5}document {2}lines\[\]\.price/);
    assert.match(out, /what was in stock then is not kept/);
  });

  it('compares nothing when the working copy is wrong', async () => {
    const mappings = await workingCopy({ 'acme/850.yaml': orderGuide.replace('"04": price', '"04": prise') });
    const { status, err } = await run('acme', '--mappings', mappings);
    assert.equal(status, 2, err);
    assert.match(err, /no field 'prise'/);
    assert.match((await run('acne')).err, /Did you mean 'acme'/);
  });

  it('finds nothing in an order that waits only because its number came before', async () => {
    await desk.give('acme-box', x12([purchaseOrder('PO-1', ['REF*DP*0018'])], 3));
    const { status, out, err } = await run('acme');
    assert.equal(status, 0, out + err);
    assert.match(out, /3 deliveries, 4 messages read/);
  });

  it('tells lines as often as they are missing', () => {
    assert.deepEqual(lineChanges(['a', 'a', 'b'], ['a', 'c']), [
      { path: '', gone: 'a', come: undefined },
      { path: '', gone: 'b', come: undefined },
      { path: '', gone: undefined, come: 'c' },
    ]);
  });

  /** Rows of every table that the road writes. */
  async function rows(): Promise<unknown> {
    const tables = [
      'deliveries',
      'interchanges',
      'messages',
      'orders',
      'documents',
      'transmissions',
      'faults',
      'events',
      'ready',
    ];
    return desk.rows(
      `select ${tables.map((table) => `(select count(*) from ${table}) as ${table}`).join(', ')}`,
    );
  }
});
