/**
 * Reading a CONTRL: what UCI, UCF, UCM, UCS and UCD say, in versions 2, 3 and 4, however incomplete they come
 * (ISO 9735, syntax and service report message).
 */
import type { Segment } from './interchange.ts';
import {
  type Acknowledgment,
  type Answer,
  type AnswerDraft,
  answerOf,
  type FindingDraft,
  type Place,
  type Stated,
  worst,
} from './verdict-answer.ts';
import { meaning } from './verdict-codes.ts';
import { countOf, elementOf, elementOrNull, given, positionsOf } from './verdict-text.ts';

export function readContrl(segments: readonly Segment[]): Acknowledgment {
  const heads = segments.filter(({ tag }) => tag === 'UCI');
  const stated = worst(heads.map((uci) => actionOf(uci, 4, 'unknown')));
  const interchange = elementOrNull(heads[0], 1);
  const below = readBelow(segments, interchange, stated);
  const refused = below.some(({ verdict }) => verdict === 'rejected' || verdict === 'partly');
  const verdict = refused && stated !== 'rejected' ? 'partly' : stated;
  const groupRefused = below.some(({ scope, verdict: its }) => scope === 'group' && its === 'rejected');
  const whole = answerOf({
    scope: 'interchange',
    interchange,
    verdict,
    findings: [
      ...heads.flatMap((uci) => serviceFindings(uci, 4)),
      ...segmentFindings(looseDetails(segments)),
    ],
    // Which messages are in a group that is rejected is not said where they are not named.
    inside: groupRefused && stated !== 'rejected' ? 'unknown' : insideOf(stated),
  });
  return { type: 'CONTRL', level: 'syntax', verdict, answers: [whole, ...below] };
}

/** What 0083 says; a code that is not listed says nothing. */
function actionOf(segment: Segment | undefined, element: number, otherwise: Stated): Stated {
  const code = elementOf(segment, element);
  return actions[code] ?? (code === '' ? otherwise : 'unknown');
}

/** Data element 0083; 1 to 3, 5 and 6 are of older directories. */
const actions: Readonly<Record<string, Stated>> = {
  '1': 'accepted',
  '2': 'noted',
  '3': 'partly',
  '4': 'rejected',
  '5': 'accepted',
  '6': 'rejected',
  '7': 'accepted',
  '8': 'received',
};

/** Walks the segments once, each UCM being an answer under the last UCF. */
function readBelow(segments: readonly Segment[], interchange: string | null, stated: Stated): Answer[] {
  const answers: Answer[] = [];
  let group: { readonly control: string | null; readonly verdict: Stated } = {
    control: null,
    verdict: stated,
  };
  for (const [index, segment] of segments.entries()) {
    if (segment.tag === 'UCF') {
      const verdict = stated === 'rejected' ? stated : actionOf(segment, 4, stated);
      group = { control: elementOrNull(segment, 1), verdict };
      const findings = serviceFindings(segment, 4);
      const inside = insideOf(verdict);
      answers.push(
        answerOf({ scope: 'group', interchange, group: group.control, verdict, findings, inside }),
      );
    } else if (segment.tag === 'UCM') {
      const about = { scope: 'message', interchange, group: group.control } as const;
      answers.push(readMessage(segment, following(segments, index + 1), about, group.verdict));
    }
  }
  return answers;
}

/** UCS and UCD that no UCM stands before. */
function looseDetails(segments: readonly Segment[]): readonly Segment[] {
  let owned = false;
  return segments.filter(({ tag }) => {
    const detail = tag === 'UCS' || tag === 'UCD';
    if (!detail) owned = tag === 'UCM';
    return detail && !owned;
  });
}

/** The UCS and UCD that belong to a UCM. */
function following(segments: readonly Segment[], from: number): readonly Segment[] {
  const end = segments.findIndex(({ tag }, index) => index >= from && tag !== 'UCS' && tag !== 'UCD');
  return segments.slice(from, end < 0 ? undefined : end);
}

function readMessage(
  ucm: Segment,
  details: readonly Segment[],
  about: Pick<AnswerDraft, 'scope' | 'interchange' | 'group'>,
  above: Stated,
): Answer {
  const own = actionOf(ucm, 3, insideOf(above));
  const findings = [...serviceFindings(ucm, 3), ...segmentFindings(details)];
  if (above === 'rejected' && own !== 'rejected')
    findings.push({
      meaning: `its ${about.group === null ? 'interchange' : 'group'} was rejected as a whole`,
    });
  return answerOf({
    ...about,
    type: elementOrNull(ucm, 2),
    control: elementOrNull(ucm, 1),
    // A message that is rejected in part is a message rejected: UCM has no other way to say so.
    verdict: above === 'rejected' ? above : own === 'partly' ? 'rejected' : own,
    findings,
  });
}

/** What a level's word means for one message inside. */
function insideOf(stated: Stated): Stated {
  return stated === 'partly' ? 'unknown' : stated;
}

/** 0083 where it is not listed, then 0085, 0013 (0135 in version 4) and S011, of UCI and UCF from element 4, of UCM from 3. */
function serviceFindings(segment: Segment | undefined, first: number): FindingDraft[] {
  const action = elementOf(segment, first);
  const unlisted: FindingDraft[] =
    action === '' || action in actions
      ? []
      : [{ element: '0083', code: action, meaning: 'the verdict is one that the standard does not list' }];
  const code = elementOf(segment, first + 1);
  if (code === '') return unlisted;
  const tag = elementOf(segment, first + 2);
  const at: Place = {
    ...given({ segment: tag === 'UNH' ? 1 : undefined, tag }),
    ...positionAfterTag(segment, first + 3),
  };
  return [...unlisted, { at, element: '0085', code, meaning: meaning('0085', code) }];
}

function segmentFindings(details: readonly Segment[]): FindingDraft[] {
  const findings: FindingDraft[] = [];
  let at: Place = {};
  for (const [index, segment] of details.entries()) {
    if (segment.tag === 'UCD') {
      const place = { ...at, ...positionAfterTag(segment, 2) };
      findings.push({ at: place, ...coded(elementOf(segment, 1), 'something in the element is in error') });
      continue;
    }
    at = given({ segment: countOf(elementOf(segment, 1)) });
    const code = elementOf(segment, 2);
    if (code === '' && details[index + 1]?.tag === 'UCD') continue;
    // A missing segment has the position of the last one before it.
    const where = code === '13' ? ('after' as const) : ('in' as const);
    findings.push({ at, where, ...coded(code, 'something in the segment is in error') });
  }
  return findings;
}

function coded(code: string, otherwise: string): FindingDraft {
  return code === '' ? { meaning: otherwise } : { element: '0085', code, meaning: meaning('0085', code) };
}

/** S011 (0098, 0104, 0136) counts the tag as element 1; people count the elements after it. */
function positionAfterTag(segment: Segment | undefined, element: number): Place {
  const [position = 0, component, repetition] = positionsOf(segment, element);
  return position < 2 ? {} : given({ element: position - 1, component, repetition });
}
