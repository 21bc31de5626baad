import { z } from 'zod';
import type { Order } from './order.ts';

/** What may make two orders the same one, or tell them apart. */
const keyPart = z.enum(['number', 'release', 'shipTo', 'buyer', 'markFor', 'department', 'orderedOn']);
type KeyPart = z.infer<typeof keyPart>;

/** `duplicates` in partner.yaml. */
export const duplicateRule = z.strictObject({
  key: z
    .array(keyPart)
    .refine((parts) => parts.includes('number'), "the order's number is always part of the key: [number, …]")
    .default(['number', 'release', 'shipTo']),
});

export type DuplicateRule = z.infer<typeof duplicateRule>;

const usual: readonly KeyPart[] = duplicateRule.parse({}).key;

/**
 * What makes an order the same order: its number, its release (a blanket order has one number for many), and where it
 * ships to, since some buyers use one number for all their stores; or what the partner's rule names instead. Case, spacing
 * and Unicode form do not count. A place is known by the buyer's code, else the GLN, else the name.
 */
export function businessKey(order: Order, parts: readonly KeyPart[] = usual): string {
  const has = (part: KeyPart) => parts.includes(part);
  const first = [
    normal(order.number),
    has('release') ? normal(order.release ?? '') : '',
    has('shipTo') ? placeOf(order.shipTo) : '',
  ];
  // These stand behind, named, so that the usual key is what it always was.
  const more = [
    ...(has('buyer') ? [`buyer:${short(placeOf(order.buyer))}`] : []),
    ...(has('markFor') ? [`markFor:${short(placeOf(order.markFor))}`] : []),
    ...(has('department') ? [`department:${short(normal(order.department ?? ''))}`] : []),
    ...(has('orderedOn') ? [`orderedOn:${order.orderedOn ?? ''}`] : []),
  ];
  return [...first, ...more].join('|');
}

function placeOf(place: Order['shipTo']): string {
  const { code, gln, name } = place ?? {};
  if (code !== undefined) return `code:${normal(code)}`;
  return gln !== undefined ? `gln:${normal(gln)}` : `name:${normal(name ?? '')}`;
}

/** Longer than any number, code or name in the standards; keeps the key short enough for an index. */
const mostPartLength = 200;
const mostFurtherLength = 60;

function short(text: string): string {
  return text.slice(0, mostFurtherLength);
}

/** The separator of the parts is escaped, so that no two orders share a key by accident. */
function normal(text: string): string {
  const plain = text.normalize('NFC').trim().replace(/\s+/g, ' ').toUpperCase();
  return plain.replaceAll('%', '%25').replaceAll('|', '%7C').slice(0, mostPartLength);
}
