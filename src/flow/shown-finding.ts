/** What a partner found in a document, shown in the bytes that we sent: the segment, and the part of it that is meant. */
import { isUtf8 } from 'node:buffer';
import {
  type InterchangeBegin,
  type Message,
  readInterchanges,
  type Segment,
  type Separators,
} from '../interchange/interchange.ts';
import { type Span, spanOf } from '../interchange/segment-span.ts';
import type { Finding, Place } from '../interchange/verdict.ts';
import type { DocumentRow } from '../store/documents.ts';
import type { Queryable } from '../store/store.ts';
import { transmissionBytes } from '../store/transmissions.ts';
import type { DocumentAnswer } from './settle.ts';

export interface ShownFinding {
  readonly finding: Finding;
  /** The segment as we sent it, without its terminator; null where the finding names none that we sent. */
  readonly segment: string | null;
  /** The place in it, with the tag of the segment that stands there. */
  readonly place: Place;
  /** What is meant of it; empty, where something is missing. */
  readonly span: Span;
  readonly separators: Separators;
}

/** What is needed of a document. */
export type AnsweredDocument = Pick<
  DocumentRow,
  'transmission_id' | 'group_control' | 'message_control' | 'answer'
>;

/** The findings of the word that stands, with a place in what we sent; none for a document that was not sent or has none. */
export async function shownFindings(db: Queryable, document: AnsweredDocument): Promise<ShownFinding[]> {
  const findings = (document.answer as DocumentAnswer | null)?.findings ?? [];
  if (findings.length === 0 || document.transmission_id === null) return [];
  const bytes = await transmissionBytes(db, document.transmission_id);
  const sent = await find(bytes, document);
  if (sent === null) return [];
  const { separators } = sent.begin;
  return findings.map((finding) => {
    const found = segmentAt(sent, finding.at);
    const segment = found === null ? null : textOf(bytes, found, separators);
    const place = found === null ? finding.at : { tag: found.tag, ...finding.at };
    const span: Span = segment === null ? [0, 0] : spanOf(segment, place, separators);
    return { finding, segment, place, span, separators };
  });
}

interface SentMessage {
  readonly begin: InterchangeBegin;
  readonly message: Message;
}

/** The message in the interchange that carried it. */
async function find(bytes: Buffer, document: AnsweredDocument): Promise<SentMessage | null> {
  let begin: InterchangeBegin | null = null;
  let group: string | null = null;
  for await (const event of readInterchanges([bytes])) {
    if (event.kind === 'interchange') begin = event;
    else if (event.kind === 'group') group = event.control;
    else if (event.kind === 'message' && begin !== null && event.control === document.message_control)
      if (document.group_control === null || document.group_control === group)
        return { begin, message: event };
  }
  return null;
}

/** By its ordinal; by the line that it begins (PO1, IT1, LIN); as the header or trailer that its tag names. */
function segmentAt({ begin, message }: SentMessage, { segment, lineNumber, tag }: Place): Segment | null {
  if (segment !== undefined) return message.segments[segment - 1] ?? null;
  if (lineNumber !== undefined)
    return message.segments.find((one) => lineTags.includes(one.tag) && one.values[0] === lineNumber) ?? null;
  if (tag === begin.header.tag) return begin.header;
  return tag === undefined ? null : (message.segments.findLast((one) => one.tag === tag) ?? null);
}

const lineTags = ['PO1', 'IT1', 'LIN'];

/** Bytes of one segment that are shown. */
const mostBytes = 4_096;

function textOf(bytes: Buffer, { offset }: Segment, { segment, release }: Separators): string {
  let end = offset;
  const [terminator, released] = [segment.charCodeAt(0), release?.charCodeAt(0)];
  for (; end < bytes.length && end < offset + mostBytes; end += 1) {
    if (bytes[end] === released) end += 1;
    else if (bytes[end] === terminator) break;
  }
  const piece = bytes.subarray(offset, end);
  return piece.toString(isUtf8(piece) ? 'utf8' : 'latin1');
}
