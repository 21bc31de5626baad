import { fault } from '../../fault.ts';
import { atLine, type Finding, type LineCase } from './rule.ts';

/** A quantity means something only in the unit in which we count stock: other units wait for a person. */
export function unit({ line, item }: LineCase): Finding | null {
  if (item?.unit === undefined || item.unit === line.unit) return null;
  const details = { line: line.number, sku: item.sku, value: line.unit, unit: item.unit };
  return { kind: 'hold', fault: fault('unit-differs', details, atLine(line.number)), released: null };
}
