/** The lines of the dictionary's text files, and how a wrong one is told. */

/** A text file of the dictionary under the name that errors give it: 'x12-004010/850.txt'. */
export interface TableText {
  readonly file: string;
  readonly text: string;
}

export interface Line {
  readonly file: string;
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** The lines that say something: not empty, no comment. */
export function linesOf({ file, text }: TableText): Line[] {
  const lines: Line[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line !== '' && !line.startsWith('#')) lines.push({ file, number: index + 1, text: line });
  }
  return lines;
}

/** @throws always: an Error that names the file, the line and what is wrong with it */
export function refuse({ file, number, text }: Line, why: string): never {
  throw new Error(`dictionary: ${file}:${number}: ${why}: "${text}"`);
}

/** Reads each line into a key and what stands for it. Refuses a key that was there before. */
export function keyed<T>(table: TableText, parse: (line: Line) => readonly [string, T]): Map<string, T> {
  const all = new Map<string, T>();
  for (const line of linesOf(table)) {
    const [key, value] = parse(line);
    if (all.has(key)) refuse(line, `${key} stands here twice`);
    all.set(key, value);
  }
  return all;
}
