/**
 * `POST /edi`: a file in the body of an HTTP request, its sender known by an API key. `GET /edi/DELIVERY`: what became of it.
 *
 * Takes: the bytes, and a name for them. Gives: 202 with the delivery's id once the bytes are safe, never before; with
 * `?ack=sync`, and when asked later, 200 and the acknowledgment's bytes if there are any. Refusals are problem documents
 * (RFC 9457).
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { Logger } from '../log.ts';
import { timed } from './body.ts';
import { type BucketTerms, createBuckets, createPlaces } from './bucket.ts';
import { checkBody, readKey, readName, readSource, tooLarge } from './edi-request.ts';
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
  /** How often it looks meanwhile. */
  lookMs: 100,
  /** Requests of one key. */
  rate: { burst: 300, perSecond: 50, callers: 10_000 },
  /** Requests of one key that are under way at once. */
  atOnce: 64,
} as const;

/** The limits that a caller may set otherwise. */
export type HttpLimits = {
  readonly silenceMs: number;
  readonly bodyMs: number;
  readonly acknowledgmentMs: number;
  readonly lookMs: number;
  readonly rate: BucketTerms;
  readonly atOnce: number;
};

/** Where a request comes from. */
export interface Sender {
  /** IP address of the connection: a proxy's, where there is one before us. */
  readonly address: string;
  /** SHA-256 of the client certificate that was shown and proved, in small hex digits; null: none. */
  readonly certificate: string | null;
}

/** Whose key it is. */
export interface Caller {
  readonly endpoint: string;
  /** The part of the key that may be shown: its limits are counted by it. */
  readonly prefix: string;
}

/**
 * What became of a delivery. waiting: its acknowledgment is not written yet. held: a person must look first. unanswered: none
 * is owed.
 */
export type Became =
  | { readonly state: 'acknowledged'; readonly bytes: Buffer }
  | { readonly state: 'waiting' | 'held' | 'unanswered' };

export interface EdiTerms {
  /**
   * Whose key this is; null: nobody's, or no longer.
   * @throws Problem when it may not be used from there
   */
  authenticate(key: string, sender: Sender): Promise<Caller | null>;
  readonly receive: Receive;
  readonly spool: Spool;
  /** What became of a delivery of this endpoint; null: it has none of that id. */
  look(endpoint: string, deliveryId: string): Promise<Became | null>;
  /** Largest body in bytes; default: limits.fileBytes. */
  readonly maxBytes?: number;
  /** Told of each refusal. */
  refused?(status: number): void;
  /** Where our own failures are told; the sender hears only that it should try again. */
  readonly log?: Logger;
  /** Told of each of them, before the sender is. Never throws. */
  failed?(error: unknown): Promise<void>;
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
  const own = { ...httpLimits, ...terms.limits };
  const desk: Desk = {
    ...terms,
    maxBytes: terms.maxBytes ?? limits.fileBytes,
    limits: own,
    wait: createBuckets(own.rate, () => performance.now()),
    enter: createPlaces(own.atOnce),
  };
  return async (request, response) => {
    try {
      await serve(desk, request, response);
    } catch (error) {
      if (request.destroyed && !request.complete)
        desk.log?.info('a sender of /edi went away before its file was here');
      else await refuse(desk, request, response, error);
    }
  };
}

interface Desk extends EdiTerms {
  readonly maxBytes: number;
  readonly limits: HttpLimits;
  /** Takes a token of a key's; gives the seconds to wait. */
  wait(prefix: string): number;
  /** Takes one of a key's places; gives what leaves it, or null. */
  enter(prefix: string): (() => void) | null;
}

type Exchange = readonly [request: IncomingMessage, response: ServerResponse];

async function serve(desk: Desk, ...[request, response]: Exchange): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const asked = /^\/edi\/(\d{1,18})$/.exec(pathname)?.[1];
  if (asked === undefined && pathname !== '/edi') throw notFound();
  const method = asked === undefined ? 'POST' : 'GET';
  if (request.method !== method) {
    const detail = asked === undefined ? 'Send the file with POST' : 'Ask for a delivery with GET';
    throw new Problem(405, 'Method not allowed', detail, { allow: method });
  }
  const { endpoint, prefix } = await identify(desk, request);
  const leave = takePlace(desk, prefix);
  try {
    if (asked === undefined) {
      await take(desk, endpoint, searchParams.get('ack') === 'sync', request, response);
    } else {
      await tell(desk, endpoint, asked, response);
    }
  } finally {
    leave();
  }
}

const notFound = () => new Problem(404, 'Not found', 'There is nothing at this path');

async function identify(desk: Desk, request: IncomingMessage): Promise<Caller> {
  const key = readKey(request);
  const known = key === null ? null : await desk.authenticate(key, senderOf(request));
  if (known !== null) return known;
  const detail = 'An API key is needed, as Authorization: Bearer or X-API-Key';
  throw new Problem(401, 'Unauthorized', detail, { 'www-authenticate': 'Bearer realm="edi"' });
}

