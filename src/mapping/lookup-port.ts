/** `{ lookup: stores, by: number, fields: { shipTo.gln: gln, shipTo.city: city } }`: a row of a table gives several fields. */
import type { CellScope } from './cell.ts';
import { plainField } from './field.ts';
import { checkColumn, columnNamed, indexOf, lookupCodec, tableNamed } from './lookup.ts';
import type { LookupBinding, Text } from './notation.ts';
import { resolvePath, type Slot } from './path.ts';
import type { Frame } from './plan.ts';
import { fieldPort, leaveTrace, type Port } from './ports.ts';
import type { Place } from './problem.ts';
import type { RuledSpot } from './spot.ts';
import type { LookupTable } from './tables.ts';

interface Filled {
  readonly slot: Slot;
  readonly column: number;
  readonly at: Place;
}

/**
 * The first field is the key: it is read and written as `lookup(table, by, column)` is. The others are filled from its row when
 * the message has been read, where it gave them no value itself; writing leaves them alone.
 */
export function lookupPort(binding: LookupBinding, spot: RuledSpot, into: CellScope): Port | null {
  const [first, ...rest] = binding.fields;
  const { problems, scope, only } = into;
  const table = tableNamed(binding.table, into);
  const slot = first === undefined ? null : resolvePath(first.path, scope, problems);
  if (first === undefined || table === null || slot === null) return null;
  const lookup = { table: binding.table, wire: binding.by.value, canon: first.column.value };
  const codec = lookupCodec(lookup, slot.type, spot, into);
  const filled = rest.flatMap(({ path, column }) => filledBy(path, column, table, into));
  if (codec === null || filled.length < rest.length) return null;
  const key = fieldPort(plainField(first.path), slot, first.path.at, codec);
  const rows = only === 'write' ? null : indexOf(table, table.columns.indexOf(binding.by.value), problems);
  return {
    ...key,
    quick: null,
    read(raw, segment, frame, context, format, at) {
      key.read(raw, segment, frame, context, format, at);
      const row = table.rows[rows?.get(raw) ?? -1];
      if (row === undefined) return;
      context.late.push(() => {
        for (const field of filled)
          if (fill(field, row, frame) && context.trace !== null)
            leaveTrace(field.slot, segment, frame, context, at, field.at, false);
      });
    },
  };
}

function filledBy(path: Text, column: Text, table: LookupTable, { scope, problems }: CellScope): Filled[] {
  const slot = resolvePath(path, scope, problems);
  const index = columnNamed(table, column.value, column.at, problems);
  if (slot === null || index < 0) return [];
  if (slot.type.kind === 'object' || slot.type.kind === 'list') {
    problems.add(path.at, `'${path.value}' is no single value.`);
    return [];
  }
  checkColumn(table, index, slot.type, problems);
  return [{ slot, column: index, at: path.at }];
}

function fill({ slot, column }: Filled, row: readonly string[], frame: Frame): boolean {
  const value = row[column] ?? '';
  if (value === '' || slot.get(frame) !== undefined) return false;
  slot.set(frame, value);
  return true;
}
