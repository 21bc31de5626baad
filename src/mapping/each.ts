/** `each`: which lists a segment repeats over, and how their items are grouped. */
import type { Entry, Text } from './notation.ts';
import { resolveEach, resolvePath, type Scope } from './path.ts';
import type { EachPlan, Getter, ListPlan } from './plan.ts';
import type { Problems } from './problem.ts';

export interface Each {
  readonly plan: EachPlan | null;
  /** What the fields of the entry, and of all under it, are relative to. */
  readonly scope: Scope;
}

/** The lists that an entry walks; null when one of them is wrong, which is then among the problems. */
export function eachOf({ each, by }: Entry, outer: Scope, problems: Problems): Each | null {
  if (each === null) return { plan: null, scope: outer };
  const given = givenBy(outer, each.value);
  if (outer.group !== null && given === null) {
    const { list } = outer.group;
    const hint = `Write 'each: ${list}' for its items, or 'each: ${list}.${each.value}'.`;
    problems.add(each.at, `Here stands a group of ${list}, which has no single list '${each.value}'.`, hint);
    return null;
  }
  const from = given?.outer ?? outer;
  const scope = resolveEach(each, from, problems);
  if (scope === null) return null;
  const chain = chainBetween(scope, from);
  const getters = by.length === 0 ? null : gettersOf(by, scope, problems);
  const plain = scope.type.kind !== 'object';
  return {
    plan: { chain, given: given?.lists ?? 0, by: getters, plain },
    scope:
      by.length === 0 ? scope : { ...scope, group: { list: each.value, lists: chain.length, outer: from } },
  };
}

/** How a list's name is made from keys, and back. */
export function listPlan(name: string): ListPlan {
  return { name, keys: name.split('.') };
}

/** The group around, when the list is the group's own or one in its items. */
function givenBy({ group }: Scope, list: string): Scope['group'] {
  if (group === null) return null;
  return list === group.list || list.startsWith(`${group.list}.`) ? group : null;
}

function chainBetween(inner: Scope, outer: Scope): ListPlan[] {
  const chain: ListPlan[] = [];
  for (let scope: Scope | null = inner; scope !== null && scope.path !== outer.path; scope = scope.parent)
    chain.unshift(listPlan(scope.list));
  return chain;
}

function gettersOf(by: readonly Text[], scope: Scope, problems: Problems): Getter[] {
  return by.flatMap((field) => {
    const slot = resolvePath(field, scope, problems);
    if (slot === null) return [];
    if (slot.type.kind !== 'object' && slot.type.kind !== 'list') return [slot.get];
    problems.add(field.at, `'${field.value}' is no single value, so nothing can be grouped by it.`);
    return [];
  });
}
