/**
 * Leaves an endpoint alone that fails whatever the file: for a growing time, over all processes, and then one try at a time.
 * Polls and sends are counted apart, since a server may take what it does not give. Takes: the work. Gives: what it gives.
 * Errors: LeftAlone, when the work was not even begun; else the work's own.
 */
import {
  countFailure,
  forgetFailures,
  freeSends,
  leaveAlone,
  mayUse,
  tryAtOnce,
  type Work,
} from '../store/breakers.ts';
import { PostError } from '../transport/as2/post-error.ts';
import { MailboxLost } from '../transport/mailbox.ts';
import { reasonOf } from '../transport/network.ts';
import { failuresToOpen, nextAttempt } from '../transport/retry.ts';
import { UnknownHostKey } from '../transport/sftp-line.ts';
import type { Context } from './context.ts';

/** The endpoint is left alone until then: nothing was tried, and nobody is to blame. */
export class LeftAlone extends Error {
  override readonly name = 'LeftAlone';
  /** In milliseconds. */
  readonly waitMs: number;
  constructor(endpoint: string, waitMs: number) {
    super(`${endpoint} failed again and again; it is left alone for another ${Math.ceil(waitMs / 1000)} s`);
    this.waitMs = waitMs;
  }
}

/** For how long others wait for the one who tries whether an endpoint works again. */
const trialMs = 90_000;

export interface Protected {
  readonly endpoint: string;
  readonly work: Work;
  /** Whether an error says that the endpoint does not work; else it is the file's, or ours. */
  readonly isDown: (error: unknown) => boolean;
}

/** Does the work, unless the endpoint is left alone. @throws LeftAlone; what the work throws */
export async function throughBreaker<T>(
  context: Context,
  { endpoint, work, isDown }: Protected,
  act: () => Promise<T>,
): Promise<T> {
  const { db } = context.store;
  const { waitMs, failures } = await mayUse(db, endpoint, work, trialMs);
  if (waitMs > 0) throw new LeftAlone(endpoint, waitMs);
  try {
    const result = await act();
    if (failures > 0) await works(context, endpoint, work, failures);
    return result;
  } catch (error) {
    // Where not even this can be noted, the error itself is still told.
    if (isDown(error))
      await fails(context, endpoint, work, error).catch((err: unknown) =>
        context.log.error({ endpoint, err }, 'failure not counted'),
      );
    throw error;
  }
}

/**
 * Endpoints that somebody changed, such as by pinning a new host key, are tried at once: what failed was tried on other terms.
 * Never fails: they are tried in time all the same.
 */
export async function tryChanged(context: Context, endpoints: readonly string[]): Promise<void> {
  const { db } = context.store;
  try {
    if (endpoints.length > 0) await tryAtOnce(db, endpoints);
    for (const endpoint of endpoints) await freeSends(db, endpoint);
  } catch (err) {
    context.log.warn({ endpoints, err }, 'changed endpoints wait for their time');
  }
}

async function works(context: Context, endpoint: string, work: Work, failures: number): Promise<void> {
  await forgetFailures(context.store.db, endpoint, work);
  if (work !== 'send' || failures < failuresToOpen) return;
  const freed = await freeSends(context.store.db, endpoint);
  context.log.info({ endpoint, freed }, 'endpoint works again');
  if (freed > 0) context.poke('send');
}

async function fails(context: Context, endpoint: string, work: Work, error: unknown): Promise<void> {
  const { db } = context.store;
  const failed = { reason: reasonOf(error), hostKey: shownKey(error) };
  const failures = await countFailure(db, endpoint, work, failed);
  const now = context.now();
  const waitMs =
    failures < failuresToOpen
      ? null
      : nextAttempt(failures - failuresToOpen + 1, now).getTime() - now.getTime();
  await leaveAlone(db, endpoint, work, waitMs);
}

/** The fingerprint of the host key that was refused, if that is what failed. */
function shownKey(error: unknown): string | null {
  if (error instanceof UnknownHostKey) return error.fingerprint;
  return error instanceof Error && error.cause instanceof UnknownHostKey ? error.cause.fingerprint : null;
}

/** Whether an error says that there was no connection: what failed is not what was sent. */
export function isOutOfReach(error: unknown): boolean {
  return error instanceof MailboxLost || (error instanceof PostError && error.retry && error.status === null);
}
