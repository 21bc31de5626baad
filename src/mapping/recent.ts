/** What can be made again at any time: the things used last are kept, the others are made anew when somebody asks. */

/** So many compiled guides stay in memory: more than a busy hour has partners, and some tens of megabytes at most. */
const mostKept = 1_000;

/** In the order of their use, oldest first. */
const kept = new Map<object, object>();

/** Gives what `make` gives, and gives the same again while it is among those used last. */
export function recent<T extends object>(make: () => T): () => T {
  const key = {};
  return () => {
    const found = (kept.get(key) as T | undefined) ?? make();
    kept.delete(key);
    kept.set(key, found);
    if (kept.size > mostKept) kept.delete(kept.keys().next().value as object);
    return found;
  };
}
