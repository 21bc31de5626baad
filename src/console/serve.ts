/** Turns the route table into an express router: access, parameters, bodies, answers. */

import { isUtf8 } from 'node:buffer';
import { pipeline } from 'node:stream/promises';
import express, { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import type { Context } from '../flow/context.ts';
import { refusedAccess } from './access.ts';
import { change } from './change.ts';
import { Refused, wrongParts } from './problem.ts';
import { Download, type ReadRoute, type Route, type WriteRoute } from './route.ts';

export interface ServeOptions {
  readonly context: Context;
  readonly adminToken: string | null;
}

/** The routes of the table, with 405 for other methods of their paths. */
export function serveRoutes(routes: readonly Route[], options: ServeOptions): Router {
  const router = Router({ caseSensitive: true });
  for (const route of routes) {
    const path = expressPath(route.path);
    if (route.method === 'get')
      router.get(path, (request, response) => serveRead(route, options, request, response));
    else {
      const guard = guardWrite(options);
      const body = express.raw({ type: () => true, limit: route.maxBytes, inflate: false });
      router.post(path, guard, body, (request, response) => serveWrite(route, options, request, response));
    }
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map((route) => route.method.toUpperCase());
    const allow = methods.includes('GET') ? [...methods, 'HEAD'].join(', ') : methods.join(', ');
    router.all(expressPath(path), () => {
      throw new Refused(405, `This path takes ${allow}.`, [], { allow });
    });
  }
  return router;
}

/** '/api/v1/orders/{id}' as express writes it. */
export function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

async function serveRead(
  route: ReadRoute,
  { context, adminToken }: ServeOptions,
  request: Request,
  response: Response,
): Promise<void> {
  refuse(refusedAccess(request, adminToken, 'read'));
  const query = route.query === undefined ? undefined : checked(route.query, request.query, 'query');
  const call = { context, id: idOf(request), query, body: undefined, who: whoOf(request), key: null };
  const answer = await route.handle(call as never);
  if (answer === null) throw new Refused(404, `There is no ${route.thing} ${idOf(request)}.`);
  if (answer instanceof Download) await giveBytes(response, answer);
  else response.json(answer);
}

/** Before the body is read: who may not write need not send it all. */
function guardWrite({ adminToken }: ServeOptions) {
  return (request: Request, _response: Response, next: () => void): void => {
    refuse(refusedAccess(request, adminToken, 'write'));
    next();
  };
}

async function serveWrite(
  route: WriteRoute,
  { context }: ServeOptions,
  request: Request,
  response: Response,
): Promise<void> {
  const { type, bytes, body } = bodyOf(route, request);
  const call = {
    id: idOf(request),
    query: undefined,
    body,
    who: whoOf(request),
    key: keyOf(request),
  };
  const path = `${request.method} ${request.baseUrl}${request.path}`;
  const terms = { route: path, key: call.key, content: [type, bytes], status: route.status };
  const answer = await change(context, terms, (inside) =>
    route.handle({ ...call, context: inside } as never),
  );
  response.status(answer.status).json(answer.body);
}

interface Body {
  readonly type: string;
  readonly bytes: Buffer;
  readonly body: unknown;
}

/** Only these types: a form of another site cannot send them without asking the browser first. */
function bodyOf(route: WriteRoute, request: Request): Body {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const takes = route.table === true ? ['application/json', 'text/csv'] : ['application/json'];
  if (!takes.includes(type)) throw new Refused(415, `Send the body as ${takes.join(' or ')}.`);
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  if (!isUtf8(bytes)) throw new Refused(400, 'The body is not in UTF-8.');
  const text = bytes.toString('utf8');
  if (route.table === true)
    return { type, bytes, body: { text, format: type === 'text/csv' ? 'csv' : 'json' } };
  return { type, bytes, body: checked(route.body, parseJson(text), 'body') };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(400, 'The body is no JSON.');
  }
}

function checked(schema: z.ZodType, value: unknown, what: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Refused(400, `The ${what} is not as the route wants it.`, wrongParts(result.error));
}

/** What stands in the braces of the path; '' where there are none. */
function idOf(request: Request): string {
  const { id, name } = request.params;
  if (id !== undefined && !/^\d{1,18}$/.test(String(id)))
    throw new Refused(404, `${String(id).slice(0, 40)} is no number of ours.`);
  return String(id ?? name ?? '');
}

function whoOf(request: Request): string {
  const who = request.get('x-portolan-user');
  if (who === undefined || who === '') return 'console';
  if (/^[\x20-\x7e\xa0-\xff]{1,100}$/.test(who)) return who;
  throw new Refused(400, 'X-Portolan-User takes a name of at most 100 characters.');
}

function keyOf(request: Request): string | null {
  const key = request.get('idempotency-key');
  if (key === undefined) return null;
  if (/^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw new Refused(400, 'Idempotency-Key takes 1 to 200 visible ASCII characters.');
}

function refuse(refused: Refused | null): void {
  if (refused !== null) throw refused;
}

async function giveBytes(response: Response, { name, size, bytes }: Download): Promise<void> {
  response.set({
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="${name}"`,
    ...(size === null ? {} : { 'content-length': String(size) }),
  });
  try {
    await pipeline(bytes, response);
  } catch (error) {
    // A reader that went away is nobody's failure.
    if (!response.destroyed) throw error;
  }
}
