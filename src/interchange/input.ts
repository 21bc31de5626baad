/**
 * The bytes not yet read, as text with one character per byte (Latin-1): the index of a character is the offset of its
 * byte. Values with bytes above 7F are decoded later, segment by segment.
 */
export class Input {
  text = '';
  /** Index in `text` of the next character. */
  at = 0;
  /** Lines begun so far, counting from 1; the offset where the current one begins. */
  line = 1;
  lineStart = 0;
  /** True once the source has ended: what is missing will not come. */
  ended = false;
  /** False while `text` may hold bytes above 7F or control characters other than CR and LF. */
  plain = true;
  #base = 0;
  #newline = -1;

  /** Offset in the file of the next character. */
  get offset(): number {
    return this.#base + this.at;
  }

  push(block: Buffer): void {
    const rest = this.text.slice(this.at);
    const text = block.toString('latin1');
    const restIsPlain = this.plain || rest === '' || isPlain(Buffer.from(rest, 'latin1'));
    this.plain = restIsPlain && isPlain(block);
    this.#base += this.at;
    this.text = rest + text;
    this.at = 0;
    this.#newline = newlineFrom(this.text, 0);
  }

  /** Index of the next line end at or after `at`; Infinity when the text has none. */
  get newline(): number {
    return this.#newline;
  }

  /** Moves on to index `to`, counting the line ends passed. */
  advance(to: number): void {
    while (this.#newline < to) {
      this.line += 1;
      this.lineStart = this.#base + this.#newline + 1;
      this.#newline = newlineFrom(this.text, this.#newline + 1);
    }
    this.at = to;
  }

  /** Moves past blanks, line ends, NUL and the old end-of-file mark; true when something was passed. */
  skipBlanks(): boolean {
    let to = this.at;
    while (isBlank(this.text.charCodeAt(to))) to += 1;
    const moved = to > this.at;
    if (moved) this.advance(to);
    return moved;
  }
}

/** Blank, tab, CR, LF, form feed, NUL (padding) and 1A (end of file on old systems). NaN, past the end, is none. */
export function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0 || code === 26;
}

export function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

function newlineFrom(text: string, from: number): number {
  const found = text.indexOf('\n', from);
  return found < 0 ? Number.POSITIVE_INFINITY : found;
}

/** 1 for bytes that make a text worth a closer look: above 7E, or control characters other than CR and LF. */
const peculiar = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte > 126 || (byte < 32 && byte !== 10 && byte !== 13) ? 1 : 0,
);

function isPlain(bytes: Uint8Array): boolean {
  let found = 0;
  for (let index = 0; index < bytes.length; index += 1) found |= peculiar[bytes[index] as number] as number;
  return found === 0;
}
