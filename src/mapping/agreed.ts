/** How often the entries of a level took a segment, and what the partner demands of that: `must` and `most`. */
import { fault } from '../fault.ts';
import type { Loop, Segment } from '../interchange/interchange.ts';
import { triggerOf } from './hierarchy.ts';
import { type EntryPlan, type LevelPlan, positionOf, type ReadContext, type WriteContext } from './plan.ts';

/** What was taken in one loop. Most entries take one segment or any number, and need no count. */
export interface Uses {
  readonly once: EntryPlan[];
  readonly counts: Map<EntryPlan, number> | null;
}

export function usesOf({ counted }: LevelPlan): Uses {
  return { once: [], counts: counted ? new Map() : null };
}

/** Whether the uses of an entry are counted, for it may come a certain number of times, or has to come. */
export function isCounted({ times, agreed }: Pick<EntryPlan, 'times' | 'agreed'>): boolean {
  return agreed !== null || (times > 1 && times !== Number.POSITIVE_INFINITY);
}

/** Takes one more segment, unless the entry is used up. */
export function takes(entry: EntryPlan, { once, counts }: Uses): boolean {
  if (isCounted(entry) && counts !== null) {
    const count = counts.get(entry) ?? 0;
    counts.set(entry, count + 1);
    return count < Math.min(entry.times, entry.agreed?.most ?? Number.POSITIVE_INFINITY);
  }
  if (entry.times > 1) return true;
  if (once.includes(entry)) return false;
  once.push(entry);
  return true;
}

export function isUsed(entry: EntryPlan, { once, counts }: Uses): boolean {
  return once.includes(entry) || counts?.has(entry) === true;
}

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
