/** What differs between what was expected and what came, for people: JSON by path, anything else line by line. */
import { isDeepStrictEqual } from 'node:util';

/** How a removed, an added and a plain line are shown. */
export interface Paint {
  readonly gone: (line: string) => string;
  readonly come: (line: string) => string;
  readonly place: (line: string) => string;
}

export const plain: Paint = { gone: (line) => line, come: (line) => line, place: (line) => line };
/** For terminals (ECMA-48 SGR): red, green, bold. */
export const coloured: Paint = {
  gone: (line) => `\u001b[31m${line}\u001b[39m`,
  come: (line) => `\u001b[32m${line}\u001b[39m`,
  place: (line) => `\u001b[1m${line}\u001b[22m`,
};

/**
 * Where two JSON texts differ: each path with what was expected (-) and what came (+). '' when they say the same, whatever
 * their layout and the order of their keys. Text that is no JSON is compared line by line.
 */
export function jsonDifference(expected: string, actual: string, paint: Paint = plain): string {
  const [before, after] = [parsed(expected), parsed(actual)];
  if (before === undefined || after === undefined) return lineDifference(expected, actual, paint);
  return [...changes(before.value, after.value, '')]
    .map(({ path, gone, come }) =>
      [
        paint.place(path === '' ? '(the whole)' : path),
        ...shown(gone, '-', paint.gone),
        ...shown(come, '+', paint.come),
      ].join('\n'),
    )
    .join('\n');
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** One value that differs, and where: 'lines[0].price'. */
export interface Change {
  readonly path: string;
  /** undefined: it was, or is, not there. */
  readonly gone: unknown;
  readonly come: unknown;
}

/** Every place where two values differ, whatever the order of their keys. */
export function* changes(before: unknown, after: unknown, path: string): Generator<Change> {
  if (isDeepStrictEqual(before, after)) return;
  if (Array.isArray(before) && Array.isArray(after)) yield* listChanges(before, after, path);
  else if (isTable(before) && isTable(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      yield* changes(before[key], after[key], path === '' ? key : `${path}.${key}`);
  } else yield { path, gone: before, come: after };
}

/** Items that are equal at both ends belong together; so one item put in between is one change. */
function* listChanges(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
): Generator<Change> {
  const [head, tail] = commonEnds(before, after, isDeepStrictEqual);
  const at = (index: number) => `${path}[${index}]`;
  const [gone, come] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
  const both = Math.min(gone.length, come.length);
  for (let index = 0; index < both; index++) yield* changes(gone[index], come[index], at(head + index));
  for (let index = both; index < gone.length; index++)
    yield { path: at(head + index), gone: gone[index], come: undefined };
  for (let index = both; index < come.length; index++)
    yield { path: at(head + index), gone: undefined, come: come[index] };
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown, sign: string, paint: (line: string) => string): string[] {
  if (value === undefined) return [];
  return JSON.stringify(value, null, 2)
    .split('\n')
    .map((line) => paint(`  ${sign} ${line}`));
}

/** How many items two lists share at their beginning, and how many of the rest at their end. */
function commonEnds<T>(
  before: readonly T[],
  after: readonly T[],
  same: (a: T, b: T) => boolean,
): [number, number] {
  const least = Math.min(before.length, after.length);
  let head = 0;
  while (head < least && same(before[head] as T, after[head] as T)) head++;
  let tail = 0;
  while (
    tail < least - head &&
    same(before[before.length - 1 - tail] as T, after[after.length - 1 - tail] as T)
  )
    tail++;
  return [head, tail];
}

/** Lines shown before and after a difference. */
const around = 2;
/** Products of line numbers up to which lines are aligned; beyond, the stretch that differs is shown as a whole. */
const mostAligned = 4_000_000;

/** The lines that are not common to both (- expected, + came), with two lines around them; '' when there are none. */
export function lineDifference(expected: string, actual: string, paint: Paint = plain): string {
  if (expected === actual) return '';
  const [before, after] = [expected.split('\n'), actual.split('\n')];
  const [head, tail] = commonEnds(before, after, (a, b) => a === b);
  const middle = mark(before.slice(head, before.length - tail), after.slice(head, after.length - tail));
  const kept = (lines: readonly string[]): Marked[] => lines.map((line) => ({ sign: ' ', line }));
  const marked = [...kept(before.slice(0, head)), ...middle, ...kept(before.slice(before.length - tail))];
  return excerpts(marked)
    .map(({ sign, line }) => {
      const text = `  ${sign} ${line}`.trimEnd();
      return sign === '-' ? paint.gone(text) : sign === '+' ? paint.come(text) : text;
    })
    .join('\n')
    .trimEnd();
}

interface Marked {
  readonly sign: ' ' | '-' | '+' | '…';
  readonly line: string;
}

/** What changed with a little around it; '…' where lines are left out between two stretches. */
function excerpts(marked: readonly Marked[]): Marked[] {
  const isNear = new Array<boolean>(marked.length).fill(false);
  for (const [index, { sign }] of marked.entries())
    if (sign !== ' ') isNear.fill(true, Math.max(0, index - around), index + around + 1);
  return marked.flatMap((line, index): Marked[] => {
    if (isNear[index]) return [line];
    return isNear[index - 1] === true && isNear.includes(true, index) ? [{ sign: '…', line: '' }] : [];
  });
}

function mark(before: readonly string[], after: readonly string[]): Marked[] {
  const gone = (line: string | undefined): Marked => ({ sign: '-', line: line ?? '' });
  const come = (line: string | undefined): Marked => ({ sign: '+', line: line ?? '' });
  if (before.length * after.length > mostAligned) return [...before.map(gone), ...after.map(come)];
  const common = commonLengths(before, after);
  const lines: Marked[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [down, right] = [common[i + 1]?.[j] ?? -1, common[i]?.[j + 1] ?? -1];
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ sign: ' ', line: before[i] ?? '' });
      i++;
      j++;
    } else if (i < before.length && down >= right) lines.push(gone(before[i++]));
    else lines.push(come(after[j++]));
  }
  return lines;
}

/** Lengths of the longest common subsequences of what begins at line i and at line j. */
function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const lengths = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--) {
      const row = lengths[i] ?? [];
      const same = before[i] === after[j];
      row[j] = same
        ? (lengths[i + 1]?.[j + 1] ?? 0) + 1
        : Math.max(lengths[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  return lengths;
}
