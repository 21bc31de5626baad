/** What guides share and demand: bases, parts, objects, releases; segments that must come, and how often. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Guide } from '../../src/mapping/guide.ts';
import { type LoadedGuides, loadGuides } from '../../src/mapping/load.ts';
import { problemText } from '../../src/mapping/problem.ts';
import type { CanonicalDocument } from '../../src/order/canonical.ts';
import { messagesOf, toBytes } from './exchange.ts';

const base = `guide: 1
codes:
  unit: { EA: each, CA: case }
parts:
  place:
    "02": name
    then:
      - N4: { "01": city, "02": region }
      - PER: { each: contacts, "01": =IC, "02": name }
`;
const standard = `guide: 1
message: x12 004010 850
canonical: order
extends: base
segments:
  - BEG: { "01": write 00, "02": write SA, "03": number, "05": orderedOn }
  - N1: { "01": =BY, at: buyer, like: place }
  - N1: { "01": =ST, at: shipTo, like: place, "03": =92, "04": code }
  - PO1: { each: lines, "01": number, "02": quantity, "03": unit code(unit), "06": =VN, "07": item.sellerId }
`.replace('base\n', 'standard/base\n');

const order = {
  number: 'P1',
  purpose: 'original',
  orderedOn: '2026-11-20',
  buyer: { name: 'Acme', city: 'Springfield', region: 'IL', contacts: [{ name: 'Buying desk' }] },
  shipTo: { name: 'Store 7', code: '7', city: 'Peoria', region: 'IL' },
  lines: [{ number: '1', item: { sellerId: 'A' }, quantity: '5', unit: 'each' }],
};

describe('The language of guides', () => {
  let dir: string;
  let loaded: LoadedGuides;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'portolan-language-'));
    await write({ 'standard/base': base, 'standard/850': `${standard}defaults: { purpose: original }\n` });
  });
  afterEach(() => rm(dir, { recursive: true }));

  async function write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      const path = join(dir, `${name}.yaml`);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
  }

  async function load(files: Readonly<Record<string, string>> = {}): Promise<void> {
    await write(files);
    loaded = await loadGuides(dir);
    assert.deepEqual(loaded.problems.map(problemText), []);
  }

  function guide(name: string): Guide {
    const found = loaded.guides.all.find((each) => each.name === name);
    assert(found, name);
    return found;
  }

  async function written(name: string, document: object): Promise<string[]> {
    const { segments, faults } = await guide(name).write(document as CanonicalDocument);
    return [
      ...segments.map(({ tag, values }) => [tag, ...values].join('*')),
      ...faults.map(({ code, message }) => `! ${code}: ${message}`),
    ];
  }

  /** Segments as a message of the guide, read back. */
  async function read(name: string, ...segments: string[]) {
    const out = segments.map((text) => {
      const [tag = '', ...values] = text.split('*');
      return { tag, values };
    });
    const [message] = await messagesOf(toBytes(guide(name), out));
    assert(message);
    return guide(name).read(message);
  }

  const partner = (...segments: string[]) =>
    `guide: 1\nmessage: x12 004010 850\ncanonical: order\nextends: standard/850\n${segments.join('\n')}\n`;

  it('shares parts of segments through a base that is no guide itself', async () => {
    await load();
    assert.deepEqual(
      loaded.guides.all.map(({ name }) => name),
      ['standard/850'],
    );
    assert.deepEqual(await written('standard/850', order), [
      'BEG*00*SA*P1**20261120',
      'N1*BY*Acme',
      'N4*Springfield*IL',
      'PER*IC*Buying desk',
      'N1*ST*Store 7*92*7',
      'N4*Peoria*IL',
      'PO1*1*5*EA****VN*A'.replace('****', '***'),
    ]);
    const back = await read('standard/850', ...(await written('standard/850', order)));
    assert.deepEqual(back, { document: order, faults: [], unmapped: [] });
  });

  it('changes a part in one line wherever it is taken', async () => {
    await load({
      'acme/850': partner('parts: { place: { "02": name cut, then: [PER: { "01": =IC, remove: true }] } }'),
    });
    const segments = await written('acme/850', { ...order, buyer: { ...order.buyer, name: 'A'.repeat(70) } });
    assert.deepEqual(segments.slice(1, 4), [
      `N1*BY*${'A'.repeat(60)}`,
      'N4*Springfield*IL',
      'N1*ST*Store 7*92*7',
    ]);
  });

  it('overrides one use of a part and leaves the others', async () => {
    await load({ 'acme/850': partner('segments:', '  - N1: { "01": =BY, then: [N4: { "02": none }] }') });
    const segments = await written('acme/850', order);
    assert.deepEqual(segments.slice(1, 6), [
      'N1*BY*Acme',
      'N4*Springfield',
      'PER*IC*Buying desk',
      'N1*ST*Store 7*92*7',
      'N4*Peoria*IL',
    ]);
  });

  it('extends over releases and several levels', async () => {
    const next = partner('').replace('004010', '005010');
    await load({
      'standard/5010-850': `${next}segments:\n  - REF: { "01": =DP, "02": department }\n`,
      'acme/850': next
        .replace('standard/850', 'standard/5010-850')
        .concat('segments:\n  - REF: { "01": =IA, "02": vendor }\n'),
    });
    const segments = await written('acme/850', { ...order, department: '12', vendor: 'V1' });
    assert.deepEqual(segments.slice(0, 4), [
      'BEG*00*SA*P1**20261120',
      'REF*DP*12',
      'REF*IA*V1',
      'N1*BY*Acme',
    ]);
    assert.equal(guide('acme/850').release, '005010');
  });

  it('puts in order what stands elsewhere in another release', async () => {
    const claim = `guide: 1
message: x12 004010 812
canonical: adjustment
segments:
  - CDD:
      each: lines
      "01": reason
      then:
        - SAC: { each: charges, "01": { kind: { A: allowance, C: charge } }, "02": service }
        - N9: { "01": =IV, "02": number }
`;
    await load({
      'old/812': claim,
      'new/812': claim.split('segments:')[0]?.replace('004010', '005010').concat('extends: old/812\n') ?? '',
    });
    const tags = (name: string) => guide(name).whole.segments[0]?.below.map(({ tag }) => tag);
    assert.deepEqual(
      [tags('old/812'), tags('new/812')],
      [
        ['SAC', 'N9'],
        ['N9', 'SAC'],
      ],
    );
  });

  it('demands a segment in the words of the partner, in both directions', async () => {
    await load({
      'acme/850': partner('segments:', '  - N1: { "01": =ST, must: "Every order names its store (page 7)" }'),
    });
    const place = `${join(dir, 'acme/850.yaml')}:6`;
    const { faults, document } = await read('acme/850', 'BEG*00*SA*P1**20261120', 'PO1*1*5*EA***VN*A');
    assert.equal(document, null);
    assert.deepEqual(
      faults.map(({ code, message, at }) => [code, message, at?.tag]),
      [
        [
          'guide-segment-missing',
          'N1 is missing, though it was agreed: Every order names its store (page 7)',
          'N1',
        ],
      ],
    );
    assert(faults[0]?.hint.endsWith(`${place.slice(place.indexOf('portolan-language'))}.`), faults[0]?.hint);
    const refused = await written('acme/850', { ...order, shipTo: undefined });
    assert.match(
      refused.at(-1) ?? '',
      /^! guide-segment-missing: N1 is missing, though it was agreed: Every order/,
    );
    assert.deepEqual(
      (await written('acme/850', order)).filter((line) => line.startsWith('!')),
      [],
    );
  });

  it('does not miss what belongs in a loop that is not there', async () => {
    await load({
      'acme/850': partner('segments:', '  - N1: { "01": =BY, then: [N4: { must: A buyer has an address }] }'),
    });
    const without = await read('acme/850', 'BEG*00*SA*P1**20261120', 'PO1*1*5*EA***VN*A');
    assert.deepEqual(without.faults, []);
    const with1 = await read('acme/850', 'BEG*00*SA*P1**20261120', 'N1*BY*Acme', 'PO1*1*5*EA***VN*A');
    assert.deepEqual(
      with1.faults.map(({ code, at }) => [code, at?.segment]),
      [['guide-segment-missing', 3]],
    );
    const lines = await written('acme/850', { ...order, buyer: undefined });
    assert.deepEqual(
      lines.filter((line) => line.startsWith('!')),
      [],
    );
  });

  it('allows no more segments than agreed', async () => {
    await load({
      'acme/850': partner('segments:', '  - PO1: { most: 2, says: Two lines an order }'),
    });
    const line = (number: number) => `PO1*${number}*5*EA***VN*A`;
    const { faults } = await read('acme/850', 'BEG*00*SA*P1**20261120', line(1), line(2), line(3));
    assert.deepEqual(
      faults.map(({ code, message, at }) => [code, message, at?.segment]),
      [
        [
          'guide-segment-too-often',
          'PO1 comes more than 2 times, which is more than was agreed. Two lines an order',
          5,
        ],
      ],
    );
    const lines = [1, 2, 3].map((number) => ({ ...order.lines[0], number: String(number) }));
    const refused = await written('acme/850', { ...order, lines });
    assert.match(refused.at(-1) ?? '', /^! guide-segment-too-often/);
  });

  it('repeats the wording of a segment in the faults of its elements, with the line of the guide', async () => {
    await load({
      'acme/850': partner(
        'segments:',
        '  - PO1: { says: "6.1: each and case only", "03": { unit: { EA: each, CA: case } } }',
      ),
    });
    const { faults } = await read('acme/850', 'BEG*00*SA*P1**20261120', 'PO1*1*5*DZ***VN*A');
    const [found, ...others] = faults;
    assert.deepEqual([found?.code, found?.at?.element, others], ['code-unmapped', 3, []]);
    assert.equal(
      found?.message,
      'The guide gives no meaning to DZ in PO1 element 3. 6.1: each and case only',
    );
    assert.match(found?.hint ?? '', /acme\/850\.yaml:6 names/);
  });

  it('takes a segment several times without a list of its own', async () => {
    const notes = (most: string) =>
      partner(
        'segments:',
        `  - N9: { ${most}"01": =L1, "02": write NOTES, then: [MSG: { each: notes, "01": . }] }`,
      );
    const segments = [
      'BEG*00*SA*P1**20261120',
      'N9*L1*A',
      'MSG*one',
      'N9*L1*B',
      'MSG*two',
      'PO1*1*5*EA***VN*A',
    ];
    await load({ 'acme/850': notes('most: any, ') });
    const { document, unmapped } = await read('acme/850', ...segments);
    assert.deepEqual(
      [(document as typeof order & { notes: string[] }).notes, unmapped],
      [['one', 'two'], []],
    );
    await load({ 'acme/850': notes('') });
    assert.deepEqual(
      (await read('acme/850', ...segments)).unmapped.map(({ value }) => value),
      ['L1', 'B', 'two'],
    );
  });

  it('keeps the guides of the last load whose files have not changed, and tells which are broken', async () => {
    await load({
      'acme/850': partner('segments: [REF: { "01": =IA, "02": vendor }]'),
      'other/850': partner(''),
    });
    const { 'acme/850': acme, 'other/850': other } = Object.fromEntries(
      loaded.guides.all.map((each) => [each.name, each]),
    );
    await write({ 'acme/850': partner('segments: [REF: { "01": =IA, "02": vender }]') });
    const next = await loadGuides(dir, { before: loaded });
    assert.deepEqual([...next.broken.keys()], ['acme/850']);
    assert.match(next.broken.get('acme/850')?.[0]?.message ?? '', /no field 'vender'/);
    assert.equal(
      next.guides.all.find(({ name }) => name === 'other/850'),
      other,
    );
    await write({
      'acme/850': partner('segments: [REF: { "01": =IA, "02": vendor }]'),
      'standard/base': base.replace('CA: case', 'CS: case'),
    });
    const last = await loadGuides(dir, { before: next });
    assert.deepEqual([...last.broken.keys()], []);
    const changed = last.guides.all.find(({ name }) => name === 'acme/850');
    assert(changed !== undefined && acme !== undefined && changed.digest !== acme.digest);
  });

  it('checks a standard guide when it is first asked for, where that is enough', async () => {
    await write({
      'standard/x12-004010/810': standard.replace('"03": number', '"03": nummer'),
      'acme/850': partner(''),
    });
    const { guides, problems, broken } = await loadGuides(dir, {
      now: (name) => !name.startsWith('standard/'),
    });
    assert.deepEqual([problems, [...broken.keys()]], [[], []]);
    assert.equal(guides.find('acme', 'x12', '004010', '850')?.name, 'acme/850');
    assert.deepEqual([...broken.keys()], []);
    assert.equal(guides.find('acme', 'x12', '004010', '810'), null);
    assert.match(broken.get('standard/x12-004010/810')?.[0]?.message ?? '', /no field 'nummer'/);
    assert.deepEqual(guides.all.map(({ name }) => name).sort(), ['acme/850', 'standard/850']);
  });

  it('names the guides that what they extend keeps out', async () => {
    await write({ 'acme/850': partner(''), 'standard/base': base.replace('codes:', 'coeds:') });
    const { broken, guides } = await loadGuides(dir);
    assert.deepEqual([...broken.keys()].sort(), ['acme/850', 'standard/850', 'standard/base']);
    assert.match(broken.get('acme/850')?.[0]?.message ?? '', /'coeds' means nothing here/);
    assert.equal(guides.all.length, 0);
  });
});
