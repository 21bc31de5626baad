/** Guides in which a line that is only read is written instead, so that there are messages to read by it. */
import type { Entry, GuideFile } from '../../src/mapping/notation.ts';

/** Lines that are only read, by their place among the segments: [3, 0] is the first under the fourth. */
export function readOnlyLines(entries: readonly Entry[], path: readonly number[] = []): number[][] {
  return entries.flatMap((entry, index) => {
    if (entry.ignore !== null) return [];
    const here = [...path, index];
    const below = readOnlyLines(entry.below, here);
    return entry.only === 'read' ? [here, ...below] : below;
  });
}

/** The guide with that line written; lines that would write the same list are not. */
export function writingLine(file: GuideFile, path: readonly number[]): GuideFile {
  return { ...file, segments: turned(file.segments, path) };
}

function turned(entries: readonly Entry[], [index = -1, ...further]: readonly number[]): Entry[] {
  const target = entries[index];
  const lists = target === undefined ? [] : listsOf(target);
  return entries.map((entry, at) => {
    if (at === index)
      return {
        ...entry,
        only: null,
        below: further.length > 0 ? turned(entry.below, further) : written(entry.below),
      };
    return entry.only !== 'read' && listsOf(entry).some((list) => lists.includes(list))
      ? { ...entry, only: 'read' }
      : entry;
  });
}

function written(entries: readonly Entry[]): Entry[] {
  return entries.map((entry) => ({
    ...entry,
    only: entry.only === 'read' ? null : entry.only,
    below: written(entry.below),
  }));
}

/** Lists that the line, or one under it that belongs to the same item, walks. */
function listsOf({ each, within, below }: Entry): string[] {
  const own = each === null ? [] : [each.value];
  const inner = each === null ? below.flatMap(listsOf) : [];
  return [...own, ...inner].map((list) => (within === null ? list : `${within.value}.${list}`));
}
