/** Opens an endpoint by its type: one arm per transport. */
import { type FolderTerms, openFolder } from './folder.ts';
import { openSftp } from './sftp.ts';
import type { Spool } from './spool.ts';
import type { Transport } from './transport.ts';

/** An endpoint as partner.yaml gives it: the parts that this room needs. References are not resolved yet. */
export type EndpointSettings = { readonly name: string } & (
  | ({ readonly type: 'folder' } & FolderTerms)
  | ({ readonly type: 'sftp' } & SftpSettings)
  | { readonly type: 'http' | 'as2' }
);

interface SftpSettings {
  readonly direction: 'in' | 'out' | 'both';
  readonly host: string;
  /** A number, or a reference to one. */
  readonly port: number | string;
  readonly user: string;
  readonly password?: string | undefined;
  readonly privateKey?: string | undefined;
  readonly passphrase?: string | undefined;
  /** 'SHA256:…', or references to such. */
  readonly hostKeys: readonly string[];
  readonly in?: string | undefined;
  readonly out?: string | undefined;
  readonly archive?: string | undefined;
  readonly afterwards: 'archive' | 'delete';
  readonly pattern: string;
}

export interface Opening {
  /** What relative paths of folders start from. */
  readonly home: string;
  readonly spool: Spool;
  /** Turns a reference (`env:NAME`, `file:PATH`) into what it stands for. */
  readonly resolveSecret: (reference: string) => string | Promise<string>;
  /** How long a new file must stand still, in milliseconds; default: as the transport thinks right. */
  readonly settleMs?: number;
}

/**
 * Opens an endpoint. What comes in over HTTP comes by `createEdiHandler`, so such an endpoint neither polls nor sends.
 * @throws what resolving a secret throws, or making a folder; a server is not called before the first poll or send
 */
export async function openTransport(endpoint: EndpointSettings, opening: Opening): Promise<Transport> {
  const { home, spool, settleMs } = opening;
  const place = { name: endpoint.name, spool, ...(settleMs === undefined ? {} : { settleMs }) };
  switch (endpoint.type) {
    case 'folder':
      return openFolder(endpoint, { ...place, home });
    case 'sftp':
      return openSftp({ ...endpoint, ...(await resolved(endpoint, opening)) }, place);
    case 'http':
    case 'as2':
      return { close: async () => undefined };
  }
}

async function resolved(settings: SftpSettings, { resolveSecret }: Opening) {
  const known = async (reference: string | undefined) =>
    reference === undefined ? undefined : (await resolveSecret(reference)).trim();
  const isReference = (value: string) => /^(env|file):/.test(value);
  // All at once and all awaited: one that fails alone later would end the process.
  const [port, password, privateKey, passphrase, ...hostKeys] = await Promise.all([
    readPort(settings, resolveSecret),
    known(settings.password),
    settings.privateKey === undefined ? undefined : resolveSecret(settings.privateKey),
    known(settings.passphrase),
    ...settings.hostKeys.map(async (key) => (isReference(key) ? ((await known(key)) ?? '') : key)),
  ]);
  return { port, password, privateKey, passphrase, hostKeys };
}

async function readPort(
  { port, host }: SftpSettings,
  resolveSecret: Opening['resolveSecret'],
): Promise<number> {
  const number = Number(typeof port === 'string' ? await resolveSecret(port) : port);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  throw new Error(`The port of ${host} is not a number from 1 to 65535`);
}
