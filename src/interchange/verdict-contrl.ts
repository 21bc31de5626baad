/** Reading a CONTRL: what UCI, UCF, UCM, UCS and UCD say, in syntax 2, 3 and 4, however incomplete they come. */
import type { AnswerVerdict } from './acknowledge.ts';
import type { Segment, Verdict } from './interchange.ts';
import type { AcknowledgedMessage, Acknowledgment } from './verdict.ts';
import { meaning } from './verdict-codes.ts';
import { componentOf, elementOf, elementOrNull } from './verdict-text.ts';

export function readContrl(segments: readonly Segment[]): Acknowledgment {
  const uci = segments.find(({ tag }) => tag === 'UCI');
  const stated = actions[elementOf(uci, 4)] ?? 'unknown';
  const { messages, groupNotes, groupRejected } = readBelow(segments, stated);
  const rejected = groupRejected || messages.some(({ verdict }) => verdict === 'rejected');
  return {
    type: 'CONTRL',
    groupType: null,
    groupControl: null,
    interchangeControl: elementOrNull(uci, 1),
    verdict: rejected && stated !== 'rejected' ? 'partly' : stated,
    notes: [...serviceNotes('Interchange', uci, 5), ...groupNotes],
    messages,
    others: groupRejected && stated !== 'rejected' ? 'unknown' : below(stated),
  };
}

/** Data element 0083; 1 to 3, 5 and 6 are of older directories. */
const actions: Readonly<Record<string, AnswerVerdict>> = {
  '1': 'accepted',
  '2': 'noted',
  '3': 'partly',
  '4': 'rejected',
  '5': 'accepted',
  '6': 'rejected',
  '7': 'accepted',
  '8': 'received',
};

interface Below {
  readonly messages: AcknowledgedMessage[];
  readonly groupNotes: string[];
  groupRejected: boolean;
}

/** Walks the segments once, each UCM opening a message under the last UCF. */
function readBelow(segments: readonly Segment[], stated: AnswerVerdict | 'unknown'): Below {
  const found: Below = { messages: [], groupNotes: [], groupRejected: false };
  let group: { control: string | null; verdict: AnswerVerdict | 'unknown' } = {
    control: null,
    verdict: stated,
  };
  segments.forEach((segment, index) => {
    if (segment.tag === 'UCF') {
      const verdict = actions[elementOf(segment, 4)] ?? stated;
      group = { control: elementOrNull(segment, 1), verdict };
      found.groupRejected ||= verdict === 'rejected';
      found.groupNotes.push(...serviceNotes(`Group ${group.control ?? '?'}`, segment, 5));
    } else if (segment.tag === 'UCM') {
      found.messages.push(readMessage(segment, following(segments, index + 1), group.control, group.verdict));
    }
  });
  return found;
}

/** The UCS and UCD that belong to a UCM. */
function following(segments: readonly Segment[], from: number): readonly Segment[] {
  const end = segments.findIndex(({ tag }, index) => index >= from && tag !== 'UCS' && tag !== 'UCD');
  return segments.slice(from, end < 0 ? undefined : end);
}

function readMessage(
  ucm: Segment,
  details: readonly Segment[],
  groupControl: string | null,
  above: AnswerVerdict | 'unknown',
): AcknowledgedMessage {
  const own = actions[elementOf(ucm, 3)];
  return {
    type: elementOrNull(ucm, 2),
    control: elementOrNull(ucm, 1),
    groupControl,
    verdict: above === 'rejected' ? 'rejected' : own === undefined ? below(above) : below(own, 'rejected'),
    notes: [...serviceNotes('Message', ucm, 4), ...segmentNotes(details)],
  };
}

/** What a level's word means for one message. `partly` differs: a message rejected in part is a message rejected. */
function below(
  stated: AnswerVerdict | 'unknown',
  partly: Verdict | 'unknown' = 'unknown',
): Verdict | 'unknown' {
  if (stated === 'partly') return partly;
  return stated === 'received' ? 'unknown' : stated;
}

/** 0085, 0013 and S011 of UCI, UCF (from element 5) and UCM (from element 4). */
function serviceNotes(what: string, segment: Segment | undefined, first: number): string[] {
  const code = elementOf(segment, first);
  if (code === '') return [];
  const tag = elementOf(segment, first + 1);
  const place = tag === '' ? '' : `, ${tag}${elementPlace(segment, first + 2)}`;
  return [`${what}${place}: ${meaning('0085', code)}`];
}

function segmentNotes(details: readonly Segment[]): string[] {
  const notes: string[] = [];
  let place = 'Segment ?';
  details.forEach((segment, index) => {
    if (segment.tag === 'UCD') {
      const code = elementOf(segment, 1);
      notes.push(
        `${place}${elementPlace(segment, 2)}: ${code === '' ? 'it is in error' : meaning('0085', code)}`,
      );
      return;
    }
    place = `Segment ${elementOf(segment, 1) || '?'}`;
    const code = elementOf(segment, 2);
    if (code !== '') notes.push(`${place}: ${meaning('0085', code)}`);
    else if (details[index + 1]?.tag !== 'UCD') notes.push(`${place}: it is in error`);
  });
  return notes;
}

/** S011 counts the tag as element 1; people count the elements after it. */
function elementPlace(segment: Segment | undefined, element: number): string {
  const position = Number(elementOf(segment, element));
  const component = componentOf(segment, element, 2);
  if (!Number.isInteger(position) || position < 2) return '';
  return `, element ${position - 1}${component === '' ? '' : `, component ${component}`}`;
}
