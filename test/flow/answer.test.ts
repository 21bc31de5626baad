import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { answer } from '../../src/flow/answer.ts';
import type { Context, Stage } from '../../src/flow/context.ts';
import { decide } from '../../src/flow/decide.ts';
import { receive } from '../../src/flow/receive.ts';
import { translate } from '../../src/flow/translate.ts';
import { createLogger } from '../../src/log.ts';
import { loadGuides } from '../../src/mapping/load.ts';
import { createMetrics } from '../../src/metrics.ts';
import { loadPartners } from '../../src/partner/load.ts';
import { x12Volume } from '../../src/simulator/volume.ts';
import { claimReady, doneReady, failedReady, type ReadyRow } from '../../src/store/ready.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';

const partnerYaml = `partner: 1
name: Bluewater Outfitters
agreements:
  live:
    standard: x12
    us: { qualifier: ZZ, id: SALTMARSH }
    them: { qualifier: ZZ, id: BLUEWATER }
    version: { interchange: "00401", message: "004010" }
    acknowledge: { send: "997" }
    endpoint: bluewater-box
    documents:
      "855": { batch: many, most: 8 }
endpoints:
  bluewater-box: { type: folder, in: in, out: out }
`;

/** Twelve orders that are decided: twelve 855s are owed, at most eight to an interchange. */
describe('answer, where many documents leave together', () => {
  let folder: TestFolder;
  let database: TestDatabase;
  let context: Context;

  before(async () => {
    folder = await testFolder('answer');
    await cp('mappings/standard', join(folder.path, 'standard'), { recursive: true });
    await mkdir(join(folder.path, 'bluewater'));
    await writeFile(join(folder.path, 'bluewater', 'partner.yaml'), partnerYaml);
  });
  after(() => folder.remove());

  beforeEach(async () => {
    database = await freshDatabase();
    const { partners, problems } = await loadPartners(folder.path, { demo: false });
    assert.deepEqual(problems, []);
    const { guides, broken } = await loadGuides(folder.path);
    context = {
      store: database.store,
      partners,
      guides,
      broken,
      log: createLogger('silent'),
      metrics: createMetrics(),
      now: () => new Date(),
      gs1Prefix: null,
      poke: () => undefined,
    };
    await takeOrders();
  });
  afterEach(() => database.drop());

  async function takeOrders(): Promise<void> {
    const [file] = x12Volume({
      addresses: {
        partner: { qualifier: 'ZZ', id: 'BLUEWATER' },
        gateway: { qualifier: 'ZZ', id: 'SALTMARSH' },
      },
      interchanges: 1,
      ordersPer: 12,
      linesPer: 2,
      startControl: 1,
      startNumber: 1,
      items: [{ upc: '049999900007', sellerId: 'SM-1', price: '5.00' }],
    });
    const { bytes, name } = file as { bytes: Buffer; name: string };
    await receive(context, 'bluewater-box', {
      name,
      source: null,
      size: bytes.length,
      digest: createHash('sha256').update(bytes).digest(),
      open: () => Readable.from([bytes]),
    });
    await run('translate', translate, await waiting('translate'));
    await run('decide', decide, await waiting('decide'));
  }

  async function waiting(stage: Stage, batch = '%'): Promise<string[]> {
    const { rows } = await database.store.db.raw(
      `select id from ready where stage = ? and (batch is null or batch like ?) order by id`,
      [stage, batch],
    );
    return rows.map((row: { id: string }) => row.id);
  }

  async function run(
    _stage: Stage,
    step: (context: Context, tx: never, rows: readonly ReadyRow[]) => Promise<void>,
    ids: readonly string[],
  ): Promise<void> {
    await database.store.transaction(async (tx) => {
      const rows = await claimReady(tx, ids);
      await step(context, tx as never, rows);
      await doneReady(
        tx,
        rows.map((row) => row.id),
      );
    });
  }

  /** How many 855s each interchange holds. */
  async function interchanges(): Promise<number[]> {
    const { rows } = await database.store.db.raw(
      `select count(*)::int as n from documents where kind = '855' and transmission_id is not null group by transmission_id order by n`,
    );
    return rows.map((row: { n: number }) => row.n);
  }

  const responses = '%:855';

  it('takes what else waits into the interchange, up to the most of the agreement', async () => {
    const [first, second] = await waiting('answer', responses);
    await run('answer', answer, [first as string, second as string]);
    assert.deepEqual(await interchanges(), [8]);
    assert.equal((await waiting('answer', responses)).length, 4);
    assert.equal((await waiting('send')).length, 1);
  });

  it('takes nothing that another step has locked, that was begun too often, or that failed before', async () => {
    const ids = await waiting('answer', responses);
    const [first, second, locked, begun, failed, ...others] = ids as [string, string, string, string, string];
    const { db } = database.store;
    await failedReady(db, failed, 'the guide is broken', new Date(0));
    await db.raw('update ready set starts = 2 where id = ?', [begun]);
    await database.store.transaction(async (tx) => {
      assert.equal((await claimReady(tx, [locked])).length, 1);
      await run('answer', answer, [first, second]);
    });
    assert.deepEqual(await interchanges(), [8]);
    assert.equal(others.length, 7);
    const left = await waiting('answer', responses);
    assert.deepEqual(left.slice(0, 3), [locked, begun, failed]);
  });

  it('takes nothing into a job of one: it may have failed in company', async () => {
    const [only] = await waiting('answer', responses);
    await run('answer', answer, [only as string]);
    assert.deepEqual(await interchanges(), [1]);
    assert.equal((await waiting('answer', responses)).length, 11);
  });
});
