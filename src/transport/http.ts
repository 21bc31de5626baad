/**
 * `POST /edi`: a file in the body of an HTTP request, its sender known by an API key.
 *
 * Takes: the bytes, and a name for them. Gives: 202 with the delivery's id once the bytes are safe, never before; with
 * `?ack=sync` 200 and the acknowledgment's bytes if they come in time. Refusals are problem documents (RFC 9457).
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../log.ts';
import { timed } from './body.ts';
import { type BucketTerms, createBuckets } from './bucket.ts';
import { answerProblem, Problem } from './problem.ts';
import { FileTooLarge, type Spool, type Spooled } from './spool.ts';
import { limits, type Receive, SourceReused } from './transport.ts';

/** Named limits of POST /edi. Times are in milliseconds. */
export const httpLimits = {
  /** Longest silence within a body. */
  silenceMs: 30_000,
  /** Until a body is complete. */
  bodyMs: 600_000,
  /** How long `?ack=sync` waits. */
  acknowledgmentMs: 20_000,
  /** Requests of one key. */
  rate: { burst: 300, perSecond: 50, callers: 10_000 },
} as const;

/** The limits that a caller may set otherwise. */
export type HttpLimits = {
  readonly silenceMs: number;
  readonly bodyMs: number;
  readonly acknowledgmentMs: number;
  readonly rate: BucketTerms;
};

export interface EdiTerms {
  /** Whose key this is; null: nobody's, or no longer. */
  authenticate(key: string): Promise<{ readonly endpoint: string } | null>;
  readonly receive: Receive;
  readonly spool: Spool;
  /** Largest body in bytes; default: limits.fileBytes. */
  readonly maxBytes?: number;
  /** Waits for a delivery's acknowledgment; null, or the signal's abort: there is none yet. */
  acknowledgment?(deliveryId: string, signal: AbortSignal): Promise<Buffer | null>;
  /** Where our own failures are told; the sender hears only that it should try again. */
  readonly log?: Logger;
  readonly limits?: Partial<HttpLimits>;
}

/** RFC 1767: EDI of whatever standard, as sender and receiver agreed. */
const ediType = 'application/EDI-consent';

/**
 * Makes the handler. Mount it for `request` and for `checkContinue`: it sends 100 Continue itself, once it wants the body.
 */
export function createEdiHandler(
  terms: EdiTerms,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const desk: Desk = {
    ...terms,
    maxBytes: terms.maxBytes ?? limits.fileBytes,
    limits: { ...httpLimits, ...terms.limits },
    wait: createBuckets(terms.limits?.rate ?? httpLimits.rate, () => performance.now()),
  };
  return async (request, response) => {
    try {
      await serve(desk, request, response);
    } catch (error) {
      if (request.destroyed && !request.complete)
        desk.log?.info('a sender of /edi went away before its file was here');
      else answerProblem(request, response, problemOf(desk, error));
    }
  };
}

interface Desk extends EdiTerms {
  readonly maxBytes: number;
  readonly limits: HttpLimits;
  /** Takes a token of a key's; gives the seconds to wait. */
  wait(key: string): number;
}

async function serve(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    throw new Problem(405, 'Method not allowed', 'Send the file with POST', { allow: 'POST' });
  }
  const endpoint = await identify(desk, request);
  checkBody(desk, request);
  const source = readSource(request);
  // Only a request that says so waits for this; writing it anyway would be an answer too many.
  if (/^100-continue$/i.test(request.headers.expect ?? '')) response.writeContinue();
  const arrival = await takeBody(desk, request, source);
  const delivery = await desk.receive(endpoint, arrival).finally(() => arrival.remove());
  const acknowledgment = await waitFor(desk, request, response, delivery.deliveryId);
  if (acknowledgment === null) giveDelivery(response, delivery.deliveryId);
  else giveAcknowledgment(response, delivery.deliveryId, acknowledgment);
}

async function identify(desk: Desk, request: IncomingMessage): Promise<string> {
  const key = readKey(request);
  const known = key === null ? null : await desk.authenticate(key);
  if (key === null || known === null) {
    const detail = 'An API key is needed, as Authorization: Bearer or X-API-Key';
    throw new Problem(401, 'Unauthorized', detail, { 'www-authenticate': 'Bearer realm="edi"' });
  }
  const seconds = desk.wait(createHash('sha256').update(key).digest('base64'));
  if (seconds > 0) {
    throw new Problem(429, 'Too many requests', `Try again in ${seconds} s`, {
      'retry-after': String(seconds),
    });
  }
  return known.endpoint;
}

