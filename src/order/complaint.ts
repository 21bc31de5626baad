/** What is wrong with a canonical document, in the words of the trade instead of those of the schema's library. */
import type { z } from 'zod';

/**
 * To be given to a schema's parse as its `error`.
 * @returns what is wrong with the value; undefined where the schema says it better itself
 */
export function complaint({ code, input, ...issue }: z.core.$ZodRawIssue): string | undefined {
  if ((code === 'invalid_type' || code === 'invalid_value') && input === undefined) return 'it is missing';
  if (code === 'invalid_value') return `it should be one of ${(issue['values'] as string[]).join(', ')}`;
  if (code === 'invalid_type') return `it should be ${kindText(String(issue['expected']))}`;
  if (code === 'invalid_format' && issue['format'] === 'date') return 'it should be a day such as 2026-11-20';
  if (code === 'unrecognized_keys') return `there is no field ${(issue['keys'] as string[]).join(', ')}`;
  return undefined;
}

function kindText(expected: string): string {
  return { array: 'a list', object: 'an object', string: 'a text in quotes' }[expected] ?? expected;
}
