/** The tables that the database has for the partners' guides: those that people load, and the items. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { GuideText } from '../mapping/guide-files.ts';
import { Problems } from '../mapping/problem.ts';
import { type LookupTable, maxTableRows, parseTable, type StoredTable } from '../mapping/tables.ts';
import type { DatabaseTables } from '../partner/mappings.ts';
import { insertEvents } from '../store/events.ts';
import { allTables, itemsTable, putTable, tablesMark } from '../store/lookup-tables.ts';
import type { Queryable } from '../store/store.ts';
import type { Context } from './context.ts';
import { type By, DeedRefused } from './deed.ts';

/**
 * Reads them all. Items are read only for partners whose guides look them up, or a standard guide does; a table of the name
 * 'items' that somebody loaded stands in their place.
 */
export async function readTables(
  db: Queryable,
  guides: readonly Pick<GuideText, 'name' | 'text'>[],
): Promise<DatabaseTables> {
  const mark = await tablesMark(db);
  const kept = await allTables(db);
  const items: StoredTable[] = [];
  for (const partner of partnersLookingUpItems(guides))
    if (!kept.some((table) => table.partner === partner && table.name === 'items'))
      items.push(await itemsTable(db, partner, maxTableRows + 1));
  return { mark, stored: [...kept, ...items] };
}

const looksUpItems = /\blookup\(\s*items\s*,/;

function partnersLookingUpItems(guides: readonly Pick<GuideText, 'name' | 'text'>[]): readonly string[] {
  const folderOf = ({ name }: Pick<GuideText, 'name'>) => name.split('/')[0] as string;
  const found = new Set(guides.filter(({ text }) => looksUpItems.test(text)).map(folderOf));
  const all = found.has('standard') ? new Set(guides.map(folderOf)) : found;
  return [...all].filter((folder) => folder !== 'standard');
}

/**
 * A table as people write it: CSV with a header row, or, when the file's name ends in .json, an array of objects with the same
 * keys, whose values are texts or numbers.
 * @returns null when anything is wrong with it; the problems say what
 */
export function readTable(file: string, name: string, text: string, problems: Problems): LookupTable | null {
  if (!file.endsWith('.json')) return parseTable(file, name, text, problems);
  problems.file(file, text);
  const rows = z.array(z.record(z.string(), z.union([z.string(), z.number()]))).safeParse(jsonOf(text));
  if (!rows.success) {
    const [issue] = rows.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
    problems.add({ file, line: 1, column: 1 }, `${where}${issue?.message ?? 'This is no table'}`, jsonHint);
    return null;
  }
  const columns = Object.keys(rows.data[0] ?? {});
  const cells = [columns, ...rows.data.map((row) => columns.map((column) => String(row[column] ?? '')))];
  const odd = rows.data.findIndex((row) => Object.keys(row).some((key) => !columns.includes(key)));
  if (odd >= 0) {
    problems.add({ file, line: 1, column: 1 }, `Row ${odd + 1} has other keys than the first.`, jsonHint);
    return null;
  }
  return parseTable(file, name, cells.map((row) => row.map(quoted).join(',')).join('\n'), problems);
}

const jsonHint = 'An array of objects with the same keys: [{ "number": "0042", "gln": "4012345000009" }, …].';

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}

/**
 * Keeps a table for a partner's guides, recorded with who and why; every process takes it up by itself.
 * @returns the file of the partner's folder that has rows of its own, and so is used instead; null: there is none
 * @throws DeedRefused when there is no such partner, or the name is none
 */
export async function keepTable(
  context: Context,
  table: StoredTable,
  by: By,
  directory: string,
): Promise<string | null> {
  const { partner, name } = table;
  if (context.partners.byName(partner) === null)
    throw new DeedRefused('not-found', `There is no partner ${partner}.`);
  if (!/^[a-z][\w-]{0,62}$/i.test(name))
    throw new DeedRefused(
      'conflict',
      `'${name}' is no name of a table: letters, digits, - and _, a letter first.`,
    );
  await context.store.transaction(async (tx) => {
    await putTable(tx, table, by.who);
    const data = { what: `table ${name}`, rows: table.rows.length };
    await insertEvents(tx, [{ kind: 'loaded', partner, data, ...by }]);
  });
  const path = join(directory, partner, 'tables', `${name}.csv`);
  const own = await readFile(path, 'utf8').catch(() => null);
  const rows = own === null ? 0 : (parseTable(path, name, own, new Problems())?.rows.length ?? 0);
  return rows > 0 ? path : null;
}