function readKey(request: IncomingMessage): string | null {
  const bearer = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? header(request, 'x-api-key');
}

function header(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** What can be refused before a byte of the body is read. */
function checkBody(desk: Desk, request: IncomingMessage): void {
  const coding = header(request, 'content-encoding') ?? 'identity';
  if (coding.toLowerCase() !== 'identity') {
    throw new Problem(415, 'Unsupported media type', 'Send the file as it is, without Content-Encoding');
  }
  if (/^multipart\//i.test(header(request, 'content-type') ?? '')) {
    throw new Problem(
      415,
      'Unsupported media type',
      'Send the file itself as the body, not a multipart form',
    );
  }
  if (Number(header(request, 'content-length') ?? 0) > desk.maxBytes) throw tooLarge(desk);
}

function tooLarge(desk: Desk): Problem {
  return new Problem(413, 'Content too large', `A file may have ${desk.maxBytes} bytes`);
}

/** The Idempotency-Key, as a source: the same key again is the same file again. */
function readSource(request: IncomingMessage): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && /^[\x20-\x7e]{1,255}$/.test(key)) return `idempotency:${key}`;
  throw new Problem(400, 'Bad request', 'An Idempotency-Key is 1 to 255 printable ASCII characters');
}

async function takeBody(desk: Desk, request: IncomingMessage, source: string | null): Promise<Spooled> {
  const body = timed(request, desk.limits);
  const arrival = await desk.spool.take(readName(request), () => source, body, desk.maxBytes);
  if (arrival.size > 0) return arrival;
  await arrival.remove();
  throw new Problem(400, 'Bad request', 'The body is empty');
}

/** The sender's name for the file (RFC 6266, or X-Filename): data, never a path. */
function readName(request: IncomingMessage): string {
  const disposition = header(request, 'content-disposition') ?? '';
  const quoted = /;\s*filename\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(disposition)?.[1]?.replace(/\\(.)/g, '$1');
  const plain = /;\s*filename\s*=\s*([^\s;"]+)/i.exec(disposition)?.[1];
  const name = quoted ?? plain ?? header(request, 'x-filename') ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  const shown = name.replace(/[\x00-\x1f\x7f]/g, '').slice(0, limits.nameLength);
  return shown === '' ? 'edi' : shown;
}

async function waitFor(desk: Desk, request: IncomingMessage, response: ServerResponse, deliveryId: string) {
  const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
  if (query.get('ack') !== 'sync' || desk.acknowledgment === undefined) return null;
  const stop = new AbortController();
  const leave = () => stop.abort();
  const clock = setTimeout(leave, desk.limits.acknowledgmentMs);
  response.once('close', leave);
  const stopped = new Promise<null>((resolve) => stop.signal.addEventListener('abort', () => resolve(null)));
  try {
    return await Promise.race([desk.acknowledgment(deliveryId, stop.signal), stopped]);
  } catch (error) {
    // The bytes are safe, and that is what 202 says; that the acknowledgment cannot be read now is ours to know.
    if (!stop.signal.aborted)
      desk.log?.error({ err: error, delivery: deliveryId }, 'no acknowledgment to give');
    return null;
  } finally {
    clearTimeout(clock);
    leave();
    response.off('close', leave);
  }
}

function giveDelivery(response: ServerResponse, deliveryId: string): void {
  response.writeHead(202, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify({ delivery: deliveryId })}\n`);
}

function giveAcknowledgment(response: ServerResponse, deliveryId: string, bytes: Buffer): void {
  const headers = { 'content-type': ediType, 'content-length': bytes.length, 'x-delivery': deliveryId };
  response.writeHead(200, headers).end(bytes);
}

function problemOf(desk: Desk, error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof FileTooLarge) return tooLarge(desk);
  if (error instanceof SourceReused) {
    return new Problem(422, 'Unprocessable content', 'This Idempotency-Key was used before with other bytes');
  }
  desk.log?.error({ err: error }, 'a file posted to /edi was not received');
  return new Problem(503, 'Service unavailable', 'The file was not received; send it again', {
    'retry-after': '30',
  });
}
