/**
 * The room's front door: the types that other rooms use, and the one function that reads. A reader takes bytes and gives
 * events, one message at a time; only the current message is held. Faults are values with a place.
 */
import type { InterchangeBegin, InterchangeEvent, InterchangeSettings } from './event.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { Reader } from './reader.ts';

// What else a program needs that uses this room as a library: docs/interchange.md.
export type { Fault, FaultCode, Position, Severity } from '../fault.ts';
export {
  type AcknowledgeOptions,
  type AcknowledgmentMessage,
  type AnswerVerdict,
  acknowledge,
} from './acknowledge.ts';
export { type AnswerEnvelope, answerInterchange } from './acknowledge-envelope.ts';
export {
  type GroupBegin,
  type GroupEnd,
  type InterchangeBegin,
  type InterchangeEnd,
  type InterchangeEvent,
  type InterchangeSettings,
  isLoop,
  type Loop,
  type Message,
  type Party,
  type Segment,
  type Separators,
  type Standard,
  type Stray,
  type Value,
  type Verdict,
} from './event.ts';
export { defaultLimits, type Limits } from './limits.ts';
export { type Receipt, type Received, receiptCollector } from './receipt.ts';
export { type Acknowledgment, type Answer, type Finding, readAcknowledgment } from './verdict.ts';
export {
  formatControl,
  NotWritable,
  type OutGroup,
  type OutInterchange,
  type OutMessage,
  type OutPart,
  type OutSegment,
  type Written,
  writeInterchange,
  writeInterchanges,
} from './write.ts';
export { checkedInterchanges } from './write-checked.ts';
export { rewriteInterchanges } from './write-events.ts';
export { chooseSeparators, type SeparatorChoice, separatorChoice } from './write-separators.ts';

export interface ReadOptions {
  /** Replaces single limits of limits.ts. */
  readonly limits?: Partial<Limits>;
  /** False: reads without the dictionary's checks. Envelope faults are found all the same. */
  readonly check?: boolean;
  /** What was agreed with the sender, asked once its header is read. */
  readonly settings?: (begin: InterchangeBegin) => InterchangeSettings;
}

/**
 * Reads a file of X12 and EDIFACT interchanges, in any mixture, as events. Memory holds one message at a time, whatever
 * the size of the file; how the source cuts its chunks makes no difference.
 *
 * Events come message by message, and at most `blockBytes` (64 KB) are worked on at a time: a consumer that awaits
 * between events leaves the event loop free.
 * @throws only what the source throws; wrong input gives faults
 */
export async function* readInterchanges(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ReadOptions = {},
): AsyncGenerator<InterchangeEvent> {
  const limits = { ...defaultLimits, ...options.limits };
  const reader = new Reader(limits, options);
  for await (const block of blocks(source, limits.blockBytes)) {
    reader.push(block);
    for (let event = reader.next(); event !== null; event = reader.next()) yield event;
  }
  reader.end();
  for (let event = reader.next(); event !== null; event = reader.next()) yield event;
}

/**
 * Cuts and joins chunks into blocks of one size, so that neither a huge nor a tiny chunk is dear. A block is valid until
 * the next is asked for; nothing of a chunk is held when the source is asked for another, which may use its memory again.
 */
async function* blocks(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array> {
  let block: Uint8Array | null = null;
  let length = 0;
  for await (const chunk of source) {
    let from = 0;
    if (length > 0 && block !== null) {
      const part = chunk.subarray(0, size - length);
      block.set(part, length);
      length += part.length;
      from = part.length;
      if (length < size) continue;
      yield block;
      length = 0;
    }
    for (; chunk.length - from >= size; from += size) yield chunk.subarray(from, from + size);
    if (from === chunk.length) continue;
    block ??= new Uint8Array(size);
    block.set(from === 0 ? chunk : chunk.subarray(from));
    length = chunk.length - from;
  }
  if (length > 0 && block !== null) yield block.subarray(0, length);
}
