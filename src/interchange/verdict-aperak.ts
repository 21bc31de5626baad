/**
 * Reading an APERAK: what BGM, DOC, RFF, ERC and FTX say of the content of a document of ours (UN/EDIFACT D.96A and D.01B,
 * APERAK; EANCOM's code 12E). It names documents by their numbers; its error codes are the partner's own.
 */
import type { Segment } from './interchange.ts';
import {
  type Acknowledgment,
  type Answer,
  answerOf,
  type FindingDraft,
  type Reference,
  type Stated,
} from './verdict-answer.ts';
import { componentOf, componentsOf, elementOf, elementOrNull, given } from './verdict-text.ts';
import { written } from './verdict-words.ts';

export function readAperak(segments: readonly Segment[]): Acknowledgment {
  const firstError = segments.findIndex(({ tag }) => tag === 'ERC');
  const heading = firstError < 0 ? segments : segments.slice(0, firstError);
  const errors = firstError < 0 ? [] : segments.slice(firstError);
  const bgm = heading.find(({ tag }) => tag === 'BGM');
  const verdict = statedBy(bgm) ?? (errors.length > 0 ? 'rejected' : 'accepted');
  const findings = [...unlisted(bgm), ...headingTexts(heading), ...errorFindings(errors)];
  const answers = subjectsOf(heading).map((subject) =>
    answerOf({ scope: 'message', ...subject, verdict, findings }),
  );
  return { type: 'APERAK', level: 'application', verdict, answers };
}

/** Data element 1225, as far as it judges; the others leave it to what follows. */
const functions: Readonly<Record<string, Stated>> = {
  '6': 'accepted',
  '10': 'rejected',
  '12': 'rejected',
  '23': 'received',
  '27': 'rejected',
  '28': 'noted',
  '29': 'accepted',
  '30': 'noted',
  '32': 'accepted',
  '34': 'noted',
  '44': 'accepted',
  '45': 'noted',
  '48': 'rejected',
};

/** Data element 4343. */
const responses: Readonly<Record<string, Stated>> = {
  AB: 'received',
  AC: 'noted',
  AD: 'accepted',
  AI: 'noted',
  AJ: 'received',
  AP: 'accepted',
  CA: 'noted',
  RE: 'rejected',
};

/** Data element 1001: 312 acknowledgment, 305 and 313 application error. */
const documents: Readonly<Record<string, Stated>> = {
  '305': 'rejected',
  '312': 'accepted',
  '313': 'rejected',
};

/** The response, the function, the name of the document: whichever judges first. null: none does. */
function statedBy(bgm: Segment | undefined): Stated | null {
  return responses[elementOf(bgm, 4)] ?? functions[elementOf(bgm, 3)] ?? documents[elementOf(bgm, 1)] ?? null;
}

/** A response code that is no code of the standard is shown as it came. */
function unlisted(bgm: Segment | undefined): FindingDraft[] {
  const code = elementOf(bgm, 4);
  return code === '' || code === 'NA' || code in responses
    ? []
    : [{ element: '4343', code, meaning: 'the response is one that judges nothing here' }];
}

/** Types of message by the document that data element 1001 names. */
const typesByDocument: Readonly<Record<string, string>> = {
  '220': 'ORDERS',
  '230': 'ORDCHG',
  '231': 'ORDRSP',
  '351': 'DESADV',
  '380': 'INVOIC',
  '381': 'INVOIC',
  '383': 'INVOIC',
  '384': 'INVOIC',
  '9': 'PRICAT',
  '35': 'INVRPT',
};

/** Types of message by the qualifier of a reference (1153). */
const typesByReference: Readonly<Record<string, string>> = {
  AAK: 'DESADV',
  CD: 'INVOIC',
  DL: 'INVOIC',
  DQ: 'DESADV',
  IV: 'INVOIC',
  POR: 'ORDRSP',
};

/** Each DOC (D.01B), or all that the RFFs before the first error name. */
function subjectsOf(heading: readonly Segment[]): readonly Pick<Answer, 'type' | 'references'>[] {
  const references = heading.flatMap((segment) => (segment.tag === 'RFF' ? referenceOf(segment) : []));
  const docs = heading.filter(({ tag }) => tag === 'DOC');
  if (docs.length > 0)
    return docs.map((doc) => {
      const number = elementOf(doc, 2);
      const own = number === '' ? [] : [{ qualifier: elementOf(doc, 1), number }];
      return { type: typesByDocument[elementOf(doc, 1)] ?? null, references: [...own, ...references] };
    });
  const type = references
    .map(({ qualifier }) => typesByReference[qualifier])
    .find((one) => one !== undefined);
  return [{ type: type ?? null, references }];
}

/** C506. */
function referenceOf(rff: Segment): Reference[] {
  const number = componentOf(rff, 1, 2);
  return number === '' ? [] : [{ qualifier: componentOf(rff, 1, 1), number }];
}

function headingTexts(heading: readonly Segment[]): FindingDraft[] {
  return heading
    .flatMap((segment) => (segment.tag === 'FTX' ? textOf(segment) : []))
    .map((text) => ({ meaning: written(text) }));
}

/** C108, or the coded text C107 where there is no other. */
function textOf(ftx: Segment): string[] {
  const text = componentsOf(ftx, 4).join(' ');
  const coded = elementOf(ftx, 3);
  return text !== '' ? [text] : coded === '' ? [] : [`text ${coded}`];
}

type Growing = { -readonly [K in keyof FindingDraft]: FindingDraft[K] } & { more: string[] };

const withoutText = 'there is an error of their own list';

/** ERC with its FTX and RFF (SG3 and SG4 in D.96A, SG4 and SG5 in D.01B). The first text says what the code means. */
function errorFindings(errors: readonly Segment[]): readonly FindingDraft[] {
  const found: Growing[] = [];
  for (const segment of errors) {
    const last = found.at(-1);
    if (segment.tag === 'ERC') {
      found.push({ element: '9321', code: elementOrNull(segment, 1) ?? '', meaning: withoutText, more: [] });
    } else if (segment.tag === 'FTX' && last !== undefined) {
      const [text] = textOf(segment);
      if (text !== undefined && last.meaning === withoutText) last.meaning = written(text);
      else if (text !== undefined) last.more.push(written(text));
    } else if (segment.tag === 'RFF' && last !== undefined) refer(last, segment);
  }
  return found;
}

/** C506: 1156 is the line of the document named; with the qualifier LI the number itself is. */
function refer(finding: Growing, rff: Segment): void {
  const [qualifier, number, line] = [1, 2, 3].map((component) => componentOf(rff, 1, component)) as [
    string,
    string,
    string,
  ];
  const named = qualifier === 'LI' ? number : line;
  if (named !== '') finding.at = given({ lineNumber: named });
  if (qualifier !== 'LI' && number !== '') finding.more.push(`it is about ${qualifier} ${number}`);
}
