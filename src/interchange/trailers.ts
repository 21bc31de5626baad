/** Service segments of both standards: what their headers and trailers must say of each other. */
import { detached } from './decode.ts';
import type { Envelope } from './envelope.ts';
import type { Segment } from './event.ts';
import { verdictOf } from './fault-list.ts';
import { valueAt } from './header.ts';

/** How a standard names its trailers, and when a trailer's control number is its header's. */
export interface Trailers {
  readonly message: 'SE' | 'UNT';
  readonly group: 'GE' | 'UNE';
  readonly interchange: 'IEA' | 'UNZ';
  /** The elements that count, as faults name them. */
  readonly counts: { readonly message: string; readonly group: string; readonly interchange: string };
  readonly same: (header: string, trailer: string) => boolean;
}

/** Faults of ST and UNH: no type, no control number, a repeated one, a type that the dictionary does not have. */
export function messageHeaderFaults(
  envelope: Envelope,
  segment: Segment,
  type: string,
  control: string,
  seen: Set<string>,
): void {
  const { message } = envelope;
  if (type === '') envelope.messageFault('message-type-missing', {}, segment);
  else if (message?.checker === null)
    envelope.messageFault('message-unknown', { type, value: type }, segment);
  if (control === '') envelope.messageFault('message-control-missing', {}, segment);
  else if (seen.has(control)) envelope.messageFault('message-control-repeated', { value: control }, segment);
  remember(seen, control, envelope.limits.controlNumbers);
  const { checker } = message ?? {};
  if (checker && !checker.exact) {
    const details = { version: message?.version ?? '', release: checker.rules.tables };
    envelope.messageFault('release-substituted', details, segment);
  }
}

/** Reports a group's control number that an earlier group of the interchange had. */
export function rememberGroup(envelope: Envelope, segment: Segment, control: string, element: number): void {
  const { interchange, limits } = envelope;
  if (interchange === null) return;
  const { groupControls } = interchange;
  if (groupControls.has(control)) {
    envelope.groupFault('group-control-repeated', { value: control }, segment, { element });
  }
  remember(groupControls, control, limits.controlNumbers);
}

/** Longer ones are faulty, and would fill the memory. */
const longestControl = 35;

function remember(seen: Set<string>, control: string, most: number): void {
  if (seen.size < most && control.length <= longestControl) seen.add(detached(control));
}

/** Ends a message by its trailer, the segment scanned last. */
export function closeMessage(envelope: Envelope, trailers: Trailers): void {
  const { message } = envelope;
  if (message === null) {
    const { group } = envelope;
    const segment = envelope.scanned();
    const details = { tag: trailers.message };
    if (group === null || group.implied)
      envelope.interchangeFault('trailer-without-header', details, segment);
    else envelope.groupFault('trailer-without-header', details, segment);
    return;
  }
  envelope.add();
  const segment = envelope.scanned();
  const [count, control] = countAndControl(segment);
  if (control !== message.control) {
    const details = { control: message.control, value: control };
    envelope.messageFault('message-control-mismatch', details, segment, { element: 2 });
  }
  if (!isCount(count, message.count)) {
    const details = { tag: trailers.counts.message, value: count, received: message.count };
    envelope.messageFault('segment-count-mismatch', details, segment, { element: 1 });
  }
  envelope.closeMessage();
}

/**
 * Closes the group that is still open where its trailer should have been.
 * @param later 1 when the segment scanned last shows it, 0 at the end
 */
export function missingGroupTrailer(
  envelope: Envelope,
  next: Segment,
  trailers: Trailers,
  later: 0 | 1,
): void {
  const { group } = envelope;
  envelope.missingTrailer(later);
  if (group === null) return;
  if (!group.implied) {
    const control = group.begin.control ?? '';
    envelope.groupFault('group-trailer-missing', { tag: trailers.group, control }, next);
  }
  envelope.closeGroup(null);
}

/** Ends a group by its trailer, the segment scanned last. */
export function closeGroup(envelope: Envelope, segment: Segment, trailers: Trailers): void {
  envelope.missingTrailer(1);
  const { group } = envelope;
  if (group === null || (group.implied && trailers.group === 'UNE')) {
    envelope.interchangeFault('trailer-without-header', { tag: trailers.group }, segment);
    return;
  }
  const [count, value] = countAndControl(segment);
  const control = group.begin.control ?? '';
  if (!trailers.same(control, value)) {
    envelope.groupFault('group-control-mismatch', { control, value }, segment, { element: 2 });
  }
  const received = group.messages;
  if (!isCount(count, received)) {
    const details = { tag: trailers.counts.group, value: count, received };
    envelope.groupFault('message-count-mismatch', details, segment, { element: 1 });
  }
  envelope.closeGroup(/^\d{1,15}$/.test(count) ? Number(count) : null);
}

/**
 * Ends the interchange by its trailer, the segment scanned last.
 * @param received groups or messages, whichever the trailer counts; any of the numbers is right
 * @param end offset in the file behind the trailer
 * @param unterminated the file ended before the trailer's terminator
 */
export function closeInterchange(
  envelope: Envelope,
  segment: Segment,
  trailers: Trailers,
  { received, end, unterminated }: { received: () => readonly number[]; end: number; unterminated: boolean },
): void {
  const { interchange } = envelope;
  if (interchange === null) return;
  missingGroupTrailer(envelope, segment, trailers, 1);
  const [count, value] = countAndControl(segment);
  const { control } = interchange.begin;
  if (!trailers.same(control, value)) {
    envelope.interchangeFault('interchange-control-mismatch', { control, value }, segment, { element: 2 });
  }
  if (!received().some((one) => isCount(count, one))) {
    const details = { tag: trailers.counts.interchange, value: count, received: received()[0] };
    envelope.interchangeFault('interchange-count-mismatch', details, segment, { element: 1 });
  }
  if (interchange.groups === 0 && interchange.ta1.length === 0)
    envelope.interchangeFault('interchange-empty', {}, segment);
  if (unterminated) {
    const cut = verdictOf(interchange.faults.list()) === 'rejected' ? 'file-truncated' : 'terminator-missing';
    envelope.interchangeFault(cut, { tag: trailers.interchange }, segment);
  }
  envelope.closeInterchange(end);
}

/** Closes the interchange where its trailer should have been: the file ends, or the next header starts. */
export function abandonInterchange(
  envelope: Envelope,
  trailers: Trailers,
  end: { readonly offset: number; readonly line: number },
): void {
  const last: Segment = { tag: trailers.interchange, values: [], ...end, ordinal: 0 };
  missingGroupTrailer(envelope, { ...last, tag: trailers.group }, trailers, 0);
  const control = envelope.interchange?.begin.control ?? '';
  envelope.interchangeFault('interchange-trailer-missing', { tag: trailers.interchange, control }, last);
  envelope.closeInterchange(end.offset);
}

function countAndControl({ values }: Segment): [string, string] {
  return [detached(valueAt(values, 1, 0)), detached(valueAt(values, 2, 0))];
}

function isCount(text: string, received: number): boolean {
  return /^\d+$/.test(text) && Number(text) === received;
}
