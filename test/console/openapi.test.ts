import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { routes } from '../../src/console/routes.ts';
import { type Gateway, openGateway, order850, stockUp } from './gateway.ts';

describe('the description of the API', () => {
  let gateway: Gateway;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  let description: any;
  before(async () => {
    gateway = await openGateway();
    await stockUp(gateway.context);
    description = (await gateway.get('/api/openapi.json')).json;
  });
  after(() => gateway.close());

  it('is OpenAPI 3.1 and holds every route with its bodies, and no other', () => {
    assert.equal(description.openapi, '3.1.0');
    const listed = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method} ${path}`),
    );
    assert.deepEqual(listed.sort(), routes.map((route) => `${route.method} ${route.path}`).sort());
    for (const route of routes) {
      const operation = description.paths[route.path][route.method];
      const status = route.method === 'post' ? route.status : 200;
      assert.ok(operation.responses[status].content, route.path);
      if (route.method === 'post')
        assert.ok(
          operation.requestBody.content['application/json'].schema.type,
          `${route.path} has a body schema`,
        );
    }
  });

  it('names each operation once, and every parameter of its path', () => {
    const operations = routes.map((route) => description.paths[route.path][route.method]);
    const ids = operations.map((operation) => operation.operationId);
    assert.deepEqual([...new Set(ids)], ids);
    for (const [at, { path }] of routes.entries()) {
      const named = operations[at].parameters.filter((row: { in: string }) => row.in === 'path');
      assert.equal(named.length, [...path.matchAll(/\{/g)].length, path);
    }
  });

  it('writes moments as text, and refers to nothing that is not in it', () => {
    const order = description.paths['/api/v1/orders'].get.responses[200].content['application/json'].schema;
    assert.deepEqual(order.properties.data.items.properties.receivedAt, {
      type: 'string',
      format: 'date-time',
    });
    const text = JSON.stringify(description);
    const refs = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map((ref) => ref[1]));
    const schemas = Object.keys(description.components.schemas).map((name) => `#/components/schemas/${name}`);
    assert.deepEqual([...refs].sort(), schemas.sort());
    assert(
      schemas.includes('#/components/schemas/Problem') && schemas.includes('#/components/schemas/party'),
    );
    assert(!text.includes('$defs'));
  });

  it('tells the truth: what every route that reads answers fits its schema', async () => {
    await gateway.drop(order850({ control: 1, number: 'PO-1' }));
    await gateway.drop(order850({ control: 2, number: 'PO-2', price: '99.00' }));
    await gateway.post('/api/v1/orders/1/shipments');
    await gateway.post('/api/v1/partners/nordlicht/pause', { body: { why: 'x' } });
    for (const route of routes) {
      if (route.method === 'post' || route.answer === null) continue;
      const path = route.path.replace('{id}', '1').replace('{name}', 'nordlicht');
      const { status, json } = await gateway.get(path);
      assert.equal(status, 200, path);
      const checked = route.answer.safeParse(withMoments(json));
      assert.ok(checked.success, `${path}: ${checked.error?.message}`);
      assert.deepEqual(unknownKeys(checked.data, json), [], path);
    }
  });

  it('stands in docs/api.md, route by route', () => {
    const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
    const listed = [...page.matchAll(/^\| `(GET|POST) (\/api\/v1\/[^`?]*)` \| (.*) \|$/gm)].map((row) =>
      row.slice(1, 4),
    );
    assert.deepEqual(
      listed,
      routes.map((route) => [route.method.toUpperCase(), route.path, route.summary]),
    );
  });
});

/** Dates left as text: the schemas want them back. */
function withMoments(value: unknown): unknown {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value))
    return new Date(value);
  if (Array.isArray(value)) return value.map(withMoments);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withMoments(part)]));
}

/** Keys of an answer that its schema does not know: zod leaves them out of what it gives back. */
function unknownKeys(known: unknown, given: unknown, under = ''): string[] {
  if (typeof given !== 'object' || given === null) return [];
  return Object.entries(given).flatMap(([key, part]) => {
    const there = (known as Record<string, unknown> | null)?.[key];
    return there === undefined ? [`${under}${key}`] : unknownKeys(there, part, `${under}${key}.`);
  });
}
