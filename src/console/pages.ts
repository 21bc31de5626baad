/** The pages: each whole, and its content alone for the script that refreshes it. They follow the access rule of reads. */
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Request, type Response, Router } from 'express';
import type { Context } from '../flow/context.ts';
import { refusedAccess } from './access.ts';
import { deliveryPage } from './delivery-page.ts';
import { errorPage, frame, type Page, signIn } from './layout.ts';
import { deliveriesPage, ordersPage, pageQuery } from './list-pages.ts';
import { orderPage } from './order-page.ts';
import { Refused } from './problem.ts';
import { roadPage } from './road-page.ts';
import type { ServeOptions } from './serve.ts';

/** The script asks for the content alone with this header; a page of another site cannot send it unasked. */
export const contentOnly = 'x-portolan-content';

type Show = (context: Context, request: Request) => Promise<Page | null>;

const pages: readonly (readonly [path: string, show: Show])[] = [
  ['/', (context) => roadPage(context)],
  ['/orders', (context, { query }) => ordersPage(context, pageQuery.parse(query))],
  ['/orders/:id', (context, request) => orderPage(context, idOf(request))],
  ['/deliveries', (context, { query }) => deliveriesPage(context, pageQuery.parse(query))],
  ['/deliveries/:id', (context, request) => deliveryPage(context, idOf(request), byteOf(request))],
];

/** The files that the pages load; they show nothing of anybody's. */
const files: Readonly<Record<string, string>> = {
  'console.js': 'text/javascript; charset=utf-8',
  'console.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

export function servePages({ context, adminToken }: ServeOptions): Router {
  const router = Router({ caseSensitive: true });
  for (const [name, type] of Object.entries(files))
    router.get(`/static/${name}`, (_request, response) => giveFile(response, name, type));
  for (const [path, show] of pages) {
    router.get(path, async (request, response) => {
      const refused = refusedAccess(request, adminToken, 'read');
      if (refused !== null) return giveRefusal(request, response, refused);
      const page = await show(context, request);
      if (page === null) throw new Refused(404, `There is nothing at ${request.path}.`);
      givePage(request, response, page);
    });
  }
  return router;
}

/** Whether the answer is for a reader's eyes and not for a program. */
export function wantsPage(request: Request): boolean {
  return (
    !request.path.startsWith('/api/') &&
    request.get(contentOnly) === undefined &&
    request.accepts(['json', 'html']) === 'html'
  );
}

/** The page that says no. */
export function giveErrorPage(response: Response, status: number, title: string, detail: string): void {
  response
    .status(status)
    .type('html')
    .send(frame(errorPage(title, detail)));
}

function givePage(request: Request, response: Response, page: Page): void {
  const number = typeof request.query.number === 'string' ? request.query.number : '';
  const body = request.get(contentOnly) === undefined ? frame(page, number) : page.content.text;
  response.vary(contentOnly).type('html').send(body);
}

/** A token can only be given by the script, so the frame must come without one, and without anything in it. */
function giveRefusal(request: Request, response: Response, refused: Refused): void {
  if (refused.status !== 401 || request.get(contentOnly) !== undefined) throw refused;
  response.status(401).type('html').send(frame(signIn));
}

function idOf(request: Request): string {
  const id = String(request.params.id);
  if (!/^\d{1,18}$/.test(id)) throw new Refused(404, `There is nothing at ${request.path}.`);
  return id;
}

function byteOf({ query }: Request): number {
  const byte = Number(query.byte ?? 0);
  return Number.isSafeInteger(byte) && byte >= 0 ? byte : 0;
}

function giveFile(response: Response, name: string, type: string): void {
  response.set({ 'content-type': type, 'cache-control': 'no-cache' });
  createReadStream(fileURLToPath(new URL(`./static/${name}`, import.meta.url))).pipe(response);
}
