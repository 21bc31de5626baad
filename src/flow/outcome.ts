/** What becomes of one message. */
import type { Fault } from '../fault.ts';
import type { Acknowledgment } from '../interchange/verdict.ts';
import type { CanonicalName } from '../order/canonical.ts';
import type { MessageState } from '../store/messages.ts';
import type { NewOrder } from '../store/orders.ts';

export interface FoundFault {
  readonly fault: Fault;
  readonly waiting: boolean;
}

export interface Outcome {
  readonly state: MessageState;
  readonly guide: string | null;
  /** What the content is, where a guide read it. */
  readonly canonical: CanonicalName | null;
  readonly content: unknown;
  readonly faults: readonly FoundFault[];
  /** The order it makes; the caller knows its message and delivery. */
  readonly order?: Omit<NewOrder, 'message_id' | 'delivery_id'>;
  /** It is an acknowledgment of ours, to be matched. */
  readonly acknowledgment?: Acknowledgment;
  /** It only informs, and that was noted. */
  readonly recorded?: { readonly type: string; readonly canonical: CanonicalName; readonly number: string };
  /** Purchase order number that it speaks of, where it is held beside its order. */
  readonly about?: string;
}

/** It waits for a person, unread. */
export function held(why: Fault): Outcome {
  return {
    state: 'held',
    guide: null,
    canonical: null,
    content: null,
    faults: [{ fault: why, waiting: true }],
  };
}
