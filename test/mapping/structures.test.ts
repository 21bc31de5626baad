/** Hierarchies whose levels are no lists of the document: pallets over cartons, lines over cartons, no cartons at all. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Guide } from '../../src/mapping/guide.ts';
import { loadGuides } from '../../src/mapping/load.ts';
import { problemText } from '../../src/mapping/problem.ts';
import type { CanonicalDocument } from '../../src/order/canonical.ts';
import { sscc } from '../../src/order/shipment/sscc.ts';
import { messagesOf, toBytes } from './exchange.ts';

const head = `guide: 1
message: x12 004010 856
canonical: ship-notice
segments:
  - BSN: { "01": write 00, "02": number, "03": createdAt datetime(04), "05": write "0001" }
  - HL:
      "03": =S
      then:
        - TD1: { "01": write CTN, "02": cartonCount }
        - DTM: { "01": =011, "02": shippedOn }
        - HL:
            each: orders
            "03": =O
            then:
              - PRF: { "01": number }
`.replaceAll('"0001"', '0001');
const item = (
  indent: string,
) => `${indent}- LIN: { "01": lineNumber, "02..": { pairs: { VN: item.sellerId } } }
`;
const under = ' '.repeat(14);

const structures = {
  'S-O-T-P-I': `${under}- HL:
${under}    each: cartons by pallet
${under}    "03": =T
${under}    then:
${under}      - PKG: { "01": =S, "03": write ZZ, "04": palletType }
${under}      - MAN: { "01": =GM, "02": pallet prefix(00) }
${under}      - HL:
${under}          each: cartons
${under}          "03": =P
${under}          then:
${under}            - MAN: { "01": =GM, "02": sscc prefix(00) }
${under}            - HL:
${under}                each: items
${under}                "03": =I
${under}                then:
${item(`${under}                  `)}${under}                  - SN1: { "02": quantity, "03": { unit: { EA: each } } }
`,
  'S-O-I-P': `${under}- HL:
${under}    each: cartons.items by lineNumber
${under}    "03": =I
${under}    then:
${item(`${under}      `)}${under}      - SN1: { "02": sum(quantity), "03": { unit: { EA: each } } }
${under}      - HL:
${under}          each: cartons.items
${under}          "03": =P
${under}          then:
${under}            - PO4: { "01": quantity }
${under}            - MAN: { "01": =GM, "02": /orders.cartons.sscc prefix(00) }
`,
  'S-O-I': `${under}- HL:
${under}    each: cartons.items
${under}    "03": =I
${under}    then:
${item(`${under}      `)}${under}      - SN1: { "02": quantity, "03": { unit: { EA: each } } }
`,
  'S-O-T-I-P': `${under}- HL:
${under}    each: cartons by pallet
${under}    "03": =T
${under}    then:
${under}      - MAN: { "01": =GM, "02": pallet prefix(00) }
${under}      - HL:
${under}          each: cartons.items by lineNumber
${under}          "03": =I
${under}          then:
${item(`${under}            `)}${under}            - SN1: { "02": sum(quantity), "03": { unit: { EA: each } } }
${under}            - HL:
${under}                each: cartons.items
${under}                "03": =P
${under}                then:
${under}                  - PO4: { "01": quantity }
${under}                  - MAN: { "01": =GM, "02": /orders.cartons.sscc prefix(00) }
`,
} as const;

const carton = (serial: number) => sscc(3, '4000001', serial);
const itemOf = (line: number, quantity: number) => ({
  lineNumber: String(line),
  item: { sellerId: `SM-${line}` },
  quantity: String(quantity),
  unit: 'each',
});
const notice = (cartons: readonly object[]) =>
  ({
    number: 'SH-1',
    createdAt: '2026-11-22T04:00:00Z',
    shippedOn: '2026-11-22',
    cartonCount: String(cartons.length),
    orders: [{ number: 'P1', cartons }],
  }) as unknown as CanonicalDocument;

describe('Structures of ship notices', () => {
  let dir: string;
  let guides: Map<string, Guide>;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'portolan-structures-'));
    await mkdir(join(dir, 'acme'));
    for (const [name, body] of Object.entries(structures))
      await writeFile(join(dir, 'acme', `${name}.yaml`), head + body);
    const loaded = await loadGuides(dir);
    assert.deepEqual(loaded.problems.map(problemText), []);
    guides = new Map(loaded.guides.all.map((guide) => [guide.name.slice('acme/'.length), guide]));
  });
  after(() => rm(dir, { recursive: true }));

  /** Levels as 'id parent code', and what came back. */
  async function trip(name: string, document: CanonicalDocument) {
    const guide = guides.get(name) as Guide;
    const { segments, faults } = await guide.write(document);
    assert.deepEqual(faults, []);
    const bytes = toBytes(guide, segments);
    const [message] = await messagesOf(bytes);
    assert(message);
    assert.deepEqual(message.faults, []);
    const read = await guide.read(message);
    assert.deepEqual({ faults: read.faults, unmapped: read.unmapped }, { faults: [], unmapped: [] });
    const levels = message.segments
      .filter(({ tag }) => tag === 'HL')
      .map(({ values }) => `${values[0]} ${values[1]} ${values[2]}`);
    const paths = (await guide.lineage(message)).map(({ path, at }) => `${path} ${at.segment}`);
    return { levels, document: read.document, paths };
  }

  it('puts pallets between order and cartons: S-O-T-P-I', async () => {
    const document = notice([
      { sscc: carton(1), pallet: carton(91), palletType: 'PLT94', items: [itemOf(1, 5)] },
      { sscc: carton(2), pallet: carton(91), palletType: 'PLT94', items: [itemOf(1, 5), itemOf(2, 1)] },
      { sscc: carton(3), pallet: carton(92), items: [itemOf(2, 4)] },
    ]);
    const { levels, document: read, paths } = await trip('S-O-T-P-I', document);
    assert.deepEqual(levels, [
      ...['1  S', '2 1 O', '3 2 T', '4 3 P', '5 4 I', '6 3 P', '7 6 I', '8 6 I'],
      ...['9 2 T', '10 9 P', '11 10 I'],
    ]);
    assert.deepEqual(read, document);
    // Both cartons of the first pallet have the pallet's own segment for their origin.
    const origins = paths.filter((path) => path.includes('.pallet ')).sort();
    assert.deepEqual(
      origins.map((path) => path.split(' ')[0]),
      [0, 1, 2].map((index) => `orders.0.cartons.${index}.pallet`),
    );
    const [first, second, third] = origins.map((path) => path.split(' ')[1]);
    assert.equal(first, second);
    assert.notEqual(second, third);
    assert.equal(new Set(paths).size, paths.length, 'no value has two origins');
  });

  it('puts cartons under lines: S-O-I-P', async () => {
    const document = notice([
      { sscc: carton(1), items: [itemOf(1, 5)] },
      { sscc: carton(2), items: [itemOf(1, 5)] },
      { sscc: carton(3), items: [itemOf(2, 4)] },
    ]);
    const { levels, document: read, paths } = await trip('S-O-I-P', document);
    assert.deepEqual(levels, ['1  S', '2 1 O', '3 2 I', '4 3 P', '5 3 P', '6 2 I', '7 6 P']);
    assert.deepEqual(read, document);
    assert(paths.some((path) => path.startsWith('orders.0.cartons.1.items.0.lineNumber ')));
    assert(paths.some((path) => path.startsWith('orders.0.cartons.2.sscc ')));
  });

  it('brings a mixed carton together again, which S-O-I-P names under each of its lines', async () => {
    const document = notice([
      { sscc: carton(1), items: [itemOf(1, 5), itemOf(2, 2)] },
      { sscc: carton(2), items: [itemOf(2, 4)] },
    ]);
    const { levels, document: read } = await trip('S-O-I-P', document);
    assert.deepEqual(levels, ['1  S', '2 1 O', '3 2 I', '4 3 P', '5 2 I', '6 5 P', '7 5 P']);
    assert.deepEqual(read, document);
  });

  it('never puts into one carton what came without the number of a carton', async () => {
    const document = notice([{ sscc: carton(1), items: [itemOf(1, 5)] }, { items: [itemOf(2, 4)] }]);
    const { document: read } = await trip('S-O-I-P', document);
    assert.deepEqual(read, document);
  });

  it('has no cartons: S-O-I', async () => {
    const document = notice([{ items: [itemOf(1, 5), itemOf(2, 2)] }]);
    const { levels, document: read } = await trip('S-O-I', document);
    assert.deepEqual(levels, ['1  S', '2 1 O', '3 2 I', '4 2 I']);
    assert.deepEqual(read, document);
  });

  it('nests a group in a group: lines under pallets, cartons under lines', async () => {
    const document = notice([
      { pallet: carton(91), sscc: carton(1), items: [itemOf(1, 5)] },
      { pallet: carton(91), sscc: carton(2), items: [itemOf(1, 5)] },
      { pallet: carton(92), sscc: carton(3), items: [itemOf(1, 4)] },
      { pallet: carton(92), sscc: carton(4), items: [itemOf(2, 4)] },
    ]);
    const { levels, document: read, paths } = await trip('S-O-T-I-P', document);
    assert.deepEqual(levels, [
      ...['1  S', '2 1 O', '3 2 T', '4 3 I', '5 4 P', '6 4 P'],
      ...['7 2 T', '8 7 I', '9 8 P', '10 7 I', '11 10 P'],
    ]);
    assert.deepEqual(read, document);
    assert.equal(new Set(paths).size, paths.length, 'no value has two origins');
    assert.equal(paths.filter((path) => path.includes('.pallet ')).length, 4);
  });
});
