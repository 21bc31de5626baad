/** Walks a message or a document, evaluates the expressions that the walk met, and walks again with their results. */
import { ComputePool, computeLimits } from './compute-pool.ts';
import type { Computing } from './computing.ts';

const pool = new ComputePool(computeLimits);

/**
 * Walks once where no expression is met, else twice: the second walk has the outcomes of the first.
 * @param walk makes its own context each time; what it meets depends on the message or document alone
 * @throws Error when the worker cannot take more or cannot be started: ours, to be tried again
 */
export async function withComputations<T>(
  walk: (computing: Computing) => T,
  by: ComputePool = pool,
): Promise<T> {
  const first: Computing = { jobs: [], outcomes: null };
  const found = walk(first);
  if (first.jobs.length === 0) return found;
  return walk({ jobs: [], outcomes: await by.run(first.jobs) });
}
