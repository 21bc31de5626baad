/**
 * Private keys at rest: sealed with AES-256-GCM. The master secret is the operator's (scrypt) or a file of 32 random bytes in
 * PORTOLAN_HOME (HKDF), made when the first key is sealed; neither is in the database, nor in its backups.
 *
 * Sealed: version 1, source 1, salt 16, check 8, nonce 12, tag 16 bytes, then the ciphertext. The check tells another secret from a
 * changed row. Bound to its row: all up to the nonce, the holder and the certificate's fingerprint are authenticated too.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  hkdf,
  randomBytes,
  type ScryptOptions,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** The private keys in the database cannot be used here: the message says why, and what to do. It is never their fault. */
export class KeysUnusable extends Error {
  override readonly name = 'KeysUnusable';
}

/** Whose private key it is. */
export interface Bound {
  readonly holder: string;
  readonly fingerprint: string;
}

export interface Vault {
  /** @throws KeysUnusable when the master secret is too short or cannot be read */
  seal(plain: Buffer, bound: Bound): Promise<Buffer>;
  /** @throws KeysUnusable when the master secret is missing or another one, or the row was changed */
  unseal(sealed: Buffer, bound: Bound): Promise<Buffer>;
}

export interface VaultOptions {
  /** PORTOLAN_HOME. */
  readonly home: string;
  /** PORTOLAN_KEY_SECRET: a value or a reference; null: the master file. */
  readonly secret: string | null;
  /** Reads `env:…` and `file:…`; gives any other text back. */
  readonly resolve: (reference: string) => Promise<string>;
  /** Told of a master file that others may read. */
  readonly warn: (text: string) => void;
}

/** Where a master secret came from. */
const sources = { file: 1, secret: 2 } as const;
type Source = keyof typeof sources;
/** Where each part of a sealed key begins. */
const at = { version: 0, source: 1, salt: 2, check: 18, nonce: 26, tag: 38, body: 54 } as const;
const version = 1;
const masterBytes = 32;
/** What a person chose is guessed more easily than random bytes. */
export const leastSecret = 16;
const scryptTerms: ScryptOptions = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const derivedBytes = 40;
const context = 'portolan private key 1';
const ownerOnly = { folder: 0o700, file: 0o600 } as const;

/** Nothing is read, derived or made before it is needed. */
export function openVault(options: VaultOptions): Vault {
  const derive = derivedOnce();
  // One for all that this vault seals: scrypt is slow on purpose, and each sealed key has a nonce of its own.
  const salt = randomBytes(at.check - at.salt);
  return {
    async seal(plain, bound) {
      const source: Source = options.secret === null ? 'file' : 'secret';
      const master = source === 'file' ? await makeMaster(options) : await readSecret(options);
      const { key, check } = await derive(source, master, salt);
      const head = Buffer.concat([Buffer.from([version, sources[source]]), salt, check]);
      const nonce = randomBytes(at.tag - at.nonce);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(head, bound));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([head, nonce, cipher.getAuthTag(), body]);
    },
    async unseal(sealed, bound) {
      const source = sourceOf(sealed, bound);
      const master = await readMaster(options, source, bound);
      const { key, check } = await derive(source, master, sealed.subarray(at.salt, at.check));
      if (!timingSafeEqual(check, sealed.subarray(at.check, at.nonce)))
        throw new KeysUnusable(otherSecret(options, source, bound));
      return opened(sealed, key, bound);
    },
  };
}

function opened(sealed: Buffer, key: Buffer, bound: Bound): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(at.nonce, at.tag));
  decipher.setAAD(boundTo(sealed.subarray(0, at.nonce), bound));
  decipher.setAuthTag(sealed.subarray(at.tag, at.body));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(at.body)), decipher.final()]);
  } catch (error) {
    throw new KeysUnusable(wasChanged(bound), { cause: error });
  }
}

function boundTo(head: Buffer, { holder, fingerprint }: Bound): Buffer {
  return Buffer.concat([head, Buffer.from(JSON.stringify([holder, fingerprint]))]);
}

function sourceOf(sealed: Buffer, bound: Bound): Source {
  const source = (Object.keys(sources) as Source[]).find((name) => sources[name] === sealed[at.source]);
  if (sealed.length <= at.body || sealed[at.version] !== version || source === undefined)
    throw new KeysUnusable(wasChanged(bound));
  return source;
}

interface Derived {
  readonly key: Buffer;
  readonly check: Buffer;
}

