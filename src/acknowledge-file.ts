/** `portolan acknowledge FILE`: the acknowledgments that a file would get, without a gateway. */
import { type Fault, fault } from './fault.ts';
import { acknowledge } from './interchange/acknowledge.ts';
import { answerInterchange, answerSeparators } from './interchange/acknowledge-envelope.ts';
import { isAnswerable, owesTa1, type Ta1Policy, ta1For, ta1Verdict } from './interchange/acknowledge-ta1.ts';
import {
  type InterchangeBegin,
  type InterchangeSettings,
  readInterchanges,
} from './interchange/interchange.ts';
import { type Receipt, type Received, receiptCollector } from './interchange/receipt.ts';
import { writeInterchange } from './interchange/write.ts';

/** What was agreed with a sender about acknowledgments; partner.yaml's `acknowledge` has this shape. */
export interface AnswerTerms {
  readonly send: '997' | '999' | 'CONTRL' | 'none';
  readonly ta1: Ta1Policy;
  readonly ta1Envelope: 'own' | 'shared';
  readonly everyMessage: boolean;
}

export interface AcknowledgeFileOptions {
  /** Preparation time of the answers. */
  readonly at: Date;
  /** Control number of the first answer; each further one takes the next. */
  readonly control: number;
  /** The terms for an interchange; left out, or null for one: 997 or CONTRL, TA1 on request. */
  readonly terms?: (begin: InterchangeBegin) => AnswerTerms | null;
  /** How an interchange is read, where it was agreed. */
  readonly settings?: (begin: InterchangeBegin) => InterchangeSettings;
}

export interface FileAcknowledgment {
  /** The interchanges of the answers in the order of the file, a newline after each terminator. */
  readonly bytes: Buffer;
  /** Everything that is wrong with the file, and with its answers if they could not be written. */
  readonly faults: readonly Fault[];
}

/**
 * Reads a file and gives the TA1s, 997s, 999s and CONTRLs that it would get: in the received delimiters and versions
 * where these can be written, from its receivers to its senders.
 * @throws RangeError when the control numbers do not fit their element, and whatever the source throws
 */
export async function acknowledgeFile(
  source: AsyncIterable<Uint8Array>,
  options: AcknowledgeFileOptions,
): Promise<FileAcknowledgment> {
  const collect = receiptCollector();
  const answers: Buffer[] = [];
  const faults: Fault[] = [];
  const { settings } = options;
  for await (const event of readInterchanges(source, settings === undefined ? {} : { settings })) {
    if (event.kind === 'stray') faults.push(...event.faults);
    const received = collect(event);
    if (received === null) continue;
    faults.push(...faultsOf(received.receipt));
    const written = answer(received, options, options.control + answers.length);
    faults.push(...written.flatMap((one) => one.faults));
    answers.push(...written.map(({ bytes }) => bytes).filter(({ length }) => length > 0));
  }
  return { bytes: Buffer.concat(answers), faults };
}

const usualTerms = { ta1: 'requested', ta1Envelope: 'own', everyMessage: false } as const;

/** One interchange, or two: a TA1 has its own unless it is shared. */
function answer(
  { begin, receipt }: Received,
  { at, terms }: AcknowledgeFileOptions,
  control: number,
): FileAcknowledgment[] {
  const { standard } = begin;
  const separators = answerSeparators(begin);
  const agreed = terms?.(begin) ?? { ...usualTerms, send: standard === 'x12' ? '997' : 'CONTRL' };
  const ta1 = owesTa1(receipt, agreed.ta1, isAnswerable(receipt)) ? [ta1For(receipt, separators)] : [];
  const functional = agreed.send !== 'none' && (ta1.length === 0 || ta1Verdict(receipt) !== 'rejected');
  const { everyMessage } = agreed;
  const implementation = agreed.send === '999';
  const messages = functional ? acknowledge(receipt, { separators, everyMessage, implementation }) : [];
  const envelope = { at, separators, newline: separators.segment === '\n' ? '' : '\n' };
  const write = (number: number, what: typeof messages, before: typeof ta1): FileAcknowledgment =>
    writeInterchange(answerInterchange(receipt, what, { ...envelope, control: number }, before));
  if (messages.length === 0) return ta1.length > 0 ? [write(control, [], ta1)] : unanswered(receipt, agreed);
  if (ta1.length === 0 || agreed.ta1Envelope === 'shared') return [write(control, messages, ta1)];
  return [write(control, [], ta1), write(control + 1, messages, [])];
}

/** Says why a refused interchange gets no answer; that acknowledgments get none needs no words. */
function unanswered(receipt: Receipt, { send }: AnswerTerms): FileAcknowledgment[] {
  if (receipt.verdict !== 'rejected' || send === 'none') return [];
  return [
    { bytes: Buffer.alloc(0), faults: [fault('nothing-to-acknowledge', { control: receipt.control })] },
  ];
}

function faultsOf({ faults, groups }: Receipt): readonly Fault[] {
  const inside = groups.flatMap((group) => [
    ...group.messages.flatMap((message) => message.faults),
    ...group.faults,
  ]);
  return [...inside, ...faults];
}
