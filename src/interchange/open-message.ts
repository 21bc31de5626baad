/** A message while it is read, and the event that it becomes. */
import type { Fault, Position } from '../fault.ts';
import type { MessageChecker } from './check.ts';
import type { Loop, Message, Segment, Standard } from './event.ts';
import { type FaultList, verdictOf } from './fault-list.ts';
import { segmentsOf } from './segments.ts';
import type { Tape } from './tape.ts';

export interface OpenMessage {
  readonly type: string;
  readonly control: string;
  readonly version: string;
  readonly at: Position;
  readonly faults: FaultList;
  /** What the dictionary says about it; null when it does not know the type. */
  readonly checker: MessageChecker | null;
  /** What begins a line of it; 0: nothing. */
  readonly lineKey: number;
  count: number;
  lines: number;
  /** Segments among which lines were counted. */
  linesCounted: number;
  /** What was kept of it once a limit was passed: what follows is counted only. */
  kept: Tape | null;
}

/** The event of a message; segments and loops are made when somebody first asks for them. */
export function messageEvent(
  message: OpenMessage,
  tape: Tape,
  standard: Standard,
  faults: readonly Fault[],
): Message {
  const { type, control, version, checker, count, at } = message;
  const rules = checker?.rules ?? null;
  let segments: readonly Segment[] | null = null;
  let root: Loop | null | undefined;
  return {
    kind: 'message',
    type,
    control,
    version,
    release: rules?.release ?? null,
    segmentCount: count,
    get segments() {
      segments ??= segmentsOf(tape, standard, rules?.segments ?? null);
      return segments;
    },
    get root() {
      if (root === undefined)
        root = message.kept === null ? (checker?.tree(tape, this.segments) ?? null) : null;
      return root;
    },
    faults,
    verdict: verdictOf(faults),
    at,
  };
}
