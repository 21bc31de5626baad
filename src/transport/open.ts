/** Opens an endpoint by its type: one arm per transport. */
import { type FolderTerms, openFolder } from './folder.ts';
import { openSftp } from './sftp.ts';
import type { Spool } from './spool.ts';
import { type LegacyAlgorithms, legacyWarning } from './ssh-algorithms.ts';
import type { Transport } from './transport.ts';

/** An endpoint as partner.yaml gives it: the parts that this room needs. References are not resolved yet. */
export type EndpointSettings = { readonly name: string } & (
  | ({ readonly type: 'folder' } & FolderTerms)
  | ({ readonly type: 'sftp' } & SftpSettings)
  | { readonly type: 'hosted'; readonly direction: 'in' | 'out' | 'both' }
  | { readonly type: 'http' | 'as2' }
);

export interface SftpSettings {
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
  readonly legacyAlgorithms?: LegacyAlgorithms | undefined;
  readonly doneFile?: string | undefined;
  readonly parallel?: number | undefined;
  readonly fast?: boolean | undefined;
}

export interface Opening {
  /** What relative paths of folders start from. */
  readonly home: string;
  readonly spool: Spool;
  /** Turns a reference (`env:NAME`, `file:PATH`) into what it stands for. */
  readonly resolveSecret: (reference: string) => string | Promise<string>;
  /** How long a new file must stand still, in milliseconds; default: as the transport thinks right. */
  readonly settleMs?: number;
  /** Puts a file where partners of our own SFTP server fetch it; unset: nothing is sent there. */
  readonly placeOut?: (endpoint: string, name: string, bytes: Buffer) => Promise<void>;
  /** Told of what is allowed here and should not be. */
  readonly warn?: (text: string) => void;
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
      warnOfOld(endpoint, opening);
      return openSftp({ ...endpoint, ...(await resolveSettings(endpoint, opening)) }, place);
    case 'hosted':
      return openHostedLine(endpoint, opening);
    case 'http':
    case 'as2':
      return { close: async () => undefined };
  }
}

/** What comes in comes by the server itself (sftp-server.ts). */
function openHostedLine(
  { name: endpoint, direction }: { readonly name: string; readonly direction: string },
  { placeOut }: Opening,
): Transport {
  const close = async () => undefined;
  if (direction === 'in' || placeOut === undefined) return { close };
  return { send: (name, bytes) => placeOut(endpoint, name, bytes), close };
}

function warnOfOld({ name, legacyAlgorithms = false }: SftpSettings & { name: string }, { warn }: Opening) {
  const warning = legacyWarning(name, legacyAlgorithms);
  if (warning !== null) warn?.(warning);
}

/** The settings of an SFTP endpoint with what their references stand for. @throws what resolving a secret throws */
export async function resolveSettings(
  settings: SftpSettings,
  { resolveSecret }: Pick<Opening, 'resolveSecret'>,
) {
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
