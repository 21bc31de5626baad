/** The findings of one transaction set: AK3 and AK4 of a 997, IK3, IK4 and CTX of a 999. */
import type { Segment } from './interchange.ts';
import { besides, type FindingDraft, type Place } from './verdict-answer.ts';
import { type CodedElement, meaning } from './verdict-codes.ts';
import { countOf, elementOf, given, partOf, positionsOf, repetitionsOf } from './verdict-text.ts';

/** Codes of elements 720 and 620 for what is not there: its place is where it was missed. */
const missing = ['3', 'I6', 'I7', 'I8'];

type Growing = FindingDraft & { more: string[] };

/** Walks the segments of a set once. CTX belongs to the AK3, IK3, AK4 or IK4 before it. */
export class SetFindings {
  readonly #found: Growing[] = [];
  #at: Place = {};
  /** An AK3 that stands for the AK4s after it: what its CTX says belongs to them. */
  #shared: string[] | null = null;

  read(set: readonly Segment[]): readonly FindingDraft[] {
    for (const [index, segment] of set.entries()) {
      if (/^[AI]K3$/.test(segment.tag)) this.#segment(segment, set.slice(index + 1));
      else if (/^[AI]K4$/.test(segment.tag)) this.#element(segment);
      else if (segment.tag === 'CTX') (this.#shared ?? this.#found.at(-1)?.more)?.push(contextOf(segment));
    }
    return this.#found;
  }

  #segment(segment: Segment, after: readonly Segment[]): void {
    this.#at = given({
      segment: countOf(elementOf(segment, 2)),
      tag: elementOf(segment, 1),
      loop: elementOf(segment, 3),
    });
    const element: CodedElement = segment.tag === 'IK3' ? 'IK304' : 'AK304';
    const code = elementOf(segment, 4);
    const next = after.find(({ tag }) => tag !== 'CTX');
    const toldBelow = (code === '8' || code === '') && /^[AI]K4$/.test(next?.tag ?? '');
    this.#shared = toldBelow ? [] : null;
    if (toldBelow) return;
    const told = code === '' ? 'something in the segment is in error' : meaning(element, code);
    const where = missing.includes(code) ? 'at' : 'in';
    this.#found.push({ at: this.#at, element, code, meaning: told, where, more: [] });
  }

  #element(segment: Segment): void {
    const [position, component, repetition] = positionsOf(segment, 1);
    const dataElement = elementOf(segment, 2);
    const element: CodedElement = segment.tag === 'IK4' ? 'IK403' : 'AK403';
    const code = elementOf(segment, 3);
    this.#found.push({
      at: { ...this.#at, ...given({ element: position, component, repetition, dataElement }) },
      element,
      code,
      meaning: code === '' ? 'something in the element is in error' : meaning(element, code),
      value: elementOf(segment, 4),
      more: [...(this.#shared ?? [])],
    });
    this.#shared = null;
  }
}

/** CTX of a 999 and of an 824: C998 in as many repetitions as it has, then a place beside the one at fault (005010). */
export function contextOf(segment: Segment): string {
  const names = repetitionsOf(segment, 1).map((one) =>
    [partOf(one, 1), partOf(one, 2)].filter((part) => part !== '').join(' '),
  );
  const [element, component, repetition] = positionsOf(segment, 5);
  const place = given({
    segment: countOf(elementOf(segment, 3)),
    tag: elementOf(segment, 2),
    loop: elementOf(segment, 4),
    element,
    component,
    repetition,
  });
  return besides(names.join(', '), place);
}
