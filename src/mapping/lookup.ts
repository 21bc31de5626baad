/** Lookups: a value found in a table by the one on the wire, and back. Each is one step in a map that is made at load. */

import type { FieldType } from './canon.ts';
import { lineOf } from './cite.ts';
import { type Codec, plainCodec } from './codec.ts';
import type { Text } from './notation.ts';
import type { Spot } from './ports.ts';
import { nearMiss, type Place, type Problems } from './problem.ts';
import type { GuideTables, LookupTable } from './tables.ts';

/** Rows of a table by the value in one column. */
type Index = ReadonlyMap<string, number>;

const indexes = new WeakMap<LookupTable, Map<number, Index>>();

/** What compiling a lookup needs. */
export interface LookupScope {
  readonly tables: GuideTables;
  /** The entry works in one direction only, and needs a key only in that one. */
  readonly only: 'read' | 'write' | null;
  readonly problems: Problems;
}

/** The table that a guide names; null when there is none, which is then a problem. */
export function tableNamed({ value, at }: Text, { tables, problems }: LookupScope): LookupTable | null {
  const table = tables.find(value);
  if (table === null) {
    const { names } = tables;
    const others = names.length === 0 ? 'There are none.' : `There are: ${names.join(', ')}.`;
    const hint = nearMiss(value, names) ?? `${others} Put it into tables/${value}.csv beside the guide.`;
    problems.add(problems.within(at, value), `There is no table '${value}'.`, hint);
  }
  return table;
}

/** The column's index; -1 when the table has none of the name, which is then a problem. */
export function columnNamed(table: LookupTable, column: string, at: Place, problems: Problems): number {
  const index = table.columns.indexOf(column);
  if (index < 0)
    problems.add(
      problems.within(at, column),
      `The table ${table.name} (${table.source}) has no column '${column}'.`,
      nearMiss(column, table.columns) ?? `Its columns: ${table.columns.join(', ')}.`,
    );
  return index;
}

/** Rows by a column that is used as a key. A value that stands there twice is a problem; rows without one are not found. */
export function indexOf(table: LookupTable, column: number, problems: Problems): Index {
  const known = indexes.get(table) ?? new Map<number, Index>();
  indexes.set(table, known);
  const found = known.get(column);
  const index = new Map<string, number>();
  if (found !== undefined) return found;
  const before = problems.count;
  for (const [row, cells] of table.rows.entries()) {
    const value = cells[column] ?? '';
    if (value === '') continue;
    const first = index.get(value);
    if (first === undefined) index.set(value, row);
    else reportTwin(table, column, value, first, row, problems);
  }
  if (problems.count === before) known.set(column, index);
  return index;
}

function reportTwin(
  { columns, lines, source }: LookupTable,
  column: number,
  value: string,
  first: number,
  row: number,
  problems: Problems,
): void {
  problems.add(
    { file: source, line: lines[row] ?? 1, column: 1 },
    `'${value}' stands a second time in the column ${columns[column]}, by which a guide looks up rows.`,
    `It is in line ${lines[first]} already. Keep one of them; an entry with 'only: read' needs the column of the wire alone.`,
  );
}

/** A value in the table that the canonical field cannot hold is a problem, once for each column. */
export function checkColumn(table: LookupTable, column: number, type: FieldType, problems: Problems): void {
  const fits = fitter(type);
  const row = table.rows.findIndex((cells) => (cells[column] ?? '') !== '' && !fits(cells[column] ?? ''));
  if (row < 0) return;
  const value = table.rows[row]?.[column] ?? '';
  problems.add(
    { file: table.source, line: table.lines[row] ?? 1, column: 1 },
    `'${value}' in the column ${table.columns[column]} is no ${type.kind === 'choice' ? 'value of the field' : type.kind}.`,
    type.kind === 'choice'
      ? (nearMiss(value, type.values) ?? `One of ${type.values.join(', ')}.`)
      : undefined,
  );
}

function fitter(type: FieldType): (value: string) => boolean {
  switch (type.kind) {
    case 'choice':
      return (value) => type.values.includes(value);
    case 'decimal':
      return (value) => /^-?\d{1,15}(\.\d{1,6})?$/.test(value);
    case 'date':
      return (value) => /^\d{4}-\d\d-\d\d$/.test(value);
    default:
      return () => true;
  }
}

/** The codec of `lookup(stores, number, gln)`; null when something is wrong, which is then a problem. */
export function lookupCodec(
  lookup: { readonly table: Text; readonly wire: string; readonly canon: string },
  type: FieldType,
  spot: Spot,
  into: LookupScope,
): Codec | null {
  const { problems, only } = into;
  const table = tableNamed(lookup.table, into);
  if (table === null) return null;
  const { at } = lookup.table;
  const wire = columnNamed(table, lookup.wire, at, problems);
  const canon = columnNamed(table, lookup.canon, at, problems);
  if (wire < 0 || canon < 0) return null;
  const byWire = only === 'write' ? noIndex : indexOf(table, wire, problems);
  const byCanon = only === 'read' ? noIndex : indexOf(table, canon, problems);
  checkColumn(table, canon, type, problems);
  checkLength(table, wire, spot, problems);
  const cell = (row: number | undefined, column: number) =>
    (row === undefined ? undefined : table.rows[row]?.[column]) || undefined;
  return {
    ...plainCodec,
    decode: (raw) => cell(byWire.get(raw), canon),
    encode: (value) => cell(byCanon.get(value), wire),
    expected: `a ${lookup.wire} of the table ${table.name}`,
    ...missingDetails(table, lookup.wire, lookup.canon, at),
  };
}

const noIndex: Index = new Map();

/** The faults of a value that the table does not have, in either direction. */
export function missingDetails(
  { name, source }: LookupTable,
  wire: string,
  canon: string,
  at: Place,
): Pick<Codec, 'unreadable' | 'unwritable' | 'unreadableDetails' | 'unwritableDetails'> {
  const details = { table: name, file: source, guide: lineOf(at) };
  return {
    unreadable: 'lookup-missing',
    unwritable: 'lookup-missing',
    unreadableDetails: { ...details, column: wire },
    unwritableDetails: { ...details, column: canon },
  };
}

/** A value on the wire that the element cannot hold would only be found when it is sent. */
function checkLength(table: LookupTable, wire: number, spot: Spot, problems: Problems): void {
  const row = table.rows.findIndex((cells) => (cells[wire] ?? '').length > spot.max);
  if (row < 0) return;
  problems.add(
    { file: table.source, line: table.lines[row] ?? 1, column: 1 },
    `'${table.rows[row]?.[wire]}' is too long for ${spot.tag} element ${spot.element}, which takes ${spot.max} characters.`,
  );
}
