/** Paths of canonical fields, resolved once against the document's type: from then on getting and setting is direct. */
import type { FieldType } from './canon.ts';
import { pathsBelow } from './canon.ts';
import type { Text } from './notation.ts';
import type { Fields, Frame, Getter } from './plan.ts';
import { nearMiss, type Problems } from './problem.ts';

/** What paths are relative to: the document, or the item of the innermost `each`. */
export interface Scope {
  readonly type: FieldType;
  readonly parent: Scope | null;
  /** Lists entered so far: ['orders', 'cartons']. */
  readonly path: readonly string[];
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
  const { base, up, keys } = anchor(path.value, scope);
  const type = keys[0] === '.' ? base.type : walk(keys, base, path, problems);
  if (type === null) return null;
  const name = [...base.path, ...keys].filter((key) => key !== '.').join('.');
  return { up, keys, type, name, get: getter(up, keys), set: setter(up, keys) };
}

/** Finds the lists that `each` walks; null when they are no lists. */
export function resolveEach(path: Text, scope: Scope, problems: Problems): Scope | null {
  let found = scope;
  for (const key of path.value.split('.')) {
    const field = found.type.kind === 'object' ? found.type.fields.get(key) : undefined;
    if (field?.type.kind !== 'list') {
      const lists = listsIn(found.type);
      const hint = nearMiss(key, lists) ?? `Lists here: ${lists.join(', ') || 'none'}.`;
      problems.add(path.at, `'${path.value}' is no list of the ${scopeName(found)}.`, hint);
      return null;
    }
    found = { type: field.type.item, parent: found, path: [...found.path, key] };
  }
  return found;
}

function anchor(path: string, scope: Scope): { base: Scope; up: number; keys: string[] } {
  if (!path.startsWith('/')) return { base: scope, up: 0, keys: path === '.' ? ['.'] : path.split('.') };
  const keys = path.slice(1).split('.');
  let base = scope;
  let up = 0;
  while (base.parent !== null && !base.path.every((key, index) => keys[index] === key)) {
    base = base.parent;
    up++;
  }
  return { base, up, keys: keys.slice(base.path.length) };
}

function walk(keys: readonly string[], base: Scope, path: Text, problems: Problems): FieldType | null {
  let type = base.type;
  for (const key of keys) {
    const field = type.kind === 'object' ? type.fields.get(key) : undefined;
    if (field === undefined) {
      const known = pathsBelow(base.type);
      const hint = nearMiss(keys.join('.'), known) ?? `Fields here: ${known.join(', ')}.`;
      problems.add(path.at, `The ${scopeName(base)} has no field '${keys.join('.')}'.`, hint);
      return null;
    }
    type = field.type;
  }
  return type;
}

function listsIn(type: FieldType): string[] {
  return type.kind === 'object'
    ? [...type.fields].flatMap(([name, { type: t }]) => (t.kind === 'list' ? [name] : []))
    : [];
}

function scopeName(scope: Scope): string {
  return scope.path.length === 0 ? 'document' : `item of ${scope.path.join('.')}`;
}

function climb(frame: Frame, up: number): Frame {
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
