/** Another master secret: every private key that it seals, of AS2 and of the built-in SFTP server, is sealed anew. */
import { insertEvents } from '../store/events.ts';
import { listHostKeys, setHostKeySealed } from '../store/hosted-accounts.ts';
import { allOwnKeys, lockKeys, setSealed } from '../store/keys.ts';
import type { Tx } from '../store/store.ts';
import type { By } from './deed.ts';
import { hostKeyBound } from './host-key.ts';
import type { KeyOffice } from './key-record.ts';
import type { Bound, Vault } from './vault.ts';

/**
 * Seals every private key of ours with the master secret that counts now, all or nothing.
 * @param before opens what was sealed with another one
 * @returns how many; retired ones that neither opens are left as they are
 * @throws KeysUnusable when neither opens one that is in use
 */
export function reseal({ context, vault }: KeyOffice, before: Vault, by: By): Promise<number> {
  const anew = async (sealed: Buffer, bound: Bound): Promise<Buffer> =>
    vault.seal(await before.unseal(sealed, bound).catch(() => vault.unseal(sealed, bound)), bound);
  return context.store.transaction(async (tx) => {
    await lockKeys(tx);
    const count = (await resealOwn(tx, anew)) + (await resealHostKeys(tx, anew));
    await insertEvents(tx, [{ kind: 'keys-resealed', data: { count }, ...by }]);
    return count;
  });
}

type Anew = (sealed: Buffer, bound: Bound) => Promise<Buffer>;

async function resealOwn(tx: Tx, anew: Anew): Promise<number> {
  let count = 0;
  for (const row of await allOwnKeys(tx)) {
    const sealed = await anew(row.sealed, row).catch((error: Error) => {
      if (row.retired_at === null) throw error;
      return null;
    });
    if (sealed === null) continue;
    await setSealed(tx, row.id, sealed);
    count += 1;
  }
  return count;
}

async function resealHostKeys(tx: Tx, anew: Anew): Promise<number> {
  const rows = await listHostKeys(tx);
  for (const row of rows) await setHostKeySealed(tx, row.type, await anew(row.sealed, hostKeyBound(row)));
  return rows.length;
}
