import type { Order } from './order.ts';

/**
 * What makes an order the same order: its number, its release (a blanket order has one number for many), and where it
 * ships to, since some buyers use one number for all their stores. Case, spacing and Unicode form do not count.
 * The place is known by the buyer's code, else the GLN, else the name.
 */
export function businessKey(order: Order): string {
  const { code, gln, name } = order.shipTo ?? {};
  const place =
    code !== undefined
      ? `code:${normal(code)}`
      : gln !== undefined
        ? `gln:${normal(gln)}`
        : `name:${normal(name ?? '')}`;
  return [normal(order.number), normal(order.release ?? ''), place].join('|');
}

/** Longer than any number, code or name in the standards; keeps the key short enough for an index. */
const mostPartLength = 200;
/** The separator of the parts is escaped, so that no two orders share a key by accident. */
function normal(text: string): string {
  const plain = text.normalize('NFC').trim().replace(/\s+/g, ' ').toUpperCase();
  return plain.replaceAll('%', '%25').replaceAll('|', '%7C').slice(0, mostPartLength);
}
