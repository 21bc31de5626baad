/** Totals that a message carries of itself: count(lines), count(HL), sum(lines.quantity). Exact, never `number` sums. */
import Big from 'big.js';
import type { SegmentRule } from '../interchange/dictionary/dictionary.ts';
import type { OutSegment } from '../interchange/write.ts';
import type { Text } from './notation.ts';
import { documentScope, resolvePath, type Scope } from './path.ts';
import type { Fields, Frame, WriteContext } from './plan.ts';
import type { Problems } from './problem.ts';

interface TotalScope {
  readonly scope: Scope;
  readonly rule: SegmentRule;
  readonly problems: Problems;
}

export type Total = (frame: Frame, context: WriteContext) => string;

/** A tag in capitals counts the segments of that tag up to here, its own among them; a path counts the items of a list, through lists in lists. */
export function countOf(of: Text, { scope, problems, rule }: TotalScope): Total | null {
  if (/^[A-Z][A-Z0-9]{1,2}$/.test(of.value))
    return (_frame, { out }) => String(segmentsOf(of.value, out) + (rule.tag === of.value ? 1 : 0));
  const keys = listPath(of, scope, problems, 'list');
  if (keys === null) return null;
  return (frame) => String(collect(objectsOf(frame), keys).length);
}

interface Counted {
  readonly upTo: number;
  /** The segment before that place: when it has gone, what was counted may have gone, too. */
  readonly last: OutSegment | undefined;
  readonly count: number;
}

const counts = new WeakMap<readonly OutSegment[], Map<string, Counted>>();

/** Segments of a tag so far. Only those written since the last time are looked at: each of ten thousand lines may ask. */
function segmentsOf(tag: string, out: readonly OutSegment[]): number {
  const byTag = counts.get(out) ?? new Map<string, Counted>();
  counts.set(out, byTag);
  const known = byTag.get(tag);
  const from = known !== undefined && out[known.upTo - 1] === known.last ? known : { upTo: 0, count: 0 };
  let { count } = from;
  for (let index = from.upTo; index < out.length; index++) if (out[index]?.tag === tag) count++;
  byTag.set(tag, { upTo: out.length, last: out.at(-1), count });
  return count;
}

/** The exact sum of a decimal field over lists: lines.quantity. */
export function sumOf(of: Text, { scope, problems }: TotalScope): Total | null {
  const keys = listPath(of, scope, problems, 'decimal');
  if (keys === null) return null;
  return (frame) => {
    let sum = new Big(0);
    for (const value of collect(objectsOf(frame), keys)) if (typeof value === 'string') sum = sum.plus(value);
    return sum.toFixed();
  };
}

/** A group is all its items. */
function objectsOf({ object, members }: Frame): readonly Fields[] {
  return members === undefined ? [object] : members.map((member) => member.object);
}

/** Checks the path list by list: each key is resolved in the items of the list before it. '.' is the item itself. */
function listPath(of: Text, scope: Scope, problems: Problems, wanted: 'list' | 'decimal'): string[] | null {
  if (of.value === '.') return [...scope.within];
  const keys = of.value.split('.');
  let { type } = scope;
  let kind = '';
  for (const key of keys) {
    const slot = resolvePath({ value: key, at: of.at }, documentScope(type), problems);
    if (slot === null) return null;
    kind = slot.type.kind;
    type = slot.type.kind === 'list' ? slot.type.item : slot.type;
  }
  if (kind !== wanted) {
    const what = wanted === 'list' ? 'no list, so it has nothing to count' : 'no number, so it has no sum';
    problems.add(problems.within(of.at, of.value), `'${of.value}' is ${what}.`);
    return null;
  }
  return [...scope.within, ...keys];
}

function collect(from: readonly unknown[], keys: readonly string[]): unknown[] {
  return keys.reduce<unknown[]>(
    (values, key) => {
      const next = values.map((value) => (value as Fields | undefined)?.[key]);
      return next.flat().filter((value) => value !== undefined);
    },
    [...from],
  );
}
