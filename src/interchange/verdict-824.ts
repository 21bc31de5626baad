/**
 * Reading an 824: what OTI, TED, CTX, NTE, RED, LM and LQ say of the content of messages of ours (X12 004010 and 005010,
 * 824). Items and batches of a message are told with the message that they belong to.
 */
import type { Segment } from './interchange.ts';
import { contextOf } from './verdict-997-segments.ts';
import {
  type Acknowledgment,
  type Answer,
  answerOf,
  type FindingDraft,
  type Reference,
  type Stated,
} from './verdict-answer.ts';
import { meaning } from './verdict-codes.ts';
import { countOf, elementOf, elementOrNull, given, positionsOf } from './verdict-text.ts';
import { written } from './verdict-words.ts';

export function read824(segments: readonly Segment[]): Acknowledgment {
  const subjects: Part[][] = [];
  for (const part of partsOf(segments)) {
    const known = subjects.find(([first]) => first !== undefined && first.key === part.key);
    const owner = known ?? (part.key === '' ? subjects.at(-1) : undefined);
    if (owner === undefined) subjects.push([part]);
    else owner.push(part);
  }
  const answers = [...subjects.map(answerFor), ...withoutSubject(segments)];
  return { type: '824', level: 'application', verdict: together(answers), answers };
}

/** One OTI with what follows it. */
interface Part {
  /** Parts of one key speak of one message; '': an item without control numbers, which belongs to the message before it. */
  readonly key: string;
  readonly level: Level;
  readonly verdict: Stated;
  readonly oti: Segment;
  readonly references: readonly Reference[];
  readonly findings: readonly FindingDraft[];
}

type Level = 'group' | 'message' | 'inside';

/** Element 110: its first letter says of what, its second what. */
const levels: Readonly<Record<string, Level>> = { G: 'group', T: 'message', B: 'inside', I: 'inside' };
const results: Readonly<Record<string, Stated>> = {
  A: 'accepted',
  C: 'noted',
  E: 'noted',
  H: 'received',
  P: 'partly',
  R: 'rejected',
};

/** What element 110 says beside its verdict. */
const resultMeanings: Readonly<Record<string, string>> = {
  C: 'its content was changed',
  H: 'it is on hold',
};

/** What is told before the first OTI is about nothing that could be named. */
function withoutSubject(segments: readonly Segment[]): Answer[] {
  const first = segments.findIndex(({ tag }) => tag === 'OTI');
  const findings = findingsOf(first < 0 ? segments : segments.slice(0, first));
  return findings.length === 0 ? [] : [answerOf({ scope: 'message', verdict: 'unknown', findings })];
}

/** OTI with what follows, up to the next OTI. */
function partsOf(segments: readonly Segment[]): readonly Part[] {
  const starts = segments.flatMap(({ tag }, index) => (tag === 'OTI' ? [index] : []));
  return starts.map((start, at) => readPart(segments.slice(start, starts[at + 1])));
}

function readPart([oti, ...after]: readonly Segment[]): Part {
  const code = elementOf(oti, 1);
  const level = levels[code.charAt(0)] ?? 'message';
  const verdict =
    (code.length === 2 && code.charAt(0) in levels ? results[code.charAt(1)] : undefined) ?? 'unknown';
  const references = [
    referenceOf(oti, 2),
    ...after.filter(({ tag }) => tag === 'REF').map((ref) => referenceOf(ref, 1)),
  ];
  return {
    key: keyOf(oti, level),
    level,
    verdict,
    oti: oti as Segment,
    references: references.filter((one) => one !== null),
    findings: [...resultFinding(code, verdict), ...findingsOf(after)],
  };
}

function keyOf(oti: Segment | undefined, level: Level): string {
  const [group, control, type] = [8, 9, 10].map((element) => elementOf(oti, element));
  if (level === 'group') return `group ${group} ${type}`;
  if (control !== '') return `message ${group} ${control} ${type}`;
  return level === 'inside' ? '' : `reference ${elementOf(oti, 2)} ${elementOf(oti, 3)} ${type}`;
}

/** Elements 128 and 127. */
function referenceOf(segment: Segment | undefined, element: number): Reference | null {
  const number = elementOf(segment, element + 1);
  return number === '' ? null : { qualifier: elementOf(segment, element), number };
}

function resultFinding(code: string, verdict: Stated): FindingDraft[] {
  const told = resultMeanings[code.charAt(1)];
  if (verdict === 'unknown')
    return code === ''
      ? []
      : [{ element: 'OTI01', code, meaning: 'the verdict is one that the standard does not list' }];
  return told === undefined ? [] : [{ element: 'OTI01', code, meaning: told }];
}

type Growing = FindingDraft & { more: string[] };

