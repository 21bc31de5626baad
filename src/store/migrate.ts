/**
 * The schema: migrations/NNNN_name.sql, plain SQL, applied in order and never changed afterwards. Old and new programs run
 * side by side during an upgrade, so a migration only adds; a program is ready when nothing that it knows is missing.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Knex } from 'knex';
import type { Queryable, Store, Tx } from './store.ts';

/** migrations/ of this package: the same two steps up from src/store and from dist/store. */
export const migrationsDirectory = fileURLToPath(new URL('../../migrations', import.meta.url));

const table = 'schema_migrations';
/** Any constant will do, as long as every Portolan process uses the same one. */
const lockKey = 7_206_118_415;
const fileName = /^\d{4}_[a-z0-9_]+\.sql$/;

export interface SchemaState {
  /** Newest migration applied; null: none. */
  readonly version: string | null;
  /** Oldest first. */
  readonly applied: readonly string[];
  /** Known to this program, not applied. */
  readonly missing: readonly string[];
  /** Applied by a newer program, unknown to this one. */
  readonly unknown: readonly string[];
  /** Whether this program may work on the schema: nothing is missing. */
  readonly ready: boolean;
}

/**
 * Brings the schema up to date, in one transaction under an advisory lock, so that processes starting together are fine
 * and a process killed half-way leaves nothing behind.
 * @returns names of the migrations applied now, oldest first
 */
export async function migrate(store: Store, directory = migrationsDirectory): Promise<readonly string[]> {
  const files = await migrationFiles(directory);
  return await store.transaction(async (tx) => {
    await tx.raw('set local statement_timeout = 0');
    await tx.raw('select pg_advisory_xact_lock(?)', [lockKey]);
    const [, applied] = (await tx.migrate.latest({
      migrationSource: sqlFiles(directory, files),
      tableName: table,
      disableMigrationsListValidation: true,
    })) as [number, string[]];
    return applied;
  });
}

/** Compares what is applied with the migrations of this program. */
export async function schemaState(
  { db }: { readonly db: Queryable },
  directory = migrationsDirectory,
): Promise<SchemaState> {
  const files = await migrationFiles(directory);
  const applied = await appliedMigrations(db);
  const missing = files.filter((file) => !applied.includes(file));
  const unknown = applied.filter((name) => !files.includes(name));
  return { version: applied.at(-1) ?? null, applied, missing, unknown, ready: missing.length === 0 };
}

async function appliedMigrations(db: Queryable): Promise<readonly string[]> {
  const found = await db.raw('select to_regclass(?) is not null as present', [table]);
  if (!found.rows[0].present) return [];
  const rows: { name: string }[] = await db(table).select('name').orderBy('name');
  return rows.map((row) => row.name);
}

async function migrationFiles(directory: string): Promise<readonly string[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  const wrong = names.find((name) => !fileName.test(name));
  if (wrong !== undefined) throw new Error(`${join(directory, wrong)}: a migration is named NNNN_name.sql`);
  const numbers = names.map((name) => name.slice(0, 4));
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index);
  if (twice !== undefined) throw new Error(`${directory}: two migrations have the number ${twice}`);
  return names;
}

function sqlFiles(directory: string, files: readonly string[]): Knex.MigrationSource<string> {
  return {
    getMigrations: async () => [...files],
    getMigrationName: (name) => name,
    getMigration: async (name) => ({
      up: async (tx) => runScript(tx as Tx, await readFile(join(directory, name), 'utf8')),
      down: async () => {
        throw new Error(`${name}: migrations are not taken back; restore a backup instead`);
      },
    }),
  };
}

/** Runs a script as it stands, on the transaction's own connection: knex would take each `?` for a binding. */
async function runScript(tx: Tx, script: string): Promise<void> {
  const connection = await tx.client.acquireConnection();
  await connection.query(script);
}
