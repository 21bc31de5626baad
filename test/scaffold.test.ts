import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkMappings } from '../src/check-mappings.ts';
import { fixtureFolders, testFixture } from '../src/fixtures.ts';
import { loadGuides } from '../src/mapping/load.ts';
import { loadPartners } from '../src/partner/load.ts';
import { NotScaffolded, scaffold } from '../src/scaffold.ts';
import { quoted } from '../src/scaffold-text.ts';
import { x12 } from './flow/steps.ts';
import { type TestFolder, testFolder } from './support/folder.ts';

const standard = [
  'x12/common.yaml',
  'edifact/common.yaml',
  ...['x12-004010/850.yaml', 'x12-004010/855.yaml', 'x12-004010/856.yaml', 'x12-005010/850.yaml'],
  ...['edifact-D96A/ORDERS.yaml', 'edifact-D96A/ORDRSP.yaml', 'edifact-D96A/DESADV.yaml'],
];

const order = (number: string, control = '0001') => [
  `ST*850*${control}`,
  `BEG*00*SA*${number}**20261120`,
  'DTM*996*20261201',
  'N1*ST*Foxglove DC East*92*0042',
  'PO1*1*24*EA*3.50**EN*4000001000104*VN*SM-100',
  'TC2*A*1234',
  'PO4*12*********10*12*14*IN',
  'CTT*1*24',
  `SE*9*${control}`,
];
const file = (from: string, ...orders: string[][]) =>
  Buffer.from(
    x12(
      orders.map((segments) => `${segments.join('~\n')}~\n`),
      1,
      { from },
    ),
  );

const eancom = `UNA:+.? '
UNB+UNOC:3+4000001000999:14+4000001000005:14+261122:0400+101++STORE-EU'
UNH+1+ORDERS:D:96A:UN:EAN008'
BGM+220+KM7004+9'
DTM+137:20261120:102'
NAD+BY+4000001000999::9'
NAD+SU+4000001000005::9'
LIN+1++4000001000104:EN'
QTY+21:24:PCE'
UNS+S'
CNT+2:1'
UNT+10+1'
UNZ+1+101'
`;

