/** Faults that the road finds: whose message it is, whether it came before, which guide reads it, what the order asks. */
import type { FaultRow } from '../fault.ts';

export const roadFaults = {
  'sender-unknown': {
    severity: 'error',
    message: 'No agreement names sender {sender} and receiver {receiver}.',
    hint: 'Add an agreement with these ids to a partner folder, then replay the delivery.',
  },
} as const satisfies Record<string, FaultRow>;
