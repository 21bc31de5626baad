/** How faults and lineage name the line of a guide: 'mappings/harbor-and-pine/850.yaml:21'. */
import type { Place } from './problem.ts';

export function lineOf({ file, line }: Place): string {
  return `${file}:${line}`;
}
