/** Polling: each mailbox is polled by one process at a time, at its own pace, and left alone for longer while it fails. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../partner/partner.ts';
import { noteEndpoint, noteEndpointFailed } from '../store/endpoint-states.ts';
import { dropLeases, takeLease } from '../store/leases.ts';
import { afterFailure, afterSuccess, type Breaker, closedBreaker, mayTry } from '../transport/retry.ts';
import { type Context, spanMs } from './context.ts';
import type { Lines } from './lines.ts';
import { receive } from './receive.ts';

export interface Poller {
  /** Polls no more; returns once nothing is under way. */
  close(): Promise<void>;
}

/** A lease outlives several polls, so that a poller that died is followed within a minute. */
const defaultLeaseMs = 60_000;

/** Who polls, and for how long a mailbox is nobody else's after the last poll. */
interface Turn {
  readonly holder: string;
  readonly leaseMs: number;
}

/** Starts to poll every endpoint that receives. `holder` names this process. */
export function startPolling(
  context: Context,
  lines: Lines,
  holder: string,
  leaseMs = defaultLeaseMs,
): Poller {
  const stop = new AbortController();
  const turn = { holder, leaseMs };
  const loops = context.partners.endpoints
    .filter(polled)
    .map((endpoint) => pollForever(context, lines, endpoint, turn, stop.signal));
  return {
    async close() {
      stop.abort();
      await Promise.all(loops);
      await dropLeases(context.store.db, holder);
    },
  };
}

function polled(endpoint: Endpoint): boolean {
  return endpoint.type !== 'http' && endpoint.direction !== 'out' && endpoint.in !== undefined;
}

async function pollForever(
  context: Context,
  lines: Lines,
  endpoint: Endpoint,
  turn: Turn,
  signal: AbortSignal,
): Promise<void> {
  let breaker = closedBreaker;
  const everyMs = endpoint.type === 'http' ? 0 : spanMs(endpoint.every);
  while (!signal.aborted) {
    if (mayTry(breaker, context.now()))
      breaker = await pollSafely(context, lines, endpoint.name, turn, breaker, signal);
    await sleep(everyMs, undefined, { signal }).catch(ignoreAbort);
  }
}

async function pollSafely(
  context: Context,
  lines: Lines,
  endpoint: string,
  turn: Turn,
  breaker: Breaker,
  signal: AbortSignal,
): Promise<Breaker> {
  try {
    await pollOnce(context, lines, endpoint, turn, signal);
    return afterSuccess();
  } catch (error) {
    if (signal.aborted) return breaker;
    const text = error instanceof AggregateError ? error.errors.map(String).join('; ') : String(error);
    context.log.warn({ endpoint, err: error }, 'poll failed');
    await noteEndpointFailed(context.store.db, endpoint, text).catch((err) =>
      context.log.error({ err }, 'failure not noted'),
    );
    return afterFailure(breaker, context.now());
  }
}

async function pollOnce(
  context: Context,
  lines: Lines,
  endpoint: string,
  turn: Turn,
  signal: AbortSignal,
): Promise<void> {
  if (!(await takeLease(context.store.db, `poll ${endpoint}`, turn.holder, turn.leaseMs))) return;
  const line = await lines.open(endpoint);
  const taken = await line.poll?.((name, arrival) => receive(context, name, arrival), signal);
  await noteEndpoint(context.store.db, endpoint, taken ? 'received_at' : 'polled_at');
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
}
