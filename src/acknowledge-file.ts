/** `portolan acknowledge FILE`: the acknowledgments that a file would get, without a gateway. */
import { type Fault, fault } from './fault.ts';
import { acknowledge } from './interchange/acknowledge.ts';
import { contextOf } from './interchange/acknowledge-context.ts';
import { answerInterchange, answerSeparators } from './interchange/acknowledge-envelope.ts';
import { isAnswerable, owesTa1, type Ta1Policy, ta1For, ta1Verdict } from './interchange/acknowledge-ta1.ts';
import {
  type InterchangeBegin,
  type InterchangeSettings,
  type Message,
  readInterchanges,
} from './interchange/interchange.ts';
import {
  type MessageReceipt,
  messageReceipt,
  type Receipt,
  type Received,
  receiptCollector,
} from './interchange/receipt.ts';
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
  /** What is told of a message, where it is more than the standard's own faults: a guide's restrictions in a 999. */
  readonly told?: (message: Message, begin: InterchangeBegin) => Promise<Pick<Message, 'faults' | 'verdict'>>;
}

export interface FileAcknowledgment {
  /** The interchanges of the answers in the order of the file, a newline after each terminator. */
  readonly bytes: Buffer;
  /** Everything that is wrong with the file, and with its answers if they could not be written. */
  readonly faults: readonly Fault[];
}

/** One interchange of a file, or bytes outside of any, with what it is answered. */
export interface AnsweredInterchange {
  /** What is wrong with what was received. */
  readonly faults: readonly Fault[];
  /** The interchanges of the answer: none, one or two; one without bytes has faults that say why it is not written. */
  readonly answers: readonly FileAcknowledgment[];
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
  const answers: Buffer[] = [];
  const faults: Fault[] = [];
  for await (const one of answerFile(source, options)) {
    faults.push(...one.faults, ...one.answers.flatMap((answer) => answer.faults));
    answers.push(...one.answers.map(({ bytes }) => bytes));
  }
  return { bytes: Buffer.concat(answers), faults };
}

/**
 * The same, interchange by interchange.
 * @throws as acknowledgeFile
 */
export async function* answerFile(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: AcknowledgeFileOptions,
): AsyncGenerator<AnsweredInterchange> {
  const { settings, told } = options;
  const collect = receiptCollector();
  let begin: InterchangeBegin | null = null;
  let messages: MessageReceipt[] = [];
  let { control } = options;
  for await (const event of readInterchanges(source, settings === undefined ? {} : { settings })) {
    if (event.kind === 'stray') yield { faults: event.faults, answers: [] };
    if (event.kind === 'interchange') [begin, messages] = [event, []];
    if (event.kind === 'message' && begin !== null && told !== undefined)
      messages.push(receiptTelling(event, await told(event, begin)));
    const received = collect(event);
    if (received === null) continue;
    const receipt = told === undefined ? received.receipt : withMessages(received.receipt, messages);
    const answers = answer({ ...received, receipt }, options, control);
    control += answers.filter(({ bytes }) => bytes.length > 0).length;
    yield { faults: faultsOf(received.receipt), answers };
  }
}

function receiptTelling(message: Message, told: Pick<Message, 'faults' | 'verdict'>): MessageReceipt {
  const context = contextOf(message, told.verdict !== 'accepted');
  return { ...messageReceipt(message), ...told, ...(context === null ? {} : { context }) };
}

/** The receipt with other receipts of its messages, in their order. */
function withMessages(receipt: Receipt, messages: readonly MessageReceipt[]): Receipt {
  let next = 0;
  const groups = receipt.groups.map((group) => ({
    ...group,
    messages: group.messages.map((message) => messages[next++] ?? message),
  }));
  return { ...receipt, groups };
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
