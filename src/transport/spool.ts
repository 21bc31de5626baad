/**
 * Where a file lies while it is being received: a temporary copy in memory or, if it is larger, on our own disk, with its size
 * and digest taken on the way. It is not a durable place (PostgreSQL is), so nothing is synced; what a crash leaves is swept at
 * the next start.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Arrival, limits } from './transport.ts';

/** An arrival that must be removed once it was received, or was not. */
export interface Spooled extends Arrival {
  remove(): Promise<void>;
}

export interface Spool {
  /**
   * Copies a stream.
   * @param name what the other side calls it: data, never part of a path
   * @param source the identity at its source, made from the digest in hex once that is known
   * @param bytes read to its end, or destroyed at the cap
   * @param most the cap in bytes
   * @throws FileTooLarge past the cap; whatever the stream or the disk throws. Nothing is left behind then.
   */
  take(
    name: string,
    source: (digest: string) => string | null,
    bytes: AsyncIterable<Buffer>,
    most?: number,
  ): Promise<Spooled>;
  /** A path that no other file of the spool has. Who makes a file there removes it; what a crash leaves is swept. */
  newPath(): string;
}

/** The file is larger than the cap that holds where it came from. */
export class FileTooLarge extends Error {
  override readonly name = 'FileTooLarge';
  readonly most: number;
  constructor(most: number) {
    super(`The file is larger than ${most} bytes`);
    this.most = most;
  }
}

/**
 * Opens a spool folder, making it if needed, and removes what dead processes left in it. A spool folder belongs to one
 * machine: living processes are told by their pid, and one pid used twice (a container's 1) by the token in the name.
 * @throws when the folder cannot be made or read
 */
export async function openSpool(folder: string): Promise<Spool> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await sweep(folder);
  return {
    take: (name, source, bytes, most = limits.fileBytes) =>
      take(() => newPath(folder), name, source, bytes, most),
    newPath: () => newPath(folder),
  };
}

/** Up to so many bytes stay in memory. */
const memoryBytes = 64 * 1024;

/** Tells this process's files from those of an earlier one that had the same pid. */
const token = randomBytes(4).toString('hex');
const leftover = /^(\d+)-([0-9a-f]{8})-\d+\.spool$/;
let taken = 0;

function newPath(folder: string): string {
  taken += 1;
  return join(folder, `${process.pid}-${token}-${taken}.spool`);
}

async function take(
  freshPath: () => string,
  name: string,
  source: (digest: string) => string | null,
  bytes: AsyncIterable<Buffer>,
  most: number,
): Promise<Spooled> {
  const hash = createHash('sha256');
  let size = 0;
  async function* metered(): AsyncIterable<Buffer> {
    for await (const chunk of bytes) {
      size += chunk.length;
      if (size > most) throw new FileTooLarge(most);
      hash.update(chunk);
      yield chunk;
    }
  }
  const kept = await keep(metered(), freshPath);
  const digest = hash.digest();
  return { name, source: source(digest.toString('hex')), size, digest, ...kept };
}

/** Keeps what is small in memory, and anything else in a file. */
async function keep(
  bytes: AsyncIterable<Buffer>,
  freshPath: () => string,
): Promise<Pick<Spooled, 'open' | 'remove'>> {
  const pieces = bytes[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  try {
    for (let size = 0; size <= memoryBytes; ) {
      const next = await pieces.next();
      if (next.done) return { open: () => Readable.from(first), remove: async () => undefined };
      size += next.value.length;
      first.push(next.value);
    }
    return await toFile(first, pieces, freshPath());
  } finally {
    await pieces.return?.();
  }
}

async function toFile(first: readonly Buffer[], rest: AsyncIterator<Buffer>, path: string) {
  async function* all() {
    yield* first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  }
  const remove = () => rm(path, { force: true });
  try {
    await pipeline(all, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    return { open: () => createReadStream(path), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const match = leftover.exec(name);
    if (match !== null && isLeftover(Number(match[1]), match[2] ?? '')) {
      await rm(join(folder, name), { force: true });
    }
  }
}

function isLeftover(pid: number, itsToken: string): boolean {
  return pid === process.pid ? itsToken !== token : !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
