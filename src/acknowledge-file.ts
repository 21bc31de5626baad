/** `portolan acknowledge FILE`: the acknowledgments that a file would get, without a gateway and its agreements. */
import { type Fault, fault } from './fault.ts';
import { acknowledge } from './interchange/acknowledge.ts';
import { answerInterchange } from './interchange/acknowledge-envelope.ts';
import { readInterchanges } from './interchange/interchange.ts';
import { type Receipt, type Received, receiptCollector } from './interchange/receipt.ts';
import { writeInterchange } from './interchange/write.ts';

export interface AcknowledgeFileOptions {
  /** Preparation time of the answers. */
  readonly at: Date;
  /** Control number of the first answer; each further one takes the next. */
  readonly control: number;
}

export interface FileAcknowledgment {
  /** One interchange for each that may be answered, in the order of the file, a newline after each terminator. */
  readonly bytes: Buffer;
  /** Everything that is wrong with the file, and with its answers if they could not be written. */
  readonly faults: readonly Fault[];
}

/**
 * Reads a file and gives the 997s and CONTRLs that it would get: in the received delimiters and versions, from its
 * receivers to its senders.
 * @throws RangeError when the control numbers do not fit their element, and whatever the source throws
 */
export async function acknowledgeFile(
  source: AsyncIterable<Uint8Array>,
  options: AcknowledgeFileOptions,
): Promise<FileAcknowledgment> {
  const collect = receiptCollector();
  const answers: Buffer[] = [];
  const faults: Fault[] = [];
  for await (const event of readInterchanges(source)) {
    if (event.kind === 'stray') faults.push(...event.faults);
    const received = collect(event);
    if (received === null) continue;
    const written = answer(received, { ...options, control: options.control + answers.length });
    faults.push(...faultsOf(received.receipt), ...written.faults);
    if (written.bytes.length > 0) answers.push(written.bytes);
  }
  return { bytes: Buffer.concat(answers), faults };
}

function answer({ begin, receipt }: Received, { at, control }: AcknowledgeFileOptions): FileAcknowledgment {
  const { separators } = begin;
  const messages = acknowledge(receipt, { separators });
  if (messages.length === 0) return { bytes: Buffer.alloc(0), faults: unanswered(receipt) };
  const newline = separators.segment === '\n' ? '' : '\n';
  return writeInterchange(answerInterchange(receipt, messages, { control, at, separators, newline }));
}

/** Says why a refused interchange gets no answer; that acknowledgments get none needs no words. */
function unanswered(receipt: Receipt): readonly Fault[] {
  return receipt.verdict === 'rejected'
    ? [fault('nothing-to-acknowledge', { control: receipt.control })]
    : [];
}

function faultsOf({ faults, groups }: Receipt): readonly Fault[] {
  const inside = groups.flatMap((group) => [
    ...group.messages.flatMap((message) => message.faults),
    ...group.faults,
  ]);
  return [...inside, ...faults];
}
