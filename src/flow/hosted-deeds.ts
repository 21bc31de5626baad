/** What people do about the built-in SFTP server: passwords, and new host keys. Every deed is recorded with who and why. */
import { insertEvents } from '../store/events.ts';
import { removeHostedPassword, removeHostKeys, setHostedPassword } from '../store/hosted-accounts.ts';
import { hashPassword, leastPassword, longestPassword } from '../transport/sftp-server-password.ts';
import type { Context } from './context.ts';
import { type By, DeedRefused } from './deed.ts';
import { type ShownHostKey, shownHostKeys } from './hosted.ts';
import type { Vault } from './vault.ts';

/**
 * Gives an endpoint a password; the one before no longer holds.
 * @throws DeedRefused when there is no such endpoint, or the password is too short or too long
 */
export async function setPassword(
  context: Context,
  endpoint: string,
  password: string,
  by: By,
): Promise<void> {
  refuseOthers(context, endpoint);
  const length = [...password].length;
  if (length < leastPassword || length > longestPassword)
    throw new DeedRefused('conflict', `A password has ${leastPassword} to ${longestPassword} characters.`);
  const hash = await hashPassword(password);
  await context.store.transaction(async (tx) => {
    await setHostedPassword(tx, endpoint, hash, by.who);
    await insertEvents(tx, [{ ...about(context, endpoint), kind: 'hosted-password-set', ...by }]);
  });
}

/** Takes an endpoint's password away: only keys open then. @throws DeedRefused when it has none */
export async function dropPassword(context: Context, endpoint: string, by: By): Promise<void> {
  await context.store.transaction(async (tx) => {
    if (!(await removeHostedPassword(tx, endpoint)))
      throw new DeedRefused('not-found', `The endpoint ${endpoint} has no password.`);
    await insertEvents(tx, [{ ...about(context, endpoint), kind: 'hosted-password-removed', ...by }]);
  });
}

/** Makes new host keys; running processes show them after their next start. */
export async function renewHostKeys(
  context: Context,
  vault: Vault,
  by: By,
): Promise<readonly ShownHostKey[]> {
  await context.store.transaction((tx) => removeHostKeys(tx));
  const keys = await shownHostKeys(context.store, vault);
  const fingerprints = keys.map(({ fingerprint }) => fingerprint);
  await context.store.transaction((tx) =>
    insertEvents(tx, [{ kind: 'hosted-host-keys-made', data: { fingerprints }, ...by }]),
  );
  return keys;
}

function refuseOthers({ partners }: Context, endpoint: string): void {
  if (partners.endpoint(endpoint)?.type === 'hosted') return;
  const names = partners.endpoints.flatMap(({ type, name }) => (type === 'hosted' ? [name] : []));
  const known = names.length === 0 ? 'there is none' : `there are ${names.join(', ')}`;
  throw new DeedRefused('not-found', `No partner has an endpoint ${endpoint} of type hosted: ${known}.`);
}

function about({ partners }: Context, endpoint: string) {
  const all = partners.endpoint(endpoint)?.partners ?? [];
  return { partner: all.length === 1 ? (all[0] as string) : null, data: { endpoint } };
}
