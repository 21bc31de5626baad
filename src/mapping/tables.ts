/**
 * Tables for lookups: `mappings/<folder>/tables/<name>.csv` beside the guides that use them, or rows that the runtime hands
 * over from the database. Loaded and checked once; a lookup is then one step in a map.
 */
import { createHash } from 'node:crypto';
import { basename, join, relative } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { fileText } from './file-text.ts';
import { type Files, filesOf } from './files.ts';
import type { Problems } from './problem.ts';

/** A table file may have so many bytes, rows below its header, columns, and characters in a cell. */
export const maxTableBytes = 20_000_000;
export const maxTableRows = 200_000;
export const maxTableColumns = 50;
export const maxTableCell = 512;

/** A table that the database keeps for a partner: the runtime hands all of them to `loadGuides`. */
export interface StoredTable {
  /** The partner's folder name. */
  readonly partner: string;
  readonly name: string;
  readonly columns: readonly string[];
  /** Cells in the order of the columns. */
  readonly rows: readonly (readonly string[])[];
}

/** A table as lookups use it. */
export interface LookupTable {
  readonly name: string;
  /** Where people find it: the file's path, or 'database: stores of harbor-and-pine'. */
  readonly source: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Line of each row in its source. */
  readonly lines: readonly number[];
  /** SHA-256 (hex) of what it holds: part of the digest of the guides that use it. */
  readonly digest: string;
}

/** The tables that one guide may name. */
export interface GuideTables {
  /** null: there is none of this name. */
  find(name: string): LookupTable | null;
  readonly names: readonly string[];
  /** Those found so far: once the guide is compiled, the ones that it uses. */
  used(): readonly LookupTable[];
}

export const noTables: GuideTables = { find: () => null, names: [], used: () => [] };

/** All tables of a mappings directory and of the database. */
export interface Tables {
  /**
   * What a guide may name: the tables of its own folder, then the database's of its partner, then those of the folders
   * above it and of each guide that it extends. A file that has only its header row says which columns the database's table has.
   * @param chain names of the guide and of all it extends, nearest first
   */
  of(chain: readonly string[]): GuideTables;
  /** Those that came from files, by path in the directory: what the next load need not read again. */
  readonly read: ReadonlyMap<string, ReadTable>;
}

interface ReadTable {
  readonly mark: string;
  readonly table: LookupTable;
}

/**
 * Reads every `tables/*.csv` below the mappings directory, and takes in what the database has.
 * @param problems what is wrong with a file or a stored table, by its line; such a table is left out
 * @param options.files what the directory holds, where somebody has looked already
 * @param options.before an earlier load: files that have not changed since are not read again
 * @throws Error when the directory cannot be read
 */
export async function loadTables(
  dir: string,
  stored: readonly StoredTable[],
  problems: Problems,
  options: { readonly files?: Files; readonly before?: Tables | undefined } = {},
): Promise<Tables> {
  const byFolder = new Map<string, Map<string, LookupTable>>();
  const read = new Map<string, ReadTable>();
  const { marks } = options.files ?? (await filesOf(dir));
  for (const [entry, mark] of marks) {
    const found = /^(?:(.+)\/)?tables\/[^/]+\.csv$/.exec(entry);
    if (found === null) continue;
    const old = options.before?.read.get(entry);
    const table = old?.mark === mark ? old.table : await readTable(join(dir, entry), problems);
    if (table === null) continue;
    read.set(entry, { mark, table });
    shelf(byFolder, found[1] ?? '').set(table.name, table);
  }
  const byPartner = new Map<string, Map<string, LookupTable>>();
  for (const each of stored) {
    const table = storedTable(each, problems);
    if (table !== null) shelf(byPartner, each.partner).set(table.name, table);
  }
  return { of: (chain) => tablesOf(chain, byFolder, byPartner), read };
}

function shelf<T>(shelves: Map<string, Map<string, T>>, name: string): Map<string, T> {
  const found = shelves.get(name) ?? new Map<string, T>();
  shelves.set(name, found);
  return found;
}

type Shelves = ReadonlyMap<string, ReadonlyMap<string, LookupTable>>;

function tablesOf(chain: readonly string[], byFolder: Shelves, byPartner: Shelves): GuideTables {
  const visible = new Map<string, LookupTable>();
  const partner = chain[0]?.split('/')[0] ?? '';
  for (const folder of foldersOf(chain)) {
    for (const [name, table] of byFolder.get(folder) ?? [])
      if (!visible.has(name) || visible.get(name)?.rows.length === 0) visible.set(name, table);
    if (folder !== partner) continue;
    for (const [name, table] of byPartner.get(partner) ?? [])
      if ((visible.get(name)?.rows.length ?? 0) === 0) visible.set(name, table);
  }
  const used = new Set<LookupTable>();
  const find = (name: string) => {
    const table = visible.get(name) ?? null;
    if (table !== null) used.add(table);
    return table;
  };
  return { find, names: [...visible.keys()], used: () => [...used] };
}

