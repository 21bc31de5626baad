/**
 * The bytes not yet dealt with, in one buffer of our own: new blocks are added behind, what was dealt with is dropped in
 * front. The open message stays in it until it is whole, so that no byte is turned into a string before somebody asks.
 */
const firstCapacity = 4_096;

export class Input {
  /** Valid from `keep` up to `end`. Ours alone: segments may be rewritten in place. */
  bytes: Buffer = Buffer.alloc(0);
  /** Index of the next byte to read. */
  at = 0;
  end = 0;
  /** Index of the first byte that is still needed; what lies before it is dropped when room is wanted. */
  keep = 0;
  /** Lines begun so far, counting from 1; the offset where the current one begins. */
  line = 1;
  lineStart = 0;
  /** True once the source has ended: what is missing will not come. */
  ended = false;
  /** Offset in the file of the byte at index 0, as far as unread bytes go. */
  #base = 0;

  /** Offset in the file of the next byte. */
  get offset(): number {
    return this.#base + this.at;
  }

  /** Offset in the file of the unread byte at an index. */
  offsetAt(index: number): number {
    return this.#base + index;
  }

  push(block: Uint8Array): void {
    if (this.end + block.length > this.bytes.length) this.#makeRoom(block.length);
    this.bytes.set(block, this.end);
    this.end += block.length;
  }

  /** Moves what is kept to the front, of a larger buffer where half of this one would be full. */
  #makeRoom(length: number): void {
    const kept = this.end - this.keep;
    const needed = kept + length;
    const old = this.bytes;
    if (needed > old.length / 2) {
      const capacity = Math.max(firstCapacity, old.length === 0 ? needed : 2 * needed);
      this.bytes = Buffer.allocUnsafeSlow(capacity);
    }
    this.bytes.set(old.subarray(this.keep, this.end), 0);
    this.#base += this.keep;
    this.at -= this.keep;
    this.end = kept;
    this.keep = 0;
  }

  /** One character per byte (Latin-1), from `from` up to `to` or to the last byte there is. */
  text(from: number, to: number): string {
    return this.bytes.toString('latin1', from, Math.min(to, this.end));
  }

  /** Moves on to index `to`, counting the line ends passed. */
  advance(to: number): void {
    const { bytes } = this;
    for (let index = this.at; index < to; index += 1) {
      if (bytes[index] !== 10) continue;
      this.line += 1;
      this.lineStart = this.#base + index + 1;
    }
    this.at = to;
  }

  /** Moves past blanks, line ends, NUL and the old end-of-file mark; true when something was passed. */
  skipBlanks(): boolean {
    let to = this.at;
    while (to < this.end && isBlank(this.bytes[to] as number)) to += 1;
    const moved = to > this.at;
    if (moved) this.advance(to);
    return moved;
  }

  /** Takes bytes out that were passed over, from index `from` up to the next byte to read. */
  discard(from: number): void {
    const length = this.at - from;
    this.bytes.copyWithin(from, this.at, this.end);
    this.#base += length;
    this.at = from;
    this.end -= length;
  }
}

/** Blank, tab, CR, LF, form feed, NUL (padding) and 1A (end of file on old systems). */
export function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0 || code === 26;
}

export function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
