import type { Computing } from './computing.ts';

export async function withComputations<T>(walk: (computing: Computing) => T): Promise<T> {
  return walk({ jobs: [], outcomes: null });
}
