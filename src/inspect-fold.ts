/**
 * Nobody reads thousands of lines that say the same: the first few of a run are shown, the others become one line.
 */
import type { Verdict } from './interchange/interchange.ts';

/** How many messages came to what. */
export type Verdicts = Readonly<Partial<Record<Verdict, number>>>;

/** A part of a file in which nothing needs to be looked at. */
export interface Part {
  /** What it is. Parts of the same key and contents, one after the other, may be folded. */
  readonly key: string;
  /** The kinds of messages in it. */
  readonly contents: string;
  readonly control: string;
  readonly lines: readonly string[];
  readonly messages: number;
  readonly segments: number;
  /** What became of its messages. */
  readonly verdicts: Verdicts;
}

/** Parts that were folded into one. */
export interface Run {
  readonly key: string;
  readonly contents: string;
  readonly first: string;
  readonly last: string;
  readonly parts: number;
  readonly messages: number;
  readonly segments: number;
  readonly verdicts: Verdicts;
}

const shownOfRun = 3;

export class Fold {
  readonly #write: (line: string) => void;
  readonly #describe: (run: Run) => string;
  /** The part before, if the next one may be folded with it. */
  #like: Part | null = null;
  #shown = 0;
  #run: Run | null = null;

  /**
   * @param write takes one line
   * @param describe gives the line of a run
   */
  constructor(write: (line: string) => void, describe: (run: Run) => string) {
    this.#write = write;
    this.#describe = describe;
  }

  add(part: Part): void {
    const { key, contents } = part;
    if (key !== this.#like?.key || contents !== this.#like.contents) this.end();
    this.#like = part;
    if (this.#shown < shownOfRun) {
      this.#shown += 1;
      for (const line of part.lines) this.#write(line);
    } else this.#run = joined(this.#run, part);
  }

  /** Something else comes: writes what is folded. */
  end(): void {
    const run = this.#run;
    const only = this.#like;
    this.#like = null;
    this.#shown = 0;
    this.#run = null;
    if (run === null) return;
    if (run.parts > 1) this.#write(this.#describe(run));
    else for (const line of only?.lines ?? []) this.#write(line);
  }
}

function joined(run: Run | null, { key, contents, control, messages, segments, verdicts }: Part): Run {
  if (run === null)
    return { key, contents, first: control, last: control, parts: 1, messages, segments, verdicts };
  return {
    ...run,
    last: control,
    parts: run.parts + 1,
    messages: run.messages + messages,
    segments: run.segments + segments,
    verdicts: sumOf(run.verdicts, verdicts),
  };
}

export function sumOf(some: Verdicts, others: Verdicts): Verdicts {
  const sum: Partial<Record<Verdict, number>> = { ...some };
  for (const [verdict, count] of Object.entries(others) as [Verdict, number][])
    sum[verdict] = (sum[verdict] ?? 0) + count;
  return sum;
}
