/** The body of an HTTP request as it comes in, within a time: slow senders do not hold a place for ever. */
import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';

/** How long a body may take, in milliseconds. */
export interface BodyTimes {
  /** Longest silence between two pieces. */
  readonly silenceMs: number;
  /** Until it is complete. */
  readonly bodyMs: number;
}

/**
 * The body's pieces, each within the silence allowed and all within the time allowed. The request itself stays whole when
 * this ends early: it still carries the answer.
 * @throws Problem 408 when the body comes too slowly; the stream's error when the connection is cut
 */
export async function* timed(
  request: IncomingMessage,
  { silenceMs, bodyMs }: BodyTimes,
): AsyncIterable<Buffer> {
  const pieces = request.iterator({ destroyOnReturn: false });
  const endMs = performance.now() + bodyMs;
  try {
    for (;;) {
      const leftMs = Math.min(silenceMs, endMs - performance.now());
      const piece = await within(pieces.next(), Math.max(leftMs, 0));
      if (piece === null) throw new Problem(408, 'Request timeout', 'The body came too slowly');
      if (piece.done) return;
      yield piece.value as Buffer;
    }
  } finally {
    // Not awaited: behind a silent sender it would wait for the next piece. An error of the stream was seen above.
    pieces.return?.().catch(() => undefined);
  }
}

/** What the promise gives, or null when it takes longer. */
export function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => resolve(null), ms);
    void promise.then(resolve, reject).finally(() => clearTimeout(late));
  });
}
