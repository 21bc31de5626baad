/**
 * A file while a partner writes it: a scratch file of the spool that nobody sees. Its bytes come in any order; it is complete
 * only when every byte before its end has come.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { createExtents } from './sftp-server-extents.ts';
import { FileTooLarge, type Spooled } from './spool.ts';

/** Bytes of the file are missing, or too many of its parts came apart from each other. */
export class Incomplete extends Error {
  override readonly name = 'Incomplete';
}

export interface Upload {
  /** Where the last byte so far ends. */
  size(): number;
  /** @throws FileTooLarge, Incomplete, what the disk says */
  write(offset: number, bytes: Buffer): Promise<void>;
  /** Cuts the file, or says how long it will be. @throws FileTooLarge, what the disk says */
  resize(size: number): Promise<void>;
  /** Ends the writing. @throws Incomplete, what the disk says; the scratch file is gone then */
  finish(name: string): Promise<Spooled>;
  /** Takes the scratch file away. */
  discard(): Promise<void>;
}

/**
 * Begins a file.
 * @param path where the scratch file is to be; nothing may be there
 * @param most the cap in bytes
 */
export async function beginUpload(path: string, most: number): Promise<Upload> {
  const file = await open(path, 'wx+', 0o600);
  const extents = createExtents();
  const hash = createHash('sha256');
  /** How many bytes from the beginning are hashed; null: some were written again, so all are read at the end. */
  let hashed: number | null = 0;
  let length = 0;
  const discard = async () => {
    await file.close();
    await rm(path, { force: true });
  };
  return {
    size: () => length,
    async write(offset, bytes) {
      const end = offset + bytes.length;
      if (end > most) throw new FileTooLarge(most);
      if (!extents.add(offset, end)) throw new Incomplete('The file comes in too many parts');
      if (offset === hashed) {
        hash.update(bytes);
        hashed = end;
      } else if (hashed !== null && bytes.length > 0) hashed = offset > hashed ? hashed : null;
      length = Math.max(length, end);
      await writeAll(file, bytes, offset);
    },
    async resize(size) {
      if (size > most) throw new FileTooLarge(most);
      if (hashed !== null && size < hashed) hashed = null;
      extents.cut(size);
      length = size;
      await file.truncate(size);
    },
    async finish(name) {
      try {
        if (!extents.covers(length)) throw new Incomplete('Bytes of the file never came');
        await file.close();
        const digest = hashed === length ? hash.digest() : await digestOf(path);
        const remove = () => rm(path, { force: true });
        return { name, source: null, size: length, digest, open: () => createReadStream(path), remove };
      } catch (error) {
        await discard();
        throw error;
      }
    },
    discard,
  };
}

async function writeAll(file: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
  }
}

async function digestOf(path: string): Promise<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest();
}
