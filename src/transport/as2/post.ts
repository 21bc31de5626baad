/**
 * Posts AS2 messages and asynchronous MDNs to the address that was agreed, and nowhere else: no redirect is followed, and
 * TLS always verifies the server. What it throws says whether the same bytes may be sent again.
 */
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Piece } from './as2.ts';
import { type PostLimits, postLimits } from './limits.ts';
import { failureOf, PostError, statusError } from './post-error.ts';

/** Where to, and how. */
export interface Target {
  /** http: or https:, without user or password. */
  readonly url: string;
  /** HTTP basic authentication; null: none. */
  readonly login: { readonly user: string; readonly password: string } | null;
  /** PEM of a client certificate and its key, in one text; null: none. */
  readonly clientKey: string | null;
  /** PEM of who vouches for their server; null: the public authorities. */
  readonly authority: string | null;
  /** Send without Content-Length. */
  readonly chunked: boolean;
  /** Ask before the body is sent. */
  readonly expectContinue: boolean;
}

export interface Posting {
  /** Header fields, except those that HTTP itself needs. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Piece;
}

/** A 2xx answer. */
export interface Posted {
  readonly status: number;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Poster {
  /**
   * Posts, and reads the answer whole.
   * @throws PostError: `retry` says whether the same bytes may be sent again; what the body throws
   */
  post(target: Target, posting: Posting, signal?: AbortSignal): Promise<Posted>;
  /** Ends the connections that are kept open. */
  close(): void;
}

/** Makes a poster, which keeps connections open for the next message. One for a process. */
export function createPoster(terms: Partial<PostLimits> = {}): Poster {
  const limits = { ...postLimits, ...terms };
  const agents = new Map<string, HttpAgent>();
  return {
    post: async (target, posting, signal) => {
      const url = readUrl(target.url);
      const agent = agentOf(agents, url, target, limits);
      const exchange = { url, agent, target, posting, limits, signal };
      try {
        return await attempt(exchange);
      } catch (error) {
        // They ended an idle connection just when we used it: nothing was answered, and the Message-ID makes it safe.
        if (error instanceof PostError && error.isStale) return attempt(exchange);
        throw error;
      }
    },
    close: () => {
      for (const agent of agents.values()) agent.destroy();
      agents.clear();
    },
  };
}

interface Exchange {
  readonly url: URL;
  readonly agent: HttpAgent;
  readonly target: Target;
  readonly posting: Posting;
  readonly limits: PostLimits;
  readonly signal: AbortSignal | undefined;
}

/** Ends an exchange, and says why. */
type Stop = (text: string) => void;

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url === null || !isHttp) throw new PostError(false, 'The url is no address of http: or https:');
  if (url.username !== '' || url.password !== '')
    throw new PostError(false, 'The url holds a user or a password: give them as user and password');
  return url;
}

/** One agent for each way to reach a server, so that no connection is used with another's certificate. */
function agentOf(agents: Map<string, HttpAgent>, url: URL, target: Target, limits: PostLimits): HttpAgent {
  const key = JSON.stringify([url.origin, target.clientKey, target.authority]);
  const known = agents.get(key);
  if (known !== undefined) return known;
  const common = { keepAlive: true, maxSockets: limits.connections, timeout: limits.idleMs };
  const agent = url.protocol === 'http:' ? new HttpAgent(common) : tlsAgent(target, common);
  agents.set(key, agent);
  return agent;
}

function tlsAgent(
  { clientKey, authority }: Target,
  common: { keepAlive: boolean; maxSockets: number; timeout: number },
) {
  // Said although it is the default: NODE_TLS_REJECT_UNAUTHORIZED must not switch it off.
  const tls = { ...common, rejectUnauthorized: true, minVersion: 'TLSv1.2' as const };
  const trust = authority === null ? {} : { ca: authority };
  return new HttpsAgent({
    ...tls,
    ...trust,
    ...(clientKey === null ? {} : { key: clientKey, cert: clientKey }),
  });
}

