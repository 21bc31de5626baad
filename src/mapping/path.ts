/** Paths of canonical fields, resolved once against the document's type: from then on getting and setting is direct. */
import type { FieldType } from './canon.ts';
import { pathsBelow } from './canon.ts';
import type { Text } from './notation.ts';
import type { Fields, Frame, Getter } from './plan.ts';
import { nearMiss, type Problems } from './problem.ts';

/** What paths are relative to: the document, the item of the innermost `each`, or an object in it that `at` names. */
export interface Scope {
  /** Where relative paths begin. */
  readonly type: FieldType;
  /** What the frame holds: the document or the item. */
  readonly frameType: FieldType;
  /** Keys from what the frame holds to where relative paths begin. */
  readonly within: readonly string[];
  readonly parent: Scope | null;
  /** From the document to what the frame holds, without indexes: ['orders', 'cartons']. */
  readonly path: readonly string[];
  /** The list of the parent's frame that this is an item of: 'cartons', 'shipTo.contacts'; '' for the document. */
  readonly list: string;
  /** Under a grouping `each`: the list as it was named, how many lists that are, and where it was named. */
  readonly group: { readonly list: string; readonly lists: number; readonly outer: Scope } | null;
}

/** The scope of a whole document. */
export function documentScope(type: FieldType): Scope {
  return { type, frameType: type, within: [], parent: null, path: [], list: '', group: null };
}

/** A canonical field found: how many frames up, and the keys from there. */
export interface Slot {
  readonly up: number;
  readonly keys: readonly string[];
  readonly type: FieldType;
  /** Its path from the document's root without indexes: 'lines.item.gtin'. */
  readonly name: string;
  readonly get: Getter;
  /** Sets the value, making the objects on the way. */
  readonly set: (frame: Frame, value: unknown) => void;
}

/** Finds a field; null when there is none, which is then among the problems. */
export function resolvePath(path: Text, scope: Scope, problems: Problems): Slot | null {
  const { base, type: from, up, before, keys } = anchor(path.value, scope);
  const found = keys[0] === '.' ? from : walk(keys, from, base, path, problems);
  if (found === null) return null;
  const all = [...before, ...keys];
  const name = [...base.path, ...all].filter((key) => key !== '.').join('.');
  return { up, keys: all, type: found, name, get: getter(up, all), set: setter(up, all) };
}

/** The scope of an object, for `at`; null when there is none, which is then among the problems. */
export function resolveWithin(path: Text, scope: Scope, problems: Problems): Scope | null {
  const slot = resolvePath(path, scope, problems);
  if (slot === null) return null;
  if (slot.type.kind === 'object' && slot.up === 0) return { ...scope, type: slot.type, within: slot.keys };
  const reason = slot.up > 0 ? 'belongs to what stands around this item' : 'is no object';
  problems.add(path.at, `'${path.value}' ${reason}, so no fields can be taken from it.`);
  return null;
}

/** Finds the lists that `each` walks, through objects and lists in lists; null when they are no lists. */
export function resolveEach(path: Text, scope: Scope, problems: Problems): Scope | null {
  let found = scope;
  let { type, within: keys } = scope;
  for (const key of path.value.split('.')) {
    const field = type.kind === 'object' ? type.fields.get(key) : undefined;
    if (field === undefined || (field.type.kind !== 'list' && field.type.kind !== 'object')) {
      const lists = listsIn(type);
      const hint = nearMiss(key, lists) ?? `Lists here: ${lists.join(', ') || 'none'}.`;
      problems.add(path.at, `'${path.value}' is no list of the ${scopeName(found)}.`, hint);
      return null;
    }
    keys = [...keys, key];
    type = field.type;
    if (type.kind !== 'list') continue;
    type = type.item;
    const list = keys.join('.');
    found = {
      type,
      frameType: type,
      within: [],
      parent: found,
      path: [...found.path, ...keys],
      list,
      group: null,
    };
    keys = [];
  }
  if (keys.length === 0) return found;
  problems.add(path.at, `'${path.value}' is an object, not a list.`, `Write 'at: ${path.value}'.`);
  return null;
}

