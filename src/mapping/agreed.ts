/** What the partner demands of how often a segment comes: `must` and `most`. */
import { fault } from '../fault.ts';
import type { Loop, Segment } from '../interchange/interchange.ts';
import { triggerOf } from './hierarchy.ts';
import { type EntryPlan, positionOf, type ReadContext, type WriteContext } from './plan.ts';

/** A segment more than the partner agreed to. */
export function isTooOften({ agreed }: EntryPlan): boolean {
  return agreed !== null && agreed.most !== null && agreed.most !== Number.POSITIVE_INFINITY;
}

export function reportTooOften({ tag, agreed }: EntryPlan, segment: Segment, context: ReadContext): void {
  if (agreed === null || agreed.most === null) return;
  const { most, says, guide } = agreed;
  context.faults.push(
    fault('guide-segment-too-often', { tag, most, says, guide }, positionOf(context, segment)),
  );
}

/** A segment that the partner demands, and that did not come though its loop did. */
export function reportMissing({ tag, agreed }: EntryPlan, loop: Loop, context: ReadContext): void {
  if (agreed === null || agreed.must === null) return;
  const trigger = triggerOf(loop);
  const place = trigger === undefined ? context.message.at : positionOf(context, trigger);
  const { must: says, guide } = agreed;
  context.faults.push(fault('guide-segment-missing', { tag, says, guide }, { ...place, tag }));
}

/** The same for what is written: such a message must not leave. */
export function reportWritten({ tag, agreed }: EntryPlan, times: number, context: WriteContext): void {
  if (agreed === null) return;
  const { must, most, says, guide } = agreed;
  if (must !== null && times === 0)
    context.faults.push(fault('guide-segment-missing', { tag, says: must, guide }, { tag }));
  if (most !== null && times > most)
    context.faults.push(fault('guide-segment-too-often', { tag, most, says, guide }, { tag }));
}
