/** Pieces: bytes in memory, or in a file of the spool. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { FileTooLarge } from '../spool.ts';
import type { Bytes, Digest, Kept, Piece, Workshop } from './as2.ts';

/** Up to so many bytes stay in memory. */
export const memoryBytes = 1024 * 1024;
/** Bytes of one chunk that is read. */
const chunkBytes = 256 * 1024;

/** A run of bytes of one chunk that is there at once: who asks `wholeOf` need not wait for it, and spares all that goes with it. */
class Whole implements AsyncIterable<Buffer> {
  readonly bytes: Buffer;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    if (this.bytes.length > 0) yield this.bytes;
  }
}

/** All of a run of bytes where it is one chunk that is there at once; null: it must be read. */
export function wholeOf(bytes: Bytes): Buffer | null {
  return bytes instanceof Whole ? bytes.bytes : null;
}

/** Bytes in memory as a piece. */
export function pieceOf(bytes: Buffer): Kept {
  return {
    size: bytes.length,
    read: (from = 0, to = bytes.length) =>
      runOf(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to)),
    remove: nothingToRemove,
  };
}

function runOf(bytes: Buffer): Bytes {
  return bytes.length <= chunkBytes ? new Whole(bytes) : chunksOf(bytes);
}

async function* chunksOf(bytes: Buffer): Bytes {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

async function nothingToRemove(): Promise<void> {}

/** Bytes of a whole file as a piece; removing the piece removes the file. */
export function pieceOfFile(path: string, size: number): Kept {
  return {
    size,
    read: (from = 0, to = size) => (from >= to ? noBytes() : readFile(path, from, to)),
    remove: () => rm(path, { force: true }),
  };
}

/** A part of a piece. */
export function partOf(piece: Piece, from: number, to: number): Piece {
  return {
    size: to - from,
    read: (first = 0, last = to - from) => piece.read(from + first, from + last),
  };
}

/** Pieces one after the other as one. */
export function joinedPieces(pieces: readonly Piece[]): Piece {
  const size = pieces.reduce((sum, piece) => sum + piece.size, 0);
  return {
    size,
    read(from = 0, to = size) {
      const runs: Bytes[] = [];
      let start = 0;
      for (const piece of pieces) {
        const [first, last] = [Math.max(from - start, 0), Math.min(to - start, piece.size)];
        if (first < last) runs.push(piece.read(first, last));
        start += piece.size;
      }
      return joinedRuns(runs, to - from);
    },
  };
}

function joinedRuns(runs: readonly Bytes[], size: number): Bytes {
  const wholes = runs.map(wholeOf).filter((whole) => whole !== null);
  const areThere = wholes.length === runs.length && size <= chunkBytes;
  return areThere ? new Whole(Buffer.concat(wholes)) : oneByOne(runs);
}

async function* oneByOne(runs: readonly Bytes[]): Bytes {
  for (const run of runs) yield* run;
}

/**
 * A workshop on our own disk.
 * @param newPath gives each file a path that no other has
 */
export function createWorkshop(newPath: () => string): Workshop {
  return { keep: (bytes, most) => keep(bytes, most, newPath) };
}

/** All bytes of a piece, for those that are known to be small. */
export async function bytesOf(piece: Piece, most = memoryBytes): Promise<Buffer> {
  if (piece.size > most) throw new FileTooLarge(most);
  return collect(piece.read());
}

/** All bytes of a stream, for those that are known to be small. */
export async function collect(bytes: Bytes): Promise<Buffer> {
  const whole = wholeOf(bytes);
  if (whole !== null) return whole;
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

/** Digests of a run of bytes, in the order asked for, in one pass. */
export async function digestsOf(bytes: Bytes, digests: readonly Digest[]): Promise<Buffer[]> {
  const hashes = digests.map((digest) => createHash(digest.replace('-', '')));
  const whole = wholeOf(bytes);
  if (whole !== null) for (const hash of hashes) hash.update(whole);
  else for await (const chunk of bytes) for (const hash of hashes) hash.update(chunk);
  return hashes.map((hash) => hash.digest());
}

async function keep(bytes: Bytes, most: number, newPath: () => string): Promise<Kept> {
  const pieces = bytes[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let size = 0;
  try {
    for (;;) {
      const next = await pieces.next();
      if (next.done) return pieceOf(first.length === 1 ? (first[0] as Buffer) : Buffer.concat(first));
      size += next.value.length;
      if (size > most) throw new FileTooLarge(most);
      first.push(next.value);
      if (size > memoryBytes) return await toFile(first, pieces, most, newPath());
    }
  } finally {
    await pieces.return?.();
  }
}

async function toFile(first: readonly Buffer[], rest: AsyncIterator<Buffer>, most: number, path: string) {
  const file = await open(path, 'wx', 0o600);
  let size = 0;
  try {
    const put = async (chunk: Buffer) => {
      size += chunk.length;
      if (size > most) throw new FileTooLarge(most);
      await file.writeFile(chunk);
    };
    for (const chunk of first) await put(chunk);
    for (let next = await rest.next(); !next.done; next = await rest.next()) await put(next.value);
    await file.close();
    return pieceOfFile(path, size);
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
}

async function* readFile(path: string, from: number, to: number): Bytes {
  yield* createReadStream(path, {
    start: from,
    end: to - 1,
    highWaterMark: chunkBytes,
  }) as AsyncIterable<Buffer>;
}

async function* noBytes(): Bytes {}