interface Anchor {
  readonly base: Scope;
  readonly type: FieldType;
  readonly up: number;
  /** Keys from the base's frame to where the path begins. */
  readonly before: readonly string[];
  readonly keys: readonly string[];
}

function anchor(path: string, scope: Scope): Anchor {
  if (!path.startsWith('/')) {
    const keys = path === '.' ? ['.'] : path.split('.');
    return { base: scope, type: scope.type, up: 0, before: scope.within, keys };
  }
  const keys = path.slice(1).split('.');
  let base = scope;
  let up = 0;
  while (base.parent !== null && !base.path.every((key, index) => keys[index] === key)) {
    base = base.parent;
    up++;
  }
  return { base, type: base.frameType, up, before: [], keys: keys.slice(base.path.length) };
}

function walk(
  keys: readonly string[],
  from: FieldType,
  base: Scope,
  path: Text,
  problems: Problems,
): FieldType | null {
  let type = from;
  for (const key of keys) {
    const field = type.kind === 'object' ? type.fields.get(key) : undefined;
    if (field === undefined) {
      const hint = hintFor(keys, from, base);
      const holder = path.value.startsWith('/') ? { ...base, within: [] } : base;
      problems.add(path.at, `The ${scopeName(holder)} has no field '${keys.join('.')}'.`, hint);
      return null;
    }
    type = field.type;
  }
  return type;
}

/** What was probably meant by a path that is none. */
function hintFor(keys: readonly string[], from: FieldType, { within }: Scope): string {
  const wanted = keys.join('.');
  const known = pathsBelow(from);
  const rest = keys.slice(within.length).join('.');
  if (within.length > 0 && wanted === `${within.join('.')}.${rest}` && known.includes(rest))
    return `'at' says already whose field this is: write '${rest}'.`;
  const [list = '', ...field] = keys;
  if (field.length > 0 && listsIn(from).includes(list))
    return `'${list}' is a list: with 'each: ${list}' at the segment, write '${field.join('.')}'.`;
  if (/^[A-Z0-9]{1,3}(\|[A-Z0-9]{1,3})*$/.test(wanted)) return `A code is written with '=': '=${wanted}'.`;
  const near = nearMiss(wanted, known);
  if (near !== undefined) return near;
  const own = known.filter((path) => !path.includes('.'));
  return `Fields here: ${own.join(', ')}.${own.length < known.length ? ' docs/canonical.md has those below them.' : ''}`;
}

function listsIn(type: FieldType): string[] {
  return type.kind === 'object'
    ? [...type.fields].flatMap(([name, { type: t }]) => (t.kind === 'list' ? [name] : []))
    : [];
}

function scopeName({ path, within }: Scope): string {
  const object = within.length === 0 ? '' : `${within.join('.')} of the `;
  return object + (path.length === 0 ? 'document' : `item of ${path.join('.')}`);
}

/** The frame so many items outwards. */
export function climb(frame: Frame, up: number): Frame {
  let found = frame;
  for (let left = up; left > 0 && found.parent !== null; left--) found = found.parent;
  return found;
}

function getter(up: number, keys: readonly string[]): Getter {
  const [first = '', second] = keys;
  if (up === 0 && keys.length === 1) return (frame) => frame.object[first];
  if (up === 0 && keys.length === 2 && second !== undefined)
    return (frame) => (frame.object[first] as Fields | undefined)?.[second];
  return (frame) => {
    let value: unknown = climb(frame, up).object;
    for (const key of keys) value = (value as Fields | undefined)?.[key];
    return value;
  };
}

function setter(up: number, keys: readonly string[]): (frame: Frame, value: unknown) => void {
  const last = keys[keys.length - 1] ?? '';
  const before = keys.slice(0, -1);
  return (frame, value) => {
    let object = up === 0 ? frame.object : climb(frame, up).object;
    for (const key of before) {
      let next = object[key] as Fields | undefined;
      if (next === undefined) {
        next = {};
        object[key] = next;
      }
      object = next;
    }
    object[last] = value;
  };
}
