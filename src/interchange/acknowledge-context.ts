/** What an acknowledgment of X12 says of a message besides its faults: taken from its segments while it is at hand. */
import { loadMessageRules } from './dictionary/dictionary.ts';
import type { Message, Segment } from './interchange.ts';

/** Small enough to store; all but the convention only of a message that has faults to be answered. */
export interface MessageContext {
  /** ST03, the implementation convention that it claims; AK203 repeats it. */
  readonly convention?: string;
  /** Where it names its business document, and how: 999's business unit identifier. */
  readonly business?: BusinessUnit;
  /** Its stretches between LS and LE; AK303 names the loop. */
  readonly bounded?: readonly BoundedLoop[];
}

export interface BusinessUnit {
  readonly tag: string;
  /** Ordinal of the segment. */
  readonly segment: number;
  readonly element: number;
  readonly value: string;
}

export interface BoundedLoop {
  /** LS01, element 447. */
  readonly loop: string;
  /** Ordinals of LS and of LE (or of the last segment, where LE is missing). */
  readonly from: number;
  readonly to: number;
}

/** null: there is nothing to say. Segments are asked for only where they may tell something: that is dear. */
export function contextOf(message: Message): MessageContext | null {
  if (!/^\d{3}$/.test(message.type)) return null;
  const convention = message.version >= firstWithConvention ? text(message.segments[0], 2) : '';
  const faulty = message.verdict !== 'accepted';
  const business = faulty ? businessUnit(message) : null;
  const bounded = faulty ? boundedLoops(message.segments) : [];
  const context = {
    ...(convention === '' ? {} : { convention }),
    ...(business === null ? {} : { business }),
    ...(bounded.length === 0 ? {} : { bounded }),
  };
  return Object.keys(context).length === 0 ? null : context;
}

/** ST03 came with this release. */
const firstWithConvention = '005010';
/** Purchase order number, invoice number, shipment id, reference id: what names a document in its beginning segment. */
const documentNumbers = new Set(['324', '76', '396', '127']);
/** The beginning segment, or the trace that follows it (820). */
const beginning = [1, 2];
const mostBounded = 1_000;
const mostLoopId = 6;

function businessUnit({ segments, release, type }: Message): BusinessUnit | null {
  const rules = release === null ? null : loadMessageRules('x12', release, type);
  for (const index of beginning) {
    const segment = segments[index];
    const elements = rules?.segments.get(segment?.tag ?? '')?.elements ?? [];
    const use = elements.find(({ element }) => documentNumbers.has(element?.id ?? ''));
    const value = use === undefined ? '' : text(segment, use.position - 1);
    if (segment !== undefined && use !== undefined && value !== '')
      return { tag: segment.tag, segment: segment.ordinal, element: use.position, value };
  }
  return null;
}

function boundedLoops(segments: readonly Segment[]): readonly BoundedLoop[] {
  const found: BoundedLoop[] = [];
  let open: { loop: string; from: number } | null = null;
  for (const segment of segments) {
    if (segment.tag === 'LS') open = { loop: text(segment, 0).slice(0, mostLoopId), from: segment.ordinal };
    if (segment.tag !== 'LE' || open === null) continue;
    if (found.length < mostBounded) found.push({ ...open, to: segment.ordinal });
    open = null;
  }
  if (open !== null) found.push({ ...open, to: segments.at(-1)?.ordinal ?? open.from });
  return found;
}

function text(segment: Segment | undefined, index: number): string {
  const value = segment?.values[index] ?? '';
  return typeof value === 'string' ? value.trim() : '';
}
