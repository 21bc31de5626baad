/** Problem documents (RFC 9457): how the API says no. What goes wrong on our side is logged, never told. */
import { STATUS_CODES } from 'node:http';
import type { z } from 'zod';
import { DeedRefused } from '../flow/deed.ts';

/** One part of a request that is wrong: a path into the body or query, such as 'cartons.0.items', and a sentence. */
export interface Wrong {
  readonly path: string;
  readonly message: string;
}

/** Thrown by handlers to answer with a problem document. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly errors: readonly Wrong[];
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    status: number,
    detail: string,
    errors: readonly Wrong[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

/** A problem document, as it goes into the body. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly Wrong[];
}

export const problemType = 'application/problem+json';

/** The problem document of a refusal. */
export function problemOf({ status, message, errors }: Refused): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    ...(errors.length === 0 ? {} : { errors }),
  };
}

/** What zod found, with the path of each part. */
export function wrongParts(error: z.ZodError, under = ''): Wrong[] {
  return error.issues.slice(0, mostErrors).map((issue) => ({
    path: [...(under === '' ? [] : [under]), ...issue.path].join('.'),
    message: issue.message,
  }));
}

const mostErrors = 100;

/**
 * What was thrown, as a refusal.
 * @returns null when it is our own failure, whose words stay inside
 */
export function refusalOf(error: unknown): Refused | null {
  if (error instanceof Refused) return error;
  if (error instanceof DeedRefused) return new Refused(error.kind === 'not-found' ? 404 : 409, error.message);
  const status = (error as { status?: unknown } | null)?.status;
  if (status === 413) return new Refused(413, 'The body is larger than this route takes.');
  // The body reader and the router mark what the client did wrong with a status of their own.
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new Refused(status, 'The request cannot be read.');
  return null;
}
