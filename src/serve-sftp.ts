/** The built-in SFTP server of this process, where the configuration asks for it. */
import type { Config } from './config.ts';
import type { Flow } from './flow/flow.ts';
import { type Hosted, openHosted } from './flow/hosted.ts';
import { KeysUnusable, openVault, type Vault } from './flow/vault.ts';
import { StartError } from './start-error.ts';

/** Where private keys are sealed, as the configuration says. */
export function vaultOf(
  { home, keySecret: secret }: Config,
  resolve: (reference: string) => Promise<string>,
  warn: (text: string) => void,
): Vault {
  return openVault({ home, secret, resolve, warn });
}

/**
 * Serves partners who are hosted; null: PORTOLAN_SFTP_PORT is not set, or this process does not receive.
 * @throws StartError when the port is taken, or the host keys cannot be unsealed
 */
export async function serveSftp(config: Config, flow: Flow, vault: Vault): Promise<Hosted | null> {
  const { sftpHost: host, sftpPort: port } = config;
  if (!config.roles.includes('receive')) return null;
  if (port === null) {
    warnOfUnserved(flow);
    return null;
  }
  try {
    return await openHosted(flow, { host, port, vault });
  } catch (error) {
    if (error instanceof KeysUnusable) throw new StartError(error.message);
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new StartError(
      `Port ${port} of ${host} is taken by another program: choose another with PORTOLAN_SFTP_PORT.`,
    );
  }
}

function warnOfUnserved({ context: { partners, log } }: Flow): void {
  const names = partners.endpoints.flatMap(({ type, name }) => (type === 'hosted' ? [name] : []));
  if (names.length > 0)
    log.warn(
      `Nobody reaches ${names.join(', ')}: PORTOLAN_SFTP_PORT is not set, so there is no SFTP server.`,
    );
}
