/** The partner's own control numbers: never used twice, also not after a restart. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const highest = 999_999_999;

/** Counts in memory, from `first`. */
export function controlNumbers(first: number): { next(): number } {
  let last = first - 1;
  return { next: () => (last = inRange(last + 1)) };
}

/**
 * Counts in a file, so that a simulator that is started again goes on where it was.
 * @param file holds the last number used; made when it is missing
 * @param first the number to begin with when it is missing
 */
export function storedControlNumbers(file: string, first = 1): { next(): number } {
  mkdirSync(dirname(file), { recursive: true });
  return {
    next: () => {
      const number = inRange((lastUsed(file) ?? first - 1) + 1);
      writeFileSync(`${file}.part`, `${number}\n`);
      renameSync(`${file}.part`, file);
      return number;
    },
  };
}

function lastUsed(file: string): number | null {
  try {
    return Number.parseInt(readFileSync(file, 'ascii'), 10);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function inRange(number: number): number {
  if (!Number.isSafeInteger(number) || number < 1 || number > highest)
    throw new RangeError(`No control number left: ${number} is not within 1 to ${highest}`);
  return number;
}
