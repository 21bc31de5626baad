/** The bytes of a file as they pass: counted, and the last of them kept, so that a fault can be shown in what was received. */
import type { Separators } from './interchange/interchange.ts';

/** More than the reader keeps of one message; of a longer one the end is kept. */
const mostKept = 34 * 1_048_576;
const mostOfSegment = 1_048_576;
/** Enough to see what kind of file it is. */
const headLength = 32;

/** Passes a source's chunks on. What the source throws ends the file, and is found in `failure`. */
export class Received implements AsyncIterable<Uint8Array> {
  /** Bytes passed on so far. */
  bytes = 0;
  /** The first bytes of the file. */
  head: Uint8Array = new Uint8Array();
  /** Why the file could not be read to its end. */
  failure: Error | null = null;
  readonly #source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  readonly #taken: () => void | Promise<void>;
  readonly #keeps: boolean;
  #chunks: Buffer[] = [];
  /** Offset in the file of the first kept byte. */
  #from = 0;

  /**
   * @param taken called when all that was passed on has been read, before more is asked for
   * @param keeps whether segments will be asked for
   */
  constructor(
    source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    taken: () => void | Promise<void> = () => undefined,
    keeps = true,
  ) {
    this.#source = source;
    this.#taken = taken;
    this.#keeps = keeps;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const chunks = asyncChunks(this.#source);
    try {
      for (let chunk = await this.#next(chunks); chunk !== null; chunk = await this.#next(chunks)) {
        this.#keep(chunk);
        yield chunk;
        await this.#taken();
      }
    } finally {
      await chunks.return(undefined);
    }
  }

  async #next(chunks: AsyncGenerator<Uint8Array>): Promise<Uint8Array | null> {
    try {
      const next = await chunks.next();
      return next.done ? null : next.value;
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
      return null;
    }
  }

  #keep(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.head.length < headLength)
      this.head = Buffer.concat([this.head, bytes.subarray(0, headLength - this.head.length)]);
    this.bytes += bytes.length;
    if (!this.#keeps) return;
    this.#chunks.push(bytes);
    while (this.#chunks.length > 1 && this.bytes - this.#from > mostKept) this.#drop();
  }

  /** Lets go of what lies before an offset. */
  forget(before: number): void {
    while (this.#chunks.length > 0 && this.#from + (this.#chunks[0]?.length ?? 0) <= before) this.#drop();
  }

  #drop(): void {
    this.#from += this.#chunks.shift()?.length ?? 0;
  }

  /**
   * A segment as received, without its terminator and without the line end behind that, one character per byte; at most
   * 1 MB of it.
   * @param offset where its tag starts
   * @returns null where nothing is there, or is kept no longer
   */
  segmentAt(offset: number, separators: Separators): string | null {
    if (offset < this.#from || offset >= this.bytes) return null;
    let text = '';
    for (let length = 1_024; ; length *= 8) {
      text = this.#text(offset, Math.min(length, mostOfSegment));
      const end = segmentEnd(text, separators);
      if (end >= 0)
        return separators.segment === '\n' ? text.slice(0, end).replace(/\r$/, '') : text.slice(0, end);
      if (text.length < length || length > mostOfSegment) return text.replace(/[\r\n]+$/, '');
    }
  }

  #text(offset: number, length: number): string {
    let text = '';
    let from = this.#from;
    for (const chunk of this.#chunks) {
      const skip = Math.max(0, offset - from);
      if (skip < chunk.length) text += chunk.toString('latin1', skip, skip + length - text.length);
      if (text.length >= length) break;
      from += chunk.length;
    }
    return text;
  }
}

async function* asyncChunks(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* source;
}

/** Index of the terminator; -1 where there is none. A binary segment of X12 (BIN, BDS) carries its length. */
function segmentEnd(text: string, { segment, element, release }: Separators): number {
  if (release === null) return text.indexOf(segment, binaryEnd(text, element));
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === release) at += 1;
    else if (text[at] === segment) return at;
  }
  return -1;
}

function binaryEnd(text: string, element: string): number {
  if (!text.startsWith(`BIN${element}`)) return 0;
  const second = text.indexOf(element, 4);
  const length = text.slice(4, second);
  return second > 0 && /^\d{1,9}$/.test(length) ? second + 1 + Number(length) : 0;
}
