/**
 * From which fields of a document an entry, and all under it, is written. Where none of them has a value, writing passes the
 * entry by at once: a guide knows far more than most documents hold.
 */
import type { Binding, Entry, Text } from './notation.ts';
import { resolvePath, type Scope } from './path.ts';
import type { EachPlan, EntryPlan } from './plan.ts';
import { Problems } from './problem.ts';

/**
 * Keys of what the frame holds, one of which must have a value for the entry to be written; null: it may be written without.
 * @param scope of the entry's own fields
 */
export function sourcesOf(
  entry: Entry,
  plan: Pick<EntryPlan, 'constant' | 'each' | 'required' | 'children'>,
  scope: Scope,
): readonly string[] | null {
  if (plan.each !== null) return listSource(plan.each);
  if (plan.constant || plan.required.length > 0 || scope.group !== null) return null;
  const paths = entry.cells.flatMap(({ binding }): readonly (Text | null)[] => pathsOf(binding) ?? [null]);
  const own = keysOf(paths, scope);
  if (own === null) return null;
  const below = plan.children.entries.map(({ ignore, only, sources }) =>
    ignore || only === 'read' ? [] : sources,
  );
  if (below.includes(null)) return null;
  return [...new Set([...own, ...below.flatMap((keys) => keys ?? [])])];
}

/** The list that is walked; under a group its items are, wherever they came from. */
function listSource({ chain, given }: EachPlan): readonly string[] | null {
  return given > 0 ? null : (chain[0]?.keys.slice(0, 1) ?? null);
}

/** The first key of each path; null where one of them is another frame's, or nothing is known of it. */
function keysOf(paths: readonly (Text | null)[], scope: Scope): string[] | null {
  const keys = paths.map((path) => {
    const slot = path === null ? null : resolvePath(path, scope, new Problems());
    return slot === null || slot.up > 0 ? null : (slot.keys[0] ?? null);
  });
  return keys.every((key) => key !== null) ? keys : null;
}

/** The fields that a binding writes; null: it may write without any. */
function pathsOf(binding: Binding): readonly Text[] | null {
  switch (binding.kind) {
    case 'constant':
    case 'write':
    case 'count':
    case 'sum':
    case 'ignore':
    case 'none':
      return [];
    case 'field':
      return [binding.path];
    case 'period':
      return [binding.from, binding.to];
    case 'by':
    case 'per':
    case 'pairs': {
      const paths = binding.arms.map((arm) => pathsOf(arm.binding));
      return paths.includes(null) ? null : paths.flatMap((some) => some ?? []);
    }
    case 'repeat':
    case 'repeats':
      return [binding.list];
    case 'limited':
      return pathsOf(binding.binding);
    case 'lookup':
      return binding.fields.map(({ path }) => path);
    case 'compute':
      return null;
  }
}
