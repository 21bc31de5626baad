/** What binds a sealed host key of the built-in SFTP server to its row. */
import type { HostedHostKeyRow } from '../store/hosted-accounts.ts';
import type { Bound } from './vault.ts';

export function hostKeyBound({ type, fingerprint }: Pick<HostedHostKeyRow, 'type' | 'fingerprint'>): Bound {
  return { holder: `SFTP server ${type}`, fingerprint };
}
