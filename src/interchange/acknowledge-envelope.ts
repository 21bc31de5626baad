/** The envelope of an answer: what was received, with its ids swapped. */
import type { AcknowledgmentMessage } from './acknowledge.ts';
import type { InterchangeBegin, Separators, Standard } from './interchange.ts';
import type { Receipt } from './receipt.ts';
import {
  formatControl,
  type OutGroup,
  type OutInterchange,
  type OutMessage,
  type OutSegment,
} from './write.ts';
import { charsetOf } from './write-charset.ts';
import { separatorsRule } from './write-separators.ts';

export interface AnswerEnvelope {
  /** Control number of the answer: ISA13 or UNB 0020, and of its first group. */
  readonly control: number;
  readonly at: Date;
  readonly separators: Separators;
  /** Written after each segment terminator. */
  readonly newline: string;
}

/**
 * Puts acknowledgments of one received interchange into an interchange of their own, in its version, from its receiver to
 * its sender, marked as a test if it was one. 997s of the same version and ids share a group.
 * @param ta1 TA1s that stand before the groups, or alone
 * @throws RangeError when the control number does not fit ISA13
 */
export function answerInterchange(
  receipt: Receipt,
  messages: readonly AcknowledgmentMessage[],
  envelope: AnswerEnvelope,
  ta1: readonly OutSegment[] = [],
): OutInterchange {
  const { standard, sender, receiver, test } = receipt;
  const { control, at, separators, newline } = envelope;
  return {
    standard,
    control: formatControl(standard === 'x12' ? 'ISA13' : '0020', control),
    sender: receiver,
    receiver: sender,
    version: answerVersion(receipt),
    test,
    acknowledgmentRequested: '',
    separators,
    newline,
    at,
    ta1,
    groups: standard === 'x12' ? functionalGroups(messages, control) : [impliedGroup(messages)],
  };
}

/** The delimiters that were received; the usual ones where those could not be written with. */
export function answerSeparators({ standard, separators, version }: InterchangeBegin): Separators {
  const utf8 = /^UNO[WY]/.test(version);
  return separatorsRule(standard, separators, '', utf8) === null ? separators : usual[standard];
}

const usual = {
  x12: { element: '*', component: '>', repetition: null, segment: '~', release: null, decimal: '.' },
  edifact: { element: '+', component: ':', repetition: null, segment: "'", release: '?', decimal: '.' },
} as const satisfies Record<Standard, Separators>;

/** As received; where there is no such version, the oldest that is widely understood: an answer repeats no error. */
function answerVersion({ standard, version }: Receipt): string {
  if (standard === 'x12') return /^00[2-8]\d\d$/.test(version) ? version : '00401';
  return /^UNO[A-Z]:[1-4]$/.test(version) && charsetOf(standard, version) !== null ? version : 'UNOC:3';
}

function functionalGroups(messages: readonly AcknowledgmentMessage[], control: number): readonly OutGroup[] {
  const byAddress = new Map<string, AcknowledgmentMessage[]>();
  for (const message of messages) {
    const address = JSON.stringify([message.groupVersion, message.groupSender, message.groupReceiver]);
    byAddress.set(address, [...(byAddress.get(address) ?? []), message]);
  }
  return [...byAddress.values()].map((members, index) => functionalGroup(members, control + index));
}

function functionalGroup(members: readonly AcknowledgmentMessage[], control: number): OutGroup {
  const first = members[0];
  return {
    type: 'FA',
    control: formatControl('GS06', control),
    version: first?.groupVersion ?? null,
    sender: first?.groupSender || null,
    receiver: first?.groupReceiver || null,
    messages: outMessages(members, 'ST02'),
  };
}

function impliedGroup(messages: readonly AcknowledgmentMessage[]): OutGroup {
  const unnamed = { type: null, control: null, version: null, sender: null, receiver: null };
  return { ...unnamed, messages: outMessages(messages, '0062') };
}

function outMessages(
  messages: readonly AcknowledgmentMessage[],
  element: 'ST02' | '0062',
): readonly OutMessage[] {
  return messages.map(({ type, version, segments }, index) => ({
    type,
    version,
    control: formatControl(element, index + 1),
    segments,
  }));
}
