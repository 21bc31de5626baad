/** Holding a lease while something runs that may take longer than the lease. */
import { setTimeout as sleep } from 'node:timers/promises';
import { takeLease } from '../store/leases.ts';
import type { Context } from './context.ts';

export interface LeaseTerms {
  readonly name: string;
  readonly holder: string;
  readonly leaseMs: number;
}

/** The lease went to somebody else, or could not be renewed in time: what ran under it was told to stop. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** Parts of a lease after which it is renewed: two renewals may fail. */
const renewals = 3;

/**
 * Runs work under a lease, renewed while the work lasts.
 * @param work is given a signal: it ends with `signal`, and when the lease is lost
 * @returns what the work gives; null when somebody else holds the lease
 * @throws LeaseLost, whatever the work gave or threw meanwhile; else what the work throws
 */
export async function underLease<T>(
  context: Context,
  terms: LeaseTerms,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  if (!(await takeLease(context.store.db, terms.name, terms.holder, terms.leaseMs))) return null;
  const stop = new AbortController();
  const done = new AbortController();
  const forward = () => stop.abort(signal.reason);
  signal.addEventListener('abort', forward, { once: true });
  if (signal.aborted) forward();
  const renewing = renew(context, terms, stop, done.signal);
  try {
    return await work(stop.signal);
  } finally {
    signal.removeEventListener('abort', forward);
    done.abort();
    await renewing;
    // biome-ignore lint/correctness/noUnsafeFinally: what the work came to no longer counts
    if (stop.signal.reason instanceof LeaseLost) throw stop.signal.reason;
  }
}

/** Renews until `done`; stops the work when the lease is not ours any more, or may not be. */
async function renew(
  context: Context,
  { name, holder, leaseMs }: LeaseTerms,
  stop: AbortController,
  done: AbortSignal,
): Promise<void> {
  const lose = (why: string) => stop.abort(new LeaseLost(`${name}: ${why}`));
  const expiry = setTimeout(() => lose('the lease could not be renewed'), leaseMs);
  let isOurs = true;
  while (isOurs) {
    await sleep(leaseMs / renewals, undefined, { signal: done }).catch(ignoreAbort);
    if (done.aborted) break;
    const held = await takeLease(context.store.db, name, holder, leaseMs).catch((err: unknown) => {
      context.log.warn({ err, lease: name }, 'lease not renewed');
      return null;
    });
    if (held === true) expiry.refresh();
    isOurs = held !== false;
    if (!isOurs) lose('somebody else has the lease');
  }
  clearTimeout(expiry);
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
}
