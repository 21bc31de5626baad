/**
 * Reading a 997 or a 999: what AK1 to AK9, and IK3 to IK5 with CTX, say segment by segment, in whatever order and however
 * incomplete they come (X12 004010 and 005010, 997; 005010, 999).
 */
import type { Segment, Verdict } from './interchange.ts';
import { SetFindings } from './verdict-997-segments.ts';
import {
  type Acknowledgment,
  type Answer,
  answerOf,
  type FindingDraft,
  type Stated,
  worst,
} from './verdict-answer.ts';
import { type CodedElement, meaning } from './verdict-codes.ts';
import { elementOf, elementOrNull, elementsFrom } from './verdict-text.ts';

/** Reads each group that it answers: one, or more where a partner answers several in one message. */
export function read997(type: '997' | '999', segments: readonly Segment[]): Acknowledgment {
  const groups = groupsOf(segments).map(readGroup);
  const answers = groups.flatMap(({ answers }) => answers);
  return { type, level: 'syntax', verdict: together(groups.map(({ verdict }) => verdict)), answers };
}

/** Elements 715 and 717. */
const verdicts: Readonly<Record<string, 'accepted' | 'noted' | 'partly' | 'rejected'>> = {
  A: 'accepted',
  E: 'noted',
  P: 'partly',
  R: 'rejected',
  M: 'rejected',
  W: 'rejected',
  X: 'rejected',
};

/** What verdicts of 715 and 717 say beside their verdict. */
const verdictMeanings: Readonly<Record<string, string>> = {
  M: 'its authentication failed',
  W: 'its assurance failed',
  X: 'its content could not be used once decrypted',
};

/** AK1 with what follows, up to the next AK1. */
function groupsOf(segments: readonly Segment[]): readonly (readonly Segment[])[] {
  const starts = segments.flatMap(({ tag }, index) => (tag === 'AK1' ? [index] : []));
  if (starts.length < 2) return [segments];
  return starts.map((start, at) => segments.slice(at === 0 ? 0 : start, starts[at + 1]));
}

interface Group {
  readonly verdict: Stated;
  readonly answers: readonly Answer[];
}

function readGroup(segments: readonly Segment[]): Group {
  const ak1 = segments.find(({ tag }) => tag === 'AK1');
  const ends = segments.filter(({ tag }) => tag === 'AK9');
  const group = { groupType: elementOrNull(ak1, 1), group: elementOrNull(ak1, 2) };
  const stated = worst(ends.map((ak9) => verdicts[elementOf(ak9, 1)] ?? 'unknown'));
  const { sets, loose } = setsOf(segments);
  const messages = sets.map((set) => readSet(set, group, stated));
  const verdict = overall(stated, messages);
  const whole = answerOf({
    scope: 'group',
    ...group,
    verdict,
    findings: [
      ...ends.flatMap((ak9) => verdictFinding('AK901', elementOf(ak9, 1))),
      ...ends.flatMap((ak9) => codeFindings('AK905', elementsFrom(ak9, 5))),
      ...new SetFindings().read(loose),
    ],
    ...insideOf(stated, ends.at(-1), messages),
  });
  return { verdict, answers: [whole, ...messages] };
}

/** AK2 with what follows, up to the next AK2 or AK9; an AK5 without its AK2 makes a set without a name. */
function setsOf(segments: readonly Segment[]): { sets: Segment[][]; loose: Segment[] } {
  const sets: Segment[][] = [];
  const loose: Segment[] = [];
  let open: Segment[] | null = null;
  for (const segment of segments) {
    if (segment.tag === 'AK9') open = null;
    else if (segment.tag === 'AK2') {
      open = [segment];
      sets.push(open);
    } else if (open !== null) open.push(segment);
    else if (endsSet(segment)) sets.push([...loose.splice(0), segment]);
    else loose.push(segment);
  }
  return { sets, loose };
}

function endsSet({ tag }: Segment): boolean {
  return tag === 'AK5' || tag === 'IK5';
}

