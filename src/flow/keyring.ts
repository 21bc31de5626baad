/**
 * The keys that count now, for AS2: read from the database again at most once a second, so that a roll is seen by every process,
 * and unsealed once.
 */
import type { KeyRow, OwnKeyRow } from '../store/keys.ts';
import { ownKeys, partnerKeys } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import type { Certificate, OwnKey } from '../transport/as2/as2.ts';
import { readCertificate, readOwnKey } from '../transport/as2/certificate.ts';
import { chosen, serving } from './key-standing.ts';
import { KeysUnusable, type Vault } from './vault.ts';

export interface OwnKeys {
  /** The key pair that signs now; null: there is none. */
  readonly signWith: OwnKey | null;
  /** Every key pair that may open a message, those that begin last first. */
  readonly openWith: readonly OwnKey[];
}

export interface TheirKeys {
  /** Their certificates of which any may have signed, expired ones too. */
  readonly pinned: readonly Certificate[];
  /** The certificate that we encrypt to now; null: there is none. */
  readonly encryptTo: Certificate | null;
}

export interface Keyring {
  /**
   * Our keys of a name.
   * @throws KeysUnusable when the master secret is missing or another one, or a row was changed
   */
  own(name: string): Promise<OwnKeys>;
  /**
   * A partner's certificates at an endpoint.
   * @throws KeysUnusable when a row was changed
   */
  theirs(endpoint: string): Promise<TheirKeys>;
}

export interface KeyringOptions {
  readonly store: Store;
  readonly vault: Vault;
  /** What counts at a moment is found at each call. */
  readonly now: () => Date;
}

/** How old what was read may be: a roll takes effect everywhere within this time, or to the second where it was known before. */
export const readAgainMs = 1_000;

export function createKeyring({ store, vault, now }: KeyringOptions): Keyring {
  const ownRows = remembered(
    (name) => ownKeys(store.db, name),
    (row) => openRow(row, vault),
  );
  const theirRows = remembered(
    (endpoint) => partnerKeys(store.db, endpoint),
    async (row) => readRow(row),
  );
  return {
    async own(name) {
      const { rows, made } = await ownRows(name);
      const signs = chosen(rows, 'sign', now());
      return {
        signWith: signs === null ? null : await made(signs),
        openWith: await Promise.all(serving(rows, 'encrypt').map(made)),
      };
    },
    async theirs(endpoint) {
      const { rows, made } = await theirRows(endpoint);
      const to = chosen(rows, 'encrypt', now());
      return {
        pinned: await Promise.all(serving(rows, 'sign').map(made)),
        encryptTo: to === null ? null : await made(to),
      };
    },
  };
}

interface Remembered<Row, Made> {
  readonly rows: readonly Row[];
  /** What is made of a row: once, as long as the row is there. */
  made(row: Row): Promise<Made>;
}

interface Seen<Row, Made> {
  /** By a clock that only goes on. */
  readonly at: number;
  readonly rows: Promise<readonly Row[]>;
  readonly made: Map<string, Promise<Made>>;
}

/** Rows by holder as they were read at most a second ago; who asks meanwhile waits for the same reading. */
function remembered<Row extends KeyRow, Made>(
  read: (holder: string) => Promise<readonly Row[]>,
  make: (row: Row) => Promise<Made>,
): (holder: string) => Promise<Remembered<Row, Made>> {
  const seen = new Map<string, Seen<Row, Made>>();
  const look = (holder: string): Seen<Row, Made> => {
    const before = seen.get(holder);
    if (before !== undefined && performance.now() - before.at < readAgainMs) return before;
    const made = before?.made ?? new Map<string, Promise<Made>>();
    const next = { at: performance.now(), rows: read(holder), made };
    seen.set(holder, next);
    next.rows.then(
      (rows) => forget(made, rows),
      () => {
        if (seen.get(holder) === next) seen.delete(holder);
      },
    );
    return next;
  };
  return async (holder) => {
    const { rows, made } = look(holder);
    return { rows: await rows, made: (row) => once(made, row, make) };
  };
}

/** What is made of rows that are gone is not kept: a retired private key leaves the memory. */
function forget(made: Map<string, unknown>, rows: readonly KeyRow[]): void {
  const names = new Set(rows.map(nameOf));
  for (const name of made.keys()) if (!names.has(name)) made.delete(name);
}

const nameOf = ({ id, fingerprint }: KeyRow): string => `${id} ${fingerprint}`;

function once<Row extends KeyRow, Made>(
  made: Map<string, Promise<Made>>,
  row: Row,
  make: (row: Row) => Promise<Made>,
): Promise<Made> {
  const name = nameOf(row);
  const known = made.get(name);
  if (known !== undefined) return known;
  const making = make(row);
  made.set(name, making);
  // What failed is tried again by the next call: the master secret may be back by then.
  making.catch(() => made.delete(name));
  return making;
}

/** A row's certificate. @throws KeysUnusable when it is not the one that the fingerprint names */
export function readRow({ certificate, fingerprint, kind, holder }: KeyRow): Certificate {
  let cause: unknown;
  try {
    const found = readCertificate(certificate);
    if (found.fingerprint === fingerprint) return found;
  } catch (error) {
    cause = error;
  }
  throw new KeysUnusable(
    `A certificate of ${kind === 'own' ? 'the key' : 'the endpoint'} ${holder} (${fingerprint.slice(0, 16)}) was changed in the database, and is not used: retire it and import it anew.`,
    { cause },
  );
}

async function openRow(row: OwnKeyRow, vault: Vault): Promise<OwnKey> {
  const certificate = readRow(row);
  const der = await vault.unseal(row.sealed, row);
  return readOwnKey(certificate.pem, pkcs8Pem(der));
}

function pkcs8Pem(der: Buffer): string {
  return `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`;
}
