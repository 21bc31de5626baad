/** The description of the API, OpenAPI 3.1, made from the route table and its schemas. */
import { z } from 'zod';
import type { ReadRoute, Route, WriteRoute } from './route.ts';

type Json = Readonly<Record<string, unknown>>;

/** @param version of the gateway */
export function describeApi(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    paths[route.path] = { ...path, [route.method]: describeRoute(route) };
  }
  const shared: Record<string, unknown> = {};
  const described = hoisted(paths, shared);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Portolan',
      version,
      description:
        'Ids and decimals are strings, moments ISO 8601. Lists are { data, next }. Every error is a problem document (RFC 9457).',
    },
    paths: described,
    components: {
      securitySchemes: {
        adminToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'Needed where PORTOLAN_ADMIN_TOKEN is set',
        },
      },
      schemas: { ...shared, Problem: schemaOf(problem, 'output') },
    },
  };
}

/** Schemas that have a name of their own (`party`, `item`) stand once for the whole description, and are referred to there. */
function hoisted(value: unknown, shared: Record<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => hoisted(item, shared));
  if (typeof value !== 'object' || value === null) return value;
  const { $defs = {}, ...rest } = value as Json;
  for (const [name, schema] of Object.entries($defs as Json)) shared[name] ??= hoisted(schema, shared);
  return Object.fromEntries(
    Object.entries(rest).map(([key, part]) => [
      key,
      key === '$ref' && typeof part === 'string'
        ? part.replace('#/$defs/', '#/components/schemas/')
        : hoisted(part, shared),
    ]),
  );
}

const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .describe('What is wrong, part by part'),
});

function describeRoute(route: Route): Json {
  return {
    operationId: operationId(route),
    summary: route.summary,
    tags: [route.tag],
    security: [{}, { adminToken: [] }],
    parameters: [
      ...pathParameters(route),
      ...(route.method === 'get' ? queryParameters(route) : writeHeaders),
    ],
    ...(route.method === 'post' ? { requestBody: requestBody(route) } : {}),
    responses: responses(route),
  };
}

/** 'postOrdersShipments' for POST /api/v1/orders/{id}/shipments. */
function operationId({ method, path }: Route): string {
  const words = path.replace('/api/v1/', '').split(/[/-]/);
  const named = words.map((word) =>
    word.startsWith('{') ? 'One' : `${word.charAt(0).toUpperCase()}${word.slice(1)}`,
  );
  return `${method}${named.join('')}`;
}

function pathParameters({ path }: Route): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: name === 'id' ? { type: 'string', pattern: '^\\d{1,18}$' } : { type: 'string' },
  }));
}

function queryParameters({ query }: ReadRoute): Json[] {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => {
    const { description, ...rest } = schemaOf(schema as z.ZodType, 'input');
    return {
      name,
      in: 'query',
      required: false,
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

const writeHeaders: readonly Json[] = [
  {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'The same key and body again get the same answer, and nothing is done twice',
    schema: { type: 'string', minLength: 1, maxLength: 200 },
  },
  {
    name: 'X-Portolan-User',
    in: 'header',
    required: false,
    description: 'Who does it: kept with the deed, not proved',
    schema: { type: 'string', maxLength: 100, default: 'console' },
  },
];

function requestBody({ body, table }: WriteRoute): Json {
  const json = { 'application/json': { schema: schemaOf(body, 'input') } };
  const csv = {
    'text/csv': { schema: { type: 'string', description: 'A header line, then a line per row' } },
  };
  return { required: true, content: table === true ? { ...json, ...csv } : json };
}

function responses(route: Route): Json {
  const content =
    route.answer === null
      ? { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
      : { 'application/json': { schema: schemaOf(route.answer, 'output') } };
  const status = route.method === 'post' ? route.status : 200;
  const refused = {
    description: 'Refused',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  return { [status]: { description: route.summary, content }, default: refused };
}

/** Dates leave as text. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...made } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'date')
        Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
    },
  });
  return made;
}
