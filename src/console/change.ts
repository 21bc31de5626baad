/**
 * A write of the API: one transaction, in which the deed and the answer that is kept under the Idempotency-Key are stored
 * together. Two identical requests at once: the second waits for the first, then gets its answer.
 */
import { createHash } from 'node:crypto';
import type { Context, Stage } from '../flow/context.ts';
import { keepAnswer, keptAnswer, lockAnswer } from '../store/idempotency.ts';
import type { Store, Tx } from '../store/store.ts';
import { Refused } from './problem.ts';

export interface Change {
  /** Method and path. */
  readonly route: string;
  readonly key: string | null;
  /** What a repeat must send again: content type and body. */
  readonly content: readonly (string | Buffer)[];
  readonly status: number;
}

/**
 * Runs a deed once per key.
 * @param deed is given a context whose transactions are this one; the feeder hears of new work after the commit
 * @throws Refused 422 when the key came before with another body
 */
export async function change(
  context: Context,
  { route, key, content, status }: Change,
  deed: (context: Context) => Promise<unknown>,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const poked = new Set<Stage>();
  const answer = await context.store.transaction(async (tx) => {
    const inside = {
      ...context,
      store: storeWithin(context.store, tx),
      poke: (stage: Stage) => poked.add(stage),
    };
    if (key === null) return { status, body: await deed(inside) };
    const digest = digestOf(content);
    await lockAnswer(tx, route, key);
    const kept = await keptAnswer(tx, route, key);
    if (kept !== null && !kept.digest.equals(digest))
      throw new Refused(422, 'This Idempotency-Key came before with another body.');
    if (kept !== null) return kept;
    const body = await deed(inside);
    await keepAnswer(tx, route, key, { digest, status, body });
    return { status, body };
  });
  for (const stage of poked) context.poke(stage);
  return { status: answer.status, body: answer.body };
}

/** The store as the deed sees it: everything runs in the one transaction, and ends with it. */
function storeWithin(store: Store, tx: Tx): Store {
  return { ...store, db: tx, transaction: (work) => work(tx) };
}

function digestOf(content: readonly (string | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of content) hash.update(part).update('\n');
  return hash.digest();
}
