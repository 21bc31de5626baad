import { fault } from '../../fault.ts';
import { atLine, type Finding, type LineCase } from './rule.ts';

/** Answers and shipments name lines by the buyer's number, so only the first line of a number can be filled. */
export function lineNumber({ line, repeated }: LineCase): Finding | null {
  if (!repeated) return null;
  const found = fault('line-number-repeated', { line: line.number }, atLine(line.number));
  return { kind: 'reject', reason: `An earlier line has the number ${line.number} too.`, fault: found };
}
