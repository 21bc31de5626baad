/**
 * What partners say of our messages, in one shape for every kind of acknowledgment: answers about an interchange, a group or
 * a message of ours, each with its verdict and its findings. The readers of the single kinds give drafts; here they get words.
 */
import type { AnswerVerdict } from './acknowledge.ts';
import { capital, headline, placeWords } from './verdict-words.ts';

export type AcknowledgmentType = '997' | '999' | 'TA1' | 'CONTRL' | 'APERAK' | '824';

/**
 * Who judged: envelope (TA1) who received it, syntax (997, 999, CONTRL) a translator that checks the form, application (824,
 * APERAK) who does business with the content.
 */
export type Level = 'envelope' | 'syntax' | 'application';

/** unknown: it does not say. */
export type Stated = AnswerVerdict | 'unknown';

/** A place in our document, as they name it. Ordinals count from 1 (ST and UNH being segment 1); what is not said is left out. */
export interface Place {
  readonly segment?: number;
  readonly tag?: string;
  /** X12 loop id (AK303, IK303). */
  readonly loop?: string;
  /** Ordinal after the tag, in both standards. */
  readonly element?: number;
  readonly component?: number;
  readonly repetition?: number;
  /** Number of the data element in the X12 dictionary (AK402, TED06). */
  readonly dataElement?: string;
  /** Line number of our document (APERAK RFF 1156). */
  readonly lineNumber?: string;
}

/** One thing that they find in what we sent. Plain JSON, so it can be stored and shown as it is. */
export interface Finding {
  readonly at: Place;
  /** The element that holds the code: 'AK304', 'IK403', 'TA105', '0085', 'TED01', '9321'; null: there is no code. */
  readonly element: string | null;
  /** As received, also when the standard does not list it. */
  readonly code: string | null;
  /** What the code means; for a code of their own, what they wrote beside it. */
  readonly meaning: string;
  /** The value of ours that they quote. */
  readonly value: string | null;
  /** 'Segment 7 (ACK, first element): the code is not allowed (AK403 7); it reads 'QQ''. */
  readonly reason: string;
  /** 'The partner refuses the invoice 0001: in segment 7 (ACK, first element) the code is not allowed (AK403 7); …' */
  readonly sentence: string;
}

/** A business number by which they name a document of ours. */
export interface Reference {
  /** X12 element 128 ('PO', 'IV'), EDIFACT 1153 ('ON', 'ACW'). */
  readonly qualifier: string;
  readonly number: string;
}

/** What an answer is about; control numbers as they wrote them, null where left out. */
export interface Subject {
  readonly scope: 'interchange' | 'group' | 'message';
  /** ISA13 or UNB 0020. */
  readonly interchange: string | null;
  /** GS01. */
  readonly groupType: string | null;
  /** GS06 or UNG 0048. */
  readonly group: string | null;
  /** ST01 or UNH 0065. */
  readonly type: string | null;
  /** ST02 or UNH 0062. */
  readonly control: string | null;
  readonly references: readonly Reference[];
}

export interface Answer extends Subject {
  readonly verdict: Stated;
  readonly findings: readonly Finding[];
  /** Of an interchange or group: what holds for each message in it that no other answer names. */
  readonly inside: Stated;
  /** Messages that the answer counts in the group (AK902), where `inside` follows from counts; null: it holds for any number. */
  readonly counted: number | null;
  /** 'The partner refuses the invoice 0001.' */
  readonly sentence: string;
}

export interface Acknowledgment {
  readonly type: AcknowledgmentType;
  readonly level: Level;
  /** Of all that it answers. */
  readonly verdict: Stated;
  /** Outer before inner, in the order in which it names them. */
  readonly answers: readonly Answer[];
}

export interface FindingDraft {
  readonly at?: Place;
  readonly element?: string;
  readonly code?: string;
  readonly meaning: string;
  readonly value?: string;
  /** in: the place is wrong. at, after: something is missing there. */
  readonly where?: 'in' | 'at' | 'after';
  /** What else they say, as it came: free text, context. */
  readonly more?: readonly string[];
}

export interface AnswerDraft {
  readonly scope: Subject['scope'];
  readonly interchange?: string | null;
  readonly groupType?: string | null;
  readonly group?: string | null;
  readonly type?: string | null;
  readonly control?: string | null;
  readonly references?: readonly Reference[];
  readonly verdict: Stated;
  readonly findings: readonly FindingDraft[];
  readonly inside?: Stated;
  readonly counted?: number | null;
}

/** Findings kept of one answer; a last one says how many more there are. */
export const findingsPerAnswer = 100;

/** Gives an answer and its findings their words. */
export function answerOf(draft: AnswerDraft): Answer {
  const subject: Subject = {
    scope: draft.scope,
    interchange: draft.interchange ?? null,
    groupType: draft.groupType ?? null,
    group: draft.group ?? null,
    type: draft.type ?? null,
    control: draft.control ?? null,
    references: draft.references ?? [],
  };
  const head = headline(draft.verdict, subject);
  return {
    ...subject,
    verdict: draft.verdict,
    findings: firstOf(draft.findings).map((finding) => findingOf(finding, head)),
    inside: draft.inside ?? draft.verdict,
    counted: draft.counted ?? null,
    sentence: `${head}.`,
  };
}

function firstOf(findings: readonly FindingDraft[]): readonly FindingDraft[] {
  const more = findings.length - findingsPerAnswer;
  if (more <= 0) return findings;
  return [...findings.slice(0, findingsPerAnswer), { meaning: `there are ${more} more findings` }];
}

function findingOf(draft: FindingDraft, head: string): Finding {
  const { at = {}, element = null, meaning, value = '' } = draft;
  const code = draft.code === undefined || draft.code === '' ? null : draft.code;
  const told = [
    meaning,
    code === null || element === null ? '' : ` (${element} ${code})`,
    value === '' ? '' : `; it reads '${value}'`,
    ...(draft.more ?? []).map((text) => `; ${text}`),
  ].join('');
  const place = placeWords(at);
  const where = draft.where ?? 'in';
  const shown = where === 'after' ? `after ${place}` : place;
  return {
    at,
    element: code === null ? null : element,
    code,
    meaning,
    value: value === '' ? null : value,
    reason: capital(place === '' ? told : `${shown}: ${told}`),
    sentence: `${head}: ${place === '' ? told : `${where} ${place} ${told}`}.`,
  };
}

/** 'the context … with segment 43 (CLM, fifth element)': a place that they name beside another one. */
export function besides(name: string, at: Place): string {
  const place = placeWords(at);
  return [name === '' ? '' : `context ${name}`, place === '' ? '' : `see ${place}`]
    .filter((part) => part !== '')
    .join(', ');
}

const fromWorst: readonly Stated[] = ['rejected', 'partly', 'unknown', 'noted', 'accepted', 'received'];

/** Of contradicting verdicts on one thing; unknown for none. A refusal is never talked away. */
export function worst(verdicts: readonly Stated[]): Stated {
  return fromWorst.find((one) => verdicts.includes(one)) ?? 'unknown';
}