describe('partner new', () => {
  let folder: TestFolder;
  let mappings: string;
  let fixtures: string;

  before(async () => {
    folder = await testFolder('scaffold');
    [mappings, fixtures] = [join(folder.path, 'mappings'), join(folder.path, 'fixtures')];
    await mkdir(mappings);
    for (const guide of standard)
      await cp(join('mappings/standard', guide), join(mappings, 'standard', guide));
  });
  after(() => folder.remove());

  const make = (name: string, sample: Buffer | string) =>
    scaffold({ name, mappings, fixtures }, Buffer.from(sample));

  /** Everything loads, and every fixture of everybody made so far passes. */
  async function isGreen(): Promise<void> {
    assert.deepEqual((await checkMappings(mappings)).problems, []);
    const rooms = await loadRooms();
    for (const each of await fixtureFolders(fixtures))
      assert.deepEqual((await testFixture(each, rooms, { blessing: false })).differences, []);
  }
  const loadRooms = async () => ({
    guides: (await loadGuides(mappings)).guides,
    partners: (await loadPartners(mappings, { demo: true })).partners,
  });

  const partnerFile = async (name: string) => readFile(join(mappings, name, 'partner.yaml'), 'utf8');

  it('makes a folder, and says what the guide does not cover', async () => {
    const { study, files } = await make('foxglove', file('FOXGLOVE', order('FG1'), order('FG2', '0002')));
    const [message] = study.messages;
    assert.equal(message?.count, 2);
    assert.equal(message?.candidates[0]?.guide.name, 'standard/x12-004010/850');
    assert(
      message?.candidates.some(({ guide }) => guide.release === '005010'),
      'other releases are tried, too',
    );
    assert.deepEqual(
      message?.leftovers.map(({ path, element, name, value, count, why }) =>
        [path.map(({ tag }) => tag).join('>'), element, name, value, count, why].join(' '),
      ),
      [
        'DTM 1 Date qualifier 996 2 free',
        'DTM 2 Date 20261201 2 free',
        'PO1>TC2 1 Commodity code qualifier A 2 free',
        'PO1>TC2 2 Commodity code 1234 2 free',
        'PO1>PO4 10 Length 10 2 free',
        'PO1>PO4 11 Width 12 2 free',
        'PO1>PO4 12 Height 14 2 free',
        'PO1>PO4 13 Unit of measure IN 2 free',
      ],
    );
    assert(message?.unused.some(({ name }) => name === 'REF 01=DP'));
    assert(!message?.unused.some(({ name }) => name === 'N1 01=ST' || name === 'PO1'));
    assert.deepEqual(
      files.map((each) => each.slice(folder.path.length + 1)),
      [
        'mappings/foxglove/partner.yaml',
        'mappings/foxglove/850.yaml',
        'fixtures/foxglove/850-first/in.edi',
        'fixtures/foxglove/850-first/997.out',
        'fixtures/foxglove/850-first/expected.json',
      ],
    );
  });

  it('suggests lines which, uncommented, leave aside what nothing reads', async () => {
    const path = join(mappings, 'foxglove', '850.yaml');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(/^# (?=segments:| {2})/gm, ''));
    const expected = join(fixtures, 'foxglove', '850-first', 'expected.json');
    await testFixture(join(fixtures, 'foxglove', '850-first'), await loadRooms(), { blessing: true });
    const messages = JSON.parse(await readFile(expected, 'utf8')) as {
      unmapped: string[];
      document: unknown;
    }[];
    assert.deepEqual(
      messages.flatMap(({ unmapped }) => unmapped),
      [],
    );
    assert(messages.every(({ document }) => document !== null));
  });

  it('reads EANCOM with its association codes and application reference', async () => {
    const { study } = await make('kelp', eancom);
    const unused = study.messages.flatMap((message) => message.unused).map(({ name, guide }) => name + guide);
    assert(unused.some((line) => line.startsWith('LIN 04.1=1 > QTY 01.1=59')));
    assert.equal(new Set(unused).size, unused.length, 'no line stands twice');
    const text = await partnerFile('kelp');
    assert.match(text, /them: \{ qualifier: "14", id: "4000001000999" \}/);
    assert.match(text, /message: "D:96A:UN:EAN008"/);
    assert.match(text, /"ORDRSP": \{ within: 24h, version: "D:96A:UN:EAN005" \}/);
    assert.match(text, /# applicationReference: "STORE-EU"/);
    assert.deepEqual((await readdir(join(fixtures, 'kelp', 'ORDERS-first'))).sort(), [
      'CONTRL.out',
      'expected.json',
      'in.edi',
    ]);
  });

  it('knows a sample of what we send: its sender is us', async () => {
    const response = [
      'ST*855*0001',
      'BAK*00*AC*FG1*20261120****1*20261122',
      'PO1*1*24*EA*3.50**VN*SM-100',
      'ACK*IA*24*EA',
      'CTT*1',
      'SE*6*0001',
    ];
    await make('heron', Buffer.from(x12([`${response.join('~\n')}~\n`], 1, { from: 'SELLER', group: 'PR' })));
    assert.match(await partnerFile('heron'), /us: \{ qualifier: "ZZ", id: "SELLER" \}/);
  });

  it('suggests nothing that would not load: of a damaged sample, what is not read is only named', async () => {
    const damaged = order('WR1').map((segment) => segment.replace('*92*0042', '*92*0042***SEVEN'));
    await make('wrasse', file('WRASSE', damaged));
    const text = await readFile(join(mappings, 'wrasse', '850.yaml'), 'utf8');
    assert.match(text, /^# Not read: N1 01=ST, element 07 .* "SEVEN": no line of the guide is about it\.$/m);
    assert.doesNotMatch(text, /^# segments:/m);
  });

  it('takes nothing from the sample for a path, nor out of its quotes', async () => {
    const endpoints = join(mappings, 'kelp', 'partner.yaml');
    await writeFile(endpoints, (await readFile(endpoints, 'utf8')).replaceAll('kelp-box', 'quoll-box'));
    await make('quoll', file(`../"'#: {}`, order('../../../etc/x')));
    assert.match(await partnerFile('quoll'), /endpoint: quoll-box-2$/m);
    assert.match(await partnerFile('quoll'), /id: "\.\.\/\\"'#: \{\}"/);
    assert.equal(quoted('a\u2028b\u0085"\n'), '"a\\u2028b\\u0085\\"\\n"');
  });

  it('leaves everything green: it loads, and its fixtures pass', isGreen);

  it('writes over nothing, and refuses names that are no folders', async () => {
    const before = await partnerFile('foxglove');
    await assert.rejects(make('foxglove', file('OTHER', order('1'))), /is there already, and stays as it is/);
    assert.equal(await partnerFile('foxglove'), before);
    for (const name of ['', '..', 'a/b', 'Upper', 'standard', 'x12-004010', '-a', `${'a'.repeat(64)}`])
      await assert.rejects(make(name, file('OTHER', order('1'))), NotScaffolded, name);
    assert.deepEqual((await readdir(mappings)).sort(), [
      'foxglove',
      'heron',
      'kelp',
      'quoll',
      'standard',
      'wrasse',
    ]);
  });

  it('says what is wrong with a file that it cannot use', async () => {
    await assert.rejects(make('broken', 'not EDI at all'), (error: unknown) => {
      assert(error instanceof NotScaffolded && error.faults.length > 0);
      return /no message/.test(error.message);
    });
    await assert.rejects(
      make('again', file('FOXGLOVE', order('FG9'))),
      /those of foxglove\/test|those of foxglove\/live/,
    );
    assert(!(await readdir(mappings)).includes('broken'));
  });
});
