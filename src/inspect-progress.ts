/** How far the reading of a large file has come: one line of a terminal, written over and over, gone at the end. */
import { columnsOf, firstColumns, visible } from './inspect-columns.ts';
import { countOf, type Tally } from './inspect-tally.ts';

/** A terminal, as far as it is needed. */
export interface Screen {
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressOptions {
  readonly screen: Screen;
  readonly file: string;
  readonly tally: Tally;
  /** Bytes of the whole file; null where nobody knows. */
  readonly total: number | null;
  /** Milliseconds that pass, for tests to set. */
  readonly clock?: () => number;
}

/** Files that are read sooner show nothing. */
const patienceMs = 500;
const everyMs = 200;
const usualColumns = 80;
/** Go to the start of the line, and erase it (ECMA-48). */
const eraseLine = '\r\x1b[2K';

export class Progress {
  readonly #options: ProgressOptions;
  readonly #clock: () => number;
  readonly #begun: number;
  #next: number;
  #isShown = false;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now());
    this.#begun = this.#clock();
    this.#next = this.#begun + patienceMs;
  }

  /** Passes a source on, and shows after its chunks how far the reading has come. */
  async *through(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      yield chunk;
      this.show();
    }
  }

  /** Shows how far the reading has come, if it is time to. */
  show(): void {
    const now = this.#clock();
    if (now < this.#next) return;
    this.#next = now + everyMs;
    const { screen } = this.#options;
    screen.write(eraseLine + this.#line((now - this.#begun) / 1_000, columnsAcross(screen) - 1));
    this.#isShown = true;
  }

  /** Erases the line, so that something else can be written; the next `show` brings it back. */
  erase(): void {
    if (!this.#isShown) return;
    this.#options.screen.write(eraseLine);
    this.#isShown = false;
  }

  /** 'orders.edi: 123.4 MB, 26 %, 51.2 MB/s, 12,000 messages, 3 faults' */
  #line(seconds: number, columns: number): string {
    const { file, tally, total } = this.#options;
    const share =
      total === null || total === 0 ? '' : `${Math.min(100, Math.floor((100 * tally.bytes) / total))} %`;
    const parts = [
      megabytes(tally.bytes),
      share,
      `${megabytes(tally.bytes / seconds)}/s`,
      countOf(tally.messages, 'message'),
      countOf(tally.faultCount, 'fault'),
    ];
    const numbers = parts.filter((part) => part !== '').join(', ');
    const name = firstColumns(visible(file), Math.max(0, columns - columnsOf(numbers) - 2)).text;
    return firstColumns(name === '' ? numbers : `${name}: ${numbers}`, columns).text;
  }
}

/** Some terminals say 0: they do not know. */
function columnsAcross({ columns = 0 }: Screen): number {
  return columns > 0 ? columns : usualColumns;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