function readSet(
  set: readonly Segment[],
  group: { readonly groupType: string | null; readonly group: string | null },
  stated: Stated,
): Answer {
  const ak2 = set.find(({ tag }) => tag === 'AK2');
  const ends = set.filter(endsSet);
  const own = ends.length === 0 ? unnamed(stated) : worst(ends.map((end) => endVerdict(end, stated)));
  const verdict = stated === 'rejected' ? 'rejected' : own;
  const findings: FindingDraft[] = [
    ...new SetFindings().read(set),
    ...ends.flatMap((end) => verdictFinding(`${end.tag}01`, elementOf(end, 1))),
    ...ends.flatMap((end) => codeFindings(end.tag === 'IK5' ? 'IK502' : 'AK502', elementsFrom(end, 2))),
  ];
  if (stated === 'rejected' && own !== 'rejected')
    findings.push({ meaning: 'its group was rejected as a whole' });
  const [type, control] = [elementOrNull(ak2, 1), elementOrNull(ak2, 2)];
  return answerOf({ scope: 'message', ...group, type, control, verdict, findings });
}

/** AK501 and IK501. A message is not refused in part: P says nothing there, as a code that is not listed does. */
function endVerdict(end: Segment, stated: Stated): Stated {
  const code = elementOf(end, 1);
  if (code === '') return unnamed(stated);
  return code === 'P' ? 'unknown' : (verdicts[code] ?? 'unknown');
}

/** A verdict that says more than its word, or that the standard does not list. */
function verdictFinding(element: string, code: string): FindingDraft[] {
  const told = verdictMeanings[code];
  if (told !== undefined) return [{ element, code, meaning: told }];
  const listed = code === '' || (code in verdicts && !(code === 'P' && element !== 'AK901'));
  return listed ? [] : [{ element, code, meaning: 'the verdict is one that the standard does not list' }];
}

function codeFindings(element: CodedElement, codes: readonly string[]): FindingDraft[] {
  return codes.map((code) => ({ element, code, meaning: meaning(element, code) }));
}

/** The group's own word, unless a set that it names says otherwise or it says nothing. */
function overall(stated: Stated, messages: readonly Answer[]): Stated {
  const rejected = messages.filter(({ verdict }) => verdict === 'rejected').length;
  if (stated === 'accepted' || stated === 'noted') return rejected > 0 ? 'partly' : stated;
  if (stated !== 'unknown' || messages.length === 0) return stated;
  return together(messages.map(({ verdict }) => verdict));
}

/** One word for several: partly where some are rejected. */
function together(all: readonly Stated[]): Stated {
  if (all.length === 0 || all.includes('unknown')) return 'unknown';
  if (all.every((one) => one === 'rejected')) return 'rejected';
  if (all.includes('rejected') || all.includes('partly')) return 'partly';
  return all.includes('noted') ? 'noted' : 'accepted';
}

/**
 * What holds for sets without an AK2. The group's word, as long as its counts do not say otherwise: those that it received
 * and did not accept must be the ones that it names.
 */
function insideOf(
  stated: Stated,
  ak9: Segment | undefined,
  messages: readonly Answer[],
): { inside: Stated; counted: number | null } {
  if (stated === 'rejected' || stated === 'unknown') return { inside: stated, counted: null };
  const [included, received, accepted] = [2, 3, 4].map((element) => digitsOf(elementOf(ak9, element)));
  const counted = received ?? included ?? null;
  const named = messages.filter(({ verdict }) => verdict === 'rejected').length;
  const refused = received === undefined || accepted === undefined ? undefined : received - accepted;
  const allCame = included === undefined || received === undefined || included === received;
  const fits =
    refused === undefined ? stated !== 'partly' : refused === named && (named > 0 || stated !== 'partly');
  return { inside: fits && allCame ? 'accepted' : 'unknown', counted };
}

function digitsOf(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** A set that has no word of its own. AK9 E does not say which sets have the errors: each was accepted. */
function unnamed(stated: Stated): Verdict | 'unknown' {
  if (stated === 'accepted' || stated === 'noted') return 'accepted';
  return stated === 'rejected' ? 'rejected' : 'unknown';
}
