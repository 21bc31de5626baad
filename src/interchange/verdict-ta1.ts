/** Reading a TA1: what a partner says of the envelope of an interchange of ours (X12.5: TA101 to TA105). */
import type { Segment } from './interchange.ts';
import {
  type Acknowledgment,
  answerOf,
  type FindingDraft,
  type Place,
  type Stated,
} from './verdict-answer.ts';
import { meaning } from './verdict-codes.ts';
import { elementOf, elementOrNull } from './verdict-text.ts';

/** A or E says that the envelope is good; what is in it is judged elsewhere. */
export function readTa1(segment: Segment): Acknowledgment {
  const verdict = verdicts[elementOf(segment, 4)] ?? 'unknown';
  const answer = answerOf({
    scope: 'interchange',
    interchange: elementOrNull(segment, 1),
    verdict,
    findings: [...unlisted(elementOf(segment, 4)), ...noteOf(elementOf(segment, 5))],
    inside: verdict === 'rejected' || verdict === 'unknown' ? verdict : 'received',
  });
  return { type: 'TA1', level: 'envelope', verdict, answers: [answer] };
}

/** Element I17. */
const verdicts: Readonly<Record<string, Stated>> = { A: 'accepted', E: 'noted', R: 'rejected' };

function unlisted(code: string): FindingDraft[] {
  return code === '' || code in verdicts
    ? []
    : [{ element: 'TA104', code, meaning: 'the verdict is one that the standard does not list' }];
}

function noteOf(code: string): FindingDraft[] {
  if (code === '' || code === '000') return [];
  const at = places[code];
  return [{ element: 'TA105', code, meaning: meaning('TA105', code), ...(at === undefined ? {} : { at }) }];
}

const isa = (element: number): Place => ({ tag: 'ISA', element });

/** The element of the envelope that a note code speaks of. */
const places: Readonly<Record<string, Place>> = {
  '001': { tag: 'IEA', element: 2 },
  '002': isa(11),
  '003': isa(12),
  '004': { tag: 'ISA' },
  '005': isa(5),
  '006': isa(6),
  '007': isa(7),
  '008': isa(8),
  '009': isa(8),
  '010': isa(1),
  '011': isa(2),
  '012': isa(3),
  '013': isa(4),
  '014': isa(9),
  '015': isa(10),
  '016': isa(11),
  '017': isa(12),
  '018': isa(13),
  '019': isa(14),
  '020': isa(15),
  '021': { tag: 'IEA', element: 1 },
  '025': isa(13),
  '026': { tag: 'ISA' },
  '027': isa(16),
};
