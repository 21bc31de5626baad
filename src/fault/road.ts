/** Faults that the road finds: whose message it is, whether it came before, which guide reads it, what the order asks. */
import type { FaultRow } from '../fault.ts';

export const roadFaults = {
  'sender-unknown': {
    severity: 'error',
    message: 'No agreement names sender {sender} and receiver {receiver}.',
    hint: 'Add an agreement with these ids to a partner folder, then replay the delivery.',
  },
  'delimiter-in-data': {
    severity: 'error',
    message: '{tag} element {element} holds the delimiter {delimiter}: {value}.',
    hint: 'Change the data, or agree on other delimiters with the partner: X12 has no way to escape one.',
  },
  'character-not-writable': {
    severity: 'error',
    message: '{tag} element {element} holds {character}, which {charset} does not have: {value}.',
    hint: 'Change the data, or agree on a wider character set with the partner.',
  },
  'repetition-not-writable': {
    severity: 'error',
    message: '{tag} element {element} repeats, but the interchange has no repetition separator.',
    hint: 'Write the message in a version with repetitions, or give the values in segments of their own.',
  },
  'envelope-not-writable': {
    severity: 'error',
    message: '{tag} element {element} cannot be "{value}": it takes {rule}.',
    hint: "Correct the agreement's ids, versions or control numbers.",
  },
  'separators-not-writable': {
    severity: 'error',
    message: 'The separators {value} cannot be used: {rule}.',
    hint: "Correct the agreement's separators.",
  },
} as const satisfies Record<string, FaultRow>;
