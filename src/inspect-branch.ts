/** An interchange, a group or the file itself as lines: held back while it may still become one line with its like. */
import { Fold, type Part, type Run, sumOf, type Verdicts } from './inspect-fold.ts';

export type Emit = (line: string) => void;

/** What a branch is called where it is folded with others. */
export interface BranchName {
  readonly key: string;
  readonly control: string;
}

/** Longer ones, and those of more messages, are written as they come. */
const mostHeld = 12;
const mostMessages = 500;

export class Branch {
  readonly #parent: Branch | null;
  readonly #emit: Emit;
  readonly name: BranchName;
  readonly #fold: Fold;
  /** The lines so far; null once they are written as they come. */
  #held: string[] | null;
  #messages = 0;
  #segments = 0;
  readonly #contents = new Set<string>();
  #verdicts: Verdicts = {};

  /**
   * @param parent takes the lines; a function where there is no parent
   * @param name unique for what may be folded
   * @param describe the line of parts that were folded
   */
  constructor(parent: Branch | Emit, name: BranchName, describe: (run: Run) => string) {
    const isRoot = typeof parent === 'function';
    this.#parent = isRoot ? null : parent;
    this.#emit = isRoot ? parent : (line) => parent.#write(line);
    this.name = name;
    this.#held = isRoot ? null : [];
    this.#fold = new Fold((line) => this.#write(line), describe);
  }

  /** Adds a line that needs no attention. */
  line(text: string): void {
    this.#fold.end();
    this.#write(text);
  }

  /** Adds a line that must be seen: nothing around it is folded. */
  dirty(text: string): void {
    this.#show();
    this.line(text);
  }

  /** Adds a part that may be folded with its like. */
  part(part: Part): void {
    this.#messages += part.messages;
    this.#segments += part.segments;
    if (this.#held !== null) this.#contents.add(part.contents);
    this.#verdicts = sumOf(this.#verdicts, part.verdicts);
    this.#fold.add(part);
    if (this.#messages > mostMessages) this.#show();
  }

  close(): void {
    this.#fold.end();
    if (this.#held === null || this.#parent === null) return;
    const contents = [...this.#contents].join(', ');
    this.#parent.part({
      ...this.name,
      contents,
      lines: this.#held,
      messages: this.#messages,
      segments: this.#segments,
      verdicts: this.#verdicts,
    });
  }

  #write(text: string): void {
    if (this.#held === null) this.#emit(text);
    else if (this.#held.push(text) > mostHeld) this.#release();
  }

  /** Writes what is held, in this branch and around it. */
  #show(): void {
    if (this.#parent !== null) this.#parent.#show();
    this.#release();
  }

  #release(): void {
    const lines = this.#held;
    if (lines === null) return;
    this.#held = null;
    this.#contents.clear();
    if (this.#parent !== null) this.#parent.#fold.end();
    for (const line of lines) this.#emit(line);
  }
}
