import { fault } from '../../fault.ts';
import { atLine, type Finding, itemName, type LineCase } from './rule.ts';

/** The line must name an item of ours. policy.unknownItem: reject the line, or hold the order until it is loaded. */
export function knownItem(found: LineCase): Finding | null {
  if (found.item !== null) return null;
  const { line, policy } = found;
  const name = itemName(found);
  const unknown = fault('item-unknown', { line: line.number, value: name }, atLine(line.number));
  const rejected: Finding = { kind: 'reject', reason: `We have no item ${name}.`, fault: unknown };
  return policy.unknownItem === 'hold' ? { kind: 'hold', fault: unknown, released: rejected } : rejected;
}
