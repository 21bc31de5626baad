/** Refusals of an HTTP request, as problem documents (RFC 9457). */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** What is wrong with a request; thrown inside a handler and answered by `answerProblem`. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly title: string;
  readonly headers: OutgoingHttpHeaders;
  constructor(status: number, title: string, detail: string, headers: OutgoingHttpHeaders = {}) {
    super(detail);
    this.status = status;
    this.title = title;
    this.headers = headers;
  }
}

/**
 * How long a refused sender may go on sending before its connection is ended, in milliseconds. Ending it at once would
 * take the answer away from senders that write their whole body before they read.
 */
export const lingerMs = 1_000;

/** Answers with a problem document. What is left of the body is thrown away for `lingerMs`, then the connection ends. */
export function answerProblem(request: IncomingMessage, response: ServerResponse, problem: Problem): void {
  if (response.headersSent || response.destroyed) {
    request.destroy();
    return;
  }
  const body = { type: 'about:blank', title: problem.title, status: problem.status, detail: problem.message };
  response.writeHead(problem.status, { ...problem.headers, 'content-type': 'application/problem+json' });
  response.end(`${JSON.stringify(body)}\n`);
  leaveUnread(request);
}

/** After an answer: throws what is left of the body away for `lingerMs`, then ends the connection. */
export function leaveUnread(request: IncomingMessage): void {
  if (request.complete) return;
  request.on('error', () => undefined).resume();
  const ending = setTimeout(() => request.destroy(), lingerMs);
  request.once('end', () => clearTimeout(ending)).once('close', () => clearTimeout(ending));
}
