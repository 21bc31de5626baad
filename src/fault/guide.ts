/** Faults by a partner's guide: what was agreed beyond the standard. Each cites the guide's line and the partner's wording. */
import type { FaultRow } from '../fault.ts';

export const guideFaults = {
  'guide-segment-missing': {
    severity: 'error',
    message: '{tag} is missing, though it was agreed: {says}',
    hint: 'Send the segment; the rule stands in {guide}.',
    answer: { ak304: '3', ik304: 'I7', ak502: '5', ik502: 'I5', ucs: '13' },
  },
  'guide-segment-too-often': {
    severity: 'error',
    message: '{tag} comes more than {most} times, which is more than was agreed. {says}',
    hint: 'Send it no more than {most} times; the rule stands in {guide}.',
    answer: { ak304: '5', ak502: '5', ik502: 'I5', ucs: '35' },
  },
} as const satisfies Record<string, FaultRow>;
