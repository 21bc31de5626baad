/** Large files are read in a lane of their own: they may hold all their places, and a small one is read all the same. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openFlow } from '../../src/flow/flow.ts';
import { openSpool } from '../../src/transport/spool.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';
import { Desk, purchaseOrder, x12 } from './steps.ts';

describe('the lanes of translate', () => {
  let desk: Desk;
  let folder: TestFolder;
  before(async () => {
    desk = await Desk.open();
    folder = await testFolder('lanes');
  });
  after(async () => {
    await desk?.close();
    await folder?.remove();
  });

  const until = async (sql: string, value: number) => {
    while (Number((await desk.rows<{ count: string }>(sql))[0]?.count) !== value) await sleep(20);
  };
  const state = async (state: string) =>
    Number(
      (await desk.rows<{ count: string }>('select count(*) from deliveries where state = ?', [state]))[0]
        ?.count,
    );

  it('reads a small file while large ones hold every place of theirs', async () => {
    const padding = '\n'.repeat(300_000);
    for (let control = 1; control <= 4; control += 1)
      await desk.store('acme-box', x12([purchaseOrder(`LARGE-${control}`)], control) + padding);
    const held = await desk.database.store.db.transaction();
    // Reading writes to the delivery: nobody gets further than this while it is locked.
    await held.raw('select id from deliveries for update');
    const flow = await openFlow({
      context: desk.context,
      opening: {
        home: folder.path,
        spool: await openSpool(join(folder.path, 'spool')),
        resolveSecret: String,
      },
      keyring: { own: noKeys, theirs: noCertificates },
      roles: ['work'],
    });
    try {
      await until('select count(*) from ready where taken_until is not null', 4);
      await desk.store('bolt-box', x12([purchaseOrder('SMALL')], 9, { from: 'BOLT' }));
      await until(`select count(*) from deliveries where state = 'translated'`, 1);
      assert.equal(await state('received'), 4);
      await held.rollback();
      await until(`select count(*) from deliveries where state = 'translated'`, 5);
    } finally {
      if (!held.isCompleted()) await held.rollback();
      await flow.close(5_000);
    }
  });
});

const noKeys = async () => ({ signWith: null, openWith: [] });
const noCertificates = async () => ({ pinned: [], encryptTo: null });
