/** One message that the gateway sent, as somebody else's parser saw it. */
export interface Answer {
  readonly standard: 'x12' | 'edifact';
  readonly file: string;
  /** ST01 or UNH 0065; 'TA1'; 'unreadable' when the parser refused the file. */
  readonly kind: string;
  readonly interchange: InterchangeFacts;
  /** GS01, GS06, GS02 and GS03; null where there is no group. */
  readonly group: GroupFacts | null;
  /** ST02 or UNH 0062. */
  readonly control: string;
  /** GS08 or UNH S009 ('D:96A:UN:EAN007'). */
  readonly version: string;
  /** Between ST and SE, or UNH and UNT, both left out. */
  readonly segments: readonly Segment[];
  /** What is wrong with the envelope, the counts and the control numbers. */
  readonly problems: readonly string[];
  /** The very same interchange came before. */
  readonly again: boolean;
}

export interface GroupFacts {
  readonly type: string;
  readonly control: string;
  readonly sender: string;
  readonly receiver: string;
}

export interface InterchangeFacts {
  readonly control: string;
  readonly sender: string;
  readonly receiver: string;
  readonly test: boolean;
}

/** A segment as the parser gave it: elements of components, all strings. */
export interface Segment {
  readonly tag: string;
  readonly elements: readonly (readonly string[])[];
}

/** A value by its place, both counted from 1; '' when it is absent. */
export function at(segment: Segment | undefined, element: number, component = 1): string {
  return segment?.elements[element - 1]?.[component - 1] ?? '';
}

/** Cuts a list of segments at every segment that `starts` one; what comes before the first is `head`. */
export function cut(
  segments: readonly Segment[],
  starts: (segment: Segment) => boolean,
): { readonly head: readonly Segment[]; readonly parts: readonly (readonly Segment[])[] } {
  const head: Segment[] = [];
  const parts: Segment[][] = [];
  for (const segment of segments) {
    if (starts(segment)) parts.push([segment]);
    else (parts.at(-1) ?? head).push(segment);
  }
  return { head, parts };
}

/** The order in which answers of one poll are judged: verdicts on syntax, then responses, then ship notices. */
export function byKind(a: Answer, b: Answer): number {
  return rank(a.kind) - rank(b.kind);
}

function rank(kind: string): number {
  if (isAcknowledgment(kind)) return 0;
  return kind === '856' || kind === 'DESADV' ? 2 : 1;
}

/** Kinds that are never acknowledged themselves. */
export function isAcknowledgment(kind: string): boolean {
  return kind === '997' || kind === 'CONTRL' || kind === 'TA1';
}
