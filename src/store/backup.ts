/**
 * Backup and restore through SQL alone, so that they work on any PostgreSQL and between versions of it. BullMQ's jobs are not
 * part of it: `ready` says what waits, and is fed again.
 */

import { BackupRefused, type Line, type RowText, readBackupFile, writeBackupFile } from './backup-file.ts';
import { backupTables, type Column, quoted, type Table } from './backup-tables.ts';
import { insertEvents } from './events.ts';
import { schemaState } from './migrate.ts';
import { query, queryOne } from './sql.ts';
import type { Store, Tx } from './store.ts';

export interface RestoreOptions {
  /** Delete what the database holds; without it a database that holds anything is refused. */
  readonly replace?: boolean;
  /**
   * How far control numbers and ids are moved on: more than were used between the backup and the loss, or a partner sees a
   * number twice. Default 1,000.
   */
  readonly gap?: number;
  /** The range of an agreement's control numbers, so that moving on rolls over where they do; null: unknown. */
  readonly rangeOf?: (
    agreement: string,
    scope: string,
  ) => { readonly first: number; readonly last: number } | null;
  /** For the event on the timeline. */
  readonly who?: string;
}

export interface Restored {
  readonly rows: number;
  /** The backup's moment. */
  readonly at: string;
}

/** Named limits. */
export const backupLimits = {
  /** Text held in memory at once, in characters, besides a single row that is larger. */
  batchLength: 4 * 1024 * 1024,
  batchRows: 1_000,
  gap: 1_000,
} as const;

/**
 * Writes every row, as of one moment, to a file. Work goes on meanwhile.
 * @param file replaced if it exists, but only once the new one is whole
 * @returns how many rows
 */
