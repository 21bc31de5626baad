/**
 * A mailbox on a partner's SFTP server: polled by listing, written under a temporary name first. One connection stays open
 * between polls.
 */
import { createPoll } from './mailbox.ts';
import { createBox } from './sftp-box.ts';
import { createLine, type LineTerms } from './sftp-line.ts';
import { createSend } from './sftp-send.ts';
import type { Spool } from './spool.ts';
import type { Transport } from './transport.ts';

/** Settings of an SFTP endpoint; secrets are already resolved, paths are the server's. */
export interface SftpTerms extends LineTerms {
  readonly direction: 'in' | 'out' | 'both';
  readonly in?: string | undefined;
  readonly out?: string | undefined;
  /** Where received files go; default: `archive` inside `in`. */
  readonly archive?: string | undefined;
  readonly afterwards: 'archive' | 'delete';
  readonly pattern: string;
  /** What a file's name gets added where its sender says with a second file that it is complete: '.done'. */
  readonly doneFile?: string | undefined;
  /** Files under way at the same time in either direction; default: 4. Over a long way it is round trips that cost. */
  readonly parallel?: number | undefined;
  /** Several requests of one file under way together; some servers then give or keep less than the whole file. */
  readonly fast?: boolean | undefined;
}

export interface SftpPlace {
  /** The endpoint's name. */
  readonly name: string;
  readonly spool: Spool;
  /** How long a file that just appeared must stand still, in milliseconds. */
  readonly settleMs?: number;
}

/** SFTP tells times in whole seconds, so a file that stands still must do so for longer than one. In milliseconds. */
const settleMs = 2_000;
const defaultParallel = 4;

/** Makes an SFTP endpoint; the connection is opened by its first poll or send. */
export function openSftp(terms: SftpTerms, place: SftpPlace): Transport {
  const line = createLine(terms);
  const { parallel = defaultParallel, fast = false } = terms;
  const transport: Transport = { close: () => line.close() };
  if (terms.in !== undefined && terms.direction !== 'out') {
    const still = place.settleMs ?? settleMs;
    const poll = { endpoint: place.name, pattern: terms.pattern, settleMs: still, parallel };
    const folder = terms.in;
    const archive =
      terms.afterwards === 'archive' ? (terms.archive ?? `${folder.replace(/\/$/, '')}/archive`) : null;
    const box = { folder, archive, doneFile: terms.doneFile ?? null, fast, spool: place.spool };
    transport.poll = createPoll(createBox(line, box), poll);
  }
  if (terms.out !== undefined && terms.direction !== 'in')
    transport.send = createSend(line, { folder: terms.out, parallel, fast });
  return transport;
}