async function attempt(exchange: Exchange): Promise<Posted> {
  const { url, limits, signal } = exchange;
  let request: ClientRequest | null = null;
  let reason: PostError | null = null;
  const stop = (text: string) => {
    reason ??= new PostError(true, text);
    request?.destroy(reason);
  };
  const total = setTimeout(() => stop(`It took more than ${limits.totalMs / 1000} s`), limits.totalMs);
  const abort = () => stop('It was broken off here');
  signal?.addEventListener('abort', abort, { once: true });
  try {
    request = open(exchange);
    if (signal?.aborted) abort();
    const response = await answerTo(request, exchange, stop);
    return await readAnswer(request, response, limits);
  } catch (error) {
    throw failureOf(reason ?? error, url, request?.reusedSocket ?? false);
  } finally {
    clearTimeout(total);
    signal?.removeEventListener('abort', abort);
  }
}

function open({ url, agent, target, posting, limits }: Exchange): ClientRequest {
  const { login, chunked, expectContinue } = target;
  const headers: Record<string, string | number> = { ...posting.headers };
  if (chunked) headers['transfer-encoding'] = 'chunked';
  else headers['content-length'] = posting.body.size;
  if (expectContinue) headers.expect = '100-continue';
  if (login !== null)
    headers.authorization = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  const make = url.protocol === 'http:' ? httpRequest : httpsRequest;
  return make(url, { method: 'POST', agent, headers, timeout: limits.silenceMs });
}

/** Sends the body, and gives the head of the answer, which may come before the body's end. */
function answerTo(
  request: ClientRequest,
  { target, posting, limits }: Exchange,
  stop: Stop,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    watchSilence(request, limits, stop);
    request.once('response', resolve);
    // Stays: what breaks after the answer has begun is told by the answer itself.
    request.on('error', reject);
    sendBody(request, target, posting.body, limits).catch((error) => request.destroy(error as Error));
  });
}

/** Ends a request whose connection is not made, or on which no byte moves, in time. */
function watchSilence(request: ClientRequest, limits: PostLimits, stop: Stop): void {
  let patienceMs = limits.silenceMs;
  const setPatience = (ms: number) => {
    patienceMs = ms;
    request.setTimeout(ms);
  };
  request.on('timeout', () => stop(`Nothing came for ${patienceMs / 1000} s`));
  request.once('finish', () => setPatience(limits.answerMs));
  request.once('response', () => setPatience(limits.silenceMs));
  request.once('socket', (socket: Socket) => {
    if (request.reusedSocket) return;
    const text = `No connection within ${limits.connectMs / 1000} s`;
    const clock = setTimeout(() => stop(text), limits.connectMs);
    const done = () => clearTimeout(clock);
    socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', done).once('close', done);
  });
}

async function sendBody(
  request: ClientRequest,
  { expectContinue }: Target,
  body: Piece,
  limits: PostLimits,
): Promise<void> {
  const state = { over: false };
  const end = () => {
    state.over = true;
  };
  request.once('response', end).once('close', end);
  if (expectContinue) {
    request.flushHeaders();
    await firstOf(request, ['continue', 'response', 'close'], limits.continueMs);
  }
  for await (const chunk of body.read()) {
    if (state.over) return;
    if (!request.write(chunk)) await firstOf(request, ['drain', 'response', 'close']);
  }
  if (!state.over) request.end();
}

/** Waits for the first of some events; with a time, no longer than that. */
function firstOf(request: ClientRequest, events: readonly string[], ms?: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(clock);
      for (const event of events) request.off(event, done);
      resolve();
    };
    const clock = ms === undefined ? undefined : setTimeout(done, ms);
    for (const event of events) request.once(event, done);
  });
}

async function readAnswer(
  request: ClientRequest,
  response: IncomingMessage,
  limits: PostLimits,
): Promise<Posted> {
  const status = response.statusCode ?? 0;
  try {
    const body = await collectAtMost(response, limits.answerBytes);
    if (status < 200 || status > 299) throw statusError(status, response.headers, body);
    return { status, headers: flat(response), body };
  } finally {
    // An answer before our body's end leaves the connection in the middle of a message.
    if (!request.writableFinished || !response.complete) request.destroy();
  }
}

async function collectAtMost(response: IncomingMessage, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most)
      throw new PostError(false, `The answer is larger than ${most} bytes: is the url that of AS2?`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function flat({ headers }: IncomingMessage): Record<string, string> {
  const fields = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(fields.map(([name, value]) => [name, String(value)]));
}
