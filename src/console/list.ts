/** Lists: { data, next }. A cursor is the key of the last row, in base64url, so that rows may come and go meanwhile. */
import { z } from 'zod';
import { Refused } from './problem.ts';

export const mostRows = 200;

/** Query parameters that every list takes. */
export const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(mostRows).default(50).describe('Rows of one answer'),
  after: z.string().max(2000).optional().describe('The `next` of the answer before'),
});

/** The answer of a list. */
export function listOf(row: z.ZodType): z.ZodObject {
  return z.object({
    data: z.array(row),
    next: z.string().nullable().describe('Give it as `after` for the rows that follow; null: there are none'),
  });
}

export interface List<T> {
  readonly data: readonly T[];
  readonly next: string | null;
}

/**
 * One page of a list.
 * @param rows gives rows after a key, in the list's own sequence; it is asked for one more than the page holds
 * @param keyOf the key of a row
 */
export async function page<K, T>(
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
  key: z.ZodType<K>,
  rows: (after: K | null, limit: number) => Promise<readonly T[]>,
  keyOf: (row: T) => K,
): Promise<List<T>> {
  const found = await rows(after === undefined ? null : readCursor(after, key), limit + 1);
  const data = found.slice(0, limit);
  const last = data.at(-1);
  return { data, next: found.length > limit && last !== undefined ? cursor(keyOf(last)) : null };
}

/** The key of lists that go by our numbers. */
export const idKey = z.string().regex(/^\d{1,18}$/);

function cursor(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function readCursor<K>(text: string, key: z.ZodType<K>): K {
  const read = key.safeParse(parsed(text));
  if (read.success) return read.data;
  throw new Refused(400, 'The query is not as the route wants it.', [
    { path: 'after', message: 'not the `next` of an answer of this list' },
  ]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
