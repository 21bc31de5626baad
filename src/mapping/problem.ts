/** What is wrong with a guide: our own file, found when it is loaded, so a place in a file and not a Fault. */

/** Where something stands in a guide; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Problem extends Place {
  readonly message: string;
  /** A near miss, or what would be allowed. */
  readonly hint?: string;
  /** The offending line, as it stands in the file. */
  readonly text: string;
}

/** Collects the problems of the files of one load; each file's text is kept so that the offending line can be shown. */
export class Problems {
  readonly #texts = new Map<string, string>();
  readonly #found: Problem[] = [];

  file(name: string, text: string): void {
    this.#texts.set(name, text);
  }

  add(at: Place, message: string, hint?: string): void {
    const { file, line, column } = at;
    const text = this.#line(at);
    this.#found.push({
      file,
      line,
      column,
      message,
      ...(hint === undefined ? {} : { hint }),
      text: text.replace(plainSecret, hidden),
    });
  }

  /** The place of a word in the rest of a line; the given place where the word is not found there. */
  within(at: Place, word: string): Place {
    const text = this.#line(at);
    const index = text.indexOf(word, at.column - 1);
    return index < 0 ? at : { ...at, column: index + 1 };
  }

  /** Looked for only when something is wrong in it: hardly ever. */
  #line({ file, line }: Place): string {
    return this.#texts.get(file)?.split(/\r?\n/, line)[line - 1] ?? '';
  }

  get found(): readonly Problem[] {
    return this.#found;
  }

  /** How many there are: compare before and after a step to know whether the step found any. */
  get count(): number {
    return this.#found.length;
  }
}

/** A secret that stands in a file itself, though only a reference to it may: what shows the line is logged and sent about. */
const plainSecret =
  /((?:password|passphrase|secret|token|privateKey|clientKey)\w{0,20}['"]?[ \t]*:[ \t]*['"]?)(?!env:|file:)([^'",}\s][^'",}\r\n]*)/gi;

/** As long as it was, so that what stands behind it keeps its column. */
function hidden(_match: string, key: string, value: string): string {
  return key + '*'.repeat(value.length);
}

/** A problem as text for people: place, sentence, the line with a mark under the column, the hint. */
export function problemText(problem: Problem): string {
  const { file, line, column, message, hint, text } = problem;
  return [
    `${file}:${line}:${column}: ${message}`,
    ...(text.trim() === '' ? [] : markedLine(text, column)),
    ...(hint ? [`  ${hint}`] : []),
  ].join('\n');
}

/** So much of a long line is shown to the left and right of the mark. */
const shownAround = 100;

function markedLine(text: string, column: number): string[] {
  const from = column > 2 * shownAround ? column - shownAround : 0;
  const to = from + Math.max(column - from, shownAround) + shownAround;
  const [before, behind] = [from > 0 ? '…' : '', to < text.length ? '…' : ''];
  const mark = ' '.repeat(Math.max(0, before.length + column - 1 - from));
  return [`  ${before}${text.slice(from, to)}${behind}`, `  ${mark}^`];
}

/** The candidate nearest to a misspelt word, as a sentence; undefined when none is near. */
export function nearMiss(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best === undefined ? undefined : `Did you mean '${best}'?`;
}

/** Levenshtein's distance with neighbouring swaps counted as one (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((row[j - 1] ?? 0) + 1, (previous[j] ?? 0) + 1, (previous[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    [before, previous] = [previous, row];
  }
  return previous[b.length] ?? 0;
}
