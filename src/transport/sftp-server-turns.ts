/** Runs a few pieces of work at a time, in the order in which they came. */

export type Turns = <T>(work: () => Promise<T>) => Promise<T | null>;

/**
 * @param atOnce pieces of work that run at the same time
 * @param waiting most that wait for them; more are not run, and give null
 */
export function createTurns(atOnce: number, waiting: number): Turns {
  let running = 0;
  const queue: (() => void)[] = [];
  return async (work) => {
    if (running < atOnce) running += 1;
    else if (queue.length >= waiting) return null;
    else await new Promise<void>((go) => queue.push(go));
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
