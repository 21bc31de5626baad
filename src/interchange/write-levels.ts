/** Hierarchies: ids and parents of HL (X12) and CPS (EDIFACT), made from how deep each level stands. */
import type { Value } from './event.ts';
import type { OutSegment } from './write.ts';

/** Segments that say where a level stands. */
export const levelTags: ReadonlySet<string> = new Set(['HL', 'CPS']);

/**
 * Gives each segment that has a depth its place in the tree: HL01/CPS 7164 the id, counted from 1 in the message,
 * HL02/CPS 7166 the id of the level it hangs from, and HL04 whether a deeper level follows; what stands there is
 * overwritten. A level whose depth jumps hangs from the nearest one less deep. Other segments pass unchanged.
 */
export function withLevels(segments: readonly OutSegment[]): readonly OutSegment[] {
  if (!segments.some(({ depth }) => depth !== undefined)) return segments;
  const depths = segments.flatMap(({ depth }) => (depth === undefined ? [] : [depth]));
  const open: Level[] = [];
  let id = 0;
  return segments.map((segment) => {
    const { depth } = segment;
    if (depth === undefined) return segment;
    while ((open.at(-1)?.depth ?? -1) >= depth) open.pop();
    const parent = open.at(-1)?.id ?? 0;
    id++;
    open.push({ depth, id });
    return placed(segment, id, parent, (depths[id] ?? 0) > depth);
  });
}

interface Level {
  readonly depth: number;
  readonly id: number;
}

function placed(segment: OutSegment, id: number, parent: number, hasChildren: boolean): OutSegment {
  const values: Value[] = [String(id), parent === 0 ? '' : String(parent), segment.values[2] ?? ''];
  if (segment.tag === 'HL') values.push(hasChildren ? '1' : '0');
  return { ...segment, values: [...values, ...segment.values.slice(values.length)] };
}
