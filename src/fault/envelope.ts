/** Faults of the envelope: ISA to IEA, GS to GE, UNB to UNZ, UNG to UNE. Answered by TA1, AK9, or CONTRL's UCI. */
import type { FaultRow } from '../fault.ts';

export const envelopeFaults = {
  'not-edi': {
    severity: 'error',
    message: 'The bytes are neither X12 nor EDIFACT: they start with {value}.',
    hint: 'An X12 file starts with ISA, an EDIFACT file with UNA or UNB. Check that the right file was sent, unencrypted.',
  },
} as const satisfies Record<string, FaultRow>;
