import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrate, migrationsDirectory, schemaState } from '../../src/store/migrate.ts';
import { openStore } from '../../src/store/store.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { type TestFolder, testFolder } from '../support/folder.ts';

describe('store/migrate', () => {
  let database: TestDatabase;
  let folder: TestFolder;

  beforeEach(async () => {
    database = await freshDatabase({ migrated: false });
    folder = await testFolder('migrations');
  });
  afterEach(async () => {
    await database.drop();
    await folder.remove();
  });

  const write = (name: string, sql: string) => writeFile(join(folder.path, name), sql);

  it('brings an empty database to the schema of this program, and finds nothing to do the second time', async () => {
    assert.equal((await schemaState(database.store)).ready, false);
    const applied = await migrate(database.store);
    assert.equal(applied[0], '0001_road.sql');
    const state = await schemaState(database.store);
    assert.deepEqual(state.missing, []);
    assert.equal(state.version, applied.at(-1));
    assert.equal(state.ready, true);
    assert.deepEqual(await migrate(database.store), []);
  });

  it('lets processes that start together apply each migration once', async () => {
    const others = [1, 2, 3].map(() => openStore({ url: database.url }));
    const stores = [database.store, ...others];
    const applied = (await Promise.all(stores.map((store) => migrate(store)))).flat();
    assert.equal(applied.filter((name) => name === '0001_road.sql').length, 1);
    await Promise.all(others.map((store) => store.close()));
  });

  it('takes a script as it stands: question marks, several statements, dollar quotes', async () => {
    await write('0001_odd.sql', 'create table a (x jsonb);\ninsert into a values (\'{"k": 1}\');');
    await write(
      '0002_more.sql',
      "do $$ begin if (select x ? 'k' from a) then create table b (); end if; end $$;",
    );
    assert.deepEqual(await migrate(database.store, folder.path), ['0001_odd.sql', '0002_more.sql']);
    assert.equal((await database.store.db.raw("select to_regclass('b') as b")).rows[0].b, 'b');
  });

  it('applies all or nothing', async () => {
    await write('0001_good.sql', 'create table a ();');
    await write('0002_bad.sql', 'create table b (); select no_such_column;');
    await assert.rejects(migrate(database.store, folder.path), /no_such_column/);
    assert.equal((await database.store.db.raw("select to_regclass('a') as a")).rows[0].a, null);
    await write('0002_bad.sql', 'create table b ();');
    assert.equal((await migrate(database.store, folder.path)).length, 2);
  });

  it('is ready beside a newer schema, not on an older one', async () => {
    await write('0001_first.sql', 'create table a ();');
    await migrate(database.store, folder.path);
    await write('0002_second.sql', 'create table b ();');
    const older = await schemaState(database.store, folder.path);
    assert.deepEqual([older.missing, older.ready], [['0002_second.sql'], false]);
    await migrate(database.store, folder.path);
    const program = await testFolder('older');
    await writeFile(join(program.path, '0001_first.sql'), 'create table a ();');
    assert.deepEqual(await migrate(database.store, program.path), []);
    const newer = await schemaState(database.store, program.path);
    assert.deepEqual([newer.unknown, newer.ready], [['0002_second.sql'], true]);
    await program.remove();
  });

  it('refuses names and numbers that would leave the order open', async () => {
    await write('0001_a.sql', '');
    await write('0001_b.sql', '');
    await assert.rejects(migrate(database.store, folder.path), /two migrations have the number 0001/);
    await write('2-b.sql', '');
    await assert.rejects(migrate(database.store, folder.path), /a migration is named NNNN_name.sql/);
  });

  it('finds the migrations of this package', () => {
    assert.match(migrationsDirectory, /[\\/]migrations$/);
  });
});
