/** The window: the HTTP API and the pages. It reads through the store's functions, and acts only through the flow's deeds. */
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Context } from '../flow/context.ts';
import { descriptionHandler } from './description.ts';
import { live, metricsHandler, type Readiness, readyHandler } from './health.ts';
import { giveErrorPage, servePages, wantsPage } from './pages.ts';
import { problemOf, problemType, Refused, refusalOf } from './problem.ts';
import { routes } from './routes.ts';
import { serveRoutes } from './serve.ts';

export interface ConsoleOptions {
  readonly context: Context;
  /** null: the console answers on loopback only. */
  readonly adminToken: string | null;
  /** Whether this process can take work, and each thing that it depends on. */
  readonly ready: () => Promise<Readiness>;
}

/** Makes the handler of everything that the console answers. */
export function createConsole({ context, adminToken, ready }: ConsoleOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.use(guardHeaders);
  app.get('/health/live', live);
  app.get('/health/ready', readyHandler(ready));
  app.get('/metrics', metricsHandler(context, adminToken));
  app.use(serveRoutes(routes, { context, adminToken }));
  app.get('/api/openapi.json', descriptionHandler(adminToken));
  app.use(servePages({ context, adminToken }));
  app.use(() => {
    throw new Refused(404, 'There is nothing at this path.');
  });
  app.use(answerError(context));
  return app;
}

/** Nothing from elsewhere runs in our pages, nothing frames them, nothing of them is kept. */
const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
} as const;

const guardHeaders: RequestHandler = (_request, response, next) => {
  response.set(headers);
  next();
};

function answerError(context: Context): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (error, request, response, _next) => {
    const refused = refusalOf(error);
    if (refused === null)
      context.log.error({ err: error, method: request.method, path: request.path }, 'a request failed');
    // Half an answer cannot be taken back: the reader sees that the connection broke.
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const told = refused ?? new Refused(500, 'Something went wrong here; the log says what.');
    const problem = problemOf(told);
    response.set(told.headers);
    if (wantsPage(request)) giveErrorPage(response, problem.status, problem.title, problem.detail);
    else response.status(problem.status).type(problemType).send(JSON.stringify(problem));
  };
}
