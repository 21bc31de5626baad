/** What all sessions of the built-in SFTP server share. */
import type { Logger } from '../log.ts';
import type { HostedAccount, HostedDesk } from './sftp-server-desk.ts';
import { Refused } from './sftp-server-refused.ts';
import type { Turns } from './sftp-server-turns.ts';
import type { Spool } from './spool.ts';

export const sessionLimits = {
  /** Files and folders that one session may hold open. */
  handles: 32,
  /** Most bytes given for one READ. */
  readBytes: 64 * 1024,
  /** Names in one answer to READDIR. */
  names: 100,
  /** Files that are stored at the same time, over all sessions. */
  storesAtOnce: 4,
} as const;

export interface Hall {
  readonly desk: HostedDesk;
  readonly spool: Spool;
  readonly log: Logger;
  readonly now: () => Date;
  /** The server is about to stop: what is under way ends, nothing begins. */
  isClosing: boolean;
  /** Bytes that are being written now in this process, by endpoint. */
  readonly writing: Map<string, number>;
  /** What must end before the process may. */
  readonly storing: Set<Promise<void>>;
  readonly turns: Turns;
}

/** Who is there, in one session. */
export interface Visit {
  readonly hall: Hall;
  readonly login: string;
  /** The client's address. */
  readonly from: string;
}

/** @throws Refused when the server is about to stop */
export function mayBegin({ hall }: Visit): void {
  if (hall.isClosing) throw new Refused('FAILURE', 'The server is about to stop: try again soon');
}

/** The account as it is now. @throws Refused when it is gone */
export function accountOf({ hall, login }: Visit): HostedAccount {
  const account = hall.desk.account(login);
  if (account === null) throw new Refused('PERMISSION_DENIED', 'This account is closed');
  return account;
}

/** Runs what stores something: a few at a time, over all sessions. */
export function storing<T>({ hall }: Visit, work: () => Promise<T>): Promise<T> {
  // Nobody is turned away: these turns have no end.
  return hall.turns(work) as Promise<T>;
}
