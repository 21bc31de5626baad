/** What the deeds about keys have in common: where they are done, what is refused, what is recorded. */
import { insertEvents } from '../store/events.ts';
import type { KeyKind, KeyRow } from '../store/keys.ts';
import type { Tx } from '../store/store.ts';
import type { Context } from './context.ts';
import { type By, DeedRefused } from './deed.ts';
import type { Vault } from './vault.ts';

/** Where keys are dealt with. */
export interface KeyOffice {
  readonly context: Context;
  readonly vault: Vault;
}

/** Endpoints that sign and open with a key of ours. */
export function endpointsWith({ partners }: Pick<Context, 'partners'>, name: string): readonly string[] {
  return partners.endpoints.flatMap((endpoint) =>
    endpoint.type === 'as2' && endpoint.key === name ? [endpoint.name] : [],
  );
}

/** One that has expired already may be needed all the same; one that cannot be valid when its turn comes is a slip. */
export function refuseDates(notBefore: Date, notAfter: Date, from: Date, now: Date): void {
  if (from < notBefore)
    throw new DeedRefused(
      'conflict',
      `The certificate is valid from ${notBefore.toISOString()} only: give --from ${notBefore.toISOString()}, or later.`,
    );
  if (from >= notAfter && notAfter > now)
    throw new DeedRefused(
      'conflict',
      `The certificate expires on ${notAfter.toISOString()}, before it would be used.`,
    );
}

/** Records a deed about a key. */
export async function noteKey(
  tx: Tx,
  kind: string,
  row: KeyRow,
  partner: string | null,
  by: By,
): Promise<void> {
  const { id, holder, fingerprint, usage, use_from, not_after } = row;
  const data = {
    key: id,
    kind: row.kind,
    holder,
    fingerprint,
    usage,
    useFrom: use_from,
    notAfter: not_after,
  };
  await insertEvents(tx, [{ kind, partner, data, ...by }]);
}

/** The partner whose endpoint it is. @throws DeedRefused when it is no AS2 endpoint of the mappings */
export function ownerOf(context: Context, endpoint: string): string;
export function ownerOf(context: Context, holder: string, kind: KeyKind): string | null;
export function ownerOf({ partners }: Context, holder: string, kind?: KeyKind): string | null {
  const endpoint = kind === 'own' ? null : partners.endpoint(holder);
  if (kind !== undefined || endpoint?.type === 'as2') return endpoint?.owner ?? null;
  const names = partners.endpoints.filter(({ type }) => type === 'as2').map(({ name }) => name);
  throw new DeedRefused(
    'not-found',
    `No partner has an endpoint ${holder} of type as2. ${names.length === 0 ? 'There is none at all: "portolan partner check" shows whether a file is broken.' : `There are: ${names.join(', ')}.`}`,
  );
}