/** Keys of AES by master secret and salt, each derived once; those that derive the same at once wait for it. */
function derivedOnce(): (source: Source, master: Buffer, salt: Buffer) => Promise<Derived> {
  const known = new Map<string, Promise<Derived>>();
  return (source, master, salt) => {
    const name = createHash('sha256').update(source).update(salt).update(master).digest('hex');
    const found = known.get(name) ?? derive(source, master, salt);
    if (known.size >= mostDerived) known.clear();
    known.set(name, found);
    // What failed for want of memory is tried again.
    found.catch(() => known.delete(name));
    return found;
  };
}

const mostDerived = 100;

async function derive(source: Source, master: Buffer, salt: Buffer): Promise<Derived> {
  const both =
    source === 'file'
      ? Buffer.from(await promisify(hkdf)('sha256', master, salt, context, derivedBytes))
      : await promisify<Buffer, Buffer, number, ScryptOptions, Buffer>(scrypt)(
          master,
          salt,
          derivedBytes,
          scryptTerms,
        );
  return { key: both.subarray(0, 32), check: both.subarray(32) };
}

async function readMaster(options: VaultOptions, source: Source, bound: Bound): Promise<Buffer> {
  if (source === 'secret') {
    if (options.secret === null)
      throw new KeysUnusable(
        `The private key of ${named(bound)} was sealed with PORTOLAN_KEY_SECRET, which is not set here: set it to what it was then. ${lost}`,
      );
    return readSecret(options);
  }
  const master = await readMasterFile(options);
  if (master !== null) return master;
  throw new KeysUnusable(
    `The private key of ${named(bound)} was sealed with ${masterPath(options)}, and that file is missing: put back its copy; a backup of the database does not hold it. ${lost}`,
  );
}

async function readSecret({ secret, resolve }: VaultOptions): Promise<Buffer> {
  const value = await resolve(secret as string).catch((error: Error) => {
    throw new KeysUnusable(`PORTOLAN_KEY_SECRET cannot be read: ${error.message}.`, { cause: error });
  });
  if (value.length < leastSecret)
    throw new KeysUnusable(
      `PORTOLAN_KEY_SECRET is too short: take at least ${leastSecret} characters, as "openssl rand -base64 32" gives them.`,
    );
  return Buffer.from(value);
}

const masterPath = ({ home }: VaultOptions): string => join(home, 'keys', 'master.key');

async function readMasterFile(options: VaultOptions): Promise<Buffer | null> {
  const path = masterPath(options);
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0)
      options.warn(`${path} unseals private keys and others may read it: chmod 600 it`);
    const bytes = await readFile(path);
    if (bytes.length === masterBytes) return bytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new KeysUnusable(`${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
  throw new KeysUnusable(
    `${path} does not hold ${masterBytes} bytes: it was changed or cut. Put back its copy.`,
  );
}

/** The master file, made if there is none: whole before it has its name, so that of two processes one makes it for both. */
async function makeMaster(options: VaultOptions): Promise<Buffer> {
  const found = await readMasterFile(options);
  if (found !== null) return found;
  const path = masterPath(options);
  await mkdir(dirname(path), { recursive: true, mode: ownerOnly.folder });
  const unnamed = `${path}.${process.pid}.${randomBytes(8).toString('hex')}`;
  try {
    await writeDurably(unnamed, randomBytes(masterBytes));
    await link(unnamed, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(unnamed, { force: true });
  }
  await syncFolder(dirname(path));
  return (await readMasterFile(options)) ?? Promise.reject(new KeysUnusable(`${path} was removed.`));
}

async function writeDurably(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'wx', ownerOnly.file);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A key must not be sealed with a file that a power cut takes away. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const lost =
  'If it is lost for good, so are the private keys: "portolan keys retire" them and make new ones (docs/keys.md).';

function otherSecret(options: VaultOptions, source: Source, bound: Bound): string {
  const what = source === 'file' ? masterPath(options) : 'PORTOLAN_KEY_SECRET';
  return `${what} is not what the private key of ${named(bound)} was sealed with: put back what it was then. ${lost}`;
}

function wasChanged(bound: Bound): string {
  return `The private key of ${named(bound)} in the database was changed since it was sealed, and is not used. Restore it from a backup, or retire it and roll to a new one (docs/keys.md).`;
}

function named({ holder, fingerprint }: Bound): string {
  return `${holder} (${fingerprint.slice(0, 16)})`;
}
