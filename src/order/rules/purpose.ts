import { fault } from '../../fault.ts';
import type { Finding, OrderCase } from './rule.ts';

/** Only an original order is decided by rules; what cancels, replaces, confirms or repeats another waits for a person. */
export function purpose({ order }: OrderCase): Finding | null {
  if (order.purpose === 'original') return null;
  return { kind: 'hold', fault: fault('purpose-not-original', { value: order.purpose }), released: null };
}
