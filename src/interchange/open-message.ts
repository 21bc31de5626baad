/** A message while it is read, and the event that it becomes. */
import type { Fault, Position } from '../fault.ts';
import type { MessageChecker } from './check.ts';
import type { Loop, Message, Segment, Standard, Verdict } from './event.ts';
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
export class ReadMessage implements Message {
  readonly kind = 'message';
  readonly type: string;
  readonly control: string;
  readonly version: string;
  readonly release: string | null;
  readonly segmentCount: number;
  readonly faults: readonly Fault[];
  readonly verdict: Verdict;
  readonly at: Position;
  readonly #tape: Tape;
  readonly #standard: Standard;
  readonly #checker: MessageChecker | null;
  /** False when not all of it was kept: it has no loops then. */
  readonly #whole: boolean;
  #segments: readonly Segment[] | null = null;
  #root: Loop | null | undefined;

  constructor(message: OpenMessage, tape: Tape, standard: Standard, faults: readonly Fault[]) {
    this.type = message.type;
    this.control = message.control;
    this.version = message.version;
    this.release = message.checker?.rules.release ?? null;
    this.segmentCount = message.count;
    this.faults = faults;
    this.verdict = verdictOf(faults);
    this.at = message.at;
    this.#tape = tape;
    this.#standard = standard;
    this.#checker = message.checker;
    this.#whole = message.kept === null;
  }

  get segments(): readonly Segment[] {
    this.#segments ??= segmentsOf(this.#tape, this.#standard, this.#checker?.rules.segments ?? null);
    return this.#segments;
  }

  get root(): Loop | null {
    if (this.#root === undefined) {
      const checker = this.#whole ? this.#checker : null;
      this.#root = checker?.tree(this.#tape, this.segments) ?? null;
    }
    return this.#root;
  }
}
