/** Reading an 864: the text that a partner writes to people, in BMG, MIT and MSG (X12 004010 and 005010, 864). */
import type { Segment } from './interchange.ts';
import { elementOf } from './verdict-text.ts';

export interface TextMessage {
  /** BMG02; '' where it has none. */
  readonly title: string;
  /** MIT with the MSGs under it. */
  readonly parts: readonly {
    readonly reference: string;
    readonly title: string;
    readonly lines: readonly string[];
  }[];
}

/** Lines kept; what people read has fewer, and a last one says how many more there are. */
export const mostTextLines = 1_000;

export function readText(segments: readonly Segment[]): TextMessage {
  const parts: { reference: string; title: string; lines: string[] }[] = [];
  let kept = 0;
  let more = 0;
  for (const segment of segments) {
    if (segment.tag === 'MIT')
      parts.push({ reference: elementOf(segment, 1), title: elementOf(segment, 2), lines: [] });
    if (segment.tag !== 'MSG') continue;
    if (parts.length === 0) parts.push({ reference: '', title: '', lines: [] });
    if (kept < mostTextLines) parts.at(-1)?.lines.push(lineOf(segment));
    else more += 1;
    kept += 1;
  }
  if (more > 0) parts.at(-1)?.lines.push(`(${more} more lines)`);
  return {
    title: elementOf(
      segments.find(({ tag }) => tag === 'BMG'),
      2,
    ),
    parts,
  };
}

/** Blanks at the front of MSG01 lay out tables: they stay. */
function lineOf({ values }: Segment): string {
  const [text = ''] = values;
  return (typeof text === 'string' ? text : text.join(' ')).trimEnd();
}

/** The text as people read it, one line for each MSG. */
export function textLines({ title, parts }: TextMessage): readonly string[] {
  const heads = parts.map(({ title: head }) => (head === '' ? [] : [head]));
  return [
    ...(title === '' ? [] : [title]),
    ...parts.flatMap(({ lines }, at) => [...(heads[at] ?? []), ...lines]),
  ];
}
