/** The digest of each interchange in a file, taken while the file is read: an interchange is known by its own bytes. */
import { createHash, type Hash } from 'node:crypto';

/** Sits between the bytes and the reader. Keeps only what the reader has not yet told about. */
export class InterchangeDigest {
  private kept: Buffer[] = [];
  /** Offset in the file of the first kept byte. */
  private from = 0;
  private hash: Hash | null = null;

  /** Passes the bytes on. */
  async *tap(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const bytes of source) {
      this.kept.push(bytes);
      yield bytes;
    }
  }

  /** An interchange begins at this offset. */
  begin(offset: number): void {
    this.take(offset);
    this.hash = createHash('sha256');
  }

  /** Everything before this offset has been read. */
  advance(offset: number): void {
    this.take(offset);
  }

  /** The interchange ends at this offset. */
  end(offset: number): Buffer {
    this.take(offset);
    const digest = (this.hash as Hash).digest();
    this.hash = null;
    return digest;
  }

  private take(to: number): void {
    while (this.from < to) {
      const first = this.kept[0];
      if (first === undefined) return;
      const length = Math.min(first.length, to - this.from);
      this.hash?.update(first.subarray(0, length));
      this.from += length;
      if (length === first.length) this.kept.shift();
      else this.kept[0] = first.subarray(length);
    }
  }
}
