/** What the built-in SFTP server works with: accounts, and what lies in their two folders. The road stands behind it. */
import type { Arrival } from './transport.ts';

/** in: what the partner gives us. out: what we give the partner. */
export type HostedFolder = 'in' | 'out';

/** A partner who may sign in. */
export interface HostedAccount {
  readonly login: string;
  readonly endpoint: string;
  readonly folders: readonly HostedFolder[];
  /** Public keys as OpenSSH writes them, any of which opens. */
  readonly keys: readonly string[];
  /** Networks ('192.0.2.0/24', '2001:db8::/32') or addresses that may connect; empty: any. */
  readonly allowedFrom: readonly string[];
  /** Most that may lie unread with us. */
  readonly quota: HostedSpace;
}

export interface HostedSpace {
  readonly bytes: number;
  readonly files: number;
}

/** A file that lies in a folder. */
export interface HostedFile {
  /** The desk's own: tells this file from another one of the same name. */
  readonly id: string;
  readonly folder: HostedFolder;
  readonly name: string;
  readonly size: number;
  readonly at: Date;
}

/** What is worth keeping of what happened, for the timeline and the metrics. No password is ever in it. */
export interface HostedNotice {
  readonly kind:
    | 'login'
    | 'login-failed'
    | 'refused'
    | 'uploaded'
    | 'uploaded-again'
    | 'fetched'
    | 'taken-away'
    | 'withdrawn';
  /** null: nobody has this login. */
  readonly endpoint: string | null;
  /** The client's address. */
  readonly from: string;
  readonly name?: string;
  readonly size?: number;
  /** How they signed in, or why they were refused. */
  readonly how?: string;
}

/** Bytes of a piece of a file; the last one of a file may be shorter. */
export const pieceBytes = 256 * 1024;

/** Why a desk refuses a file: told to the client. */
export class HostedRefusal extends Error {
  override readonly name = 'HostedRefusal';
}

/** Every promise is rejected when the store does not answer; then nothing has happened. */
export interface HostedDesk {
  /** Who has this login now; null: nobody. */
  account(login: string): HostedAccount | null;
  /** What is kept of the account's password (sftp-server-password.ts); null: there is none. */
  password(endpoint: string): Promise<string | null>;
  /** Files of a folder by name, from the first after `after`. */
  list(
    account: HostedAccount,
    folder: HostedFolder,
    after: string,
    most: number,
  ): Promise<readonly HostedFile[]>;
  find(account: HostedAccount, folder: HostedFolder, name: string): Promise<HostedFile | null>;
  /** A piece of a file of ours, from 0; null: it is gone. */
  piece(file: HostedFile, index: number): Promise<Buffer | null>;
  /** All bytes of a file of theirs that is still shown. */
  content(file: HostedFile): AsyncIterable<Buffer>;
  /** What lies unread with us. */
  waiting(account: HostedAccount): Promise<HostedSpace>;
  /** Takes a complete file. Resolves once it is durable: under an unfinished name it waits for its final one. */
  take(account: HostedAccount, arrival: Arrival, from: string): Promise<void>;
  /**
   * Gives a file of theirs another name; one that waited for its final name is then received.
   * @param replace whether a file that waits under the new name gives way
   * @throws HostedRefusal
   */
  rename(
    account: HostedAccount,
    file: HostedFile,
    name: string,
    replace: boolean,
    from: string,
  ): Promise<void>;
  /** in: withdraws what waits, or shows it no longer. out: it is theirs now. Returns false when it was gone. */
  remove(account: HostedAccount, file: HostedFile, from: string): Promise<boolean>;
  /** A file of ours was read to its end. */
  fetched(account: HostedAccount, file: HostedFile, from: string): Promise<void>;
  /** Told of what else happens; must not throw. */
  note(notice: HostedNotice): void;
}
