import assert from 'node:assert/strict';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { translate } from '../src/cli/translate.ts';
import { loadGuides } from '../src/mapping/load.ts';
import { loadPartners } from '../src/partner/load.ts';
import { type Translated, translateFile, writeDocument } from '../src/translate.ts';
import { purchaseOrder, set, x12 } from './flow/steps.ts';
import { runVerb } from './support/command.ts';
import { type TestFolder, testFolder } from './support/folder.ts';

const partner = (id: string, severities: string) => `partner: 1
name: ${id}
agreements:
  live:
    standard: x12
    us: { qualifier: ZZ, id: SALTMARSH }
    them: { qualifier: ZZ, id: ${id} }
    version: { interchange: '00401', message: '004010' }
    acknowledge: { send: '997' }
    severities: ${severities}
    endpoint: ${id.toLowerCase()}-box
endpoints:
  ${id.toLowerCase()}-box: { type: folder, in: ${id}/in, out: ${id}/out }
`;

describe('translating a file', () => {
  let folder: TestFolder;
  before(async () => {
    folder = await testFolder('translate');
    for (const [id, severities] of [
      ['ACME', '{ segment-count-mismatch: warning }'],
      ['BOLT', '{ segment-count-mismatch: info }'],
    ] as const) {
      await mkdir(join(folder.path, id.toLowerCase()));
      await writeFile(join(folder.path, id.toLowerCase(), 'partner.yaml'), partner(id, severities));
    }
  });
  after(() => folder.remove());

  /** Severities of what is found in an order of ACME with a wrong SE01. */
  async function found(how: { partner?: string } = {}, from = 'ACME'): Promise<string[]> {
    const wrong = purchaseOrder('PO-1').replace(/SE\*\d+/, 'SE*99');
    const { partners, problems } = await loadPartners(folder.path, { demo: false });
    assert.deepEqual(problems, []);
    const { guides } = await loadGuides(folder.path);
    const source = [Buffer.from(x12([wrong], 1, { from }))];
    const severities: string[] = [];
    for await (const { faults } of translateFile(source, { guides, partners, ...how }))
      for (const { code, severity } of faults)
        if (code === 'segment-count-mismatch') severities.push(severity);
    return severities;
  }

  it('reads as agreed with whom the ids name', async () => {
    assert.deepEqual(await found(), ['warning']);
    assert.deepEqual(await found({}, 'NOBODY'), ['error']);
  });

  it('reads as agreed with the partner that is named, whatever the ids', async () => {
    assert.deepEqual(await found({ partner: 'bolt' }), ['info']);
    assert.deepEqual(await found({ partner: 'acme' }, 'NOBODY'), ['warning']);
  });

  it('tells what acknowledgments and texts say; no guide is asked for', async () => {
    const refused = ['AK1*PR*5', 'AK2*855*0001', 'AK3*BAK*2**2', 'AK5*R*5', 'AK9*R*1*1*0'];
    const ta1 = 'TA1*000000009*261122*0400*R*006~\n';
    const file =
      x12([set('997', '0001', refused)], 1, { group: 'FA' }).replace('GS*', `${ta1}GS*`) +
      x12([set('864', '0001', ['BMG*00*Note', 'MIT*1', 'MSG*CALL US'])], 2, { group: 'TX' });
    const { partners } = await loadPartners(folder.path, { demo: false });
    const { guides } = await loadGuides(folder.path);
    const lines: Translated[] = [];
    for await (const line of translateFile([Buffer.from(file)], { guides, partners })) lines.push(line);
    assert.deepEqual(
      lines.map(({ partner: whose, message, faults, acknowledgment, text }) => [
        whose,
        message,
        faults.length,
        acknowledgment?.answers.flatMap(({ sentence, findings }) => [
          sentence,
          ...findings.map((one) => one.sentence),
        ]),
        text?.parts[0]?.lines,
      ]),
      [
        [
          'acme',
          '997',
          0,
          [
            'The partner refuses the group 5.',
            'The partner refuses the order response 0001.',
            'The partner refuses the order response 0001: in segment 2 (BAK) the segment is not expected here (AK304 2).',
            'The partner refuses the order response 0001: segments are in error (AK502 5).',
          ],
          undefined,
        ],
        [
          'acme',
          'TA1',
          0,
          [
            'The partner refuses the interchange 000000009.',
            'The partner refuses the interchange 000000009: in ISA (sixth element) the id of the sender is invalid (TA105 006).',
          ],
          undefined,
        ],
        ['acme', '864', 0, undefined, ['CALL US']],
      ],
    );
  });
});

describe('writing a document', () => {
  it('says what the standard has against the message', async () => {
    const { guides } = await loadGuides('mappings', { now: () => false });
    const guide = guides.find('', 'x12', '004010', '810');
    assert(guide);
    const invoice = JSON.parse(await readFile('fixtures/timberwold/810-invoice/810.json', 'utf8'));
    const clean = await writeDocument(guide, invoice);
    assert.deepEqual(clean.faults, []);
    // CAD: a carrier by its code or its name (R0504), where there is a freight bill.
    const { faults } = await writeDocument(guide, { ...invoice, carrier: { pro: '7781' } });
    assert.deepEqual(
      faults.map(({ code, at, rule }) => [code, at?.tag, rule]),
      [['elements-required', 'CAD', 'R0504']],
    );
  });
});

describe('portolan translate', function () {
  this.timeout(60_000);
  let folder: TestFolder;

  before(async () => {
    folder = await testFolder('mappings');
    await mkdir(join(folder.path, 'standard'));
    for (const name of ['standard/x12', 'standard/x12-004010', 'harbor-and-pine'])
      await cp(join('mappings', name), join(folder.path, name), { recursive: true });
  });
  after(() => folder.remove());

  const run = () =>
    runVerb(translate, ['fixtures/harbor-and-pine/850-clean/in.edi'], { PORTOLAN_MAPPINGS: folder.path });

  it("reads nothing by the standard guide in place of a partner's broken one", async () => {
    assert.match((await run()).out, /^850 of harbor-and-pine by harbor-and-pine\/850\n/);
    await writeFile(join(folder.path, 'harbor-and-pine/850.yaml'), 'guide: 1\nmessage: x12 004010 850\n');
    const { status, out, err } = await run();
    assert.deepEqual([status, out], [1, '']);
    assert.match(err, /850 of harbor-and-pine is not read: the gateway holds it/);
  });
});
