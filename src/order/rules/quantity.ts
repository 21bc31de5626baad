import { fault } from '../../fault.ts';
import { atLine, type Finding, type LineCase } from './rule.ts';

/** A line must order more than nothing. */
export function quantity({ line, quantity }: LineCase): Finding | null {
  if (quantity > 0n) return null;
  const found = fault(
    'quantity-not-positive',
    { line: line.number, value: line.quantity },
    atLine(line.number),
  );
  return { kind: 'reject', reason: `The quantity ${line.quantity} is not above zero.`, fault: found };
}