export async function backup(store: Store, file: string): Promise<{ rows: number }> {
  return await store.db.transaction(
    async (tx) => {
      await withoutTimeouts(tx);
      return { rows: await writeBackupFile(file, linesOf(tx)) };
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}

/**
 * Puts a backup's rows into a database with the same schema, all or nothing; what was taken by a worker is fed again, and
 * ids and control numbers are moved on so that none is used twice. No other process may work on the database: its tables
 * are locked meanwhile.
 * @throws BackupRefused when the file is damaged, the schemas differ, or the database holds something and `replace` is not set
 */
export async function restore(store: Store, file: string, options: RestoreOptions = {}): Promise<Restored> {
  return await store.transaction(async (tx) => {
    await withoutTimeouts(tx);
    const tables = await backupTables(tx);
    const names = tables.map(({ name }) => quoted(name)).join(', ');
    await tx.raw(`lock table ${names} in access exclusive mode`);
    if (options.replace === true) await tx.raw(`truncate ${names} restart identity cascade`);
    else await refuseRows(tx, tables);
    const restored = await putBack(tx, file, tables);
    await moveOn(tx, tables, options);
    await noteRestore(tx, restored, options);
    return restored;
  });
}

async function withoutTimeouts(tx: Tx): Promise<void> {
  await tx.raw('set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0');
  // How values read as text must not depend on the server's settings.
  await tx.raw(
    "set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'iso_8601'",
  );
  await tx.raw("set local bytea_output = 'hex'; set local extra_float_digits = 1");
}

async function* linesOf(tx: Tx): AsyncGenerator<Line> {
  const migrations = await appliedMigrations(tx);
  yield {
    kind: 'header',
    header: { portolan: 'backup', format: 1, at: new Date().toISOString(), migrations },
  };
  for (const table of await backupTables(tx)) {
    yield { kind: 'table', table: table.name, columns: table.columns.map(({ name }) => name) };
    for await (const row of rowsOf(tx, table)) yield { kind: 'row', row, length: 0 };
  }
}

/** Every row as text, in the order of the primary key, fetched in batches sized by the rows seen last. */
async function* rowsOf(tx: Tx, table: Table): AsyncGenerator<RowText> {
  const columns = table.columns.map(({ name }, index) => `${quoted(name)}::text as c${index}`).join(', ');
  const order = table.primaryKey.length === 0 ? '' : ` order by ${table.primaryKey.map(quoted).join(', ')}`;
  await tx.raw(`declare backup no scroll cursor for select ${columns} from ${quoted(table.name)}${order}`);
  for (let count = 1; ; ) {
    const rows = await query<Record<string, string | null>>(tx, `fetch ${count} from backup`);
    if (rows.length === 0) break;
    let length = 0;
    for (const found of rows) {
      const row = table.columns.map((_, index) => found[`c${index}`] ?? null);
      length += row.reduce((sum, value) => sum + (value?.length ?? 0), 0);
      yield row;
    }
    const average = Math.max(1, length / rows.length);
    count = Math.min(backupLimits.batchRows, Math.max(1, Math.floor(backupLimits.batchLength / average)));
  }
  await tx.raw('close backup');
}

async function appliedMigrations(tx: Tx): Promise<readonly string[]> {
  const { ready, missing, applied } = await schemaState({ db: tx });
  if (!ready)
    throw new BackupRefused(
      `The schema is not up to date (missing: ${missing.join(', ')}): run migrate first`,
    );
  return applied;
}

async function refuseRows(tx: Tx, tables: readonly Table[]): Promise<void> {
  for (const { name } of tables) {
    const { used } = await queryOne<{ used: boolean }>(
      tx,
      `select exists (select from ${quoted(name)}) as used`,
    );
    if (used)
      throw new BackupRefused(
        `The database is not empty (${name} has rows): restore into an empty one, or say to replace it`,
      );
  }
}

async function putBack(tx: Tx, file: string, tables: readonly Table[]): Promise<Restored> {
  let at = '';
  let rows = 0;
  let target: { table: Table; columns: readonly Column[] } | null = null;
  let batch: RowText[] = [];
  let length = 0;
  const flush = async (): Promise<void> => {
    if (target !== null && batch.length > 0) await insertRows(tx, target.table, target.columns, batch);
    rows += batch.length;
    batch = [];
    length = 0;
  };
  for await (const line of readBackupFile(file)) {
    if (line.kind === 'header') {
      checkHeader(file, line.header, await appliedMigrations(tx));
      at = line.header.at;
    } else if (at === '') {
      throw new BackupRefused(`${file}: this is no backup of Portolan`);
    } else if (line.kind === 'table') {
      await flush();
      target = targetOf(file, tables, line.table, line.columns);
    } else {
      batch.push(line.row);
      length += line.length;
      if (batch.length === backupLimits.batchRows || length >= backupLimits.batchLength) await flush();
    }
  }
  await flush();
  return { rows, at };
}

function checkHeader(
  file: string,
  header: { portolan?: unknown; format?: unknown; migrations?: unknown },
  ours: readonly string[],
): void {
  if (header.portolan !== 'backup') throw new BackupRefused(`${file}: this is no backup of Portolan`);
  if (header.format !== 1)
    throw new BackupRefused(`${file}: format ${String(header.format)} is unknown; a newer Portolan made it`);
  const theirs = header.migrations as readonly string[];
  if (theirs.join() !== ours.join()) {
    const [has, wants] = [theirs.at(-1), ours.at(-1)];
    throw new BackupRefused(
      `${file} has schema ${has}, the database ${wants}: restore with the version that made the backup, then migrate`,
    );
  }
}

function targetOf(file: string, tables: readonly Table[], name: string, columnNames: readonly string[]) {
  const table = tables.find((candidate) => candidate.name === name);
  const columns = columnNames.map((column) => table?.columns.find((candidate) => candidate.name === column));
  if (table === undefined || columns.includes(undefined))
    throw new BackupRefused(`${file}: the table ${name} is not as in this schema`);
  return { table, columns: columns as Column[] };
}

async function insertRows(
  tx: Tx,
  table: Table,
  columns: readonly Column[],
  rows: readonly RowText[],
): Promise<void> {
  const names = columns.map(({ name }) => quoted(name)).join(', ');
  const values = columns.map(({ type }, index) => `r.c${index}::${type}`).join(', ');
  const arrays = columns.map(() => '?::text[]').join(', ');
  const aliases = columns.map((_, index) => `c${index}`).join(', ');
  await query(
    tx,
    `insert into ${quoted(table.name)} (${names}) overriding system value select ${values} from unnest(${arrays}) as r(${aliases})`,
    columns.map((_, index) => rows.map((row) => row[index] ?? null)),
  );
}

/** What was given out after the backup is unknown: ids, which partners and file names have seen, and control numbers. */
async function moveOn(
  tx: Tx,
  tables: readonly Table[],
  { gap = backupLimits.gap, rangeOf }: RestoreOptions,
): Promise<void> {
  for (const { name, identity } of tables) {
    if (identity === null) continue;
    const sequence = `pg_get_serial_sequence(${literal(quoted(name))}, ${literal(identity)})`;
    await tx.raw(
      `select setval(${sequence}, coalesce(max(${quoted(identity)}), 0) + ?::bigint) from ${quoted(name)}`,
      [gap],
    );
  }
  const numbers: { agreement: string; scope: string; last: string }[] = await tx('control_numbers').select(
    'agreement',
    'scope',
    'last',
  );
  for (const { agreement, scope, last } of numbers) {
    const range = rangeOf?.(agreement, scope) ?? null;
    const next = Number(last) + gap;
    const over = range !== null && next > range.last;
    const moved = over ? range.first - 1 + (next - range.last) : next;
    const cycles = over ? 1 : 0;
    await tx.raw('update control_numbers set last = ?, cycle = cycle + ? where agreement = ? and scope = ?', [
      moved,
      cycles,
      agreement,
      scope,
    ]);
  }
  await tx.raw('update ready set taken_until = null');
}

async function noteRestore(
  tx: Tx,
  { rows, at }: Restored,
  { gap = backupLimits.gap, who }: RestoreOptions,
): Promise<void> {
  const data = { rows, backupAt: at, gap };
  await insertEvents(tx, [{ kind: 'restored', data, ...(who === undefined ? {} : { who }) }]);
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
