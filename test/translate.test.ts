import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadGuides } from '../src/mapping/load.ts';
import { loadPartners } from '../src/partner/load.ts';
import { translateFile } from '../src/translate.ts';
import { purchaseOrder, x12 } from './flow/steps.ts';
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
});
