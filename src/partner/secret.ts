/** Secrets by reference: partner.yaml names them, the environment or a file in PORTOLAN_HOME holds them. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';

export interface SecretSources {
  /** Where `file:` paths start: PORTOLAN_HOME. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told of a file that every user of the machine can read. */
  readonly warn?: (text: string) => void;
}

/**
 * The value behind `env:NAME` or `file:PATH`, without line ends at its end; any other text is the value itself (a host
 * key's fingerprint may stand in the open).
 * @throws when the variable is not set or the file cannot be read; the text names the reference, never the value
 */
export async function resolveSecret(reference: string, sources: SecretSources): Promise<string> {
  if (reference.startsWith('env:')) return fromEnvironment(reference, sources);
  if (reference.startsWith('file:')) return await fromFile(reference, sources);
  return reference;
}

function fromEnvironment(reference: string, { env }: Pick<SecretSources, 'env'>): string {
  const value = env[reference.slice('env:'.length)];
  if (value === undefined || value === '')
    throw new Error(`${reference}: the environment variable is not set`);
  return value;
}

async function fromFile(reference: string, { home, warn }: SecretSources): Promise<string> {
  const path = resolve(home, reference.slice('file:'.length));
  try {
    const { mode } = await stat(path);
    if ((mode & 0o004) !== 0) warn?.(`${path} holds a secret and is readable by every user: chmod 600 it`);
    return (await readFile(path, 'utf8')).replace(/[\r\n]+$/, '');
  } catch (error) {
    throw new Error(`${reference}: ${(error as Error).message}`, { cause: error });
  }
}
