/** The sweep looks at many things: one that cannot be looked at must not hide the others. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openFlow } from '../../src/flow/flow.ts';
import { openSpool } from '../../src/transport/spool.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';
import { Desk } from './steps.ts';

describe('the sweep', () => {
  let desk: Desk;
  let folder: TestFolder;
  before(async () => {
    desk = await Desk.open();
    folder = await testFolder('sweep');
  });
  after(async () => {
    await desk?.close();
    await folder?.remove();
  });

  it('tells of a late document though certificates cannot be looked at', async () => {
    const { db } = desk.database.store;
    await db.raw('alter table keys rename to keys_out_of_reach');
    const late = { kind: '855', partner: 'acme', agreement: 'acme/live', subject: 'order:1' };
    await db('documents').insert({ ...late, due_at: new Date(0) });
    const flow = await openFlow({
      context: desk.context,
      opening: {
        home: folder.path,
        spool: await openSpool(join(folder.path, 'spool')),
        resolveSecret: String,
      },
      keyring: { own: async () => assert.fail(), theirs: async () => assert.fail() },
      roles: ['work'],
    });
    try {
      while ((await db('events').where({ kind: 'overdue' })).length === 0) await sleep(20);
    } finally {
      await flow.close(5_000);
    }
  });
});
