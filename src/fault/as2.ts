/** Faults of AS2: what was refused at the door, and what a partner did not take from us. */
import type { FaultRow } from '../fault.ts';

export const as2Faults = {
  'as2-refused': {
    severity: 'error',
    message: 'An AS2 message of {them} at {endpoint} was refused with {disposition}: {reason}',
    hint: 'Mend what the reason names, here or with the partner, who must send it again. Its bytes are kept; reject the fault when it is dealt with.',
  },
  'as2-id-reused': {
    severity: 'error',
    message:
      'An AS2 message of {them} at {endpoint} has the Message-ID {value} of an earlier one, but holds something else.',
    hint: 'It was not taken, and its sender was told so. Ask the partner: a new file needs a new Message-ID. A stranger who replays messages looks the same.',
  },
  'as2-door': {
    severity: 'error',
    message: 'At /as2, from {them} to {us}: {reason}',
    hint: 'Nothing was taken. Mend the names, keys or addresses of the endpoint, or tell the partner; then reject the fault.',
  },
  'as2-receipt-void': {
    severity: 'error',
    message: 'A receipt of {them} for {name} at {endpoint} does not count: {reason}',
    hint: 'It is sent again by itself, and this ends when its outcome is known. If it goes on, mend the certificates or settings of the endpoint, or ask the partner what they answer.',
  },
  'as2-not-taken': {
    severity: 'error',
    message: 'The partner did not take {name} at {endpoint} ({disposition}): {reason}',
    hint: 'Mend what it names, with the partner, then replay the fault: the same interchange is packed and sent anew.',
  },
  'as2-unanswered': {
    severity: 'error',
    message: 'The partner took {name} at {endpoint}, but no receipt came, though it was sent {times} times.',
    hint: 'Ask the partner whether it is there. Replay the fault to send the same bytes again; reject it when they have it.',
  },
} as const satisfies Readonly<Record<string, FaultRow>>;