/** TED and LQ each make a finding; CTX, NTE and RED say more of the one before them. */
function findingsOf(segments: readonly Segment[]): readonly FindingDraft[] {
  const found: Growing[] = [];
  for (const segment of segments) {
    if (segment.tag === 'TED') found.push(tedFinding(segment));
    else if (segment.tag === 'LQ') found.push(listFinding(segment));
    else {
      const more = detailOf(segment);
      if (more === '') continue;
      const last = found.at(-1);
      if (last === undefined) found.push({ meaning: more, more: [] });
      else last.more.push(more);
    }
  }
  return found;
}

/** TED05 and TED06 are 722 and 725 in 004010, composites of the same numbers in 005010. */
function tedFinding(ted: Segment): Growing {
  const code = elementOf(ted, 1);
  const text = elementOf(ted, 2);
  const [element, component, repetition] = positionsOf(ted, 5);
  const instead = elementOf(ted, 8);
  const told = code !== '' ? meaning('TED01', code) : text === '' ? '' : written(text);
  return {
    at: given({
      segment: countOf(elementOf(ted, 4)),
      tag: elementOf(ted, 3),
      element,
      component,
      repetition,
      dataElement: elementOf(ted, 6),
    }),
    element: 'TED01',
    code,
    meaning: told === '' ? 'something is in error' : told,
    value: elementOf(ted, 7),
    more: [
      code === '' || text === '' ? '' : written(text),
      instead === '' ? '' : `they take '${instead}' instead`,
    ].filter((one) => one !== ''),
  };
}

/** LQ in the loop LM: a code of a list that an agency or industry keeps. */
function listFinding(lq: Segment): Growing {
  const list = elementOf(lq, 1);
  return {
    element: 'LQ02',
    code: elementOf(lq, 2),
    meaning: `there is a reason of ${list === '' ? 'their own list' : `the code list ${list}`}`,
    more: [],
  };
}

function detailOf(segment: Segment): string {
  if (segment.tag === 'CTX') return contextOf(segment);
  if (segment.tag === 'NTE') return elementOf(segment, 2) === '' ? '' : written(elementOf(segment, 2));
  if (segment.tag !== 'RED') return '';
  const [description, code] = [elementOf(segment, 1), elementOf(segment, 6)];
  // NA stands for no description in guidelines that only give codes.
  const text = [description === 'NA' ? '' : description, code].filter((part) => part !== '').join(' ');
  return text === '' ? '' : written(text);
}

function answerFor(parts: readonly Part[]): Answer {
  const [first] = parts as [Part, ...Part[]];
  const own = parts.filter(({ level }) => level !== 'inside');
  const inside = parts.filter(({ level }) => level === 'inside');
  const verdict = reckon(own, inside);
  return answerOf({
    scope: first.level === 'group' ? 'group' : 'message',
    group: elementOrNull(first.oti, 8),
    type: elementOrNull(first.oti, 10),
    control: first.level === 'group' ? null : elementOrNull(first.oti, 9),
    references: first.level === 'inside' ? [] : first.references,
    verdict,
    findings: [...own.flatMap(({ findings }) => findings), ...inside.flatMap(insideFindings)],
    inside: verdict === 'partly' ? 'unknown' : verdict,
  });
}

/** The findings of an item say which item; one that is refused without a reason is a finding itself. */
function insideFindings({ verdict, references, findings, oti }: Part): readonly FindingDraft[] {
  const names = references.map(({ qualifier, number }) => `${qualifier} ${number}`).join(', ');
  const of = names === '' ? [] : [`it is about ${names}`];
  if (findings.length > 0) return findings.map((one) => ({ ...one, more: [...(one.more ?? []), ...of] }));
  if (verdict !== 'rejected' && verdict !== 'partly') return [];
  const what = elementOf(oti, 1).startsWith('B') ? 'a batch' : 'an item';
  const told = verdict === 'rejected' ? `${what} is refused` : `a part of ${what} is refused`;
  return [{ element: 'OTI01', code: elementOf(oti, 1), meaning: told, more: of }];
}

/** A message is refused as a whole by its own word, or when nothing but refused items is told of it. */
function reckon(own: readonly Part[], inside: readonly Part[]): Stated {
  const said = own.map(({ verdict }) => verdict);
  if (said.includes('rejected')) return 'rejected';
  const items = inside.map(({ verdict }) => verdict);
  if (said.length === 0) return together(inside);
  if (said.includes('partly') || items.some((one) => one === 'rejected' || one === 'partly')) return 'partly';
  for (const one of ['unknown', 'received', 'noted'] as const)
    if (said.includes(one) || (one !== 'received' && items.includes(one))) return one;
  return 'accepted';
}

/** One word for several: partly where some are rejected. */
function together(all: readonly { readonly verdict: Stated }[]): Stated {
  const verdicts = all.map(({ verdict }) => verdict);
  if (verdicts.length === 0) return 'unknown';
  if (verdicts.every((one) => one === 'rejected')) return 'rejected';
  if (verdicts.includes('rejected') || verdicts.includes('partly')) return 'partly';
  for (const one of ['unknown', 'received', 'noted'] as const) if (verdicts.includes(one)) return one;
  return 'accepted';
}
