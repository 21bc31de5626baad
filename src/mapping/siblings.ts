/** Which outer item an inner one belongs to, where a message repeats what tells outer items apart, or a part of it. */
import type { Fields, ListPlan } from './plan.ts';

/** Items of one list by what they hold, so that a list of ten thousand is not searched for each of its ten thousand. */
interface Index {
  readonly whole: Map<string, number>;
  readonly byField: Map<string, number[]>;
  /** How many of the list are in it. */
  known: number;
}

const indexes = new WeakMap<readonly Fields[], Index>();

/** Outer items that no segment of their own made: they are what the items in them say, and no more. */
const impliedItems = new WeakSet<Fields>();

export function implied(item: Fields): void {
  impliedItems.add(item);
}

/**
 * The place among the siblings of the item with the same values; else of the only one that has a segment of its own and all
 * the values of the item. -1: it is an item of its own.
 * @param without the list in the items that is no value of theirs
 */
export function siblingOf(item: Fields, siblings: readonly Fields[], without: ListPlan): number {
  const name = without.keys[0] ?? '';
  const index = indexOf(siblings, name);
  const twin = index.whole.get(identity(item, name));
  if (twin !== undefined) return twin;
  const fields = fieldsOf(item, name);
  if (fields.length === 0) return siblings.length === 1 && isExplicit(siblings[0]) ? 0 : -1;
  const places = fields.map((field) => index.byField.get(field) ?? []);
  const fewest = places.reduce((best, next) => (next.length < best.length ? next : best));
  const near = fewest.filter((at) => {
    if (!isExplicit(siblings[at])) return false;
    const theirs = new Set(fieldsOf(siblings[at] ?? {}, name));
    return fields.every((field) => theirs.has(field));
  });
  return near.length === 1 ? (near[0] ?? -1) : -1;
}

function isExplicit(item: Fields | undefined): boolean {
  return item !== undefined && !impliedItems.has(item);
}

function indexOf(siblings: readonly Fields[], without: string): Index {
  const index = indexes.get(siblings) ?? { whole: new Map(), byField: new Map(), known: 0 };
  indexes.set(siblings, index);
  for (; index.known < siblings.length; index.known++) {
    const item = siblings[index.known] ?? {};
    const key = identity(item, without);
    if (!index.whole.has(key)) index.whole.set(key, index.known);
    for (const field of fieldsOf(item, without)) {
      const places = index.byField.get(field);
      if (places === undefined) index.byField.set(field, [index.known]);
      else places.push(index.known);
    }
  }
  return index;
}

function identity(item: Fields, without: string): string {
  return fieldsOf(item, without).sort().join('\n');
}

/** Each field with its value, as text. */
function fieldsOf(item: Fields, without: string): string[] {
  return Object.entries(item).flatMap(([key, value]) =>
    key === without ? [] : [`${key}=${JSON.stringify(sorted(value))}`],
  );
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, part]) => [key, sorted(part)]);
}
