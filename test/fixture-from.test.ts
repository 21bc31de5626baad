/** A stored delivery becomes a masked fixture that passes. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fixture } from '../src/cli/fixture.ts';
import { fault } from '../src/fault.ts';
import { maskForFixture } from '../src/fixture-from.ts';
import { fixtureFolders, isSame, runFixture } from '../src/fixtures.ts';
import type { Message } from '../src/interchange/interchange.ts';
import { loadGuides } from '../src/mapping/load.ts';
import { Problems } from '../src/mapping/problem.ts';
import { loadTables } from '../src/mapping/tables.ts';
import { loadPartners } from '../src/partner/load.ts';
import { readOnly } from '../src/store/read-only.ts';
import { Desk, edifact, orders, purchaseOrder, x12 } from './flow/steps.ts';
import { runVerb } from './support/command.ts';
import { type TestFolder, testFolder } from './support/folder.ts';

describe('fixture from', function () {
  this.timeout(60_000);
  let desk: Desk;
  let folder: TestFolder;

  before(async () => {
    desk = await Desk.open();
    folder = await testFolder('fixtures');
  });

  after(async () => {
    await desk?.close();
    await folder?.remove();
  });

  const run = (...words: string[]) =>
    runVerb(fixture, ['from', ...words, '--out', folder.path], {
      DATABASE_URL: desk.database.url,
      PORTOLAN_MAPPINGS: desk.mappings,
    });

  it('masks what came, writes what the guides make of it, and the folder passes', async () => {
    const delivery = await desk.store(
      'acme-box',
      x12([purchaseOrder('PO-7712345', ['PER*BD*Ann Smith*TE*5550100'])], 1),
    );
    await desk.runAll();
    const { status, out, err } = await run(delivery, '--name', 'late', '--json');
    assert.equal(status, 0, err);
    const report = JSON.parse(out);
    const where = join(folder.path, 'acme', 'late');
    assert.deepEqual([report.folder, report.partner, report.changed], [where, 'acme', []]);
    const made = await readFile(join(where, 'in.edi'), 'latin1');
    assert.match(made, /^ISA\*00\* {10}\*00\* {10}\*ZZ\*ACME {11}\*ZZ\*SALTMARSH /);
    for (const name of ['7712345', 'Main', 'Store', 'Smith', '5550100', '12.50', 'ann'])
      assert.ok(!made.includes(name), name);
    const results = await runFixture(where, desk.context);
    assert.ok(results.length >= 2, 'expected.json and a 997');
    assert.ok(results.every(isSame));
    assert.match((await run(delivery, '--name', 'late')).err, /is there already/);
  });

  it('masks a delivery that failed, with the same faults at the same places', async () => {
    const broken = x12(
      [purchaseOrder('PO-99', ['DTM*002*20269999', 'REF*ZZ*Some unread reference'])],
      2,
    ).replace('CTT*1', 'CTT*9');
    const delivery = await desk.store('acme-box', broken);
    await desk.runAll();
    const { status, out } = await run(delivery, '--json');
    assert.equal(status, 0);
    const { findings } = JSON.parse(out);
    assert.ok(
      findings.some((line: string) =>
        line.startsWith('error date-invalid: interchange 1 group 1 message 1 segment'),
      ),
      out,
    );
    assert.ok(
      findings.some((line: string) => /line-total-mismatch.* CTT 01/.test(line)),
      out,
    );
    assert.ok(existsSync(join(folder.path, 'acme', `delivery-${delivery}`, 'expected.json')));
  });

  it("gives what is nobody's to a partner that is named, with that partner's ids", async () => {
    const delivery = await desk.store(
      'umber-box',
      edifact(orders('4711'), '9').replace('4000001000012:14', '4000001999993:14'),
    );
    assert.match((await run(delivery)).err, /say whose fixture it is with --partner/);
    const { status, err } = await run(delivery, '--partner', 'umber');
    assert.equal(status, 0, err);
    const made = await readFile(join(folder.path, 'umber', `delivery-${delivery}`, 'in.edi'), 'latin1');
    assert.match(made, /^UNB\+UNOC:3\+4000001000012:14\+4000001000005:14\+/);
  });

  it('writes nothing into the database, and says what cannot be', async () => {
    await assert.rejects(
      readOnly(desk.database.store, (tx) =>
        tx.raw("insert into pauses (partner, who, why) values ('acme', 'me', 'none')"),
      ),
      /read-only transaction/,
    );
    assert.match((await run('999999')).err, /There is no delivery 999999/);
    assert.equal((await run('one')).status, 2);
  });

  it('keeps what guides find wrong, and what they do not read, in every fixture', async () => {
    const [{ guides }, { partners }, tables] = await Promise.all([
      loadGuides('mappings'),
      loadPartners('mappings', { demo: true }),
      loadTables('mappings', [], new Problems()),
    ]);
    const names = (await fixtureFolders('fixtures')).filter((name) => existsSync(join(name, 'in.edi')));
    assert.ok(names.length > 20);
    for (const name of names) {
      const bytes = await readFile(join(name, 'in.edi'));
      const { changed } = await maskForFixture(bytes, basename(dirname(name)), { guides, partners }, tables);
      assert.deepEqual(changed, [], name);
    }
  });

  it('tells when the masked file has other faults', async () => {
    const bytes = Buffer.from(x12([purchaseOrder('PO-1', ['N1*BY*Acme*92*0001'])], 3), 'latin1');
    const { guides } = desk.context;
    const guide = guides.find('acme', 'x12', '004010', '850');
    assert.ok(guide !== null);
    const knowsAcme = async ({ segments, at }: Message) => {
      const known = segments.some(({ tag, values }) => tag === 'N1' && values[1] === 'Acme');
      return { document: null, faults: known ? [fault('value-missing', {}, at)] : [], unmapped: [] };
    };
    const rooms = { ...desk.context, guides: { ...guides, find: () => ({ ...guide, read: knowsAcme }) } };
    const { changed } = await maskForFixture(bytes, 'acme', rooms);
    assert.deepEqual(changed, ['- error value-missing: interchange 1 group 1 message 1']);
  });
});