/** 'north/eu/850' looks into 'north/eu', 'north' and, last, the mappings directory itself. */
function foldersOf(chain: readonly string[]): string[] {
  const folders = chain.flatMap((name) => {
    const parts = name.split('/').slice(0, -1);
    return parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
  });
  return [...new Set([...folders, ''])];
}

async function readTable(path: string, problems: Problems): Promise<LookupTable | null> {
  const file = relative(process.cwd(), path).replaceAll('\\', '/');
  const at = { file, line: 1, column: 1 };
  const text = await fileText(path, maxTableBytes);
  if (typeof text === 'string') return parseTable(file, basename(path, '.csv'), text, problems);
  problems.add(at, `The table cannot be read: ${text.why}.`, text.hint);
  return null;
}

const columnShape = /^[a-z][\w-]{0,62}$/i;

/**
 * A table from CSV: a header row of column names, commas, quotation marks where a cell needs them, UTF-8.
 * @param file shown in problems
 * @returns null when anything is wrong with it; the problems say what, by line
 */
export function parseTable(file: string, name: string, text: string, problems: Problems): LookupTable | null {
  problems.file(file, text);
  const before = problems.count;
  const parsed = parseRows(file, text, problems);
  if (parsed === null) return null;
  const [header, ...rest] = parsed;
  const columns = header?.record ?? [];
  checkColumns(columns, file, problems);
  const rows = rest.map(({ record }) => record);
  const lines = rest.map(({ line }) => line);
  checkRows(columns, rows, (row) => ({ file, line: lines[row] ?? 1, column: 1 }), problems);
  if (problems.count > before) return null;
  return { name, source: file, columns, rows, lines, digest: digestOf(columns, rows) };
}

interface Parsed {
  readonly record: readonly string[];
  readonly line: number;
}

function parseRows(file: string, text: string, problems: Problems): readonly Parsed[] | null {
  if (text.includes('\uFFFD')) {
    problems.add({ file, line: 1, column: 1 }, 'The table is not UTF-8.', 'Save it again as UTF-8.');
    return null;
  }
  try {
    const records = parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      info: true,
      to: maxTableRows + 2,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ record, line: info.lines }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    problems.add({ file, line: Number(error.lines ?? 1), column: 1 }, `This is not CSV: ${error.message}`);
    return null;
  }
}

function checkColumns(columns: readonly string[], file: string, problems: Problems): void {
  const at = { file, line: 1, column: 1 };
  if (columns.length === 0) problems.add(at, 'The table has no header row.', 'Begin with: number,gln');
  if (columns.length > maxTableColumns)
    problems.add(at, `The table has ${columns.length} columns; at most ${maxTableColumns} are read.`);
  if (columns.length === 1 && /[;\t]/.test(columns[0] ?? '')) {
    problems.add(at, 'Columns are separated by commas.', 'Save the table again with commas.');
    return;
  }
  for (const [index, column] of columns.entries()) {
    if (!columnShape.test(column))
      problems.add(at, `'${column}' is no name of a column.`, 'Letters, digits, - and _, a letter first.');
    else if (columns.indexOf(column) < index) problems.add(at, `The column '${column}' is there twice.`);
  }
}

type PlaceOf = (row: number) => { readonly file: string; readonly line: number; readonly column: number };

function checkRows(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  placeOf: PlaceOf,
  problems: Problems,
): void {
  if (rows.length > maxTableRows) {
    problems.add(
      placeOf(maxTableRows),
      `The table has more than ${maxTableRows} rows.`,
      'Keep only what is used.',
    );
    return;
  }
  for (const [index, row] of rows.entries()) {
    if (row.length !== columns.length)
      problems.add(placeOf(index), `This row has ${row.length} cells, the header ${columns.length}.`);
    else if (row.some((cell) => cell.length > maxTableCell))
      problems.add(placeOf(index), `A cell has more than ${maxTableCell} characters.`);
    else continue;
    return;
  }
}

function storedTable({ partner, name, columns, rows }: StoredTable, problems: Problems): LookupTable | null {
  const source = `database: ${name} of ${partner}`;
  const before = problems.count;
  checkColumns(columns, source, problems);
  checkRows(columns, rows, (row) => ({ file: source, line: row + 1, column: 1 }), problems);
  if (problems.count > before) return null;
  const lines = rows.map((_, index) => index + 1);
  return { name, source, columns, rows, lines, digest: digestOf(columns, rows) };
}

function digestOf(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const hash = createHash('sha256').update(JSON.stringify(columns));
  for (const row of rows) hash.update('\n').update(JSON.stringify(row));
  return hash.digest('hex');
}
