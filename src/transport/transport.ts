/** Bytes in, bytes out. This room has never heard of EDI: it moves files, and says where each came from. */
import type { Readable } from 'node:stream';

/** A file that lies complete on our own disk (spooled), with its digest taken while it was written. */
export interface Arrival {
  /** The name the other side gave it: data, never a path. */
  readonly name: string;
  /**
   * Identity of this file at its source, e.g. path, size and time: the same value means the same file seen again (after a
   * crash, before it could be moved). null: the source has no such identity.
   */
  readonly source: string | null;
  readonly size: number;
  /** SHA-256 of the bytes. */
  readonly digest: Buffer;
  open(): Readable;
}

/** What became of an arrival. */
export interface Receipt {
  readonly deliveryId: string;
  /** The same source was received before: nothing new was stored. */
  readonly isRepeat?: boolean;
}

/** Stores the arrival durably. Resolves once the bytes are safe; throws when they are not, and the file stays where it is. */
export type Receive = (endpoint: string, arrival: Arrival) => Promise<Receipt>;

/**
 * Thrown by a Receive: this source was received before with other bytes. Only where the other side chooses the source
 * itself, by an Idempotency-Key, can that happen.
 */
export class SourceReused extends Error {
  override readonly name = 'SourceReused';
}

/** A file that lies in a mailbox and cannot be taken, or was received and cannot be cleared away. */
export interface NotTaken {
  readonly name: string;
  /** Tells this file from another one of the same name. */
  readonly identity: string;
  readonly reason: string;
  /** This poll tried it; if not, it waits for its next try. */
  readonly isTried: boolean;
  /** It failed several times in a row, or can never be taken: a person must see to it. */
  readonly needsPerson: boolean;
}

/** Some files were not taken; all others that were ready were. The mailbox itself is well. */
export class FilesNotTaken extends AggregateError {
  override readonly name = 'FilesNotTaken';
  readonly received: number;
  readonly files: readonly NotTaken[];
  constructor(endpoint: string, received: number, files: readonly NotTaken[]) {
    const errors = files.map(({ name, reason }) => new Error(`${JSON.stringify(name)}: ${reason}`));
    const count = `${files.length} failed, ${received} received`;
    super(errors, `${endpoint}: ${count}; first: ${errors[0]?.message ?? ''}`);
    this.received = received;
    this.files = files;
  }
}

/** One way in or out. A poll takes every complete file, oldest first, at most `limits.filesPerPoll`. */
export interface Transport {
  /**
   * Takes what lies ready: spool, receive, then archive or delete at the source. Returns how many were received.
   * @throws FilesNotTaken; whatever keeps the mailbox from being polled at all
   */
  poll?(receive: Receive, signal: AbortSignal): Promise<number>;
  /** Delivers under the final name, whole or not at all; the same name again replaces the same object. */
  send?(name: string, bytes: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** Named limits of every transport. */
export const limits = {
  /** Largest file taken, in bytes. */
  fileBytes: 1024 * 1024 * 1024,
  filesPerPoll: 500,
  nameLength: 255,
} as const;
