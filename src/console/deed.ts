/** What the bodies of deeds have in common. */
import { z } from 'zod';
import type { Call } from './route.ts';

/** The body of a deed: why it is done. It is kept with who did it. */
export const deedBody = z.strictObject({ why: z.string().trim().min(1, 'say why').max(500) });
export type DeedBody = z.infer<typeof deedBody>;

/** Bodies of deeds are a sentence. */
export const deedBytes = 16 * 1024;

export const done = z.object({ done: z.literal(true) });

/** Who did it and why. */
export function byOf({ who, body }: Pick<Call<undefined, DeedBody>, 'who' | 'body'>): {
  who: string;
  why: string;
} {
  return { who, why: body.why };
}
