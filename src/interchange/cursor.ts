/** Finds single elements of a segment on the tape. */
import { componentMark, elementMark, firstMark, noTape, type Tape, textOf } from './tape.ts';

/** Where an element was found. One is used for many searches, so that finding makes no objects. */
export class Cursor {
  /** Positions of the value on the tape. */
  from = 0;
  to = 0;
  #tape: Tape = noTape;

  /** Searches another tape from now on. */
  begin(tape: Tape): void {
    this.#tape = tape;
  }

  /**
   * Finds an element, or one of its components (0: the element as a whole). Of an element that repeats, the first.
   * @returns false when it is not there or empty
   */
  find(segment: number, element: number, component: number): boolean {
    const { marks } = this.#tape;
    const last = firstMark(this.#tape, segment + 1) - 1;
    let mark = firstMark(this.#tape, segment);
    for (let nth = 1; nth < element; nth += 1) {
      if (mark >= last) return false;
      do mark += 1;
      while (((marks[mark] as number) & 3) !== elementMark);
    }
    if (mark >= last) return false;
    return this.#take(mark, component);
  }

  /** Whether the bytes at the cursor are these characters. */
  equals(text: string): boolean {
    const { bytes, origin } = this.#tape;
    if (this.to - this.from !== text.length) return false;
    for (let index = 0; index < text.length; index += 1) {
      if (bytes[origin + this.from + index] !== text.charCodeAt(index)) return false;
    }
    return true;
  }

  /** The text at the cursor, without blanks around it. */
  text(segment: number): string {
    return textOf(this.#tape, segment, this.from, this.to).trim();
  }

  /** The text of an element, '' where it is absent. */
  textAt(segment: number, element: number, component: number): string {
    return this.find(segment, element, component) ? this.text(segment) : '';
  }

  #take(before: number, component: number): boolean {
    const { marks } = this.#tape;
    let mark = before + 1;
    this.from = ((marks[before] as number) >>> 2) + 1;
    for (let nth = 1; nth < component; nth += 1) {
      if (((marks[mark] as number) & 3) !== componentMark) return false;
      this.from = ((marks[mark] as number) >>> 2) + 1;
      mark += 1;
    }
    if (component === 0) while (((marks[mark] as number) & 3) !== elementMark) mark += 1;
    this.to = (marks[mark] as number) >>> 2;
    return this.to > this.from;
  }
}
