/** Two lines of a guide that claim the same segment, and lines that no segment can reach. */
import { positionText } from './notation.ts';
import type { Candidate, Constant, EntryPlan } from './plan.ts';
import type { Problems } from './problem.ts';

/** Adds a problem for each entry of a level that can never be reached, or whose segments belong to another entry as well. */
export function checkClaims(byTag: ReadonlyMap<string, readonly Candidate[]>, problems: Problems): void {
  for (const same of byTag.values())
    same.forEach(({ entry: later }, index) => {
      for (const { entry: earlier } of same.slice(0, index))
        if (reportClaim(earlier, later, problems)) return;
    });
}

function reportClaim(earlier: EntryPlan, later: EntryPlan, problems: Problems): boolean {
  if (isTold(earlier, later)) return false;
  const all = takesAllOf(earlier, later);
  const line = `line ${earlier.place.line}${earlier.place.file === later.place.file ? '' : ` of ${earlier.place.file}`}`;
  if (all && earlier.times === Number.POSITIVE_INFINITY) {
    problems.add(
      later.place,
      `No ${later.tag} ever comes here: ${line} takes every one that this line could take.`,
      'Put the line with more qualifiers first, or take one of the two away.',
    );
    return true;
  }
  const common = all ? '' : commonOf(earlier, later);
  if (!all && (common === null || isMoreParticular(earlier, later))) return false;
  problems.add(
    later.place,
    `${line[0]?.toUpperCase()}${line.slice(1)} and this one claim the same ${later.tag}${common === '' ? '' : ` (${common})`}.`,
    'Give each its own qualifiers, say `when` of the later one, or `most` of one that takes several.',
  );
  return true;
}

/** Another place is another loop; a level is told apart by what stands under it, and a line with `when` by the order of the segments. */
function isTold(earlier: EntryPlan, later: EntryPlan): boolean {
  if (earlier.loop !== later.loop) return true;
  if (later.when.length > 0 || earlier.when.length > 0) return true;
  return earlier.depth !== null && earlier.level !== later.level;
}

/** Whether every segment that the other entry could take, this one could take as well. */
function takesAllOf(entry: EntryPlan, other: EntryPlan): boolean {
  return entry.constants.every((constant) => {
    const theirs = other.constants.find((each) => isSamePlace(each, constant));
    return theirs?.values.every((value) => constant.values.includes(value)) === true;
  });
}

/** A line that asks for more, or for fewer codes, stands before the general one, and that is the order to read them in. */
function isMoreParticular(earlier: EntryPlan, later: EntryPlan): boolean {
  const asksForMore = earlier.constants.some(
    (constant) => !later.constants.some((each) => isSamePlace(each, constant)),
  );
  return asksForMore || takesAllOf(later, earlier);
}

/** The qualifiers that both take, as text; null: no segment has what both ask for. */
function commonOf(a: EntryPlan, b: EntryPlan): string | null {
  const shared: string[] = [];
  for (const constant of a.constants) {
    const theirs = b.constants.find((each) => isSamePlace(each, constant));
    if (theirs === undefined) continue;
    const values = constant.values.filter((value) => theirs.values.includes(value));
    if (values.length === 0) return null;
    shared.push(`${positionText({ ...constant, to: null })}=${values.join('|')}`);
  }
  return shared.join(', ');
}

function isSamePlace(a: Constant, b: Constant): boolean {
  return a.element === b.element && a.component === b.component;
}
