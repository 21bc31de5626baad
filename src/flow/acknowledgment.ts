/** An acknowledgment as interchange reads it, as the canonical document that is published. Pure. */
import type { Acknowledgment, Answer, Finding, Reference } from '../interchange/verdict.ts';
import type {
  AcknowledgmentAnswer,
  AcknowledgmentDocument,
  AcknowledgmentFinding,
} from '../order/acknowledgment.ts';
import { given } from '../order/given.ts';

/**
 * What a 997, 999, TA1, CONTRL, 824 or APERAK says, as a canonical document: ordinals are decimal strings, and what is not said
 * is left out.
 */
export function acknowledgmentDocument({
  type,
  level,
  verdict,
  answers,
}: Acknowledgment): AcknowledgmentDocument {
  return { type, level, verdict, answers: answers.map(answerOf) };
}

function answerOf(answer: Answer): AcknowledgmentAnswer {
  const { scope, verdict, interchange, groupType, group, type, control, references, sentence, findings } =
    answer;
  return {
    scope,
    verdict,
    ...given({
      interchange: short(interchange),
      groupType: short(groupType),
      group: short(group),
      type: short(type),
      control: short(control),
      references: references.length === 0 ? undefined : references.map(named),
    }),
    sentence: cut(sentence),
    findings: findings.map(findingOf),
  };
}

function findingOf({ at, element, code, meaning, value, reason }: Finding): AcknowledgmentFinding {
  return {
    ...given({
      segment: ordinal(at.segment),
      tag: short(at.tag),
      loop: short(at.loop),
      element: ordinal(at.element),
      component: ordinal(at.component),
      repetition: ordinal(at.repetition),
      dataElement: short(at.dataElement),
      lineNumber: short(at.lineNumber),
      codeElement: short(element),
      code: short(code),
      value: short(value),
    }),
    meaning: cut(meaning),
    reason: cut(reason),
  };
}

function named({ qualifier, number }: Reference): { qualifier: string; number: string } {
  return { qualifier: short(qualifier) ?? '', number: short(number) ?? '' };
}

function ordinal(place: number | undefined): string | undefined {
  return place === undefined ? undefined : String(place);
}

/** What they wrote, as far as the document takes it; what is empty was not said. */
function short(value: string | null | undefined): string | undefined {
  return value === null || value === undefined || value === '' ? undefined : value.slice(0, mostTextLength);
}

const mostTextLength = 512;
/** The longest sentence that the document takes. */
const mostSentenceLength = 4000;
function cut(sentence: string): string {
  return sentence.slice(0, mostSentenceLength);
}
