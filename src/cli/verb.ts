/** What a verb of the command line is, and how its words are read. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

export interface Verb {
  readonly name: string;
  /** 'portolan ship ORDER [--carrier SCAC]' */
  readonly usage: string;
  /** One line that sums it up; more below it. */
  readonly about: string;
  /** What --help says of these words, where the verb has sub-verbs; else usage and about. */
  help?(words: readonly string[]): string;
  /** @returns the exit status */
  run(words: readonly string[]): Promise<number>;
}

/** The words after the verb do not fit it. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

type Options = NonNullable<ParseArgsConfig['options']>;
interface Strict<O extends Options> {
  args: string[];
  options: O;
  allowPositionals: true;
  strict: true;
}

/**
 * Reads the words after a verb.
 * @param least and most: how many words that are not options
 * @throws WrongUse with the verb's usage
 */
export function readWords<O extends Options>(
  words: readonly string[],
  verb: Pick<Verb, 'usage'>,
  options: O,
  least: number,
  most = least,
): ReturnType<typeof parseArgs<Strict<O>>> {
  try {
    const parsed = parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
    if (parsed.positionals.length >= least && parsed.positionals.length <= most) return parsed;
  } catch (error) {
    throw new WrongUse(`${(error as Error).message}\n${verb.usage}`);
  }
  throw new WrongUse(verb.usage);
}

/** A whole number in an option. */
export function readNumber(text: string, name: string, least = 1): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new WrongUse(`--${name} takes a whole number from ${least} up, not ${text}.`);
}

let isWatched = false;

/** Writes a line to standard output. That nobody reads it any more (`| head`) is no failure. */
export function print(text: string): void {
  if (!isWatched)
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  isWatched = true;
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function note(text: string): void {
  process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
}
