/** A row of the route table: method, path, what goes in, and a handler that gives a plain value. */
import type { z } from 'zod';
import type { Context } from '../flow/context.ts';

/** What a handler is given. */
export interface Call<Q, B> {
  /** In a write its store is bound to the request's one transaction. */
  readonly context: Context;
  /** What stands in the braces of the path: our number of a thing, or a partner's name; '' where there are none. */
  readonly id: string;
  readonly query: Q;
  readonly body: B;
  /** Who says so: the header X-Portolan-User, or 'console'. */
  readonly who: string;
  /** The Idempotency-Key, or null. */
  readonly key: string | null;
}

/** Rows in CSV or JSON, as they came. */
export interface TableText {
  readonly text: string;
  readonly format: 'csv' | 'json';
}

interface Common {
  /** `{id}` stands for our number of the thing, `{name}` for a partner's name. */
  readonly path: `/api/v1/${string}`;
  readonly summary: string;
  /** Groups the routes in the description. */
  readonly tag: string;
  /** What an id in the path names: 'order'. */
  readonly thing?: string;
}

export interface ReadRoute extends Common {
  readonly method: 'get';
  /** Every parameter is a string, with a default or optional. */
  readonly query?: z.ZodObject;
  /** What a good answer's body holds; null: bytes. */
  readonly answer: z.ZodType | null;
  /** Gives the body of the answer, or a Download; null: there is no such thing. */
  readonly handle: (call: Call<never, undefined>) => Promise<unknown>;
}

export interface WriteRoute extends Common {
  readonly method: 'post';
  readonly status: 200 | 201;
  /** A JSON body. */
  readonly body: z.ZodType;
  /** The body is a JSON array of these rows, or the same in CSV. */
  readonly table?: true;
  /** Largest body in bytes. */
  readonly maxBytes: number;
  readonly answer: z.ZodType;
  /** Runs in one transaction with the answer that is kept under the Idempotency-Key. */
  readonly handle: (call: Call<undefined, never>) => Promise<unknown>;
}

export type Route = ReadRoute | WriteRoute;

type Query<Q extends z.ZodObject | undefined> = Q extends z.ZodObject ? z.infer<Q> : undefined;

/** A row that reads. */
export function read<Q extends z.ZodObject | undefined = undefined>(
  row: Omit<ReadRoute, 'method' | 'handle' | 'query'> & {
    readonly query?: Q;
    readonly handle: (call: Call<Query<Q>, undefined>) => Promise<unknown>;
  },
): ReadRoute {
  return { ...row, method: 'get' } as unknown as ReadRoute;
}

/** A row that changes something. */
export function write<B extends z.ZodType>(
  row: Omit<WriteRoute, 'method' | 'handle' | 'body' | 'table'> & {
    readonly body: B;
    readonly handle: (call: Call<undefined, z.infer<B>>) => Promise<unknown>;
  },
): WriteRoute {
  return { ...row, method: 'post' } as unknown as WriteRoute;
}

/** A row that loads rows of a table. */
export function loads(
  row: Omit<WriteRoute, 'method' | 'handle' | 'table'> & {
    readonly handle: (call: Call<undefined, TableText>) => Promise<unknown>;
  },
): WriteRoute {
  return { ...row, method: 'post', table: true } as unknown as WriteRoute;
}

/** Bytes to save: a handler's answer that is not JSON. */
export class Download {
  /** Made by us: letters, digits, dots and dashes. */
  readonly name: string;
  /** null: it is known only once all is written. */
  readonly size: number | null;
  readonly bytes: AsyncIterable<Buffer> | Iterable<Buffer>;
  constructor(name: string, size: number | null, bytes: AsyncIterable<Buffer> | Iterable<Buffer>) {
    this.name = name;
    this.size = size;
    this.bytes = bytes;
  }
}
