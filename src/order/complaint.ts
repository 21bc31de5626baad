/** What is wrong with a canonical document, in the words of the trade instead of those of the schema's library. */
import type { z } from 'zod';

/**
 * To be given to a schema's parse as its `error`.
 * @returns what is wrong with the value; undefined where the schema says it better itself
 */
export function complaint({ code, input, ...rest }: z.core.$ZodRawIssue): string | undefined {
  const { values, expected, format, keys } = rest as Details;
  if ((code === 'invalid_type' || code === 'invalid_value') && input === undefined) return 'it is missing';
  if (code === 'invalid_value') return `it should be one of ${values?.join(', ')}`;
  if (code === 'invalid_type') return `it should be ${kindText(String(expected))}`;
  if (code === 'invalid_format' && format === 'date') return 'it should be a day such as 2026-11-20';
  if (code === 'unrecognized_keys') return `there is no field ${keys?.join(', ')}`;
  return undefined;
}

/** What a complaint of the library may say besides its code. */
interface Details {
  readonly values?: readonly string[];
  readonly expected?: string;
  readonly format?: string;
  readonly keys?: readonly string[];
}

function kindText(expected: string): string {
  return { array: 'a list', object: 'an object', string: 'a text in quotes' }[expected] ?? expected;
}
