/** Bytes being written: pages that fill up and are taken away, so that what is written may be larger than memory. */

const pageBytes = 65_536;

export class Ink {
  #full: Buffer[] = [];
  #page: Buffer = Buffer.allocUnsafeSlow(pageBytes);
  #at = 0;
  /** Bytes of the pages before this one, and of everything up to the last line end. */
  #before = 0;
  #lineStart = 0;

  /** Bytes written since the last line end. */
  get column(): number {
    return this.#before + this.#at - this.#lineStart;
  }

  /**
   * Writes a text character by character, when each stands in the table.
   * @param table the byte of each character below 256; 0 where it cannot be written as it stands
   * @returns false, with nothing written, when one cannot
   */
  text(text: string, table: Uint8Array): boolean {
    const { length } = text;
    if (this.#at + length > this.#page.length) this.#turn(length);
    const page = this.#page;
    let at = this.#at;
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 255) return false;
      const byte = table[code] as number;
      if (byte === 0) return false;
      page[at] = byte;
      at += 1;
    }
    this.#at = at;
    return true;
  }

  /**
   * Writes a text with a release character before each delimiter.
   * @param table as for `text`; `delimiters` has 1 for each character that is to be released
   * @returns false, with nothing written, when a character stands in neither table
   */
  released(text: string, table: Uint8Array, delimiters: Uint8Array, release: number): boolean {
    const { length } = text;
    if (this.#at + 2 * length > this.#page.length) this.#turn(2 * length);
    const page = this.#page;
    let at = this.#at;
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 255) return false;
      const byte = table[code] as number;
      if (byte !== 0) page[at] = byte;
      else if (delimiters[code] === 1) {
        page[at] = release;
        at += 1;
        page[at] = code;
      } else return false;
      at += 1;
    }
    this.#at = at;
    return true;
  }

  /** Writes one byte. */
  byte(byte: number): void {
    if (this.#at === this.#page.length) this.#turn(1);
    this.#page[this.#at] = byte;
    this.#at += 1;
  }

  /** Writes bytes as they are. */
  bytes(bytes: Uint8Array): void {
    if (this.#at + bytes.length > this.#page.length) this.#turn(bytes.length);
    this.#page.set(bytes, this.#at);
    this.#at += bytes.length;
    const lineEnd = bytes.lastIndexOf(10);
    if (lineEnd >= 0) this.#lineStart = this.#before + this.#at - (bytes.length - lineEnd - 1);
  }

  /** Writes the end of a segment: its terminator, and what stands behind it. */
  end(end: Uint8Array): void {
    for (let index = 0; index < end.length; index += 1) this.byte(end[index] as number);
    if (end[end.length - 1] === 10) this.#lineStart = this.#before + this.#at;
  }

  /** The pages that are full; they are the caller's from now on. */
  takeFull(): readonly Buffer[] {
    const full = this.#full;
    if (full.length > 0) this.#full = [];
    return full;
  }

  /** All that was written and not taken yet, in one piece of its own size. */
  takeAll(): Buffer {
    const all = Buffer.concat([...this.takeFull(), this.#page.subarray(0, this.#at)]);
    this.#before += this.#at;
    this.#at = 0;
    return all;
  }

  #turn(needed: number): void {
    if (this.#at > 0) this.#full.push(this.#page.subarray(0, this.#at));
    this.#before += this.#at;
    this.#page = Buffer.allocUnsafeSlow(Math.max(pageBytes, needed));
    this.#at = 0;
  }
}
