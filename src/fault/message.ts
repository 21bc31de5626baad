/** Faults of messages, segments and elements. Answered by AK3, AK4, AK5, or CONTRL's UCM, UCS, UCD. */
import type { FaultRow } from '../fault.ts';

export const messageFaults = {
  'segment-unknown': {
    severity: 'error',
    message: 'The segment {tag} is not part of {type}.',
    hint: 'Remove the segment, or check the version that the message claims.',
    answer: { ak304: '1', ucs: '15' },
  },
} as const satisfies Record<string, FaultRow>;
