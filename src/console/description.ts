/** GET /api/openapi.json, made once. */
import { readFileSync } from 'node:fs';
import type { Request, Response } from 'express';
import { refusedAccess } from './access.ts';
import { describeApi } from './openapi.ts';
import { routes } from './routes.ts';

export function descriptionHandler(adminToken: string | null) {
  let description: object | null = null;
  return (request: Request, response: Response): void => {
    const refused = refusedAccess(request, adminToken, 'read');
    if (refused !== null) throw refused;
    description ??= describeApi(routes, ownVersion());
    response.json(description);
  };
}

function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