function senderOf({ socket }: IncomingMessage): Sender {
  const shown = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  return {
    // An IPv4 address that came to an IPv6 port.
    address: (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, ''),
    certificate: shown?.fingerprint256.replaceAll(':', '').toLowerCase() ?? null,
  };
}

/** @throws Problem 429 when the key asks too often, or too much at once */
function takePlace(desk: Desk, prefix: string): () => void {
  const seconds = desk.wait(prefix);
  const leave = seconds > 0 ? null : desk.enter(prefix);
  if (leave !== null) return leave;
  const after = Math.max(seconds, 1);
  throw new Problem(429, 'Too many requests', `Try again in ${after} s`, { 'retry-after': String(after) });
}

/** Receives the file; then waits for its acknowledgment, if the sender does. */
async function take(
  desk: Desk,
  endpoint: string,
  waits: boolean,
  ...[request, response]: Exchange
): Promise<void> {
  checkBody(request, desk.maxBytes);
  const source = readSource(request);
  // Only a request that says so waits for this; writing it anyway would be an answer too many.
  if (/^100-continue$/i.test(request.headers.expect ?? '')) response.writeContinue();
  const arrival = await takeBody(desk, request, source);
  const { deliveryId, isRepeat } = await desk.receive(endpoint, arrival).finally(() => arrival.remove());
  const headers = {
    location: `edi/${deliveryId}`,
    ...(isRepeat === true ? { 'idempotency-replayed': 'true' } : {}),
  };
  const became = waits ? await waitFor(desk, endpoint, deliveryId, response) : null;
  give(response, deliveryId, became, headers);
}

async function takeBody(desk: Desk, request: IncomingMessage, source: string | null): Promise<Spooled> {
  const body = timed(request, desk.limits);
  const arrival = await desk.spool.take(readName(request), () => source, body, desk.maxBytes);
  if (arrival.size > 0) return arrival;
  await arrival.remove();
  throw new Problem(400, 'Bad request', 'The body is empty');
}

/** Looks until there is more to say than 'waiting', the time is up, or the sender has gone. */
async function waitFor(
  desk: Desk,
  endpoint: string,
  deliveryId: string,
  response: ServerResponse,
): Promise<Became> {
  const endMs = performance.now() + desk.limits.acknowledgmentMs;
  const waiting = { state: 'waiting' } as const;
  try {
    for (;;) {
      const became = (await desk.look(endpoint, deliveryId)) ?? waiting;
      if (became.state !== 'waiting') return became;
      if (response.destroyed || performance.now() >= endMs) return became;
      await sleep(desk.limits.lookMs);
    }
  } catch (error) {
    // The bytes are safe, and that is what 202 says; that the acknowledgment cannot be read now is ours to know.
    desk.log?.error({ err: error, delivery: deliveryId }, 'no acknowledgment to give');
    return waiting;
  }
}

/** Tells a sender what became of a delivery of its own. */
async function tell(
  desk: Desk,
  endpoint: string,
  deliveryId: string,
  response: ServerResponse,
): Promise<void> {
  const became = await desk.look(endpoint, deliveryId);
  if (became === null) throw new Problem(404, 'Not found', 'There is no such delivery of yours');
  if (became.state === 'unanswered') response.writeHead(204, { 'x-delivery': deliveryId }).end();
  else give(response, deliveryId, became, became.state === 'acknowledged' ? {} : { 'retry-after': '5' });
}

/** @param became null: nobody looked */
function give(
  response: ServerResponse,
  deliveryId: string,
  became: Became | null,
  headers: OutgoingHttpHeaders,
): void {
  if (became?.state === 'acknowledged') {
    const { bytes } = became;
    const of = { 'content-type': ediType, 'content-length': bytes.length, 'x-delivery': deliveryId };
    response.writeHead(200, { ...headers, ...of }).end(bytes);
    return;
  }
  response.writeHead(202, { ...headers, 'content-type': 'application/json' });
  response.end(
    `${JSON.stringify({ delivery: deliveryId, ...(became === null ? {} : { state: became.state }) })}\n`,
  );
}

async function refuse(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
): Promise<void> {
  const problem = problemOf(desk, request, error);
  if (problem.status === 503) await desk.failed?.(error);
  desk.refused?.(problem.status);
  answerProblem(request, response, problem);
}

function problemOf(desk: Desk, request: IncomingMessage, error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof FileTooLarge) return tooLarge(desk.maxBytes);
  if (error instanceof SourceReused) {
    return new Problem(422, 'Unprocessable content', 'This Idempotency-Key was used before with other bytes');
  }
  const isFile = request.method === 'POST';
  desk.log?.error(
    { err: error },
    isFile ? 'a file posted to /edi was not received' : 'a question to /edi failed',
  );
  const detail = isFile ? 'The file was not received; send it again' : 'Ask again later';
  return new Problem(503, 'Service unavailable', detail, { 'retry-after': '30' });
}
