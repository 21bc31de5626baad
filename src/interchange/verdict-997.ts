/** Reading a 997: what AK1 to AK9 say, segment by segment, in whatever order and however incomplete they come. */
import type { AnswerVerdict } from './acknowledge.ts';
import type { Segment, Verdict } from './interchange.ts';
import type { AcknowledgedMessage, Acknowledgment } from './verdict.ts';
import { meaning } from './verdict-codes.ts';
import { componentOf, elementOf, elementOrNull, elementsFrom } from './verdict-text.ts';

export function read997(segments: readonly Segment[]): Acknowledgment {
  const ak1 = segments.find(({ tag }) => tag === 'AK1');
  const ak9 = segments.findLast(({ tag }) => tag === 'AK9');
  const groupControl = elementOrNull(ak1, 2);
  const stated = groupCodes[elementOf(ak9, 1)] ?? 'unknown';
  const messages = setsOf(segments).map((set) => readSet(set, groupControl, stated));
  return {
    type: '997',
    groupType: elementOrNull(ak1, 1),
    groupControl,
    interchangeControl: null,
    verdict: overall(stated, messages),
    notes: elementsFrom(ak9, 5).map((code) => `Group: ${meaning('AK905', code)}`),
    messages,
    others: othersOf(stated, ak9, messages),
    ...(stated === 'partly' ? { othersOf: Number(elementOf(ak9, 2)) } : {}),
  };
}

type Stated = AnswerVerdict | 'unknown';

/** Element 715. */
const groupCodes: Readonly<Record<string, AnswerVerdict>> = {
  A: 'accepted',
  E: 'noted',
  P: 'partly',
  R: 'rejected',
  M: 'rejected',
  W: 'rejected',
  X: 'rejected',
};

/** Element 717. */
const setCodes: Readonly<Record<string, Verdict>> = {
  A: 'accepted',
  E: 'noted',
  R: 'rejected',
  M: 'rejected',
  W: 'rejected',
  X: 'rejected',
};

/** AK2 with what follows, up to the next AK2 or AK9. */
function setsOf(segments: readonly Segment[]): readonly (readonly Segment[])[] {
  const sets: Segment[][] = [];
  let open: Segment[] | null = null;
  for (const segment of segments) {
    if (segment.tag === 'AK9') open = null;
    if (segment.tag === 'AK2') {
      open = [];
      sets.push(open);
    }
    open?.push(segment);
  }
  return sets;
}

function readSet(set: readonly Segment[], groupControl: string | null, group: Stated): AcknowledgedMessage {
  const ak5 = set.find(({ tag }) => tag === 'AK5');
  const own = setCodes[elementOf(ak5, 1)];
  const notes = [
    ...segmentNotes(set),
    ...elementsFrom(ak5, 2).map((code) => `Message: ${meaning('AK502', code)}`),
  ];
  return {
    type: elementOrNull(set[0], 1),
    control: elementOrNull(set[0], 2),
    groupControl,
    verdict: group === 'rejected' ? 'rejected' : (own ?? unnamed(group)),
    notes:
      group === 'rejected' && own !== 'rejected' ? [...notes, 'Group: it was rejected as a whole'] : notes,
  };
}

function segmentNotes(set: readonly Segment[]): string[] {
  const notes: string[] = [];
  let place = 'Segment';
  set.forEach((segment, index) => {
    if (segment.tag === 'AK3') {
      place = segmentPlace(segment);
      const code = elementOf(segment, 4);
      const told = code === '8' && set[index + 1]?.tag === 'AK4';
      if (!told) notes.push(`${place}: ${code === '' ? 'it is in error' : meaning('AK304', code)}`);
    } else if (segment.tag === 'AK4') notes.push(`${place}, ${elementNote(segment)}`);
  });
  return notes;
}

function segmentPlace(ak3: Segment): string {
  const tag = elementOf(ak3, 1);
  const position = elementOf(ak3, 2);
  return `Segment ${position === '' ? '?' : position}${tag === '' ? '' : ` (${tag})`}`;
}

function elementNote(ak4: Segment): string {
  const position = elementOf(ak4, 1);
  const component = componentOf(ak4, 1, 2);
  const code = elementOf(ak4, 3);
  const value = elementOf(ak4, 4);
  return [
    `element ${position === '' ? '?' : position}`,
    component === '' ? '' : `, component ${component}`,
    `: ${code === '' ? 'it is in error' : meaning('AK403', code)}`,
    value === '' ? '' : `: '${value}'`,
  ].join('');
}

/** The group's own word, unless a set that it names says otherwise or it says nothing. */
function overall(stated: Stated, messages: readonly AcknowledgedMessage[]): Stated {
  const rejected = messages.filter(({ verdict }) => verdict === 'rejected').length;
  if (stated === 'accepted' || stated === 'noted') return rejected > 0 ? 'partly' : stated;
  if (stated !== 'unknown' || messages.length === 0) return stated;
  if (messages.some(({ verdict }) => verdict === 'unknown')) return 'unknown';
  if (rejected > 0) return rejected === messages.length ? 'rejected' : 'partly';
  return messages.some(({ verdict }) => verdict === 'noted') ? 'noted' : 'accepted';
}

/** Sets without an AK2: the group's word holds; of a part, only when the counts say that all rejected ones are named. */
function othersOf(
  stated: Stated,
  ak9: Segment | undefined,
  messages: readonly AcknowledgedMessage[],
): Verdict | 'unknown' {
  if (stated !== 'partly') return unnamed(stated);
  const refused = Number(elementOf(ak9, 3)) - Number(elementOf(ak9, 4));
  const named = messages.filter(({ verdict }) => verdict === 'rejected').length;
  return refused === named && named > 0 ? 'accepted' : 'unknown';
}

/** A set that the group does not judge on its own. AK9 E does not say which sets have the errors: each was accepted. */
function unnamed(stated: Stated): Verdict | 'unknown' {
  if (stated === 'accepted' || stated === 'noted') return 'accepted';
  return stated === 'rejected' ? 'rejected' : 'unknown';
}
