/** Which AS2 names belong to which endpoint, and what counts between them now. */
import type { As2Endpoint } from '../partner/endpoint.ts';
import type { Partners } from '../partner/partners.ts';
import type { Packing } from '../transport/as2/as2.ts';
import type { Agreed } from '../transport/as2/desk.ts';
import type { Context } from './context.ts';
import type { Keyring } from './keyring.ts';

/** What AS2 needs of a process: its context, the keys, and secrets by reference. */
export interface As2Office {
  readonly context: Context;
  readonly keyring: Keyring;
  /** Turns `env:NAME` and `file:PATH` into what they stand for. */
  readonly resolve: (reference: string) => string | Promise<string>;
}

/** The endpoint that has exactly these two names; null: nobody's. */
export function as2EndpointOf(partners: Partners, us: string, them: string): As2Endpoint | null {
  for (const endpoint of partners.endpoints)
    if (endpoint.type === 'as2' && endpoint.us === us && endpoint.them === them) return endpoint;
  return null;
}

/** The endpoint of a name, when it speaks AS2. */
export function as2Endpoint(partners: Partners, name: string): As2Endpoint | null {
  const endpoint = partners.endpoint(name);
  return endpoint?.type === 'as2' ? endpoint : null;
}

/** What counts on an endpoint now, with the keys of this moment. */
export async function partnershipOf(
  endpoint: As2Endpoint,
  { keyring, resolve }: Pick<As2Office, 'keyring' | 'resolve'>,
): Promise<Agreed> {
  const own = await keyring.own(endpoint.key);
  const theirs = await keyring.theirs(endpoint.name);
  const { deliverTo } = endpoint.mdn;
  return {
    endpoint: endpoint.name,
    receives: endpoint.direction !== 'out',
    us: endpoint.us,
    them: endpoint.them,
    demands: { ...endpoint.demand, mostBytes: endpoint.mostBytes },
    signWith: own.signWith,
    openWith: own.openWith,
    pinned: theirs.pinned,
    encryptTo: theirs.encryptTo,
    packing: { signature: endpoint.signature, quirks: endpoint.quirks },
    deliverMdnTo: deliverTo === undefined ? null : await addressOf(deliverTo, resolve),
  };
}

/** An address as partner.yaml gives it: itself, or behind `env:NAME`. */
export async function addressOf(
  address: string,
  resolve: (reference: string) => string | Promise<string>,
): Promise<string> {
  return address.startsWith('env:') ? (await resolve(address)).trim() : address;
}

/** How what we send there is packed. */
export function packingOf({
  sign,
  signature,
  encrypt,
  keyTransport,
  compress,
  quirks,
}: As2Endpoint): Packing {
  return { sign, signature, encrypt, keyTransport, compress, quirks };
}
